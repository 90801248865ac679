"""Goes through the collection table: which lists are read, when, and what one of them leads to."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter, defaultdict, deque
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from http import HTTPStatus

from auditor.collect.auth.credentials import PRIVATE_KEY, Credentials
from auditor.collect.fetch.list_fetcher import ListFetcher
from auditor.collect.fetch.problems import ProblemKind
from auditor.collect.journal.journal import Journal
from auditor.collect.lists.counts import CollectionCounts
from auditor.collect.lists.listing import Listing
from auditor.collect.lists.store import ListStore, Parent
from auditor.collect.options import ExportOptions
from auditor.collect.progress.watcher import Progress
from auditor.collect.since.carrying_over import CarryingOver, ReadAgain
from auditor.collect.since.older_snapshot import OlderSnapshot
from auditor.collect.since.sameness import SAMENESS
from auditor.collect.tenant.deletions import Deletions
from auditor.collect.tenant.group_assignments import GroupAssignments
from auditor.collect.tenant.list_reader import ListReader
from auditor.collect.tenant.memory_ceiling import MemoryCeiling
from auditor.collect.tenant.nothing_read import no_answer, nothing_readable, out_of_time
from auditor.snapshot.collections import APPS, BY_NAME, COLLECTIONS, Collection, children, roots
from auditor.snapshot.models.base import Record
from auditor.snapshot.models.clients import App
from auditor.snapshot.other_sides import OTHER_SIDES

_LOGGER = logging.getLogger(__name__)

_A_PART = (
    "so the admin role of who reads seems to be for a part of the org (a resource set); give it "
    "one for the whole org"
)
_PROBE = "org"
"""What is read first and alone: it tells whether the org answers and takes the token."""


@dataclass
class TenantReader:
    """Reads one tenant. Make it in the event loop, and run it once."""

    credentials: Credentials
    options: ExportOptions
    fetcher: ListFetcher
    progress: Progress
    journal: Journal | None
    older: OlderSnapshot | None = None
    """From which lists are carried over that have not changed since then."""
    started_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    """By which the age of a list is judged that is carried over."""
    store: ListStore = field(default_factory=ListStore)
    counts_of: dict[str, CollectionCounts] = field(
        default_factory=lambda: {
            row.name: CollectionCounts(row) for row in (*COLLECTIONS, *OTHER_SIDES)
        }
    )
    named: set[str] = field(default_factory=set)
    """Groups that a policy rule or an app names, so that their members matter."""
    unnamed: dict[str, Parent] = field(default_factory=dict)
    """Groups that nothing has named so far."""
    named_apps: set[str] = field(default_factory=set)
    """Ids and client ids of the apps for whose people an AI agent acts."""
    left: dict[str, list[tuple[Collection, str, Parent]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    """Lists of apps that nobody needs so far, by id and by client id of the app."""
    only: frozenset[str] = frozenset(BY_NAME) | {row.name for row in OTHER_SIDES}
    """Collections that are read; of the others, lists are counted that are to come."""
    lists_to_come: Counter[str] = field(default_factory=Counter)
    """Lists to come, by collection."""
    held: list[tuple[Collection, str, Parent]] = field(default_factory=list)
    """Lists that wait until it can be decided whether they are carried over."""
    own_app_listed: bool = False
    """Whether the service app that reads is among the apps."""
    succeeded: bool = False
    tasks: asyncio.TaskGroup = field(default_factory=asyncio.TaskGroup)
    probed: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.unopened: dict[str, deque[Listing]] = {row.bucket: deque() for row in COLLECTIONS}
        self.workers = Counter[str]()
        self.memory = MemoryCeiling(self.options.max_memory)
        self.reader = ListReader(
            self.fetcher,
            self.journal,
            self.counts_of,
            self._descend,
            max_time_s=self.options.max_time,
            memory=self.memory,
        )
        self.carrying = (
            CarryingOver(
                self.older, self.store, self.counts_of, self.credentials.org_url, self.started_at
            )
            if self.older
            else None
        )
        self.holding = self.carrying is not None and self.carrying.refusal is None
        """Whether lists are held back that may be carried over."""
        self.lists_of_bucket = Counter[str]()
        """Lists that are read or to be read, but for those of group assignments."""
        self.assignments = GroupAssignments(
            self.options,
            self.store,
            self.counts_of,
            self.journal,
            allowances=lambda: self.fetcher.limiter.allowances,
            others_of_apps=lambda: self.lists_of_bucket[APPS],
            ask_app=self._start_assignments,
            ask_groups=self._read_later,
            drop=self._drop,
            on_records=self._descend,
            stopped=lambda: self.reader.stopped is not None,
            holding=self.holding,
        )
        self.deletions = Deletions(self.store, self.counts_of, self.reader, self.fetcher.bounds)

    async def run(self) -> None:
        """Read everything that is to be read.

        Raises:
            BaseExceptionGroup: with the CollectError or the interruption that ended it.
            CollectError: nothing could be read.
        """
        probe = BY_NAME[_PROBE]
        async with self.tasks:
            self._start(probe, probe.path)
            await self.probed.wait()
            await self._require_an_answer()
            for row in roots():
                self._start(row, row.path)
        if self.holding:
            await self._release_held()
        await self.deletions.settle()
        self._doubt_a_part()
        await self._require_something()

    # What is to be read

    def _start(self, row: Collection, path: str, parent: Parent | None = None) -> None:
        """Read a list in the background, unless that was begun already or it is carried over."""
        if parent and self.holding and row.name in SAMENESS:
            self.held.append((row, path, parent))
            return
        if parent is None or not self._carry_over(row, path, parent):
            self._read_list(row, path, parent)

    def _read_list(self, row: Collection, path: str, parent: Parent | None) -> None:
        """Read a list in the background, unless that was begun already."""
        listing = self.store.listing(row, path)
        if parent is not None:
            self.store.add_parent(path, parent)
        if listing is not None:
            self._read_later([listing])

    async def _release_held(self) -> None:
        """Carry over the lists that were held back, or read them. All of the org's own were."""
        self.holding = False
        self.tasks = asyncio.TaskGroup()
        async with self.tasks:
            for row, path, parent in self.held:
                self._want(row, path, parent)
                await asyncio.sleep(0)  # a signal is heard between two lists
            self.assignments.begin()

    def _carry_over(self, row: Collection, path: str, parent: Parent) -> bool:
        """Carry a list over from the older snapshot; whether that was done, now or before."""
        if self.carrying is None or self.carrying.refusal is not None or row.name not in SAMENESS:
            return False
        if (before := self.store.get(path)) is not None:
            self.store.add_parent(path, parent)
            return before.read_at is not None
        older = self.carrying.list_of(row, path, parent)
        if older is None:
            return False
        listing = self.store.listing(row, path)
        assert listing is not None
        records = listing.carry_over(older.values, older.read_at, proven=older.proven)
        if records is None:
            self.carrying.read_again[ReadAgain.NOT_THERE] += 1
            self.store.discard(path)
            return False
        self.store.add_parent(path, parent)
        self.progress.planned(row, 1)
        self._descend(row, records)
        listing.close()
        self.memory.check()
        self.progress.read(row, listing.records)
        self.assignments.list_read(listing, None)
        return True

    def _read_later(self, listings: Iterable[Listing]) -> None:
        """Read lists in the background, as soon as there is a place."""
        for listing in listings:
            row = listing.row
            in_journal = self._in_journal(listing)
            if row.name != "app_groups":
                self.lists_of_bucket[row.bucket] += 1
            if row.name not in self.only and not in_journal:
                self.lists_to_come[row.name] += 1
                continue
            if not in_journal:
                # Lists wait for a place before they wait for a turn, so the limiter sees few of
                # them; it is to know which bucket will take longest.
                self.fetcher.limiter.expect(row.bucket, 1)
            self.progress.planned(row, 1)
            self.unopened[row.bucket].append(listing)
            if self.workers[row.bucket] < self.options.concurrency:
                self.workers[row.bucket] += 1
                self.tasks.create_task(self._read_lists_of(row.bucket))

    def _drop(self, row: Collection) -> None:
        """Read no list of a collection that was not begun."""
        unopened = self.unopened[row.bucket]
        dropped = [listing for listing in unopened if listing.row is row]
        kept = [listing for listing in unopened if listing.row is not row]
        unopened.clear()
        unopened.extend(kept)
        for listing in dropped:
            if not self._in_journal(listing):
                self.fetcher.limiter.expect(row.bucket, -1)
            self.progress.read(row, 0)

    def _in_journal(self, listing: Listing) -> bool:
        return self.journal is not None and self.journal.is_read(listing.path)

    def _start_assignments(self, path: str, parent: Parent) -> None:
        self._read_list(BY_NAME["app_groups"], path, parent)

    def _descend(self, row: Collection, records: Iterable[Record]) -> None:
        """Read what belongs to records, and what they name."""
        for record in records:
            parent = record.place.path, record.id
            for child in children(row.name):
                key = child.parent_key(record)
                if key is None:
                    continue
                if child.if_named and not self.options.all_members and key not in self.named:
                    self.unnamed[key] = parent
                elif not self._leave(child, record, child.resource(record.place.path, key)):
                    self._want(child, child.resource(record.place.path, key), parent)
            if isinstance(record, App) and record.client_id == self.credentials.client_id:
                self.own_app_listed = True
            if row.names_groups:
                self._read_members_of(row.names_groups(record))
            if row.names_apps:
                self._read_people_of(row.names_apps(record))

    def _read_members_of(self, groups: Iterable[str]) -> None:
        members = BY_NAME["group_members"]
        for group in groups:
            self.named.add(group)
            if (parent := self.unnamed.pop(group, None)) is not None:
                self._start(members, members.resource(parent[0], group), parent)

    def _want(self, row: Collection, path: str, parent: Parent) -> None:
        """Read a list that belongs to a record, from whichever side."""
        if row.name != "app_groups" or self.holding:
            self._start(row, path, parent)
        elif not self._carry_over(row, path, parent):
            self.assignments.want(path, parent)

    @property
    def unnamed_to_read(self) -> int:
        """How many groups would have their members read, should something name them."""
        members, carrying = BY_NAME["group_members"], self.carrying
        if carrying is None or carrying.refusal is not None:
            return len(self.unnamed)
        return sum(
            isinstance(
                carrying.decide(members, members.resource(parent[0], group), parent), ReadAgain
            )
            for group, parent in self.unnamed.items()
        )

    def _leave(self, row: Collection, record: Record, path: str) -> bool:
        """Leave a list of a record aside if nobody needs it; whether it is."""
        why = None if self.options.all_lists else row.not_needed(record)
        if why is None or not isinstance(record, App):
            return False
        ids = {record.id, record.client_id}
        if not ids.isdisjoint(self.named_apps):
            return False
        parent = record.place.path, record.id
        self.store.leave(row, path, parent, why)
        for identity in ids:
            self.left[identity].append((row, path, parent))
        return True

    def _read_people_of(self, apps: Iterable[str | None]) -> None:
        for app in filter(None, apps):
            self.named_apps.add(app)
            for row, path, parent in self.left.pop(app, ()):
                self._want(row, path, parent)

    # Reading one list

    async def _read_lists_of(self, bucket: str) -> None:
        """Read lists of a bucket, one after the other, as long as there are any.

        As many such workers as requests may be in flight keep all of them busy. What an open
        list has to remember stays little, and there is little to cancel when a run ends.
        """
        unopened = self.unopened[bucket]
        try:
            while unopened:
                await self._read(unopened.popleft())
        finally:
            self.workers[bucket] -= 1

    async def _read(self, listing: Listing) -> None:
        row, path = listing.row, listing.path
        problem = await self.reader.read(listing)
        if problem is not None and problem.kind is ProblemKind.NOT_FOUND and path in self.store:
            if row.parent:
                self.deletions.suspect(row, path)
            elif row.single:  # an org without the setting: that is an answer
                problem = None
                if self.journal:
                    self.journal.nothing(path)
            elif row.unknown_without:
                problem = replace(problem, kind=ProblemKind.ABSENT)
        listing.close()
        _LOGGER.debug(
            "%s: %s: pages %d, records %d, %s",
            row.name, path, listing.pages, listing.records, problem.kind.name if problem else "all",
        )  # fmt: skip
        if problem is None:
            self.succeeded |= row.name != _PROBE
        elif path in self.store:
            self.counts_of[row.name].fail(path, problem)
        self.progress.read(row, listing.records)
        self.assignments.list_read(listing, problem)
        self.probed.set()

    # Whether all of the org was seen

    def _doubt_a_part(self) -> None:
        """Name a role that sees a part of the org: what every whole list has is not there."""
        own_app = self.own_app_listed or self.credentials.mode != PRIVATE_KEY
        groups, users = (
            any(listing.records for listing in self.store.of(BY_NAME[name]))
            for name in ("groups", "users")
        )
        for name, there, lack in (
            ("apps", own_app, "the service app that reads is not among them"),
            ("groups", groups, "there is not a single one, not even Everyone"),
            ("users", users, "there is not a single one, not even who reads"),
        ):
            counts = self.counts_of[name]
            if name in self.only and not there and not counts.problems:
                counts.doubt = f"{lack}, {_A_PART}"

    # Whether anything was read

    async def _require_an_answer(self) -> None:
        problem = self.counts_of[_PROBE].problems.get(BY_NAME[_PROBE].path)
        if problem is None or problem.status == HTTPStatus.NOT_FOUND:
            return  # a gateway may hide one path and not the others
        if self.reader.out_of_time:
            raise out_of_time(self.credentials.org_url, self.options.max_time)
        if problem.kind is ProblemKind.FAILED and not await self.fetcher.org_answers():
            raise no_answer(self.credentials.org_url, problem)

    async def _require_something(self) -> None:
        problems = [p for counts in self.counts_of.values() for p in counts.problems.values()]
        unreachable = next((problem for problem in problems if problem.unreachable), None)
        if unreachable and not self.reader.answers and not await self._asked_for_little():
            raise no_answer(self.credentials.org_url, unreachable)
        if not self.succeeded and self.reader.out_of_time:
            raise out_of_time(self.credentials.org_url, self.options.max_time)
        if not self.succeeded:
            raise nothing_readable(self.credentials.org_url, problems)

    async def _asked_for_little(self) -> bool:
        """Whether a resumed run has asked for nothing but what fails, of an org that is there."""
        return self.succeeded and await self.fetcher.org_answers()
