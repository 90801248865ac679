"""The ledger of a snapshot, from what was counted."""

from __future__ import annotations

from collections.abc import Mapping

from auditor.collect.fetch.problems import ProblemKind
from auditor.collect.lists.counts import CollectionCounts
from auditor.snapshot.collections import COLLECTIONS
from auditor.snapshot.dependence import dependent
from auditor.snapshot.ledger import CollectionStatus, Gap, Ledger, LedgerEntry


def ledger_of(counts_of: Mapping[str, CollectionCounts]) -> Ledger:
    """The ledger: one entry for each row of the collection table."""
    return dependent({row.name: _entry(counts_of[row.name]) for row in COLLECTIONS})


def _entry(counts: CollectionCounts) -> LedgerEntry:
    """The ledger entry of a collection, whatever it depends on."""
    status, reason = _status(counts)
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


def _status(counts: CollectionCounts) -> tuple[CollectionStatus, str | None]:
    if counts.refused:
        status = CollectionStatus.PARTIAL if counts.objects else CollectionStatus.REFUSED
        return status, f"{counts.refused.reason}; it takes {counts.row.oauth_scope}"
    problems = list(counts.problems.values())
    absent = bool(problems) and all(p.kind is ProblemKind.ABSENT for p in problems)
    # What was read in part is there: then the feature is not what is missing.
    if absent and not counts.lists and not counts.objects:
        missing = counts.row.feature or "the feature"
        return CollectionStatus.ABSENT, f"{missing} is not licensed: {problems[0].reason}"
    if counts.doubt or counts.problems or counts.quarantined:
        return CollectionStatus.PARTIAL, counts.doubt
    return CollectionStatus.COMPLETE, None
