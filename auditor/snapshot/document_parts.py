"""A snapshot document in parts, so that no more than a part of it is ever decoded at once.

Decoded as a whole, a large tenant's document takes five times its size, most of it for ids that
nobody looks at. So its resources are decoded a megabyte at a time. Where one ends is seen from the
layout, and nothing is taken on trust: the members between two cuts have to be an object by
themselves, and what is left of the document has to be JSON with one member in their place. Members
of which each stretch is an object are an object together, so the document is exactly the sum of its
parts. One that cannot be cut so, because somebody has laid it out otherwise, is `Undivided`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import orjson

from auditor.snapshot.collections import match
from auditor.snapshot.json_reader import RepeatedMember, read_large_json
from auditor.snapshot.models.directory import User

Json = dict[str, Any]

PIECE = 1 << 20
"""Bytes of a document that are looked at in one go."""
_STRETCH = 1 << 14
"""Bytes of a long list of records that are decoded in one go."""

_LARGEST_HEAD = 16 * PIECE
"""Where the resources begin at the latest, in bytes from the start of the document."""

_OPENING = re.compile(rb'(\n[ \t]*)"resources": ?\{(\n[ \t]*)(?="/)')
"""JSON has no line break in a string, so this one stands between two members."""
_LIST = re.compile(rb'[ \t\r\n]*"([^"\\]+)": ?\[(\n[ \t]*)(?=\{)')
_STAND_IN = "the resources"
"""The one member of `resources` in what is left of the document."""


class Undivided(Exception):  # noqa: N818 - reads as what it is
    """A document that is not laid out so that it can be cut, or is no JSON."""


class Members(NamedTuple):
    """Some resources."""

    value: Json
    """By path, in the document's order."""
    may_repeat: bool
    """Whether an object in them may have a member twice."""


class Users(NamedTuple):
    """One resource that is a long list of users, in stretches."""

    path: str
    stretches: Iterator[tuple[list[Any], bytes | None]]
    """The records of each, and their JSON; None if an object in it may have a member twice."""


class DocumentParts:
    """The resources of one document, and then its head.

    Args:
        pieces: the document's bytes.
    """

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces = iter(pieces)
        self.head: Json = {}
        """The document with no resources; known after the last of them."""
        self.head_may_repeat = False
        """Whether an object in it may have a member twice."""

    def resources(self) -> Iterator[Members | Users]:
        """The resources in the document's order. A list of users is in stretches if it is long.

        Raises:
            Undivided: the document cannot be cut.
        """
        try:
            yield from self._resources()
        except orjson.JSONDecodeError:
            raise Undivided from None

    def _resources(self) -> Iterator[Members | Users]:
        text = bytearray()
        opening = self._opening(text)
        before = _taken(text, opening.end())
        cut, looked_at = b"," + opening[2] + b'"/', 0
        for piece in self._pieces:
            text += piece
            # A long resource is a part of its own, and so are all short ones in a piece.
            while (first := text.find(cut, looked_at)) >= 0:
                last = first if first > PIECE else text.rfind(cut)
                yield _part(_taken(text, last))
                del text[:1]
                looked_at = 0
            looked_at = max(0, len(text) - len(cut))
        end = text.rfind(opening[1] + b"}")
        if end < 0:
            raise Undivided
        yield _part(_taken(text, end))
        self._read_head(before, bytes(text))

    def _opening(self, text: bytearray) -> re.Match[bytes]:
        """Where the resources begin. The text gets pieces until that is in it."""
        for piece in self._pieces:
            text += piece
            line = text.rfind(b"\n", 0, max(0, text.find(b'"resources":')))
            opening = _OPENING.match(bytes(text), max(0, line))
            if opening:
                return opening
            if len(text) > _LARGEST_HEAD:
                break
        raise Undivided

    def _read_head(self, before: bytes, after: bytes) -> None:
        stand_in = orjson.dumps(_STAND_IN)
        if stand_in in before or stand_in in after:
            raise Undivided
        head, self.head_may_repeat = read_large_json(b"%b%b: 0%b" % (before, stand_in, after))
        if isinstance(head, RepeatedMember) or not isinstance(head, dict):
            raise Undivided
        if head.get("resources") != {_STAND_IN: 0}:
            raise Undivided
        self.head = {**head, "resources": {}}


def _taken(text: bytearray, size: int) -> bytes:
    """The first bytes of a text, which loses them."""
    with memoryview(text) as view:
        taken = bytes(view[:size])
    del text[:size]
    return taken


def _part(text: bytes) -> Members | Users:
    if len(text) > PIECE and (users := _users(text)):
        return users
    value, may_repeat = read_large_json(b"{%b}" % text, outer=1)
    # Nothing between two commas is no JSON, though nothing between braces is.
    if isinstance(value, RepeatedMember) or not value:
        raise Undivided
    return Members(value, may_repeat)


def _users(text: bytes) -> Users | None:
    """The list of users, if a part is that and nothing else."""
    opening = _LIST.match(text)
    end = len(text.rstrip()) - 1
    if opening is None or text[end : end + 1] != b"]":
        return None
    try:
        path = opening[1].decode()
    except UnicodeDecodeError:
        return None
    matched = match(path)
    if matched is None or matched[0].model is not User:
        return None
    return Users(path, _stretches(text, opening.end(), end, b"," + opening[2] + b"{"))


def _stretches(
    text: bytes, start: int, end: int, cut: bytes
) -> Iterator[tuple[list[Any], bytes | None]]:
    while start < end:
        last = text.find(cut, start + _STRETCH, end)
        stretch = b"[%b]" % text[start : last if last >= 0 else end]
        try:
            value, may_repeat = read_large_json(stretch, outer=2)
        except orjson.JSONDecodeError:
            raise Undivided from None
        if not value:
            raise Undivided
        yield value, None if may_repeat else stretch
        start = last + 1 if last >= 0 else end
