"""Where an earlier pull has ended: reads a file of log events from its end."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from io import BufferedRandom
from typing import Any

from auditor import exact_json
from auditor.collect.system_log.terms import LogTerms
from auditor.system_log.log_header import COMPLETE_KEY, UNREADABLE, read_time

OVERLAP = timedelta(hours=1)
"""What is asked for again of the time that a file covers. Okta says that events may be delayed, and
not by how much."""

_PIECE = 1 << 20


class DamagedLogError(Exception):
    """A file of log events holds something else. The message says where."""


@dataclass
class Tail:
    """The end of a file."""

    since: datetime
    """From when on to ask again."""
    size: int
    """Bytes up to which the file is gone on with: without a line that was cut off, and without the
    last one of a complete file."""
    complete: bool = False
    events: int = 0
    unreadable: int = 0
    recent: set[str] = field(default_factory=set)
    """What the file holds of the time that is asked for again: ids of events, and lines that stand
    for unreadable ones."""


def read_tail(file: BufferedRandom, terms: LogTerms) -> Tail:
    """Read the end of a file whose first line says the terms.

    Raises:
        DamagedLogError: it holds something else than events.
    """
    begin = len(terms.header)
    tail = Tail(terms.since, begin)
    reached: datetime | None = None
    lines = _lines_backwards(file, begin)
    for offset, line in lines:
        value = _object(line, offset)
        if reached is None and not tail.complete:
            tail.size = max(tail.size, offset + len(line))
            if value.get(COMPLETE_KEY) is True:
                tail.complete, tail.size = True, offset
                tail.events = _count(value, "events")
                tail.unreadable = _count(value, "unreadable")
                tail.since = max(terms.since, terms.until - OVERLAP)
                continue
        when = read_time(value.get("published"))
        if when is None:
            tail.recent.add(line.rstrip().decode(errors="replace"))
            continue
        if reached is None:
            reached = when
            if not tail.complete:
                # Events of one query come in order, so this one says how far it came.
                tail.since = max(terms.since, min(when, terms.until) - OVERLAP)
        if when < tail.since - OVERLAP:
            # Before it a file has only older ones: what is asked for again by a later pull is
            # never older than an overlap before the end of the one before.
            break
        tail.recent.add(str(value.get("uuid")))
    if not tail.complete:
        tail.events, tail.unreadable = _counted(file, begin, tail.size)
    return tail


def _lines_backwards(file: BufferedRandom, begin: int) -> Iterator[tuple[int, bytes]]:
    """The whole lines after a place, from the last to the first, each with its offset."""
    end = file.seek(0, os.SEEK_END)
    rest, cut_off = b"", True
    while end > begin:
        start = max(begin, end - _PIECE)
        file.seek(start)
        piece = file.read(end - start) + rest
        end = start
        if cut_off:
            whole = piece.rfind(b"\n") + 1
            if not whole:
                rest = piece
                continue
            piece, cut_off = piece[:whole], False
        lines = [line + b"\n" for line in piece.removesuffix(b"\n").split(b"\n")]
        first = 0 if start == begin else 1
        rest = lines[0] if first else b""
        offset = start + len(piece)
        for line in reversed(lines[first:]):
            offset -= len(line)
            yield offset, line


def _object(line: bytes, offset: int) -> dict[str, Any]:
    try:
        value = exact_json.loads(line)
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise DamagedLogError(f"what begins at byte {offset:,} is no JSON object on a line")
    return value


def _count(value: dict[str, Any], name: str) -> int:
    number = value.get(name)
    return number if isinstance(number, int) and number >= 0 else 0


def _counted(file: BufferedRandom, begin: int, end: int) -> tuple[int, int]:
    """The events in a part of a file, and those that could not be read."""
    file.seek(begin)
    events = unreadable = 0
    while file.tell() < end:
        odd = file.readline().startswith(UNREADABLE)
        unreadable, events = unreadable + odd, events + (not odd)
    return events, unreadable
