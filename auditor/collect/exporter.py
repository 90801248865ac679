"""Walks the collection table over HTTP and makes a snapshot of what it finds.

A list that cannot be read never becomes an empty list: its path is left out of the
snapshot and the ledger says why.
"""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from auditor import __version__
from auditor.collect.client import OktaClient
from auditor.collect.credentials import Credentials
from auditor.collect.deletions import Deletions
from auditor.collect.fetcher import Fetcher, Problem, Trouble
from auditor.collect.governor import Governor
from auditor.collect.journal import Journal
from auditor.collect.listing import Listing
from auditor.collect.options import ExportOptions
from auditor.collect.progress import Progress, Silent
from auditor.collect.reader import Reader
from auditor.collect.shelf import Parent, Shelf
from auditor.collect.tally import Tally, settle
from auditor.errors import CollectError
from auditor.snapshot.collections import BY_NAME, COLLECTIONS, Collection, children, roots
from auditor.snapshot.document import Capture, Snapshot
from auditor.snapshot.models.base import Record

_PROBE = "org"
"""What is read first and alone: it tells whether the org answers and takes the token."""


def export(
    credentials: Credentials,
    options: ExportOptions | None = None,
    progress: Progress | None = None,
    *,
    journal: Journal | None = None,
) -> Snapshot:
    """Read a tenant's configuration.

    Args:
        credentials: which org, and how to prove who asks.
        options: how to read it.
        progress: is told how it goes.
        journal: where to note what is read, and where what was read before comes from.
            Whoever opened it closes or removes it.

    Returns:
        The snapshot; its ledger says what is missing.

    Raises:
        CollectError: nothing could be read: the org cannot be reached, refuses the
            credentials, or answers nonsense to everything.
    """
    try:
        return asyncio.run(
            _export(credentials, options or ExportOptions(), progress or Silent(), journal)
        )
    except BaseExceptionGroup as group:
        raise _first_of(group) from None


async def _export(
    credentials: Credentials, options: ExportOptions, progress: Progress, journal: Journal | None
) -> Snapshot:
    # The SDK leaves a large heap behind; collecting it again and again doubles parsing time.
    gc.freeze()
    async with OktaClient(credentials, connections=options.concurrency) as client:
        governor = Governor(
            concurrency=options.concurrency,
            share=options.share,
            per_minute=options.max_requests_per_minute,
            on_wait=progress.waiting,
        )
        fetcher = Fetcher(client, credentials.org_url, governor, attempts=options.attempts)
        return await _Export(credentials, options, fetcher, progress, journal).run()


