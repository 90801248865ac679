"""All records of a snapshot by resource path, and what is worked out of them once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from auditor.snapshot.collections import match
from auditor.snapshot.document import Snapshot, Source
from auditor.snapshot.evaluation_order import evaluation_order
from auditor.snapshot.ledger import CollectionStatus, Ledger, LedgerEntry, Quarantined
from auditor.snapshot.models.base import Record, RecordPlace
from auditor.snapshot.models.clients import UserAssignments
from auditor.snapshot.models.directory import User
from auditor.snapshot.models.servers import AccessPolicy, AuthorizationServer, PolicyRule
from auditor.snapshot.packed_values import kept
from auditor.snapshot.packing import assignments
from auditor.snapshot.records import read_records
from auditor.snapshot.users import UserTable


@dataclass(frozen=True)
class Tables:
    """All records of one snapshot. Every view of it shares them, and the caches with them."""

    snapshot: Snapshot
    ledger: Ledger
    lists: Mapping[str, Sequence[Any]]
    """By resource path: records, or bare ids."""
    by_collection: Mapping[str, tuple[Any, ...]]
    users: UserTable
    source: Source | None = None
    lookups: dict[str, dict[str, Any]] = field(default_factory=dict)
    members: dict[str, frozenset[str]] = field(default_factory=dict)
    live_rules: dict[RecordPlace, tuple[PolicyRule, ...]] = field(default_factory=dict)
    covering: dict[str, tuple[tuple[AuthorizationServer, AccessPolicy], ...]] = field(
        default_factory=dict
    )
    remembered: dict[Any, tuple[bool, Any]] = field(default_factory=dict)
    """What functions made: whether of a strict view, and the value."""
    guarded: bool = False
    """Whether fields that are not known before apply cannot be read (`open_fields`)."""


def tabulate(snapshot: Snapshot, source: Source | None = None) -> Tables:
    """Read a snapshot into tables. Records that make no sense make their collection partial."""
    lists: dict[str, Sequence[Any]] = {}
    by_collection: dict[str, list[Any]] = defaultdict(list)
    quarantined: dict[str, list[Quarantined]] = defaultdict(list)
    users = UserTable([])
    for path in sorted(snapshot.resources):
        matched = match(path)
        if matched is None:
            continue
        row = matched[0]
        value = kept(snapshot.resources, path)
        raw = [value] if row.single else value
        if row.model is None:
            lists[path] = raw
            continue
        if row.model is User:
            users = UserTable(raw)
            quarantined[row.name].extend(users.quarantined)
            continue
        if row.model is UserAssignments and (ways := assignments(raw)) is not None:
            lists[path] = ways
            by_collection[row.name].extend(ways)
            continue
        read, unreadable = read_records(row, path, raw)
        quarantined[row.name].extend(unreadable)
        for position, record in read:
            if isinstance(record, Record):
                record.put(RecordPlace(path, None if row.single else position))
        records = tuple(record for _, record in read)
        if row.name in {"policies", "policy_rules"}:
            records = tuple(sorted(records, key=evaluation_order))
        lists[path] = records
        by_collection[row.name].extend(records)
    whole = {name: tuple(records) for name, records in by_collection.items()}
    return Tables(
        snapshot, _with_quarantine(snapshot.ledger, quarantined), lists, whole, users, source
    )


def _with_quarantine(ledger: Ledger, quarantined: Mapping[str, list[Quarantined]]) -> Ledger:
    def marked(entry: LedgerEntry) -> LedgerEntry:
        records = quarantined.get(entry.collection)
        if not records:
            return entry
        status = (
            CollectionStatus.PARTIAL if entry.status is CollectionStatus.COMPLETE else entry.status
        )
        return entry.model_copy(
            update={"status": status, "quarantined": (*entry.quarantined, *records)}
        )

    return Ledger(entries=tuple(marked(entry) for entry in ledger.entries))
