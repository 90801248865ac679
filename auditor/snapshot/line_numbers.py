"""From a symbolic location (resource path, position, field) to lines and columns.

The snapshot may have been laid out anew by an editor, so nothing is assumed about its
layout. But most of a large one is lists of ids, in which nothing is ever located: they are
skipped as bytes, and only a resource in which something is located becomes text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

import orjson

from auditor.snapshot.models.base import RecordPlace
from auditor.snapshot.resource_text import ResourceText, TextRegion

_SPACE = re.compile(rb"[ \t\r\n]*")
_STRING = re.compile(rb'"(?:[^"\\]|\\.)*"')
_PLAIN = re.compile(rb"[^ \t\r\n,\]}]+")
"""A number, true, false or null."""
_TO_BRACKET = re.compile(rb'(?:[^"\[\]{}]++|"(?:[^"\\]|\\.)*+")*+')
"""What stands before the next bracket or brace that is in no string."""
_OPENING = b"[{"
_LIST = ord("[")


class _Member(NamedTuple):
    """A member of an object, by offsets in bytes."""

    key: str
    start: int
    value: int


class _Mark(NamedTuple):
    """An offset in bytes, and the line and column there."""

    offset: int
    line: int
    column: int


@dataclass(frozen=True)
class Locator:
    """Finds regions in one snapshot document, which is valid JSON."""

    document: bytes
    _resource_texts: dict[str, ResourceText] = field(default_factory=dict)
    _regions: dict[tuple[RecordPlace, str | None], TextRegion] = field(default_factory=dict)
    _passed: dict[str, tuple[_Member, _Mark]] = field(default_factory=dict)

    def region(self, place: RecordPlace, field: str | None) -> TextRegion:
        """The region of a record's field, or of its name where no field is given.

        A field that is not in the record is located at the nearest object that is.
        """
        if (place, field) not in self._regions:
            self._regions[place, field] = self._region(place, field)
        return self._regions[place, field]

    def _region(self, place: RecordPlace, field: str | None) -> TextRegion:
        if place.path not in self._resource_texts:
            resource = self._resource(place.path)
            if resource is None:
                return TextRegion(1, 1, 1, 1)
            self._resource_texts[place.path] = self._resource_text(*resource)
        return self._resource_texts[place.path].region(place.position, field)

    def _resource(self, path: str) -> tuple[_Member, _Mark] | None:
        """Where a resource stands. Those before it are passed once, whoever asks next.

        What stands last, the people, is most of a large document and seldom looked for.
        """
        while path not in self._passed:
            resource = next(self._ahead, None)
            if resource is None:
                return None
            self._passed[resource[0].key] = resource
        return self._passed[path]

    def _resource_text(self, member: _Member, mark: _Mark) -> ResourceText:
        text = self.document[member.start : self._end(member.value)].decode()
        before = self.document[member.start : member.value].decode()
        return ResourceText(text, len(before), mark.line, mark.column)

    @cached_property
    def _ahead(self) -> Iterator[tuple[_Member, _Mark]]:
        return self._resources()

    def _resources(self) -> Iterator[tuple[_Member, _Mark]]:
        mark = _Mark(0, 1, 1)
        for top in self._keys(self._skip(0)):
            for member in self._keys(top.value) if top.key == "resources" else ():
                mark = self._moved(mark, member.start)
                yield member, mark

    def _moved(self, mark: _Mark, to: int) -> _Mark:
        """The mark at a later offset, from an earlier one: no byte is counted twice."""
        lines = self.document.count(b"\n", mark.offset, to)
        if not lines:
            return _Mark(to, mark.line, mark.column + self._length(mark.offset, to))
        start = self.document.rfind(b"\n", mark.offset, to) + 1
        return _Mark(to, mark.line + lines, 1 + self._length(start, to))

    @cached_property
    def _ascii(self) -> bool:
        return self.document.isascii()

    def _length(self, start: int, end: int) -> int:
        """The number of code points between two offsets."""
        return end - start if self._ascii else len(self.document[start:end].decode())

    def _keys(self, start: int) -> Iterator[_Member]:
        """The members of the object that begins at an offset; none if it is no object.

        What a member holds is passed when the next is asked for.
        """
        document = self.document
        if document[start] != ord("{"):
            return
        at = self._skip(start + 1)
        while document[at] != ord("}"):
            after = self._string(at)
            value = self._skip(self._skip(after) + 1)
            yield _Member(orjson.loads(document[at:after]), at, value)
            at = self._skip(self._end(value))
            if document[at] == ord(","):
                at = self._skip(at + 1)

    def _end(self, start: int) -> int:
        """The offset after the value that begins at an offset."""
        first = self.document[start : start + 1]
        if first == b'"':
            return self._string(start)
        if first not in {b"[", b"{"}:
            return _matched(_PLAIN, self.document, start)
        at, depth = start, 0
        while True:
            bracket = self.document[at]
            flat = self._end_of_flat_list(at) if bracket == _LIST else None
            if not flat:
                depth += 1 if bracket in _OPENING else -1
            at = flat or at + 1
            if not depth:
                return at
            at = _matched(_TO_BRACKET, self.document, at)

    def _end_of_flat_list(self, start: int) -> int | None:
        """The offset after a list, found without a look at its items; None if that cannot be.

        The next closing bracket ends it, provided that no other list opens before and that
        the bracket is in no string: without escapes, an even number of quotes says so.
        """
        document = self.document
        close = document.find(b"]", start)
        if (
            document.find(b"[", start + 1, close) >= 0
            or document.find(b"\\", start, close) >= 0
            or document.count(b'"', start, close) % 2
        ):
            return None
        return close + 1

    def _string(self, start: int) -> int:
        return _matched(_STRING, self.document, start)

    def _skip(self, start: int) -> int:
        return _matched(_SPACE, self.document, start)


def _matched(pattern: re.Pattern[bytes], document: bytes, start: int) -> int:
    matched = pattern.match(document, start)
    assert matched is not None
    return matched.end()
