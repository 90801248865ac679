"""Reads files of log events as streams: ours, and those that Okta's API and admin console give.

A file is JSON lines, a JSON array, or CSV, each of any size, compressed with gzip or not. What
cannot be read of it is counted and named, so that nothing is left out in silence.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any, BinaryIO

import orjson

from auditor.errors import UsageError
from auditor.system_log.byte_stream import decompressed, file_stream
from auditor.system_log.csv_rows import row_reader
from auditor.system_log.event import LogEvent, NoEventError, log_event
from auditor.system_log.json_values import LARGEST_VALUE, BrokenJsonError, json_values
from auditor.system_log.log_header import (
    LogHeader,
    is_complete,
    is_header,
    is_last_line,
    log_header,
)

_SHOWN = 5
_MOST_BLANK = 10_000
"""Blank lines before the first event; compressed, a small file has any number."""
_REMEDY = (
    "Name a file that `okta-auditor logs -o FILE` wrote, or an export of Okta's System Log: JSON, "
    "JSON lines or CSV."
)
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class BadLine:
    """Something in a file that is no event."""

    where: str
    """`line 12` or `event 12`."""
    why: str
    """A clause."""


@dataclass(slots=True)
class LogReading:
    """What came of reading a file; complete once all its events were taken."""

    header: LogHeader | None = None
    """None for a file that Okta gave."""
    ended: bool | None = None
    """Whether the last line says that all was pulled; None for a file that Okta gave."""
    events: int = 0
    bad: int = 0
    """How many lines, or events of an array, could not be read."""
    bad_lines: list[BadLine] = field(default_factory=list)
    """The first few of them."""

    @property
    def complete(self) -> bool | None:
        """Whether all that was asked for is there and was read; None if that is not known.

        A first line that does not say for which period leaves open what was asked for.
        """
        if self.bad or self.ended is False:
            return False
        header = self.header
        if header is not None and (header.since is None or header.until is None):
            return None
        return self.ended


class LogFile:
    """A file of log events. Iterating reads it, once.

    Args:
        source: a path, or a stream of bytes.
    """

    def __init__(self, source: Path | BinaryIO) -> None:
        self._stream = file_stream(source) if isinstance(source, Path) else decompressed(source)
        self.reading = LogReading()
        self._anything = False

    def __iter__(self) -> Iterator[LogEvent]:
        """The events, in the file's order.

        Raises:
            UsageError: the file cannot be read, or is no file of log events.
        """
        reading = self.reading
        for where, value in self._values():
            if not isinstance(value, dict):
                self._bad(where, "it is no JSON object")
                continue
            if reading.events == 0 and reading.header is None and is_header(value):
                reading.header, reading.ended = log_header(value), False
                continue
            if reading.header is not None and is_last_line(value):
                reading.ended = is_complete(value)
                continue
            try:
                event = log_event(value)
            except NoEventError as error:
                self._bad(where, str(error))
                continue
            if reading.events == 0 or reading.ended:
                reading.ended = None if reading.header is None else False
            reading.events += 1
            yield event
        if not self._anything:
            raise UsageError("The log file is empty.", remedy=_REMEDY)
        if not reading.events and not reading.header and reading.bad:
            first = reading.bad_lines[0]
            raise UsageError(
                f"The log file holds no event: {first.where} cannot be read, {first.why}.",
                remedy=_REMEDY,
            )

    def values(self) -> Iterator[Any]:
        """The JSON values of the file as they are, the first and the last line of ours included.

        What is no JSON is counted in `reading.bad`. Rows of a table come as events.
        """
        for _, value in self._values():
            yield value

    def _bad(self, where: str, why: str) -> None:
        self.reading.bad += 1
        if len(self.reading.bad_lines) < _SHOWN:
            self.reading.bad_lines.append(BadLine(where, why))

    def _values(self) -> Iterator[tuple[str, Any]]:
        stream = self._stream
        first = b""
        ahead: list[bytes] = []
        while not first and (line := stream.readline(LARGEST_VALUE)):
            if len(ahead) == _MOST_BLANK:
                return
            ahead.append(line)
            first = line.removeprefix(_BOM).strip()
        self._anything = bool(first)
        if first[:1] not in (b"{", b"["):
            yield from self._rows(chain(ahead, _lines(stream)))
        elif first[:1] == b"{" and _whole(first):
            ahead[-1] = ahead[-1].removeprefix(_BOM)
            yield from self._objects(chain(ahead, _lines(stream)))
        else:
            yield from self._elements(b"".join(ahead))

    def _objects(self, lines: Iterable[bytes]) -> Iterator[tuple[str, Any]]:
        loads = orjson.loads
        for number, line in enumerate(lines, 1):
            try:
                value = loads(line)
            except orjson.JSONDecodeError:
                if line.strip():
                    long = len(line) >= LARGEST_VALUE
                    self._bad(f"line {number:,}", "it is too long" if long else "it is no JSON")
                continue
            yield f"line {number}", value

    def _elements(self, beginning: bytes) -> Iterator[tuple[str, Any]]:
        try:
            for number, value in enumerate(json_values(self._stream, beginning), 1):
                yield f"event {number}", value
        except BrokenJsonError as error:
            self._bad("the rest", str(error))

    def _rows(self, lines: Iterable[bytes]) -> Iterator[tuple[str, Any]]:
        rows = csv.reader(line.decode("utf-8-sig", "replace") for line in lines)
        make = None
        while True:
            try:
                row = next(rows)
            except StopIteration:
                return
            except csv.Error as error:
                self._bad(f"line {rows.line_num:,}", f"it is no CSV: {error}")
                continue
            if make is None:
                if not row:
                    continue
                make = row_reader(row)
                if make is None:
                    self._bad("line 1", "it is neither JSON nor the columns of the System Log")
                    return
            elif row:
                yield f"line {rows.line_num}", make(row)


def _lines(stream: BinaryIO) -> Iterator[bytes]:
    """The lines of a stream; of one that is too long its beginning."""
    while line := stream.readline(LARGEST_VALUE):
        yield line
        while len(line) == LARGEST_VALUE and not line.endswith(b"\n"):
            line = stream.readline(LARGEST_VALUE)


def _whole(line: bytes) -> bool:
    try:
        orjson.loads(line)
    except orjson.JSONDecodeError:
        return False
    return True
