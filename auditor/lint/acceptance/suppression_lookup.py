"""Finds the suppressions of a finding, and entries that meet, without trying every pair.

An entry narrows its findings by field, key and fingerprint or leaves them open. So the entries
that mean a finding are among the eight that have each of its three values or none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import product
from operator import and_
from typing import TypeAlias

from auditor.lint.acceptance.suppression import Suppression
from auditor.lint.reported_finding import ReportedFinding

_Parts: TypeAlias = tuple[str | None, ...]
"""Field, key and fingerprint."""
_Target: TypeAlias = tuple[str, str]
"""A rule's code and an object's id."""
_Key: TypeAlias = tuple[_Target, _Parts]
_Mask: TypeAlias = tuple[bool, ...]
"""Which of the three an entry narrows by."""

_MASKS: tuple[_Mask, ...] = tuple(product((False, True), repeat=3))
_SHARED: dict[_Mask, dict[_Mask, _Mask]] = {
    mask: {other: tuple(map(and_, mask, other)) for other in _MASKS} for mask in _MASKS
}
"""What two entries both narrow by, so that they can be told apart."""


class SuppressionLookup:
    """Suppressions by what they mean."""

    def __init__(self, suppressions: Iterable[Suppression]) -> None:
        self._positions: dict[_Key, int] = {}
        for position, item in enumerate(suppressions):
            self._positions.setdefault((_target(item), _parts(item)), position)

    def position(self, finding: ReportedFinding) -> int | None:
        """The place of the first suppression that means the finding; None if none does."""
        target = (finding.rule.code, finding.object.id)
        parts = (finding.field, finding.key, finding.fingerprint)
        places = (self._positions.get((target, _masked(parts, mask))) for mask in _MASKS)
        return min((place for place in places if place is not None), default=None)


def meeting(suppressions: Sequence[Suppression]) -> Iterator[tuple[int, int]]:
    """Places of an entry and of the first one before it that can mean the same finding."""
    first: dict[tuple[_Target, _Mask, _Mask, _Parts], int] = {}
    for position, item in enumerate(suppressions):
        target, parts = _target(item), _parts(item)
        mask = tuple(part is not None for part in parts)
        masked = {shared: _masked(parts, shared) for shared in _SHARED[mask].values()}
        earlier = (
            first.get((target, other, shared, masked[shared]))
            for other, shared in _SHARED[mask].items()
        )
        places = [place for place in earlier if place is not None]
        if places:
            yield position, min(places)
        for shared, values in masked.items():
            first.setdefault((target, mask, shared, values), position)


def _target(item: Suppression) -> _Target:
    return item.rule, item.target


def _parts(item: Suppression) -> _Parts:
    return item.field, item.key, item.fingerprint


def _masked(parts: _Parts, mask: _Mask) -> _Parts:
    return tuple(part if kept else None for part, kept in zip(parts, mask, strict=True))
