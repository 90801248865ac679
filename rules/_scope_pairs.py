"""Pairs of scopes that several rules allow, and no single one: counted, not listed.

A tenant has millions of them where it has any, so that a set of scopes is an integer here, with a
bit for each: a server with 3,000 scopes and 2,000 rules takes a second.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, reduce
from itertools import combinations
from operator import or_
from typing import NamedTuple

from auditor.models import ALL_SCOPES, PolicyRule
from auditor.oauth import UserSet

from ._admitted import AdmittedPeople, condition


class Pair(NamedTuple):
    """Two scopes, and the rules that allow one of them each."""

    scopes: tuple[str, str]
    rules: tuple[PolicyRule, PolicyRule]


class RulesCompared:
    """Rules that requests of one grant type can meet.

    Args:
        rules: in order of evaluation.
        scopes: the scopes to look at, sorted. The place of each is its bit.
        people: whom rules let through; None if all requests meet all of the rules.
    """

    def __init__(
        self, rules: Sequence[PolicyRule], scopes: tuple[str, ...], people: AdmittedPeople | None
    ) -> None:
        self.rules = rules
        self.scopes = scopes
        self._people = people
        places = {name: at for at, name in enumerate(scopes)}
        self._all = tuple(range(len(scopes)))
        self._allowed = [
            self._all
            if ALL_SCOPES in rule.scopes
            else tuple(sorted({places[name] for name in rule.scopes if name in places}))
            for rule in rules
        ]

    @cached_property
    def allowed(self) -> list[int]:
        """The scopes that each rule allows."""
        return [sum(1 << at for at in places) for places in self._allowed]

    @cached_property
    def never_together(self) -> tuple[int, ...]:
        """By scope, those that somebody can get as well, but by no rule that allows both."""
        together, met = [0] * len(self.scopes), [0] * len(self.scopes)
        if len(self.rules) < 2 or self._all in self._allowed:  # noqa: PLR2004 - a pair
            return tuple(met)
        for places, allowed, beside in zip(
            self._allowed, self.allowed, self._met_beside, strict=True
        ):
            for at in places:
                together[at] |= allowed
                met[at] |= beside
        return tuple(every & ~both for every, both in zip(met, together, strict=True))

    def pairs(self, wanted: Sequence[int]) -> Iterator[Pair]:
        """For the first two rules with a wanted pair, their pairs; then of the next rules.

        Args:
            wanted: by scope, its partners.
        """
        for one, other in self._neighbours(wanted):
            for left in self._allowed[one]:
                partners = wanted[left] & self.allowed[other]
                for right in self._allowed[other] if partners else ():
                    if partners >> right & 1:
                        scopes = (self.scopes[left], self.scopes[right])
                        yield Pair(scopes, (self.rules[one], self.rules[other]))

    def _neighbours(self, wanted: Sequence[int]) -> Iterator[tuple[int, int]]:
        """Rules that somebody meets both of, with a wanted pair."""
        for one, met in enumerate(self._met_beside):
            partners = met & reduce(or_, (wanted[at] for at in self._allowed[one]), 0)
            for other in range(one + 1, len(self.rules)) if partners else ():
                if partners & self.allowed[other] and self._same_person(one, other):
                    yield one, other

    @cached_property
    def _met_beside(self) -> list[int]:
        """For each rule, the scopes of all rules that somebody meets beside it."""
        if self._people is None:
            return [reduce(or_, self.allowed, 0)] * len(self.rules)
        conditions = [condition(rule) for rule in self.rules]
        allowed: dict[object, int] = {}
        example: dict[object, int] = {}
        for at, key in enumerate(conditions):
            allowed[key] = allowed.get(key, 0) | self.allowed[at]
            example.setdefault(key, at)
        met = {key: allowed[key] if self._same_person(at, at) else 0 for key, at in example.items()}
        for one, other in combinations(example, 2):
            # Most rules allow nothing that others for the same people have not added.
            if (allowed[other] & ~met[one] or allowed[one] & ~met[other]) and self._same_person(
                example[one], example[other]
            ):
                met[one] |= allowed[other]
                met[other] |= allowed[one]
        return [met[key] for key in conditions]

    def _same_person(self, one: int, other: int) -> bool:
        """Whether somebody, or a request without a user, can meet both rules."""
        if self._people is None:
            return True
        if self.rules[one].people.everyone and self.rules[other].people.everyone:
            return True
        return self._sets[one].meets(self._sets[other])

    @cached_property
    def _sets(self) -> list[UserSet]:
        assert self._people is not None
        return [self._people.of_rule(rule) for rule in self.rules]


@dataclass(frozen=True)
class ScopePairs:
    """Pairs of scopes."""

    rules: RulesCompared
    """Those that allow them."""
    partners: tuple[int, ...]
    """By scope, those that it makes a pair with."""

    @cached_property
    def _many(self) -> int:
        return sum(partners.bit_count() for partners in self.partners) // 2

    def __len__(self) -> int:
        return self._many

    def first(self) -> Pair:
        """The pair of the rules that are tried first.

        Raises:
            StopIteration: there is none.
        """
        return next(self.rules.pairs(self.partners))

    def without(self, others: ScopePairs) -> ScopePairs:
        """Those that are not among others of the same server."""
        both = zip(self.partners, others.partners, strict=True)
        return ScopePairs(self.rules, tuple(mine & ~theirs for mine, theirs in both))

    def __or__(self, others: ScopePairs) -> ScopePairs:
        both = zip(self.partners, others.partners, strict=True)
        return ScopePairs(self.rules, tuple(mine | theirs for mine, theirs in both))
