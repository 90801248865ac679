"""One resource of a snapshot document as text, and where its records and fields stand in it.

Nothing is assumed about the layout: the text is walked as JSON, and only what leads to a
location is looked into.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from json import JSONDecoder
from typing import NamedTuple

_SPACE = " \t\r\n"
_NAMES = ("name", "label", "profile", "id", "kid")
_DECODER = JSONDecoder(strict=False)


class Region(NamedTuple):
    """A stretch of a file; lines and columns from 1, columns in Unicode code points.

    The end column is the one after the last character, as SARIF has it.
    """

    line: int
    column: int
    end_line: int
    end_column: int


class _Span(NamedTuple):
    start: int
    """Where the member begins: its key in an object, its value in a list."""
    value: int
    """Where the value begins."""
    end: int


@dataclass(frozen=True)
class Fragment:
    """The text of one member of a document, from its key to the end of its value."""

    text: str
    value: int
    """Where the value begins in the text."""
    line: int
    """The line of the document on which the text begins."""
    column: int
    """The column there."""

    def region(self, position: int | None, field: str | None) -> Region:
        """The region of a record's field, or of its name where no field is given.

        Args:
            position: the record's place in the list; None if the value itself is the record.
            field: dotted. One that is not there is located at the nearest object that is.
        """
        span = _Span(0, self.value, len(self.text))
        if position is not None:
            record = self._record(position)
            if record is None:
                return self._region(span)
            span = record
        return self._region(self._field(span, field))

    def _record(self, position: int) -> _Span | None:
        """An item of the list; those before it are passed once, whoever asks next."""
        while len(self._passed) <= position:
            item = next(self._ahead, None)
            if item is None:
                return None
            self._passed.append(item)
        return self._passed[position]

    @cached_property
    def _passed(self) -> list[_Span]:
        return []

    @cached_property
    def _ahead(self) -> Iterator[_Span]:
        return self._items(self.value)

    def _field(self, record: _Span, field: str | None) -> _Span:
        if field is None:
            members = self._members(record.value)
            return next((members[name] for name in _NAMES if name in members), record)
        span = record
        for name in field.split("."):
            found = self._step(span.value, name)
            if found is None:
                return span if span is not record else self._field(record, None)
            span = found
        return span

    def _step(self, value: int, name: str) -> _Span | None:
        if self.text[value] == "{":
            return self._members(value).get(name)
        if self.text[value] == "[" and name.isdigit():
            items = list(self._items(value))
            return items[int(name)] if int(name) < len(items) else None
        return None

    def _members(self, start: int) -> dict[str, _Span]:
        """The members of the object that begins at an offset; none if it is no object."""
        members: dict[str, _Span] = {}
        if self.text[start] != "{":
            return members
        at = self._skip(start + 1)
        while self.text[at] != "}":
            key, after = _DECODER.raw_decode(self.text, at)
            value = self._skip(self._skip(after) + 1)
            end = self._end(value)
            members[key] = _Span(at, value, end)
            at = self._next(end)
        return members

    def _items(self, start: int) -> Iterator[_Span]:
        if self.text[start] != "[":
            return
        at = self._skip(start + 1)
        while self.text[at] != "]":
            end = self._end(at)
            yield _Span(at, at, end)
            at = self._next(end)

    def _next(self, end: int) -> int:
        at = self._skip(end)
        return self._skip(at + 1) if self.text[at] == "," else at

    def _end(self, value: int) -> int:
        return _DECODER.raw_decode(self.text, value)[1]

    def _skip(self, at: int) -> int:
        while self.text[at] in _SPACE:
            at += 1
        return at

    @cached_property
    def _line_starts(self) -> list[int]:
        starts, at = [0], self.text.find("\n")
        while at >= 0:
            starts.append(at + 1)
            at = self.text.find("\n", at + 1)
        return starts

    def _region(self, span: _Span) -> Region:
        return Region(*self._line(span.start), *self._line(span.end))

    def _line(self, offset: int) -> tuple[int, int]:
        line = bisect_right(self._line_starts, offset) - 1
        column = offset - self._line_starts[line]
        return self.line + line, column + (1 if line else self.column)
