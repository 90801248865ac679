"""Reads one list: from the journal what an earlier run has read, from Okta the rest."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from auditor.collect.fetch.list_fetcher import ListFetcher, ListResult, Page
from auditor.collect.fetch.problems import Problem, ProblemKind, failure
from auditor.collect.fetch.retries import CredentialsRefusedError
from auditor.collect.journal.journal import Journal
from auditor.collect.lists.counts import CollectionCounts
from auditor.collect.lists.listing import Listing
from auditor.collect.lists.odd_records import shown_name
from auditor.collect.tenant.memory_ceiling import MemoryCeiling
from auditor.snapshot.collections import Collection
from auditor.snapshot.models.base import Record


class ListReader:
    """Reads the lists of one org.

    Args:
        fetcher: asks Okta.
        journal: where pages are noted, and come from.
        counts_of: count requests, by collection.
        on_records: gets the records of every page, as soon as there is one.
        max_time_s: after so many seconds from now nothing more is asked for.
        memory: ends the run that takes too much.
    """

    def __init__(
        self,
        fetcher: ListFetcher,
        journal: Journal | None,
        counts_of: Mapping[str, CollectionCounts],
        on_records: Callable[[Collection, list[Record]], None],
        *,
        max_time_s: float,
        memory: MemoryCeiling,
    ) -> None:
        self.answers = 0
        """Pages that this run has read."""
        self.stopped: Problem | None = None
        """Why nothing more is asked for."""
        self.out_of_time = False
        """Whether that is because reading took as long as it may."""
        self._max_time_s = max_time_s
        self._memory = memory
        self._deadline = asyncio.get_running_loop().time() + max_time_s
        self._fetcher = fetcher
        self._journal = journal
        self._counts_of = counts_of
        self._on_records = on_records

    async def read(self, listing: Listing) -> Problem | None:
        """Read a list to its end.

        Args:
            listing: takes what is read.

        Returns:
            Why it could not be read, or not all of it.
        """
        problem = None if await self._replayed(listing) else await self._read(listing)
        if problem is None and listing.moved:
            return await self._read_again(listing)
        return problem

    async def _replayed(self, listing: Listing) -> bool:
        """Take what an earlier run read of a list; whether that is all of it."""
        if self._journal is None:
            return False
        duplicates = self._journal.changed(listing.path)
        if duplicates is not None:
            listing.begin_anew(changed=True)
            listing.duplicates = duplicates
        for page, next_url in self._journal.replay(listing.path):
            self._on_records(listing.row, listing.replay(page, next_url))
            self._memory.check()
            await asyncio.sleep(0)  # a signal is heard between two pages
        return listing.finished or self._journal.is_nothing(listing.path)

    async def _read(self, listing: Listing) -> Problem | None:
        """Read a list, or go on with it, to its end."""
        problem = (await self._ask_for(listing)).problem
        if problem and problem.kind is ProblemKind.EXPIRED:
            self._begin_anew(listing, changed=False)
            problem = (await self._ask_for(listing)).problem
        if problem and listing.finished and self._journal:
            # What comes after the last page is not known, so another run must not go on there.
            self._journal.anew(listing.path)
        return problem

    async def _read_again(self, listing: Listing) -> Problem | None:
        """Read a list from the beginning, because records came twice: it has changed."""
        if not listing.read_again:
            self._begin_anew(listing, changed=True)
            problem = await self._read(listing)
            if problem is not None or not listing.moved:
                return problem
        if self._journal:
            self._journal.anew(listing.path)
        repeated = f" ({shown_name(listing.repeated, 0)} came twice)" if listing.repeated else ""
        return failure(f"the list changed while it was read, and again{repeated}")

    def _begin_anew(self, listing: Listing, *, changed: bool) -> None:
        listing.begin_anew(changed=changed)
        if self._journal:
            duplicates = listing.duplicates if listing.read_again else None
            self._journal.anew(listing.path, duplicates)

    async def _ask_for(self, listing: Listing) -> ListResult:
        row, path = listing.row, listing.path
        counts = self._counts_of[row.name]

        def on_page(page: Page) -> None:
            kept_page, records = listing.add(page.values, page.next_url)
            if self._journal:
                self._journal.page(path, kept_page, page.next_url)
            self._on_records(row, records)
            self._memory.check()

        return await self.fetch(
            row,
            path,
            row.query,
            single=row.single,
            unless=lambda: self.stopped or counts.unavailable,
            start=listing.next_url,
            on_page=on_page,
        )

    async def fetch(
        self, row: Collection, path: str, query: Mapping[str, str], **options: Any
    ) -> ListResult:
        """Read as `ListFetcher.read` does, and count it.

        Raises:
            CredentialsRefusedError: Okta does not accept the token, and has not before.
        """
        if self.stopped is not None:
            return ListResult(problem=self.stopped)
        clock = asyncio.get_running_loop().time
        began = clock()
        try:
            async with asyncio.timeout_at(self._deadline):
                result = await self._fetcher.read(row.bucket, path, query, **options)
        except TimeoutError:
            self.out_of_time = True
            limit = timedelta(seconds=self._max_time_s)
            self.stopped = failure(f"the time was over that --max-time allows ({limit})")
            return ListResult(problem=self.stopped)
        except CredentialsRefusedError as error:
            if not self.answers:
                raise
            # What was read before the token died is kept, and the rest is marked unread.
            self.stopped = Problem(ProblemKind.FAILED, error.reason)
            return ListResult(problem=self.stopped)
        self.answers += result.pages
        self._counts_of[row.name].add_effort(result, began, clock())
        return result
