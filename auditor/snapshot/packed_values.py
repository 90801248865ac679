"""The long lists of a snapshot in a fraction of the memory that Python takes for them.

Of a large tenant nearly all is ids of people and records of users, and few of them matter to a
command. A list of ids is kept as one text, records as the JSON that they were read from; both
become values again whenever somebody asks for them, the same ones as before.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, MutableMapping, Sequence
from typing import Any, Self, TypeVar, cast, overload

import orjson

from auditor.snapshot.json_reader import packed_json

T = TypeVar("T")

_FIRST = 16
"""Texts of a list that are told apart before the others are."""
_STRETCH = 200
"""Records that become values together."""


class IdList(Sequence[str]):
    """Texts without line breaks, in their order; a third of the memory that a list takes."""

    __slots__ = ("_count", "_distinct", "_text")

    def __init__(self, ids: list[str]) -> None:
        self._text = "\n".join(ids)
        self._count = len(ids)
        self._distinct: frozenset[str] | None = None

    @property
    def sound(self) -> bool:
        """Whether none of the texts has a line break, so that they can be told apart."""
        return self._text.count("\n") == max(self._count - 1, 0)

    @property
    def text(self) -> str:
        """All of them, each on a line of its own."""
        return self._text

    def listed(self) -> list[str]:
        """The texts as a list of one's own."""
        return self._text.split("\n") if self._count else []

    def distinct(self) -> frozenset[str]:
        """The texts as a set, made once for all snapshots that share the list."""
        if self._distinct is None:
            self._distinct = frozenset(self.listed())
        return self._distinct

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[str]:
        if self._count <= _FIRST:
            return iter(self.listed())
        return self._first_and_then_others()

    def _first_and_then_others(self) -> Iterator[str]:
        """The texts, for whoever may stop at one of the first."""
        *first, others = self._text.split("\n", _FIRST)
        yield from first
        yield from others.split("\n")

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> list[str]: ...
    def __getitem__(self, index: int | slice) -> str | list[str]:
        return self.listed()[index]

    def __contains__(self, item: object) -> bool:
        # A text that is nowhere in the whole is none of its lines.
        return isinstance(item, str) and item in self._text and item in self.listed()

    def __eq__(self, other: object) -> bool:
        if isinstance(other, IdList):
            return self._count == other._count and self._text == other._text
        return self.listed() == other if isinstance(other, list) else NotImplemented

    __hash__ = None  # type: ignore[assignment] # as a list has none


def whole(ids: Iterable[T]) -> Iterable[T]:
    """The same ids, for whoever wants all of them: in half the time."""
    return cast("list[T]", ids.listed()) if isinstance(ids, IdList) else ids


class RecordList(Sequence[Any]):
    """Records as stretches of JSON, each of which becomes values when it is asked for."""

    def __init__(self) -> None:
        self._stretches: list[bytes | list[Any]] = []
        self._starts: list[int] = []
        """The position of each stretch's first record."""
        self._count = 0
        self._last: tuple[int, list[Any]] = (-1, [])
        """The stretch that became values last, by number, and its records."""

    @classmethod
    def of(cls, records: Sequence[Any]) -> Self:
        """The records of a list, as they are if that has been made of them already."""
        if isinstance(records, cls):
            return records
        made = cls()
        for start in range(0, len(records), _STRETCH):
            stretch = list(records[start : start + _STRETCH])
            made.add(stretch, packed_json(stretch))
        return made

    def add(self, records: list[Any], text: bytes | None) -> None:
        """Add a stretch to the end.

        Args:
            records: its records, at least one.
            text: the JSON of the list of them; None if no JSON gives the same values.
        """
        self._stretches.append(records if text is None else text)
        self._starts.append(self._count)
        self._count += len(records)

    def stretches(self) -> Iterator[tuple[int, list[Any]]]:
        """The records of each stretch, with the position of the first."""
        return map(self.stretch, range(len(self._starts)))

    def stretch(self, number: int) -> tuple[int, list[Any]]:
        """The records of a stretch, with the position of the first."""
        return self._starts[number], self._values(number)

    def naming(self, word: str) -> Iterator[tuple[int, list[Any]]]:
        """The stretches in which a word may stand, whether its letters are large or small."""
        plain = word.isascii() and word.isprintable() and not {'"', "\\"} & {*word}
        needle = word.lower().encode()
        for number, start in enumerate(self._starts):
            text = self._stretches[number]
            # What is no plain ASCII may be the word in other letters, or escaped.
            odd = isinstance(text, list) or not plain or not text.isascii() or b"\\" in text
            if odd or needle in cast("bytes", text).lower():
                yield start, self._values(number)

    def _values(self, number: int) -> list[Any]:
        text = self._stretches[number]
        if not isinstance(text, bytes):
            return text
        if self._last[0] != number:
            self._last = number, orjson.loads(text)
        return self._last[1]

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[Any]:
        for _, records in self.stretches():
            yield from records

    @overload
    def __getitem__(self, index: int) -> Any: ...
    @overload
    def __getitem__(self, index: slice) -> list[Any]: ...
    def __getitem__(self, index: int | slice) -> Any:
        if isinstance(index, slice):
            return list(self)[index]
        position = index + self._count if index < 0 else index
        if not 0 <= position < self._count:
            raise IndexError(index)
        number = bisect_right(self._starts, position) - 1
        return self._values(number)[position - self._starts[number]]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, (RecordList, list)):
            return NotImplemented
        return len(self) == len(other) and all(map(_equal, self, other))

    __hash__ = None  # type: ignore[assignment] # as a list has none


def _equal(one: object, other: object) -> bool:
    return one == other


class Resources(MutableMapping[str, Any]):
    """JSON values by resource path, with people packed; made anew each time they are asked for."""

    def __init__(self) -> None:
        self._kept: dict[str, Any] = {}

    def kept(self, path: str) -> Any:
        """What a path has, without making JSON values of what is packed.

        Raises:
            KeyError: it has nothing.
        """
        return self._kept[path]

    def __getitem__(self, path: str) -> Any:
        return unpacked(self._kept[path])

    def __setitem__(self, path: str, value: Any) -> None:
        self._kept[path] = value

    def __delitem__(self, path: str) -> None:
        del self._kept[path]

    def __contains__(self, path: object) -> bool:
        return path in self._kept

    def __iter__(self) -> Iterator[str]:
        return iter(self._kept)

    def __len__(self) -> int:
        return len(self._kept)

    def __repr__(self) -> str:
        return f"Resources({dict(self)!r})"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, (Resources, dict)):
            return NotImplemented
        return self.keys() == other.keys() and all(
            value == kept(cast("Mapping[str, Any]", other), path)
            for path, value in self._kept.items()
        )

    __hash__ = None  # type: ignore[assignment] # as a dict has none


def kept(resources: Mapping[str, Any], path: str) -> Any:
    """What a mapping of resources has for a path, packed if it is."""
    return resources.kept(path) if isinstance(resources, Resources) else resources[path]


def unpacked(value: Any) -> Any:
    """The JSON value of what is kept."""
    if isinstance(value, IdList):
        return value.listed()
    if isinstance(value, RecordList):
        return list(value)
    if isinstance(value, list) and any(map(is_packed_way, value)):
        return [{**way, "ids": way["ids"].listed()} if is_packed_way(way) else way for way in value]
    return value


def is_packed_way(way: Any) -> bool:
    """Whether a value is an assignment with its ids packed."""
    return isinstance(way, dict) and isinstance(way.get("ids"), IdList)
