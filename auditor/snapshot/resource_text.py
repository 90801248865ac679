"""One resource of a snapshot document as text, and where its records and fields stand in it.

Nothing is assumed about the layout: the text is walked as JSON, and only what leads to a
location is looked into.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from json import JSONDecoder
from typing import NamedTuple

_SPACE = " \t\r\n"
_NAMES = ("name", "label", "profile", "id", "kid")
_DECODER = JSONDecoder(strict=False)

_STRING = r'"(?:[^"\\]++|\\.)*+"'
_SHALLOW = rf'[\[{{](?:[^"{{}}\[\]]++|{_STRING})*+[\]}}]'
_RECORD = rf'{{(?:[^"{{}}\[\]]++|{_STRING}|{_SHALLOW})*+}}[ \t\r\n]*,[ \t\r\n]*'
_STRIDE = 16
_SOME_RECORDS = re.compile(f"(?:{_RECORD}){{{_STRIDE}}}", re.DOTALL)
"""Records whose members hold no objects in theirs, with others behind them. The longest lists,
of people, are of such records, and a pattern passes them fastest."""


class TextRegion(NamedTuple):
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
class ResourceText:
    """The text of one member of a document, from its key to the end of its value."""

    text: str
    value: int
    """Where the value begins in the text."""
    line: int
    """The line of the document on which the text begins."""
    column: int
    """The column there."""

    def region(self, position: int | None, field: str | None) -> TextRegion:
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
        if not self._starts:
            return None
        stride, rest = divmod(position, _STRIDE)
        while len(self._starts) <= stride:
            some = _SOME_RECORDS.match(self.text, self._starts[-1])
            at = some.end() if some else self._ahead(self._starts[-1], _STRIDE)
            if at is None:
                return None
            self._starts.append(at)
        start = self._ahead(self._starts[stride], rest)
        return None if start is None else _Span(start, start, self._end(start))

    @cached_property
    def _starts(self) -> list[int]:
        """Where every sixteenth item begins, as far as they were passed; none in no list."""
        first = next(self._items(self.value), None)
        return [first.start] if first else []

    def _ahead(self, item: int, number: int) -> int | None:
        """Where the item begins that is so many items further; None if the list is shorter."""
        for _ in range(number):
            item = self._next(self._end(item))
            if self.text[item] == "]":
                return None
        return item

    def _field(self, record: _Span, field: str | None) -> _Span:
        if field is None:
            members = self._members(record.value)
            return next((members[name] for name in _NAMES if name in members), record)
        span = record
        for name in field.split("."):
            member = self._step(span.value, name)
            if member is None:
                return span if span is not record else self._field(record, None)
            span = member
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
    def _marks(self) -> list[tuple[int, int]]:
        """Offsets whose lines have been counted, in ascending order, with the lines."""
        return [(0, 0)]

    def _region(self, span: _Span) -> TextRegion:
        return TextRegion(*self._line(span.start), *self._line(span.end))

    def _line(self, offset: int) -> tuple[int, int]:
        before = bisect_left(self._marks, (offset, 0))
        counted_to, line = self._marks[max(before - 1, 0)]
        line += self.text.count("\n", counted_to, offset)
        self._marks.insert(max(before, 1), (offset, line))
        column = offset - (self.text.rfind("\n", 0, offset) + 1)
        return self.line + line, column + (1 if line else self.column)
