"""People apart by what they can obtain: what the regions of a situation say about each person."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from auditor.tokens.reach.situations import SituationReach
from auditor.tokens.reach.user_sets import UserSet


@dataclass(frozen=True, slots=True)
class PersonClass:
    """People who can obtain the same scopes in the same ways."""

    people: UserSet
    scope_sets: tuple[frozenset[str], ...]
    """The maximal sets that are obtained together, largest first."""

    uncertain: bool
    """Whether they may obtain more, which the snapshot does not say."""


def person_classes(reach: SituationReach) -> Iterator[PersonClass]:
    """The eligible, apart by what they can obtain, with their maximal scope sets."""
    regions = reach.regions
    parts: list[tuple[UserSet, tuple[int, ...], bool]] = [(reach.eligible.possible, (), False)]
    for at, region in enumerate(regions):
        sure, unknown = region.people.sure, region.people.unknown
        split = []
        for people, sets, doubt in parts:
            rest = people - region.people.possible
            split += [
                (people & sure, (*sets, at), doubt or bool(region.doubtful)),
                (people & unknown, sets, True),
                (rest, sets, doubt),
            ]
        parts = [part for part in split if part[0]]
    for people, sets, doubt in parts:
        yield PersonClass(people, without_subsets(regions[at].scopes for at in sets), doubt)


def without_subsets(scope_sets: Iterable[frozenset[str]]) -> tuple[frozenset[str], ...]:
    """The sets that are not a part of another one, largest first, then by name."""
    kept: list[frozenset[str]] = []
    for scopes in sorted(set(scope_sets), key=lambda item: (-len(item), sorted(item))):
        if scopes and not any(scopes <= other for other in kept):
            kept.append(scopes)
    return tuple(kept)
