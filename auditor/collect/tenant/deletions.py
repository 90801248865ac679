"""Objects that are deleted while a tenant is read: told from objects that cannot be read.

A list that Okta does not know may be that of an object that was deleted meanwhile. Whether it
was is seen in the list that the object came from: it is read once more, when everything else was
read. What is not in it any more is gone; what still is has a gap.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from auditor.collect.fetch.bounds import Bounds
from auditor.collect.fetch.list_fetcher import Page
from auditor.collect.fetch.problems import Problem, ProblemKind
from auditor.collect.lists.counts import CollectionCounts
from auditor.collect.lists.parents_first import parents_first
from auditor.collect.lists.store import ListStore, Parent, object_path
from auditor.collect.tenant.list_reader import ListReader
from auditor.snapshot.collections import COLLECTIONS, Collection, children


@dataclass
class Deletions:
    """Finds out what was deleted.

    Args:
        store: knows what belongs to what, and is told what is gone.
        counts_of: know the problems of lists, and are told of doubts.
        reader: asks Okta.
        bounds: what is believed.
    """

    store: ListStore
    counts_of: Mapping[str, CollectionCounts]
    reader: ListReader
    bounds: Bounds
    _unknown: dict[str, Collection] = field(default_factory=dict)
    """Lists that Okta does not know, and their collections."""

    def suspect(self, row: Collection, path: str) -> None:
        """Note that Okta does not know a list that belongs to an object."""
        self._unknown[path] = row

    async def settle(self) -> None:
        """Find out what was deleted, and name the rest. Everything else was read."""
        for row in parents_first(COLLECTIONS):
            if any(child in self._unknown.values() for child in children(row.name)):
                await self._settle(row)

    async def _settle(self, row: Collection) -> None:
        """Find out which objects of one collection were deleted."""
        lists = {listing.path for listing in self.store.of(row)}
        suspects: dict[str, set[str]] = defaultdict(set)
        for path in self._unknown_below(row):
            for list_path, identity in self.store.parents(path):
                if list_path in lists:
                    suspects[list_path].add(identity)
        gone: set[Parent] = set()
        why_not: dict[str, str] = {}
        for number, list_path in enumerate(sorted(suspects)):
            if number >= self.bounds.most_parents_again:
                more = f"more than {number:,} lists of {row.label} would have to be read again"
                why_not[list_path] = f"whether it was deleted is not known: {more}"
                continue
            listed = await self._listed(row, list_path)
            if isinstance(listed, Problem):
                why_not[list_path] = f"whether it was deleted is not known: {listed.reason}"
            else:
                why_not[list_path] = "what it belongs to is still listed"
                gone.update((list_path, x) for x in suspects[list_path] - listed)
        believed = self._believe(row, gone)
        for path in self._unknown_below(row):
            parents = self.store.parents(path)
            if believed or gone.isdisjoint(parents):
                reasons = (why_not[parent[0]] for parent in parents if parent[0] in why_not)
                self._explain(path, next(reasons, None))

    def _unknown_below(self, row: Collection) -> list[str]:
        """The lists that Okta does not know and that belong to objects of a collection."""
        return [path for path, of in self._unknown.items() if of.parent == row.name]

    def _believe(self, row: Collection, gone: set[Parent]) -> bool:
        """Leave out what is gone, unless it is too much to be people's doing."""
        total = sum(len(listing.ids) for listing in self.store.of(row))
        if self.bounds.believable(len(gone), total):
            self.store.gone.update(map(object_path, gone))
            return True
        self.counts_of[row.name].doubt = (
            f"too much vanished while it was read: {len(gone):,} of {total:,} {row.label} are "
            "not listed any more"
        )
        return False

    def _explain(self, path: str, why: str | None) -> None:
        """Say of a list that Okta does not know why that is a gap."""
        problems = self.counts_of[self._unknown[path].name].problems
        if why is not None and path in problems:
            problem = problems[path]
            problems[path] = replace(problem, reason=f"{problem.reason}, and {why}")

    async def _listed(self, row: Collection, path: str) -> set[str] | Problem:
        """The ids that are in a list now, those of deleted objects apart."""
        ids: set[str] = set()
        repeated = Problem(ProblemKind.FAILED, "its list changed while it was read again")
        moved = False

        def on_page(page: Page) -> None:
            nonlocal moved
            there = {value["id"] for value in page.values if _is_there(value)}
            moved = moved or not ids.isdisjoint(there)
            ids.update(there)

        result = await self.reader.fetch(
            row, path, row.query, unless=lambda: self.reader.stopped, on_page=on_page
        )
        return result.problem or (repeated if moved else ids)


def _is_there(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and isinstance(value.get("id"), str)
        and value.get("status") != "DELETED"
    )
