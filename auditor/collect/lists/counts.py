"""Counts what was read of each collection, and settles the ledger from it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from auditor.collect.fetch.list_fetcher import ListResult
from auditor.collect.fetch.problems import Problem, ProblemKind
from auditor.collect.lists.listing import Listing
from auditor.snapshot.collections import BY_NAME, COLLECTIONS, Collection
from auditor.snapshot.document import Effort
from auditor.snapshot.ledger import CollectionStatus, Gap, Ledger, LedgerEntry, Quarantined


@dataclass(slots=True)
class CollectionCounts:
    """What happened to one collection so far."""

    row: Collection
    lists: int = 0
    pages: int = 0
    objects: int = 0
    left_out: int = 0
    gone: int = 0
    duplicates: int = 0
    problems: dict[str, Problem] = field(default_factory=dict)
    """By the path of the list."""
    refused: Problem | None = None
    """The refusal, if the token may not read the collection."""
    quarantined: list[Quarantined] = field(default_factory=list)
    requests: int = 0
    retries: int = 0
    began: float | None = None
    ended: float = 0.0

    def fail(self, path: str, problem: Problem) -> None:
        """Note that a list could not be read."""
        self.problems[path] = problem
        if problem.kind is ProblemKind.REFUSED:
            self.refused = self.refused or problem

    def spend(self, reading: ListResult, began: float, ended: float) -> None:
        """Note what a reading took; the times are of one clock."""
        self.requests += reading.requests
        self.retries += reading.retries
        self.began = began if self.began is None else min(self.began, began)
        self.ended = max(self.ended, ended)

    def count(self, listing: Listing) -> None:
        """Count a list that the snapshot keeps."""
        self.pages += listing.pages
        self.objects += listing.records
        self.left_out += listing.left_out
        self.duplicates += listing.duplicates
        self.quarantined += listing.odd
        self.lists += listing.path not in self.problems

    @property
    def effort(self) -> Effort | None:
        """What it took; None if nothing was asked for."""
        if self.began is None:
            return None
        seconds = round(self.ended - self.began, 2)
        return Effort(requests=self.requests, retries=self.retries, seconds=seconds)

    def entry(self, parent: LedgerEntry | None) -> LedgerEntry:
        """The collection's ledger entry, given its parent's."""
        status, reason = self._status(parent)
        refused = self.refused is not None
        return LedgerEntry(
            collection=self.row.name,
            status=status,
            lists=self.lists,
            pages=self.pages,
            objects=self.objects,
            left_out=self.left_out,
            gone=self.gone,
            duplicates=self.duplicates,
            oauth_scope=self.row.oauth_scope if refused else None,
            reason=reason,
            gaps=()
            if refused or status is CollectionStatus.ABSENT
            else tuple(
                Gap(path=path, reason=problem.reason)
                for path, problem in sorted(self.problems.items())
            ),
            quarantined=tuple(sorted(self.quarantined, key=lambda odd: (odd.path, odd.record))),
        )

    def _status(self, parent: LedgerEntry | None) -> tuple[CollectionStatus, str | None]:
        if self.refused:
            status = CollectionStatus.PARTIAL if self.objects else CollectionStatus.REFUSED
            return status, f"{self.refused.reason}; it takes {self.row.oauth_scope}"
        problems = list(self.problems.values())
        absent = bool(problems) and all(p.kind is ProblemKind.ABSENT for p in problems)
        # What was read in part is there: then the feature is not what is missing.
        if absent and not self.lists and not self.objects:
            missing = self.row.feature or "the feature"
            return CollectionStatus.ABSENT, f"{missing} is not licensed: {problems[0].reason}"
        if parent is not None and parent.status is CollectionStatus.ABSENT:
            return CollectionStatus.ABSENT, parent.reason
        if parent is not None and parent.status is not CollectionStatus.COMPLETE:
            return (
                CollectionStatus.PARTIAL,
                f"{parent.label} were not all read ({parent.explanation()})",
            )
        if self.problems or self.quarantined:
            return CollectionStatus.PARTIAL, None
        return CollectionStatus.COMPLETE, None


def settle(counts_of: dict[str, CollectionCounts]) -> Ledger:
    """The ledger: one entry for each row of the collection table."""
    entries: dict[str, LedgerEntry] = {}
    for row in parents_first(COLLECTIONS):
        parent = entries[row.parent] if row.parent else None
        entries[row.name] = counts_of[row.name].entry(parent)
    for row in COLLECTIONS:
        if row.if_named:
            entries[row.name] = _with_names(entries[row.name], entries)
    return Ledger(entries=tuple(entries[row.name] for row in COLLECTIONS))


def _with_names(entry: LedgerEntry, entries: Mapping[str, LedgerEntry]) -> LedgerEntry:
    """The entry of lists that are read where something names them: was all read that could?"""
    unread = [
        entries[row.name].label
        for row in COLLECTIONS
        if row.names_groups
        and entries[row.name].status in {CollectionStatus.PARTIAL, CollectionStatus.REFUSED}
    ]
    if not entry.left_out or not unread or entry.status is not CollectionStatus.COMPLETE:
        return entry
    why = f"which groups matter is not known, since {' and '.join(unread)} were not all read"
    return entry.model_copy(update={"status": CollectionStatus.PARTIAL, "reason": why})


def parents_first(rows: Iterable[Collection]) -> list[Collection]:
    """The rows, each after the one whose records its lists belong to."""

    def depth(row: Collection) -> int:
        return 1 + depth(BY_NAME[row.parent]) if row.parent else 0

    return sorted(rows, key=depth)
