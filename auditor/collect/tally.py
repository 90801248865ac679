"""Counts what was read of each collection, and settles the ledger from it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from auditor.collect.fetcher import Problem, Trouble
from auditor.snapshot.collections import BY_NAME, COLLECTIONS, Collection
from auditor.snapshot.ledger import Entry, Gap, Ledger, Quarantined, Status


@dataclass(slots=True)
class Tally:
    """What happened to one collection so far."""

    row: Collection
    lists: int = 0
    pages: int = 0
    objects: int = 0
    left_out: int = 0
    problems: list[tuple[str, Problem]] = field(default_factory=list)
    quarantined: list[Quarantined] = field(default_factory=list)

    @property
    def refused(self) -> Problem | None:
        """The refusal, if the token may not read the collection."""
        return next((p for _, p in self.problems if p.trouble is Trouble.REFUSED), None)

    def entry(self, parent: Entry | None) -> Entry:
        """The collection's ledger entry, given its parent's."""
        status, reason = self._status(parent)
        refused = self.refused is not None
        return Entry(
            collection=self.row.name,
            status=status,
            lists=self.lists,
            pages=self.pages,
            objects=self.objects,
            left_out=self.left_out,
            oauth_scope=self.row.oauth_scope if refused else None,
            reason=reason,
            gaps=()
            if refused or status is Status.ABSENT
            else tuple(
                Gap(path=path, reason=p.reason) for path, p in sorted(self.problems, key=_path)
            ),
            quarantined=tuple(sorted(self.quarantined, key=lambda odd: (odd.path, odd.record))),
        )

    def _status(self, parent: Entry | None) -> tuple[Status, str | None]:
        if self.refused:
            status = Status.PARTIAL if self.objects else Status.REFUSED
            return status, f"{self.refused.reason}; it takes {self.row.oauth_scope}"
        absent = bool(self.problems) and all(p.trouble is Trouble.ABSENT for _, p in self.problems)
        # What was read in part is there: then the feature is not what is missing.
        if absent and not self.lists and not self.objects:
            missing = self.row.feature or "the feature"
            return Status.ABSENT, f"{missing} is not licensed: {self.problems[0][1].reason}"
        if parent is not None and parent.status is Status.ABSENT:
            return Status.ABSENT, parent.reason
        if parent is not None and parent.status is not Status.COMPLETE:
            return Status.PARTIAL, f"{parent.label} were not all read ({parent.explanation()})"
        if self.problems or self.quarantined:
            return Status.PARTIAL, None
        return Status.COMPLETE, None


def settle(tallies: dict[str, Tally]) -> Ledger:
    """The ledger: one entry for each row of the collection table."""
    entries: dict[str, Entry] = {}
    for row in _parents_first(COLLECTIONS):
        parent = entries[row.parent] if row.parent else None
        entries[row.name] = tallies[row.name].entry(parent)
    return Ledger(entries=tuple(entries[row.name] for row in COLLECTIONS))


def _parents_first(rows: Iterable[Collection]) -> list[Collection]:
    def depth(row: Collection) -> int:
        return 1 + depth(BY_NAME[row.parent]) if row.parent else 0

    return sorted(rows, key=depth)


def _path(item: tuple[str, Problem]) -> str:
    return item[0]