@dataclass
class _Export:
    credentials: Credentials
    options: ExportOptions
    fetcher: Fetcher
    progress: Progress
    journal: Journal | None
    shelf: Shelf = field(default_factory=Shelf)
    tallies: dict[str, Tally] = field(
        default_factory=lambda: {row.name: Tally(row) for row in COLLECTIONS}
    )
    named: set[str] = field(default_factory=set)
    """Groups whose members matter."""
    unnamed: dict[str, Parent] = field(default_factory=dict)
    """Groups that nothing has named yet."""
    succeeded: bool = False
    tasks: asyncio.TaskGroup = field(default_factory=asyncio.TaskGroup)
    probed: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        slots = self.options.concurrency
        self.open = {row.bucket: asyncio.Semaphore(slots) for row in COLLECTIONS}
        self.reader = Reader(self.fetcher, self.journal, self.tallies, self._descend)
        self.deletions = Deletions(self.shelf, self.journal, self.tasks, self.reader)

    async def run(self) -> Snapshot:
        started = self.journal.started_at if self.journal else datetime.now(UTC)
        probe = BY_NAME[_PROBE]
        async with self.tasks:
            self._start(probe, probe.path)
            await self.probed.wait()
            self._require_an_answer()
            for row in roots():
                self._start(row, row.path)
        self._require_something()
        resources = self.shelf.settle(self.tallies)
        tallies = self.tallies.values()
        return Snapshot(
            capture=Capture(
                org_url=self.credentials.org_url,
                tool_version=__version__,
                authentication=self.credentials.description,
                started_at=started.replace(microsecond=0),
                finished_at=datetime.now(UTC).replace(microsecond=0),
                requests=self.fetcher.requests,
                retries=self.fetcher.retries,
                waited_s=round(self.fetcher.governor.waited_s, 1),
                resumed_pages=self.journal.pages if self.journal else 0,
                efforts={tally.row.name: tally.effort for tally in tallies if tally.effort},
            ),
            ledger=settle(self.tallies),
            resources=resources,
        )

    # What is to be read

    def _start(self, row: Collection, path: str, parent: Parent | None = None) -> None:
        """Read a list in the background, unless that was begun already."""
        listing = self.shelf.listing(row, path)
        if parent is not None:
            self.shelf.belongs(path, parent)
        if listing is not None:
            self.progress.planned(row, 1)
            self.tasks.create_task(self._list(listing))

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
                else:
                    self._start(child, child.resource(record.place.path, key), parent)
            if row.names_groups:
                self._name(row.names_groups(record))

    def _name(self, groups: Iterable[str]) -> None:
        members = BY_NAME["group_members"]
        for group in groups:
            self.named.add(group)
            if (parent := self.unnamed.pop(group, None)) is not None:
                self._start(members, members.resource(parent[0], group), parent)

    # Reading

    async def _list(self, listing: Listing) -> None:
        """Read one list, and have read what belongs to its records.

        No more lists of a bucket are open at a time than requests may be in flight: that is
        enough to keep all of them busy, and what an open list has to remember stays little.
        """
        async with self.open[listing.row.bucket]:
            await self._list_now(listing)

    async def _list_now(self, listing: Listing) -> None:
        row, path = listing.row, listing.path
        problem = await self.reader.read(listing, lambda: self.deletions.pointless(path))
        if problem is not None and problem.trouble is Trouble.NOT_FOUND:
            problem = await self._explained(listing, problem)
        listing.close()
        if problem is not None:
            self.tallies[row.name].fail(path, problem)
        elif row.name != _PROBE:
            self.succeeded = True
        self.progress.read(row, listing.records)
        self.probed.set()

    # What was deleted meanwhile

    async def _explained(self, listing: Listing, problem: Problem) -> Problem | None:
        """What remains of a problem when a 404 has a good reason."""
        parents = self.shelf.parents(listing.path)
        if not parents:
            if listing.row.single:  # an org without the setting: that is an answer
                if self.journal:
                    self.journal.nothing(listing.path)
                return None
            return problem
        if self.deletions.pointless(listing.path):
            return None
        # Not `all` of a generator: each is asked for, so that each is counted.
        gone = [await self.deletions.gone(parent) for parent in parents]
        return None if all(gone) else problem

    # Whether there is anything

    def _require_an_answer(self) -> None:
        problem = self.tallies[_PROBE].problems.get(BY_NAME[_PROBE].path)
        if problem is not None and problem.trouble is Trouble.FAILED:
            raise self._silence(problem)

    def _require_something(self) -> None:
        problems = [p for tally in self.tallies.values() for p in tally.problems.values()]
        silence = next((problem for problem in problems if problem.unreachable), None)
        if silence and not self.reader.answers:
            raise self._silence(silence)
        if self.succeeded:
            return
        reasons = sorted({problem.reason for problem in problems})
        raise CollectError(
            f"Nothing could be read from {self.credentials.org_url}: {'; '.join(reasons[:3])}. "
            "Nothing was written.",
            remedy="Give the token's owner or the service app a role that may view the "
            "configuration, such as Read-only Administrator, and the scopes in the README.",
        )

    def _silence(self, problem: Problem) -> CollectError:
        said = "could not be reached" if problem.unreachable else "did not answer like an Okta org"
        return CollectError(
            f"{self.credentials.org_url} {said}: {problem.reason}. Nothing was written.",
            remedy="Check OKTA_CLIENT_ORGURL, the network and proxy, and https://status.okta.com.",
        )


def _first_of(group: BaseExceptionGroup[BaseException]) -> BaseException:
    """The error that ended a group of tasks; the first, should several have ended it."""
    first = group.exceptions[0]
    return _first_of(first) if isinstance(first, BaseExceptionGroup) else first
