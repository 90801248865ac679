"""What a snapshot keeps of one list, taken page by page, so that no page stays in memory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from itertools import chain
from typing import Any

from auditor.collect.lists.kept_page import KeptPage
from auditor.collect.lists.odd_records import TWIN, shown_name
from auditor.collect.lists.page_records import RecordCleaner
from auditor.snapshot.collections import Collection, Json
from auditor.snapshot.ledger import Quarantined
from auditor.snapshot.models.base import Record


class Listing:
    """One list, or one object, as it is read.

    Args:
        row: the collection it belongs to.
        path: its API path.
        strings: every id once, whatever list it stands in. Shared by all lists.
    """

    def __init__(self, row: Collection, path: str, strings: dict[str, str]) -> None:
        self.row = row
        self.path = path
        self.parents: dict[tuple[str, str], None] = {}
        """Paths and ids of the records it belongs to; nearly always one."""
        self.read_again = False
        """Whether it had changed between two pages, and so was begun anew."""
        self.duplicates = 0
        self.read_at: datetime | None = None
        """When it was read, if it was carried over from an older snapshot."""
        self.proven = True
        """Whether it is known to be what a reading would give."""
        self.derived = False
        """Whether it was made of lists that were read from another side."""
        self._cleaner = RecordCleaner(row, path, strings)
        self._reset()

    def begin_anew(self, *, changed: bool) -> None:
        """Forget what was read.

        Args:
            changed: whether that is because the list changed between two pages.
        """
        self.read_again |= changed
        if not self.read_again:
            self.duplicates = 0
        self._reset()

    def _reset(self) -> None:
        self.pages = self.left_out = self.moved = 0
        self.repeated: str | None = None
        """The first id that came on a second page, if one did in this run."""
        self.next_url: str | None = None
        self.quarantined: list[Quarantined] = []
        self._position = 0
        self._pages: list[tuple[Any, ...]] = []
        self._ids: set[str] = set()

    @property
    def finished(self) -> bool:
        """Whether its last page was read."""
        return self.pages > 0 and self.next_url is None

    @property
    def records(self) -> int:
        """How many records the snapshot keeps of it."""
        return sum(map(self._cleaner.count, self._pages))

    @property
    def ids(self) -> set[str]:
        """Ids of the records, where they have one."""
        return {identity for page in self._pages for identity in self._cleaner.ids(page)}

    @property
    def scopes(self) -> set[str]:
        """Of user assignments: how people are assigned, each word of Okta's once."""
        return {way["scope"] for way in self.values if way["ids"]}

    @property
    def values(self) -> Iterator[Any]:
        """What is kept of it, in the order in which it came."""
        return chain.from_iterable(self._pages)

    def add(self, values: list[Any], next_url: str | None) -> tuple[KeptPage, list[Record]]:
        """Keep what is good of a page.

        Args:
            values: the JSON values as Okta sent them.
            next_url: the page that follows.

        Returns:
            What is kept of it, and its records as models; none of packed ones.
        """
        relevant = [v for v in values if not isinstance(v, dict) or self.row.keep(v)]
        twins = self._twins(values)
        fresh, moved = self._without_duplicates(relevant)
        clean = self._cleaner.clean(fresh, self._position)
        self._position += len(fresh)
        page = KeptPage(
            values=tuple(clean.values),
            left_out=len(values) - len(relevant),
            duplicates=len(relevant) - len(fresh),
            moved=moved,
            quarantined=(*twins, *clean.quarantined),
        )
        self._count(page, next_url)
        return page, clean.models

    def replay(self, page: KeptPage, next_url: str | None) -> list[Record]:
        """Add a page that an earlier run kept; returns its records as models."""
        values = list(page.values)
        models: list[Record] = []
        if not self.row.pack:
            # A journal is a file: what is in it is judged as an answer of Okta's is.
            clean = self._cleaner.understand(values, self._position)
            values, models = clean.values, clean.models
            page = replace(page, quarantined=(*page.quarantined, *clean.quarantined))
        page = replace(page, values=tuple(map(self._cleaner.interned, values)))
        self._position += self._cleaner.count(page.values) + len(page.quarantined)
        self._ids.update(self._cleaner.ids(page.values))
        self._count(page, next_url)
        return models

    def carry_over(
        self, values: tuple[Any, ...], read_at: datetime, *, proven: bool
    ) -> list[Record] | None:
        """Take all of it from an older snapshot, which is a file: it is judged as an answer is.

        Args:
            values: as the older snapshot has them.
            read_at: when they were read.
            proven: whether they are known to be what a reading would give.

        Returns:
            Its records as models; None, and nothing is taken, if one cannot be understood.
        """
        records = self.replay(KeptPage(values), None)
        if self.quarantined:
            self.begin_anew(changed=False)
            return None
        self.read_at, self.proven = read_at, proven
        return records

    def close(self) -> None:
        """Keep only what the snapshot needs; nothing more comes."""
        self._ids = set()
        if self.row.join:
            self._pages = [tuple(self.row.join(map(list, self._pages)))]

    def drop(self, ids: set[str]) -> None:
        """Take records out."""
        self._pages = [
            tuple(value for value in page if value.get("id") not in ids) for page in self._pages
        ]

    def resource(self) -> Any:
        """The list as the snapshot has it: pages joined, records sorted. Forgets the pages."""
        pages, self._pages = self._pages, []
        if self.row.join:
            return self.row.join(map(list, pages))
        values = [value for page in pages for value in page]
        return values[0] if self.row.single else sorted(values, key=_identity)

    def _count(self, page: KeptPage, next_url: str | None) -> None:
        self.pages += 1
        self.next_url = next_url
        self.left_out += page.left_out
        self.duplicates += page.duplicates
        self.moved += page.moved
        self.quarantined += [
            Quarantined(path=self.path, record=record, reason=why)
            for record, why in page.quarantined
        ]
        self._pages.append(page.values)

    def _twins(self, values: list[Any]) -> list[tuple[str, str]]:
        """The records of a page whose id another one before them has, and that reason.

        One that came twice as it is, is no such record: it is kept once.
        """
        first: dict[str, Any] = {}
        twins = []
        for position, value in enumerate(values, self._position):
            identity = value.get("id") if isinstance(value, dict) else None
            if not isinstance(identity, str):
                continue
            if value != first.setdefault(identity, value):
                twins.append((shown_name(identity, position), TWIN))
        return twins

    def _without_duplicates(self, values: list[Any]) -> tuple[list[Any], int]:
        """The values that did not come before, and how many came on an earlier page."""
        fresh, of_this_page, moved = [], set[str](), 0
        for value in values:
            identity = value.get("id") if isinstance(value, dict) else None
            if isinstance(identity, str):
                if identity in self._ids:
                    moved += 1
                    self.repeated = self.repeated or identity
                    continue
                if identity in of_this_page:
                    continue
                of_this_page.add(self._cleaner.intern(identity))
            fresh.append(value)
        self._ids |= of_this_page
        return fresh, moved


def _identity(record: Json) -> str:
    return str(record.get("id") or record.get("kid") or "")
