"""Which resources of a snapshot are packed, and how: those that hold people."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from auditor.snapshot.collections import Collection
from auditor.snapshot.models.clients import UserAssignments
from auditor.snapshot.models.directory import User
from auditor.snapshot.packed_values import IdList, is_packed_way
from auditor.snapshot.users import UserList

Json = dict[str, Any]

_WAY = {"scope", "status", "ids"}
_WORDS = (str, type(None))


def packed(row: Collection, value: Any) -> Any:
    """A resource as it is kept: people packed, where that loses nothing; all else as it is.

    Args:
        row: the collection it belongs to.
        value: what `proof` found to have the shape that its path says.
    """
    if row.single:
        return value
    if row.model is User:
        return UserList.of(value)
    if row.model is None:
        return _packed_ids(value)
    if row.model is UserAssignments:
        ways = [_packed_way(way) for way in value]
        return value if None in ways else ways
    return value


def assignments(value: Iterable[Any]) -> tuple[UserAssignments, ...] | None:
    """The models of packed assignments, which need no reading; None of what is not packed."""
    ways = tuple(value)
    if not all(map(is_packed_way, ways)):
        return None
    return tuple(UserAssignments.model_construct(**way) for way in ways)


def _packed_way(way: Any) -> Json | None:
    """An assignment with its ids packed; None if a model would not take it as it is."""
    if type(way) is not dict or way.keys() != _WAY:
        return None
    if not isinstance(way["scope"], _WORDS) or not isinstance(way["status"], _WORDS):
        return None
    ids = way["ids"]
    if type(ids) is not list:
        return None
    try:
        inner = _packed_ids(ids)
    except TypeError:  # not all are texts
        return None
    return {**way, "ids": inner} if isinstance(inner, IdList) else None


def _packed_ids(ids: list[Any]) -> Any:
    """Texts, packed if they can be told apart afterwards."""
    made = IdList(ids)
    return made if made.sound else ids
