"""The ledger of a snapshot, from what was counted."""

from __future__ import annotations

from collections.abc import Mapping

from auditor.collect.fetch.problems import ProblemKind
from auditor.collect.lists.counts import CollectionCounts
from auditor.collect.plan.assignment_side import Side
from auditor.snapshot.collections import COLLECTIONS
from auditor.snapshot.dependence import dependent
from auditor.snapshot.ledger import (
    CarriedOver,
    CollectionStatus,
    Gap,
    Ledger,
    LedgerEntry,
    NotAsked,
)


def ledger_of(counts_of: Mapping[str, CollectionCounts], *, api_token: bool = False) -> Ledger:
    """The ledger: one entry for each row of the collection table.

    Args:
        counts_of: by collection.
        api_token: whether an API token read, which has no scopes but the rights of its owner.
    """
    return dependent(
        {row.name: _entry(counts_of[row.name], api_token=api_token) for row in COLLECTIONS}
    )


def _entry(counts: CollectionCounts, *, api_token: bool) -> LedgerEntry:
    """The ledger entry of a collection, whatever it depends on."""
    status, reason = _status(counts, api_token=api_token)
    refused = counts.refused is not None
    return LedgerEntry(
        collection=counts.row.name,
        status=status,
        lists=counts.lists,
        pages=counts.pages + counts.other_side_pages,
        objects=counts.objects,
        left_out=counts.left_out,
        side=Side.GROUPS.value if counts.derived else None,
        not_asked=tuple(
            NotAsked(lists=lists, why=why) for why, lists in sorted(counts.not_asked.items())
        ),
        gone=counts.gone,
        duplicates=counts.duplicates,
        oauth_scope=counts.row.oauth_scope if refused and not api_token else None,
        reason=reason,
        gaps=()
        if refused or status is CollectionStatus.ABSENT
        else tuple(
            Gap(path=path, reason=problem.reason)
            for path, problem in sorted(counts.problems.items())
        ),
        carried_over=tuple(
            CarriedOver(read_at=read_at, proven=proven, paths=tuple(sorted(paths)))
            for (read_at, proven), paths in sorted(counts.carried_over.items())
        ),
        refused_only=counts.refused_only,
        quarantined=tuple(sorted(counts.quarantined, key=lambda bad: (bad.path, bad.record))),
    )


def _status(counts: CollectionCounts, *, api_token: bool) -> tuple[CollectionStatus, str | None]:
    if counts.refused:
        status = CollectionStatus.PARTIAL if counts.objects else CollectionStatus.REFUSED
        takes = "an admin role of the API token's owner" if api_token else counts.row.oauth_scope
        return status, f"{counts.refused.reason}; it takes {takes}"
    problems = list(counts.problems.values())
    absent = bool(problems) and all(p.kind is ProblemKind.ABSENT for p in problems)
    # What was read in part is there: then the feature is not what is missing.
    if absent and not counts.lists and not counts.objects:
        missing = counts.row.feature or "the feature"
        return CollectionStatus.ABSENT, f"{missing} is not licensed: {problems[0].reason}"
    if counts.doubt or counts.problems or counts.quarantined:
        return CollectionStatus.PARTIAL, counts.doubt
    return CollectionStatus.COMPLETE, None
