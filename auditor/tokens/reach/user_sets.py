"""Sets of users as bitmaps, and three-valued sets: who is in for certain, who may be.

The bitmaps are compressed (Roaring): a set takes at most two bytes for each person in it, and
never more than a bit for each person there is, so that a tenant twice as large takes twice
the memory. No other module knows how they are stored.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import cast

from pyroaring import BitMap

from auditor.snapshot.packed_values import whole

Person = str | None
"""A user id. None is the one person without an id: nobody, in a grant type without users, or
anybody whom the snapshot does not name, where the users of the org were not all read."""


class Numbering:
    """The people that sets are made of, each with a number.

    Args:
        people: everybody, each once; sets iterate in this order.
    """

    def __init__(self, people: Iterable[Person]) -> None:
        self.people = tuple(people)
        self._numbers = dict(zip(self.people, range(len(self.people)), strict=True))
        self.none = UserSet(self, BitMap())
        self.all = UserSet(self, BitMap(range(len(self.people))))

    def of(self, people: Iterable[Person]) -> UserSet:
        """A set of some of the people; those who have no number are left out."""
        numbers = list(map(self._numbers.get, whole(people)))
        # Millions of ids pass here and strangers are few, so they are not sorted out first.
        try:
            return UserSet(self, BitMap(cast("list[int]", numbers)))
        except TypeError:
            return UserSet(self, BitMap([number for number in numbers if number is not None]))

    def number(self, person: Person) -> int | None:
        """The number of a person; None for a stranger."""
        return self._numbers.get(person)


@dataclass(frozen=True, slots=True)
class UserSet:
    """An immutable set of people of one numbering, in the order of their numbers."""

    _numbering: Numbering = field(compare=False, repr=False)
    _bits: BitMap

    def __and__(self, other: UserSet) -> UserSet:
        return UserSet(self._numbering, self._bits & other._bits)

    def __or__(self, other: UserSet) -> UserSet:
        return UserSet(self._numbering, self._bits | other._bits)

    def __sub__(self, other: UserSet) -> UserSet:
        return UserSet(self._numbering, self._bits - other._bits)

    def __xor__(self, other: UserSet) -> UserSet:
        return UserSet(self._numbering, self._bits ^ other._bits)

    def __bool__(self) -> bool:
        return bool(self._bits)

    def __len__(self) -> int:
        return len(self._bits)

    def __contains__(self, person: Person) -> bool:
        number = self._numbering.number(person)
        return number is not None and number in self._bits

    def __iter__(self) -> Iterator[Person]:
        return map(self._numbering.people.__getitem__, self._bits)

    def meets(self, other: UserSet) -> bool:
        """Whether anybody is in both."""
        return self._bits.intersect(other._bits)

    def first(self) -> Person:
        """The person with the lowest number.

        Raises:
            StopIteration: the set is empty.
        """
        return self._numbering.people[next(iter(self._bits))]


@dataclass(frozen=True, slots=True)
class UncertainUsers:
    """A set of people of whom some may be in or out; `sure` is a part of `possible`."""

    sure: UserSet
    """Those who are in for certain."""

    possible: UserSet
    """Those who are in, or may be."""

    @classmethod
    def certain(cls, people: UserSet) -> UncertainUsers:
        """A set about which everything is known."""
        return cls(people, people)

    @property
    def unknown(self) -> UserSet:
        """Those of whom the snapshot does not say whether they are in."""
        return self.possible - self.sure

    @property
    def any(self) -> bool | None:
        """Whether anybody is in; None if that is not known."""
        return True if self.sure else (None if self.possible else False)

    def has(self, person: Person) -> bool | None:
        """Whether a person is in; None if that is not known."""
        return True if person in self.sure else (None if person in self.possible else False)

    def __and__(self, other: UncertainUsers) -> UncertainUsers:
        return UncertainUsers(self.sure & other.sure, self.possible & other.possible)

    def __or__(self, other: UncertainUsers) -> UncertainUsers:
        return UncertainUsers(self.sure | other.sure, self.possible | other.possible)

    def __sub__(self, other: UncertainUsers) -> UncertainUsers:
        return UncertainUsers(self.sure - other.possible, self.possible - other.sure)
