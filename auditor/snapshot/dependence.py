"""What cannot be complete because of what it depends on.

Without all policies, not all rules are known; and without all rules, nobody knows which groups'
members matter.
"""

from __future__ import annotations

from collections.abc import Mapping

from auditor.snapshot.collections import COLLECTIONS, Collection, own_id
from auditor.snapshot.ledger import CollectionStatus, Ledger, LedgerEntry

_UNREAD = frozenset({CollectionStatus.PARTIAL, CollectionStatus.REFUSED})


def dependent(entries: Mapping[str, LedgerEntry]) -> Ledger:
    """The ledger in which no entry is complete that depends on one that is not.

    Args:
        entries: one for each collection, by name.
    """
    settled: dict[str, LedgerEntry] = {}
    for row in COLLECTIONS:  # parents come first
        settled[row.name] = _with_parent(entries[row.name], row, settled)
    for row in COLLECTIONS:
        if row.if_named:
            settled[row.name] = _with_names(settled[row.name], settled)
    return Ledger(entries=tuple(settled[row.name] for row in COLLECTIONS))


def _with_parent(
    entry: LedgerEntry, row: Collection, settled: Mapping[str, LedgerEntry]
) -> LedgerEntry:
    parent = settled[row.parent] if row.parent else None
    if parent is None or parent.readable or entry.status is not CollectionStatus.COMPLETE:
        return entry
    if parent.only_fields_open and row.parent_key is own_id:
        return (
            entry  # the parents are all there, and whether they have such lists rests on no field
        )
    update: dict[str, object] = {}
    if parent.status is CollectionStatus.ABSENT:
        update |= {"status": CollectionStatus.ABSENT, "reason": parent.reason}
    else:
        reason = f"{parent.label} were not all read ({parent.explanation()})"
        update |= {
            "status": CollectionStatus.PARTIAL,
            "reason": reason,
            "oauth_scope": parent.oauth_scope,
            "refused_only": parent.lacks_only_rights,
        }
    return entry.model_copy(update=update)


def _with_names(entry: LedgerEntry, settled: Mapping[str, LedgerEntry]) -> LedgerEntry:
    """The entry of lists that are read where something names them: was all read that could?"""
    unread = [
        settled[row.name]
        for row in COLLECTIONS
        if row.names_groups and settled[row.name].status in _UNREAD
    ]
    if not entry.left_out or not unread or entry.status is not CollectionStatus.COMPLETE:
        return entry
    labels = " and ".join(other.label for other in unread)
    update = {
        "status": CollectionStatus.PARTIAL,
        "reason": f"which groups matter is not known, since {labels} were not all read",
        "oauth_scope": unread[0].oauth_scope,
        "refused_only": all(other.lacks_only_rights for other in unread),
    }
    return entry.model_copy(update=update)
