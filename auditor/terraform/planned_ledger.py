"""The ledger of a planned snapshot: what is known of the org after a plan."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from auditor.snapshot.collections import BY_NAME, COLLECTIONS, Collection, match
from auditor.snapshot.dependence import dependent
from auditor.snapshot.ledger import (
    PLANNED_ALONE,
    CollectionStatus,
    Gap,
    Ledger,
    LedgerEntry,
    NotAsked,
)
from auditor.snapshot.packed_values import Resources
from auditor.snapshot.proof import complete_ledger, lists_below
from auditor.terraform.planned_org import OF_SERVERS, PlannedOrg

_NOT_READ = frozenset({CollectionStatus.ABSENT, CollectionStatus.REFUSED})


def planned_ledger(org: PlannedOrg, resources: Resources, doubt: str) -> Ledger:
    """The ledger of an org after a plan.

    Args:
        org: what the org will be.
        resources: its resources.
        doubt: why the plan is not all that will happen; empty if it is.
    """
    counted = {entry.collection: entry for entry in complete_ledger(resources).entries}
    expected = _expected(resources)
    entries = {}
    for row in COLLECTIONS:
        lists = expected.get(row.name, {})
        missing = {path: lists[path] for path in sorted(lists.keys() - resources.keys())}
        entries[row.name] = _entry(org, row, counted[row.name], missing, doubt)
    return dependent(entries)


def _entry(
    org: PlannedOrg,
    row: Collection,
    counted: LedgerEntry,
    missing: Mapping[str, str | None],
    doubt: str,
) -> LedgerEntry:
    """The entry of a collection.

    Args:
        org: what the org will be.
        row: the collection.
        counted: how much of it there is.
        missing: lists of objects that exist and that are not there, and why nobody needs one.
        doubt: as `planned_ledger`.
    """
    left_out = len(missing) if row.if_named else 0
    gaps = tuple(org.gaps.get(row.name, ()))
    if not row.if_named:
        gaps += tuple(_not_there(org, row, missing))
    if org.ledger is None:
        alone = row.name in OF_SERVERS
        return LedgerEntry(
            collection=row.name,
            status=CollectionStatus.PARTIAL,
            planned_alone=alone,
            reason=doubt or None if alone else PLANNED_ALONE,
            gaps=gaps,
            left_out=left_out,
            lists=counted.lists,
            objects=counted.objects,
        )
    entry = org.ledger.entry(row.name)
    update: dict[str, Any] = {
        "lists": counted.lists,
        "objects": counted.objects,
        "gaps": (*entry.gaps, *gaps),
    }
    update["not_asked"] = tuple(
        NotAsked(lists=lists, why=why)
        for why, lists in sorted(Counter(filter(None, missing.values())).items())
        if not row.if_named
    )
    if row.if_named:
        update["left_out"] = left_out
    if row.single:
        update["lists"] = entry.lists
    if entry.status is CollectionStatus.COMPLETE and (gaps or doubt):
        update["status"] = CollectionStatus.PARTIAL
        update["reason"] = doubt or None
    elif entry.status in {CollectionStatus.ABSENT, CollectionStatus.REFUSED} and counted.objects:
        update["status"] = CollectionStatus.PARTIAL
    return entry.model_copy(update=update)


def _expected(resources: Resources) -> dict[str, dict[str, str | None]]:
    """The lists that belong to what there is, by collection and path: see `lists_below`."""
    lists: dict[str, dict[str, Any]] = defaultdict(dict)
    for path in resources:
        if matched := match(path):
            lists[matched[0].name][path] = resources.kept(path)
    expected: dict[str, dict[str, str | None]] = {}
    for name, parents in lists.items():
        expected |= lists_below(BY_NAME[name], parents)
    return expected


def _not_there(
    org: PlannedOrg, row: Collection, missing: Mapping[str, str | None]
) -> Iterator[Gap]:
    """Lists that matter and of which neither the plan nor the base says all."""
    if org.ledger is not None and org.ledger.entry(row.name).status in _NOT_READ:
        return
    known = {gap.path for gap in org.gaps.get(row.name, ()) if not gap.record}
    if org.ledger is not None:
        known |= {gap.path for gap in org.ledger.entry(row.name).gaps}
    for path, why_not_needed in missing.items():
        if path in known or (org.ledger is not None and why_not_needed):
            continue  # nobody asked for what is not needed, nor needs it after the plan
        reason = f"{row.label} of something that the base does not have"
        yield Gap(path=path, reason=reason, attribute=reason)
