"""The records of a page: made fit to be kept, and read as models."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from auditor.snapshot.collections import Collection, Json
from auditor.snapshot.models.base import Record, RecordPlace
from auditor.snapshot.records import read_records
from auditor.snapshot.redact import redacted
from auditor.snapshot.users import plain

_NO_ID = "id: missing or not a string"


@dataclass(slots=True)
class CleanRecords:
    """What is left of the values of a page."""

    values: list[Any]
    """As they are kept."""
    quarantined: list[tuple[str, str]]
    """Records that cannot be understood: the id or position of each, and why."""
    models: list[Record]
    """Of the records; none of packed ones, and none of users that are plainly users."""


@dataclass(frozen=True, slots=True)
class RecordCleaner:
    """Cleans the records of one list.

    Args:
        row: the collection that it belongs to.
        path: its API path.
        strings: every id once, whatever list it stands in. Shared by all lists.
    """

    row: Collection
    path: str
    strings: dict[str, str]

    def clean(self, values: list[Any], start: int) -> CleanRecords:
        """Take what a snapshot keeps out of JSON values.

        Args:
            values: as Okta sent them.
            start: the position of the first of them in the list.
        """
        return self._packed(values, start) if self.row.pack else self.understand(values, start)

    def understand(self, values: list[Any], start: int) -> CleanRecords:
        """As `clean`, for records that are not packed.

        Users that are plainly users have no model: there are too many, and none is asked for.
        """
        row = self.row
        safe = [redacted(_projected(value, row.project), row.private) for value in values]
        if row.name == "users" and all(map(plain, safe)):
            return CleanRecords([self.interned(value) for value in safe], [], [])
        read, quarantined = read_records(row, self.path, safe, start=start)
        models = []
        for _, record in read:
            assert isinstance(record, Record)
            record.put(RecordPlace(self.path, None))
            models.append(record)
        kept = [self.interned(safe[position - start]) for position, _ in read]
        return CleanRecords(kept, [(bad.record, bad.reason) for bad in quarantined], models)

    def _packed(self, values: list[Any], start: int) -> CleanRecords:
        records, quarantined = [], []
        for position, value in enumerate(values, start):
            if isinstance(value, dict) and isinstance(value.get("id"), str):
                records.append(value)
            else:
                quarantined.append((f"#{position}", _NO_ID))
        assert self.row.pack is not None
        kept = [self.interned(value) for value in self.row.pack(records)]
        return CleanRecords(kept, quarantined, [])

    def interned(self, value: Any) -> Any:
        """The same value with ids that other lists have, too: a large tenant is made of ids."""
        if isinstance(value, str):
            return self.intern(value)
        if self.row.pack:
            return {**value, "ids": [self.intern(identity) for identity in value["ids"]]}
        if self.row.project:
            return {
                key: self.intern(member) if isinstance(member, str) else member
                for key, member in value.items()
            }
        return value

    def intern(self, text: str) -> str:
        """The one string that stands for all equal ones."""
        return self.strings.setdefault(text, text)

    def ids(self, values: Iterable[Any]) -> Iterator[str]:
        """The ids of kept records that have one."""
        for value in values:
            if isinstance(value, str):
                yield value
            elif self.row.pack:
                yield from value["ids"]
            elif isinstance(value.get("id"), str):
                yield value["id"]

    def count(self, values: tuple[Any, ...]) -> int:
        """How many records kept values stand for."""
        return sum(1 for _ in self.ids(values)) if self.row.pack else len(values)


def _projected(value: Any, fields: tuple[str, ...]) -> Any:
    """The value with nothing but the named fields, dotted; all of it if none is named."""
    if not fields or not isinstance(value, dict):
        return value
    kept: Json = {}
    for name in fields:
        head, _, tail = name.partition(".")
        if head in value:
            inner = _projected(value[head], (tail,)) if tail else value[head]
            kept[head] = {**kept[head], **inner} if isinstance(kept.get(head), dict) else inner
    return kept
