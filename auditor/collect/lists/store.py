"""Everything that was read so far, and in the end the resources of a snapshot.

Lists belong to records of other lists. When such a record turns out to be deleted while
the tenant was read, or is no longer in a list that was read again, what belongs to it goes
with it: a snapshot holds no policy of a server that it does not hold.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from auditor.collect.lists.counts import CollectionCounts
from auditor.collect.lists.listing import Listing
from auditor.collect.lists.parents_first import parents_first
from auditor.snapshot.collections import COLLECTIONS, Collection, children

Parent = tuple[str, str]
"""A record that lists belong to: the path of its own list, and its id."""


class ListStore:
    """All lists of an export, by path."""

    def __init__(self) -> None:
        self.gone: set[str] = set()
        """Paths of objects that were deleted while the tenant was read."""
        self._listings: dict[str, Listing] = {}
        self._not_needed: dict[str, tuple[Collection, Parent, str]] = {}
        self._strings: dict[str, str] = {}

    def listing(self, row: Collection, path: str) -> Listing | None:
        """A list that is to be read now; None if it is being read or was."""
        if path in self._listings:
            return None
        self._listings[path] = Listing(row, path, self._strings)
        return self._listings[path]

    def beside(self, row: Collection, path: str) -> Listing:
        """A list that does not stand in the snapshot."""
        return Listing(row, path, self._strings)

    def __contains__(self, path: str) -> bool:
        return path in self._listings

    def get(self, path: str) -> Listing | None:
        """A list that is being read or was; None for any other."""
        return self._listings.get(path)

    def discard(self, path: str) -> None:
        """Forget a list, so that it can be read."""
        self._listings.pop(path, None)

    def add_parent(self, path: str, parent: Parent) -> None:
        """Note that a list belongs to a record."""
        self._listings[path].parents[parent] = None

    def leave(self, row: Collection, path: str, parent: Parent, why: str) -> None:
        """Note that nobody needs a list; it is not asked for unless `listing` is called after all.

        Args:
            row: its collection.
            path: its API path.
            parent: the record that it belongs to.
            why: a clause for the ledger.
        """
        self._not_needed[path] = row, parent, why

    def parents(self, path: str) -> list[Parent]:
        """What a list belongs to; nothing, for the org's own."""
        return list(self._listings[path].parents)

    def of(self, row: Collection) -> list[Listing]:
        """The lists of a collection that were read so far, but for those of what is gone."""
        return [
            listing
            for listing in self._listings.values()
            if listing.row is row and not self._belongs_to_gone(listing)
        ]

    def _belongs_to_gone(self, listing: Listing) -> bool:
        return bool(listing.parents) and all(
            object_path(parent) in self.gone or self._belongs_to_gone(self._listings[parent[0]])
            for parent in listing.parents
        )

    def resources(self, counts_of: Mapping[str, CollectionCounts]) -> dict[str, Any]:
        """The resources of a snapshot: what is gone is left out, the rest is counted."""
        by_row: dict[str, list[Listing]] = defaultdict(list)
        for listing in self._listings.values():
            by_row[listing.row.name].append(listing)
        present: set[Parent] = set()
        resources: dict[str, Any] = {}
        for row in parents_first(COLLECTIONS):
            counts = counts_of[row.name]
            for listing in by_row[row.name]:
                if row.parent and present.isdisjoint(listing.parents):
                    counts.problems.pop(listing.path, None)
                    continue
                if any(children(row.name)):
                    counts.gone += self._drop_gone(listing)
                    present.update((listing.path, identity) for identity in listing.ids)
                counts.add_list(listing)
                unread = listing.path in counts.problems
                nothing_is_an_answer = not unread and not row.single
                if listing.pages and (listing.records or nothing_is_an_answer):
                    resources[listing.path] = listing.resource()
            if row.if_named and row.parent:
                lists = {listing.path for listing in by_row[row.parent]}
                parents = {parent for parent in present if parent[0] in lists}
                counts.left_out += len(parents.difference(*(x.parents for x in by_row[row.name])))
        for path, (row, parent, why) in self._not_needed.items():
            if path not in self._listings and parent in present:
                counts_of[row.name].not_asked[why] += 1
        return resources

    def _drop_gone(self, listing: Listing) -> int:
        ids = {x for x in listing.ids if object_path((listing.path, x)) in self.gone}
        if ids:
            listing.drop(ids)
        return len(ids)


def object_path(parent: Parent) -> str:
    """The path of one object of a list."""
    return f"{parent[0]}/{parent[1]}"
