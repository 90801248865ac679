"""Reads one list: from the journal what an earlier run has read, from Okta the rest."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

from auditor.collect.fetch.list_fetcher import ListFetcher, ListResult, Page
from auditor.collect.fetch.problems import Problem, ProblemKind
from auditor.collect.fetch.retries import CredentialsRefusedError
from auditor.collect.journal.journal import Journal
from auditor.collect.lists.counts import CollectionCounts
from auditor.collect.lists.listing import Listing
from auditor.snapshot.collections import Collection
from auditor.snapshot.models.base import Record

Unless = Callable[[], "Problem | None"]
"""Asked right before a request: why it need not be sent."""

_CHANGED = Problem(ProblemKind.FAILED, "the list changed while it was read, and again")


class ListReader:
    """Reads the lists of one org.

    Args:
        fetcher: asks Okta.
        journal: where pages are noted, and come from.
        counts_of: count requests, by collection.
        on_records: gets the records of every page, as soon as there is one.
    """

    def __init__(
        self,
        fetcher: ListFetcher,
        journal: Journal | None,
        counts_of: Mapping[str, CollectionCounts],
        on_records: Callable[[Collection, list[Record]], None],
    ) -> None:
        self.answers = 0
        """Pages that this run has read."""
        self.stopped: Problem | None = None
        """Why nothing more is asked for."""
        self._fetcher = fetcher
        self._journal = journal
        self._counts_of = counts_of
        self._on_records = on_records

    async def read(self, listing: Listing, unless: Unless) -> Problem | None:
        """Read a list to its end.

        Args:
            listing: takes what is read.
            unless: asked before each request.

        Returns:
            Why it could not be read, or not all of it.
        """
        problem = None if self._replayed(listing) else await self._read(listing, unless)
        if problem is None and listing.moved:
            return await self._read_again(listing, unless)
        return problem

    def _replayed(self, listing: Listing) -> bool:
        """Take what an earlier run read of a list; whether that is all of it."""
        if self._journal is None:
            return False
        duplicates = self._journal.changed(listing.path)
        if duplicates is not None:
            listing.begin_anew(changed=True)
            listing.duplicates = duplicates
        for page, next_url in self._journal.replay(listing.path):
            self._on_records(listing.row, listing.replay(page, next_url))
        return listing.finished or self._journal.is_nothing(listing.path)

    async def _read(self, listing: Listing, unless: Unless) -> Problem | None:
        """Read a list, or go on with it, to its end."""
        problem = (await self._ask_for(listing, unless)).problem
        if problem and problem.kind is ProblemKind.EXPIRED:
            self._begin_anew(listing, changed=False)
            problem = (await self._ask_for(listing, unless)).problem
        if problem and listing.finished and self._journal:
            # What comes after the last page is not known, so another run must not go on there.
            self._journal.anew(listing.path)
        return problem

    async def _read_again(self, listing: Listing, unless: Unless) -> Problem | None:
        """Read a list from the beginning, because records came twice: it has changed."""
        if not listing.read_again:
            self._begin_anew(listing, changed=True)
            problem = await self._read(listing, unless)
            if problem is not None or not listing.moved:
                return problem
        if self._journal:
            self._journal.anew(listing.path)
        return _CHANGED

    def _begin_anew(self, listing: Listing, *, changed: bool) -> None:
        listing.begin_anew(changed=changed)
        if self._journal:
            duplicates = listing.duplicates if listing.read_again else None
            self._journal.anew(listing.path, duplicates)

    async def _ask_for(self, listing: Listing, unless: Unless) -> ListResult:
        row, path = listing.row, listing.path
        counts = self._counts_of[row.name]

        def on_page(page: Page) -> None:
            kept_page, records = listing.add(page.values, page.next_url)
            if self._journal:
                self._journal.page(path, kept_page, page.next_url)
            self._on_records(row, records)

        return await self.fetch(
            row,
            path,
            row.query,
            single=row.single,
            unless=lambda: self.stopped or counts.refused or unless(),
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
        clock = asyncio.get_running_loop().time
        began = clock()
        try:
            result = await self._fetcher.read(row.bucket, path, query, **options)
        except CredentialsRefusedError as error:
            if not self.answers:
                raise
            # What was read before the token died is kept, and the rest is marked unread.
            self.stopped = Problem(ProblemKind.FAILED, error.reason)
            return ListResult(problem=self.stopped)
        self.answers += result.pages
        self._counts_of[row.name].add_effort(result, began, clock())
        return result
