"""The order of policies and rules that a plan leaves behind.

Okta keeps priorities from 1 on without gaps and moves others aside for one that is set. What a plan
says is compared with what it said before, never with Okta's own numbers: people write 99, and Okta
answers 1 (provider issue 2305). Several that are set at once are ordered as their requests come in
(issue 2953); where they differ, they are taken at their word, and that is noted.
"""

from __future__ import annotations

from collections import defaultdict

from auditor.terraform.instances import object_id
from auditor.terraform.plan import ResourceChange
from auditor.terraform.planned_org import Json, PlannedOrg


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
            for identity in sorted(addresses, key=lambda one: _priority(table.get(one, {}))):
                _move_aside(table, identity, set(addresses))
            if len(addresses) > 1:
                names = ", ".join(sorted(addresses.values()))
                org.notes.append(
                    f"{names}: their priorities are set at once, and Okta orders them as the "
                    "requests come in. The priorities of the plan are taken to hold."
                )


def _move_aside(table: dict[str, Json], identity: str, settled: set[str]) -> None:
    own = _priority(table.get(identity, {}))
    others = [key for key in table if key not in settled]
    if not any(_priority(table[key]) == own for key in others):
        return
    for key in others:
        if (priority := _priority(table[key])) >= own:
            table[key] = {**table[key], "priority": priority + 1}


def _priority(record: Json) -> int:
    value = record.get("priority")
    return value if isinstance(value, int) else 2**31
