"""Reads which groups are assigned to apps, from the side from which that is quicker.

The lists of the apps wait until all apps and groups are known. If the groups are asked, what their
lists say is put into the lists of the apps as if it had been read there. Nothing of it is believed
if any of them could not be read whole: then the apps are asked after all. An app without a group to
which Okta has assigned people through one is asked itself; if it has groups, all apps are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from auditor.collect.fetch.problems import Problem, ProblemKind
from auditor.collect.journal.journal import Journal
from auditor.collect.lists.counts import CollectionCounts
from auditor.collect.lists.listing import Listing
from auditor.collect.lists.store import ListStore, Parent
from auditor.collect.options import ExportOptions
from auditor.collect.plan.assignment_side import AssignmentLists, Side, quicker_side
from auditor.collect.rate_limits.allowance import Allowance
from auditor.snapshot.collections import BY_NAME, Collection
from auditor.snapshot.models.base import Record
from auditor.snapshot.other_sides import APPS_OF_GROUPS
from auditor.snapshot.proof import is_everyone

_APPS, _GROUPS = BY_NAME["apps"], BY_NAME["groups"]
_WANTED, _USERS = BY_NAME["app_groups"], BY_NAME["app_users"]
_THROUGH_A_GROUP = "GROUP"
"""The `scope` of a user assignment that comes from a group."""


@dataclass
class GroupAssignments:
    """The group assignments of one org.

    Args:
        options: how the org is read.
        store: has all lists.
        counts_of: count pages, by collection.
        journal: remembers the side for another run.
        allowances: gives what the buckets let through, as far as that is known.
        others_of_apps: gives how many further lists count against the bucket of the apps.
        ask_app: has the list of an app read.
        ask_groups: has lists of groups read.
        drop: forgets the lists of groups that were not begun.
        on_records: gets the assignments of each app.
        stopped: says whether nothing more is asked for.
    """

    options: ExportOptions
    store: ListStore
    counts_of: Mapping[str, CollectionCounts]
    journal: Journal | None
    allowances: Callable[[], Mapping[str, Allowance]]
    others_of_apps: Callable[[], int]
    ask_app: Callable[[str, Parent], None]
    ask_groups: Callable[[Iterable[Listing]], None]
    drop: Callable[[Collection], None]
    on_records: Callable[[Collection, list[Record]], None]
    stopped: Callable[[], bool]
    holding: bool = False
    """Whether more lists come after all apps and groups are known, until `begin` is called."""
    side: Side | None = None
    """None until all apps and groups are known."""
    lists: AssignmentLists | None = None
    """What there was to choose from."""
    _waiting: dict[str, Parent] = field(default_factory=dict)
    """Apps, by the path of the list that is wanted."""
    _of_app: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    """Ids of groups, by the id of the app."""
    _unread: dict[str, str] = field(default_factory=dict)
    """Ids of groups that are to be read, by the path of their list."""
    _over: set[str] = field(default_factory=set)
    """Paths of lists of which nothing more comes."""
    _derived: dict[str, Parent] = field(default_factory=dict)
    _doubted: dict[str, str] = field(default_factory=dict)
    """Lists without a group, by the path of the list of the same app's users."""
    _asked_again: set[str] = field(default_factory=set)

    def want(self, path: str, parent: Parent) -> None:
        """Have the group assignments of an app read.

        Args:
            path: of its list.
            parent: the app.
        """
        if self.side is Side.APPS:
            self.ask_app(path, parent)
            return
        self._waiting[path] = parent
        if self.side is Side.GROUPS and not self._unread:
            self._derive(path)

    def list_read(self, listing: Listing, problem: Problem | None) -> None:
        """Hear that a list was read to its end, or could not be."""
        self._over.add(listing.path)
        if listing.row is APPS_OF_GROUPS:
            self._group_read(listing, problem)
        elif listing.row in (_APPS, _GROUPS):
            self._choose_if_known()
        elif listing.row is _USERS:
            if (path := self._doubted.pop(listing.path, None)) is not None:
                self._settle(path, listing)
        elif listing.path in self._asked_again and listing.records:
            self._read_all_from_apps()

    def begin(self) -> None:
        """Choose a side for the lists that are wanted by now, if all apps and groups are known."""
        self.holding = False
        self._choose_if_known()

    def _choose_if_known(self) -> None:
        known = {_APPS.path, _GROUPS.path} <= self._over
        if known and self.side is None and not self.holding:
            self._choose()

    def _choose(self) -> None:
        groups = self.store.get(_GROUPS.path)
        assert groups is not None
        self.lists = AssignmentLists(len(self._waiting), len(groups.ids), self.others_of_apps())
        noted = self.journal.side if self.journal else None
        if not self._whole(groups) or not self._waiting:
            self.side = Side.APPS
        elif noted is not None:
            self.side = Side(noted)
        else:
            self.side = quicker_side(self.lists, self.allowances(), self.options)
        if self.journal and self._waiting and noted != self.side:
            self.journal.note_side(self.side)
        if self.side is Side.APPS:
            self._ask_apps(self._waiting)
            return
        for group in sorted(groups.ids):
            self._unread[APPS_OF_GROUPS.resource(_GROUPS.path, group)] = group
        self.ask_groups(self.store.beside(APPS_OF_GROUPS, path) for path in tuple(self._unread))

    def _whole(self, groups: Listing) -> bool:
        """Whether all groups and apps of the org are known, so that none can be missed."""
        problems = [self.counts_of[row.name].problems for row in (_APPS, _GROUPS)]
        return not any(problems) and not groups.quarantined and any(map(is_everyone, groups.values))

    def _group_read(self, listing: Listing, problem: Problem | None) -> None:
        if listing.path not in self._unread:
            return  # the apps are asked by now
        if problem is not None or listing.quarantined:
            self._read_all_from_apps()
            return
        group = self._unread.pop(listing.path)
        self.counts_of[_WANTED.name].other_side_pages += listing.pages
        for app in listing.ids:
            self._of_app[app].append(group)
        if not self._unread:
            for path in list(self._waiting):
                self._derive(path)

    def _derive(self, path: str) -> None:
        """Make the list of an app from those of the groups, unless it is in doubt."""
        parent = self._waiting[path]
        users = self.store.get(_USERS.resource(*parent))
        if parent[1] in self._of_app:
            self._put(path)
        elif users is not None and users.path not in self._over:
            self._doubted[users.path] = path
        else:
            self._settle(path, users)

    def _failed(self, users: Listing) -> bool:
        return users.path in self.counts_of[_USERS.name].problems

    def _settle(self, path: str, users: Listing | None) -> None:
        """Believe that an app has no group, or ask it."""
        parent = self._waiting[path]
        if users is None or self._failed(users) or _THROUGH_A_GROUP in users.scopes:
            self._asked_again.add(path)
            self.ask_app(path, parent)
        else:
            self._put(path)

    def _put(self, path: str) -> None:
        parent = self._waiting[path]
        listing = self.store.listing(_WANTED, path)
        assert listing is not None
        self.store.add_parent(path, parent)
        groups = self._of_app.get(parent[1], ())
        listing.derived = True
        _, records = listing.add([{"id": group} for group in groups], None)
        listing.close()
        self._derived[path] = parent
        self.on_records(_WANTED, records)

    def _read_all_from_apps(self) -> None:
        """Believe nothing that the groups say."""
        if self.side is Side.APPS:
            return
        self.side = Side.APPS
        if self.journal and not self.stopped():  # what ended this run is no fault of the groups
            self.journal.note_side(self.side)
        self._unread.clear()
        self._doubted.clear()
        self.counts_of[_WANTED.name].other_side_pages = 0
        self.counts_of[APPS_OF_GROUPS.name].refused = Problem(
            ProblemKind.FAILED, "the apps are asked instead"
        )
        self.drop(APPS_OF_GROUPS)
        for path in self._derived:
            self.store.discard(path)
        self._ask_apps(
            {
                path: parent
                for path, parent in self._waiting.items()
                if path not in self._asked_again
            }
        )

    def _ask_apps(self, lists: Mapping[str, Parent]) -> None:
        for path, parent in lists.items():
            self.ask_app(path, parent)
