"""What a snapshot keeps of one list, taken page by page, so that no page stays in memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from auditor.snapshot.collections import Collection, Json
from auditor.snapshot.credentials_in_text import REDACTED, without_credentials
from auditor.snapshot.kept_fields import kept as kept_fields_of
from auditor.snapshot.ledger import Quarantined
from auditor.snapshot.models.base import Record, RecordPlace
from auditor.snapshot.records import read_record, read_records
from auditor.snapshot.users import plain

_NO_ID = "id: missing or not a string"
_CREDENTIAL = "id: holds a credential"


@dataclass(frozen=True, slots=True)
class KeptPage:
    """What is kept of one page: no secret, and of people no more than a snapshot holds."""

    values: tuple[Any, ...]
    """Records with the fields that are kept; packed where the collection is."""

    left_out: int = 0
    duplicates: int = 0

    moved: int = 0
    """Those duplicates whose record is on an earlier page: the list changed in between."""

    odd: tuple[tuple[str, str], ...] = ()
    """Records that cannot be understood: the id or position of each, and why."""


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
        self._strings = strings
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
        self.next_url: str | None = None
        self.odd: list[Quarantined] = []
        self._passed = 0
        self._pages: list[tuple[Any, ...]] = []
        self._seen: set[str] = set()

    @property
    def finished(self) -> bool:
        """Whether its last page was read."""
        return self.pages > 0 and self.next_url is None

    @property
    def records(self) -> int:
        """How many records the snapshot keeps of it."""
        return sum(map(self._length, self._pages))

    @property
    def ids(self) -> set[str]:
        """Ids of the records, where they have one."""
        return {found for page in self._pages for found in self._identities(page)}

    def take(self, values: list[Any], next_url: str | None) -> tuple[KeptPage, list[Record]]:
        """Keep what is good of a page.

        Args:
            values: the JSON values as Okta sent them.
            next_url: the page that follows.

        Returns:
            What is kept of it, and its records as models; none of packed ones.
        """
        row = self.row
        wanted = [value for value in values if not isinstance(value, dict) or row.keep(value)]
        fresh, moved = self._fresh(wanted)
        good, odd, records = self._packed(fresh) if row.pack else self._understood(fresh)
        self._passed += len(fresh)
        kept = KeptPage(
            values=tuple(good),
            left_out=len(values) - len(wanted),
            duplicates=len(wanted) - len(fresh),
            moved=moved,
            odd=tuple(odd),
        )
        self._count(kept, next_url)
        return kept, records

    def replay(self, kept: KeptPage, next_url: str | None) -> list[Record]:
        """Take a page that an earlier run kept; returns its records as models."""
        values = list(kept.values)
        records: list[Record] = []
        if not self.row.pack:
            # A journal is a file: what is in it is judged as an answer of Okta's is.
            values, odd, records = self._understood(values)
            kept = replace(kept, odd=(*kept.odd, *odd))
        kept = replace(kept, values=tuple(map(self._interned, values)))
        self._passed += self._length(kept.values) + len(kept.odd)
        self._seen.update(self._identities(kept.values))
        self._count(kept, next_url)
        return records

    def close(self) -> None:
        """Keep only what the snapshot needs; nothing more comes."""
        self._seen = set()
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

    def _count(self, kept: KeptPage, next_url: str | None) -> None:
        self.pages += 1
        self.next_url = next_url
        self.left_out += kept.left_out
        self.duplicates += kept.duplicates
        self.moved += kept.moved
        self.odd += [
            Quarantined(path=self.path, record=record, reason=why) for record, why in kept.odd
        ]
        self._pages.append(kept.values)

    def _fresh(self, values: list[Any]) -> tuple[list[Any], int]:
        """The values that did not come before, and how many came on an earlier page."""
        fresh, here, moved = [], set[str](), 0
        for value in values:
            identity = value.get("id") if isinstance(value, dict) else None
            if isinstance(identity, str):
                if identity in self._seen:
                    moved += 1
                    continue
                if identity in here:
                    continue
                here.add(self._string(identity))
            fresh.append(value)
        self._seen |= here
        return fresh, moved

    def _packed(self, values: list[Any]) -> tuple[list[Any], list[tuple[str, str]], list[Record]]:
        good, odd = [], []
        for position, value in enumerate(values, self._passed):
            identity = value.get("id") if isinstance(value, dict) else None
            if not isinstance(identity, str):
                odd.append((f"#{position}", _NO_ID))
            elif REDACTED in without_credentials(identity):
                odd.append((f"#{position}", _CREDENTIAL))
            else:
                good.append(value)
        assert self.row.pack is not None
        return [self._interned(value) for value in self.row.pack(good)], odd, []

    def _understood(
        self, values: list[Any]
    ) -> tuple[list[Any], list[tuple[str, str]], list[Record]]:
        """What is kept of the good records, the odd ones, and the models of the good ones.

        Users that are plainly users have no model: there are too many, and none is asked for.
        """
        row = self.row
        model = row.model
        assert model is not None
        if row.name == "users" and all(map(plain, values)):
            return [self._interned(kept_fields_of(value, model)) for value in values], [], []
        # A record is judged as it came, or a field of the wrong type would go unnoticed, and used
        # as it is kept: ids in it become paths.
        sound, odd = read_records(row, self.path, values, start=self._passed)
        good, records = [], []
        for position, _ in sound:
            value = kept_fields_of(values[position - self._passed], model)
            record = read_record(row, self.path, position, value)
            if isinstance(record, Record) and REDACTED not in record.id:
                record.put(RecordPlace(self.path, None))
                records.append(record)
                good.append(self._interned(value))
            else:
                odd.append(Quarantined(path=self.path, record=f"#{position}", reason=_CREDENTIAL))
        return good, [(without_credentials(one.record), one.reason) for one in odd], records

    def _interned(self, value: Any) -> Any:
        """The same value with ids that other lists have, too: a large tenant is made of ids."""
        if isinstance(value, str):
            return self._string(value)
        if self.row.pack:
            return {**value, "ids": [self._string(one) for one in value["ids"]]}
        if self.row.name == "users":
            return {
                key: self._string(one) if isinstance(one, str) else one
                for key, one in value.items()
            }
        return value

    def _string(self, value: str) -> str:
        return self._strings.setdefault(value, value)

    def _identities(self, page: Iterable[Any]) -> Iterator[str]:
        """The ids of records that have one."""
        for value in page:
            if isinstance(value, str):
                yield value
            elif self.row.pack:
                yield from value["ids"]
            elif isinstance(value.get("id"), str):
                yield value["id"]

    def _length(self, page: tuple[Any, ...]) -> int:
        """How many records a page stands for."""
        return sum(1 for _ in self._identities(page)) if self.row.pack else len(page)


def _identity(record: Json) -> str:
    return str(record.get("id") or record.get("kid") or "")
