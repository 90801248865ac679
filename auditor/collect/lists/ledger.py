"""The ledger of a snapshot, from what was counted."""

from __future__ import annotations

from collections.abc import Mapping

from auditor.collect.fetch.problems import ProblemKind
from auditor.collect.lists.counts import CollectionCounts
from auditor.collect.lists.parents_first import parents_first
from auditor.snapshot.collections import COLLECTIONS
from auditor.snapshot.ledger import CollectionStatus, Gap, Ledger, LedgerEntry


def ledger_of(counts_of: Mapping[str, CollectionCounts]) -> Ledger:
    """The ledger: one entry for each row of the collection table."""
    entries: dict[str, LedgerEntry] = {}
    for row in parents_first(COLLECTIONS):
        parent = entries[row.parent] if row.parent else None
        entries[row.name] = _entry(counts_of[row.name], parent)
    for row in COLLECTIONS:
        if row.if_named:
            entries[row.name] = _with_names(entries[row.name], entries)
    return Ledger(entries=tuple(entries[row.name] for row in COLLECTIONS))


def _with_names(entry: LedgerEntry, entries: Mapping[str, LedgerEntry]) -> LedgerEntry:
    """The entry of lists that are read where something names them: was all read that could?"""
    unread = [
        entries[row.name].label
        for row in COLLECTIONS
        if row.names_groups and entries[row.name].incomplete
    ]
    if not entry.left_out or not unread or entry.status is not CollectionStatus.COMPLETE:
        return entry
    why = f"which groups matter is not known, since {' and '.join(unread)} were not all read"
    return entry.model_copy(update={"status": CollectionStatus.PARTIAL, "reason": why})


def _entry(counts: CollectionCounts, parent: LedgerEntry | None) -> LedgerEntry:
    """The ledger entry of a collection, given its parent's."""
    status, reason = _status(counts, parent)
    refused = counts.refused is not None
    return LedgerEntry(
        collection=counts.row.name,
        status=status,
        lists=counts.lists,
        pages=counts.pages,
        objects=counts.objects,
        left_out=counts.left_out,
        gone=counts.gone,
        duplicates=counts.duplicates,
        oauth_scope=counts.row.oauth_scope if refused else None,
        reason=reason,
        gaps=()
        if refused or status is CollectionStatus.ABSENT
        else tuple(
            Gap(path=path, reason=problem.reason)
            for path, problem in sorted(counts.problems.items())
        ),
        quarantined=tuple(sorted(counts.quarantined, key=lambda bad: (bad.path, bad.record))),
    )


def _status(
    counts: CollectionCounts, parent: LedgerEntry | None
) -> tuple[CollectionStatus, str | None]:
    if counts.refused:
        status = CollectionStatus.PARTIAL if counts.objects else CollectionStatus.REFUSED
        return status, f"{counts.refused.reason}; it takes {counts.row.oauth_scope}"
    problems = list(counts.problems.values())
    absent = bool(problems) and all(p.kind is ProblemKind.ABSENT for p in problems)
    # What was read in part is there: then the feature is not what is missing.
    if absent and not counts.lists and not counts.objects:
        missing = counts.row.feature or "the feature"
        return CollectionStatus.ABSENT, f"{missing} is not licensed: {problems[0].reason}"
    if parent is not None and parent.status is CollectionStatus.ABSENT:
        return CollectionStatus.ABSENT, parent.reason
    if parent is not None and parent.status is not CollectionStatus.COMPLETE:
        return (
            CollectionStatus.PARTIAL,
            f"{parent.label} were not all read ({parent.explanation()})",
        )
    if counts.doubt or counts.problems or counts.quarantined:
        return CollectionStatus.PARTIAL, counts.doubt
    return CollectionStatus.COMPLETE, None
