"""Sets of users as bitmaps, and three-valued sets: who is in for certain, who may be.

A set of `n` numbered users takes at most `n / 8` bytes, 25 kB in a tenant of 200,000, and an
intersection a few microseconds, because Python's integers are the bitmaps. Nothing outside
this module knows that; a compressed bitmap can take their place.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

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
        self._numbers = {person: number for number, person in enumerate(self.people)}
        self.none = UserSet(self, 0)
        self.all = UserSet(self, (1 << len(self.people)) - 1)

    def of(self, people: Iterable[Person]) -> UserSet:
        """A set of some of the people; those who have no number are left out."""
        bits = bytearray(len(self.people) // 8 + 1)
        numbers = self._numbers
        # Millions of ids pass here; `map` saves a third of the time.
        for number in map(numbers.get, people):
            if number is not None:
                bits[number >> 3] |= 1 << (number & 7)
        return UserSet(self, int.from_bytes(bits, "little"))

    def number(self, person: Person) -> int | None:
        """The number of a person; None for a stranger."""
        return self._numbers.get(person)


@dataclass(frozen=True, slots=True)
class UserSet:
    """An immutable set of people of one numbering, in the order of their numbers."""

    _numbering: Numbering = field(compare=False, repr=False)
    _bits: int

    def __and__(self, other: UserSet) -> UserSet:
        return UserSet(self._numbering, self._bits & other._bits)

    def __or__(self, other: UserSet) -> UserSet:
        return UserSet(self._numbering, self._bits | other._bits)

    def __sub__(self, other: UserSet) -> UserSet:
        return UserSet(self._numbering, self._bits & ~other._bits)

    def __bool__(self) -> bool:
        return self._bits != 0

    def __len__(self) -> int:
        return self._bits.bit_count()

    def __contains__(self, person: Person) -> bool:
        number = self._numbering.number(person)
        return number is not None and bool(self._bits >> number & 1)

    def __iter__(self) -> Iterator[Person]:
        people = self._numbering.people
        for index, byte in enumerate(
            self._bits.to_bytes((self._bits.bit_length() + 7) // 8, "little")
        ):
            rest = byte
            while rest:
                low = rest & -rest
                yield people[index * 8 + low.bit_length() - 1]
                rest ^= low

    def meets(self, other: UserSet) -> bool:
        """Whether anybody is in both."""
        return bool(self._bits & other._bits)

    def first(self) -> Person:
        """The person with the lowest number.

        Raises:
            StopIteration: the set is empty.
        """
        low = self._bits & -self._bits
        if not low:
            raise StopIteration
        return self._numbering.people[low.bit_length() - 1]


@dataclass(frozen=True, slots=True)
class People:
    """A set of people of whom some may be in or out; `sure` is a part of `possible`."""

    sure: UserSet
    """Those who are in for certain."""

    possible: UserSet
    """Those who are not out for certain."""

    @classmethod
    def certain(cls, people: UserSet) -> People:
        """A set about which everything is known."""
        return cls(people, people)

    @property
    def unknown(self) -> UserSet:
        """Those about whom the snapshot does not say."""
        return self.possible - self.sure

    @property
    def any(self) -> bool | None:
        """Whether anybody is in; None if that is not known."""
        return True if self.sure else (None if self.possible else False)

    def has(self, person: Person) -> bool | None:
        """Whether a person is in; None if that is not known."""
        return True if person in self.sure else (None if person in self.possible else False)

    def __and__(self, other: People) -> People:
        return People(self.sure & other.sure, self.possible & other.possible)

    def __or__(self, other: People) -> People:
        return People(self.sure | other.sure, self.possible | other.possible)

    def __sub__(self, other: People) -> People:
        return People(self.sure - other.possible, self.possible - other.sure)
