"""The order of policies and rules that a plan leaves behind.

Okta keeps priorities from 1 on without gaps and moves others aside for one that is set. What a plan
says is compared with what it said before, never with Okta's own numbers: people write 99, and Okta
answers 1 (provider issue 2305). Several that are set at once are ordered as their requests come in
(issue 2953); where they differ, they are taken at their word, and that is noted.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping

from auditor.terraform.instances import object_id
from auditor.terraform.plan import ResourceChange
from auditor.terraform.planned_org import Json, PlannedOrg
from auditor.text import listed

_NONE = 2**31
"""Where those stand that have none: behind all others."""
_MOST = 20
"""Addresses that a note names."""


class Priorities:
    """Priorities that a plan sets, by list."""

    def __init__(self) -> None:
        self._set: dict[str, dict[str, str]] = defaultdict(dict)

    def add(self, path: str, change: ResourceChange) -> None:
        """Note that a change sets the priority of a policy or rule, if it does."""
        if change.creates or change.before.get("priority") != change.after.get("priority"):
            self._set[path][object_id(change)] = change.address

    def settle(self, org: PlannedOrg) -> None:
        """Move those aside that keep theirs, and note where requests race."""
        for path, addresses in self._set.items():
            table = org.records(path)
            others = [identity for identity in table if identity not in addresses]
            _close_up(table, others, _left(org, path, addresses))
            for own in sorted(_priority(table.get(identity, {})) for identity in addresses):
                if own < _NONE:
                    _move_aside(table, others, own)
            if len(addresses) > 1:
                names = listed(sorted(addresses.values()), most=_MOST)
                org.notes.append(
                    f"{names}: their priorities are set at once, and Okta orders them as the "
                    "requests come in. The priorities of the plan are taken to hold."
                )


def _left(org: PlannedOrg, path: str, addresses: Mapping[str, str]) -> list[int]:
    """Where those were that get another priority, sorted."""
    records = org.base.resources.get(path, ()) if org.base else ()
    return sorted(
        _priority(record)
        for record in records
        if isinstance(record, dict) and record.get("id") in addresses
    )


def _close_up(table: dict[str, Json], others: list[str], left: list[int]) -> None:
    """Have others move up to the places that were left."""
    for key in others:
        priority = _priority(table[key])
        if priority < _NONE and (gone := bisect_left(left, priority)):
            table[key] = {**table[key], "priority": priority - gone}


def _move_aside(table: dict[str, Json], others: list[str], own: int) -> None:
    if not any(_priority(table[key]) == own for key in others):
        return
    for key in others:
        if own <= (priority := _priority(table[key])) < _NONE:
            table[key] = {**table[key], "priority": priority + 1}


def _priority(record: Json) -> int:
    value = record.get("priority")
    return value if isinstance(value, int) else _NONE
