"""Writes the events of a page to a file, those that it has not."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from auditor import exact_json
from auditor.collect.fetch.json_values import UnreadableItem
from auditor.collect.system_log.log_writer import LogWriter
from auditor.system_log.log_header import UNREADABLE, read_time


class WrittenEvents:
    """What one pull has written to a file.

    Args:
        log: the file.
        keep: makes of an event what is kept of it; `uuid` and `published` stay as they are.
    """

    def __init__(
        self, log: LogWriter, keep: Callable[[Mapping[str, Any]], Mapping[str, Any]]
    ) -> None:
        self.events = 0
        self.known = 0
        """Events that were in the file already."""
        self.late = 0
        """Of those written: published before the file's end of before, so that they came late."""
        self.unreadable = 0
        self._log = log
        self._keep = keep
        self._last_page = set[str]()

    def add(self, values: list[Any]) -> None:
        """Write what a page has that the file has not.

        Args:
            values: of the page; whether they are events is seen here.

        Raises:
            OutputError: the file system refused.
        """
        lines, unreadable, new = list[bytes](), 0, set[str]()
        earlier_end = self._log.earlier_end
        for value in values:
            line, identity, when = self._line(value)
            if any(identity in known for known in (self._log.recent, self._last_page, new)):
                self.known += 1
                continue
            new.add(identity)
            lines.append(line)
            if when is None:
                unreadable += 1
                continue
            self._log.reached = when
            self.late += earlier_end is not None and when < earlier_end
        self._last_page = new
        self._log.write(lines, unreadable=unreadable)
        self.events += len(lines) - unreadable
        self.unreadable += unreadable

    def _line(self, value: Any) -> tuple[bytes, str, datetime | None]:
        """The line of a value, what tells it from others, and when it was published."""
        if isinstance(value, dict):
            identity, when = value.get("uuid"), read_time(value.get("published"))
            kind = value.get("eventType")
            if isinstance(identity, str) and identity and when and isinstance(kind, str):
                return exact_json.dumps(self._keep(value)) + b"\n", identity, when
        line = UNREADABLE + exact_json.dumps(hashlib.sha256(_bytes(value)).hexdigest()) + b"}"
        return line + b"\n", line.decode(), None


def _bytes(value: Any) -> bytes:
    if isinstance(value, UnreadableItem):
        return f"{value.identity} {value.reason}".encode(errors="surrogatepass")
    return exact_json.dumps(value)
