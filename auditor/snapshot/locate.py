"""From a symbolic location (resource path, position, field) to lines and columns.

The snapshot may have been laid out anew by an editor, so nothing is assumed about its
layout: the document is walked as JSON, and only what leads to a location is looked into.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property
from json import JSONDecoder
from typing import NamedTuple

from auditor.snapshot.models.base import Place

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
class Locator:
    """Finds regions in one snapshot document."""

    text: str

    def region(self, place: Place, field: str | None) -> Region:
        """The region of a record's field, or of its name where no field is given.

        A field that is not in the record is located at the nearest object that is.
        """
        resource = self._resources.get(place.path)
        if resource is None:
            return Region(1, 1, 1, 1)
        span = resource
        if place.position is not None:
            items = self._items(resource.value)
            if place.position >= len(items):
                return self._lines(resource)
            span = items[place.position]
        return self._lines(self._field(span, field))

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
            items = self._items(value)
            return items[int(name)] if int(name) < len(items) else None
        return None

    @cached_property
    def _resources(self) -> dict[str, _Span]:
        top = self._members(self._skip(0))
        found = top.get("resources")
        return self._members(found.value) if found else {}

    @cached_property
    def _line_starts(self) -> list[int]:
        starts, at = [0], self.text.find("\n")
        while at >= 0:
            starts.append(at + 1)
            at = self.text.find("\n", at + 1)
        return starts

    def _lines(self, span: _Span) -> Region:
        return Region(*self._line(span.start), *self._line(span.end))

    def _line(self, offset: int) -> tuple[int, int]:
        line = bisect_right(self._line_starts, offset)
        return line, offset - self._line_starts[line - 1] + 1

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

    def _items(self, start: int) -> list[_Span]:
        items: list[_Span] = []
        if self.text[start] != "[":
            return items
        at = self._skip(start + 1)
        while self.text[at] != "]":
            end = self._end(at)
            items.append(_Span(at, at, end))
            at = self._next(end)
        return items

    def _next(self, end: int) -> int:
        at = self._skip(end)
        return self._skip(at + 1) if self.text[at] == "," else at

    def _end(self, value: int) -> int:
        return _DECODER.raw_decode(self.text, value)[1]

    def _skip(self, at: int) -> int:
        while self.text[at] in _SPACE:
            at += 1
        return at
