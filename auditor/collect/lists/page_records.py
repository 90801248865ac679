"""The records of a page: made fit to be kept, and read as models."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from auditor.collect.lists.odd_records import (
    CREDENTIAL,
    HALF,
    ODD_ID,
    ODD_KEY,
    OddRecordError,
    is_identifier,
    packable,
    plainly_a_user,
    shown_name,
    unreadable,
    whole,
)
from auditor.snapshot.collections import Collection, children
from auditor.snapshot.credentials_in_text import REDACTED
from auditor.snapshot.kept_fields import kept
from auditor.snapshot.ledger import Quarantined
from auditor.snapshot.models.base import Record, RecordPlace
from auditor.snapshot.records import read_record


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
        assert row.model is not None
        if row.name == "users" and all(map(plainly_a_user, values)):
            users = [self.interned(kept(value, row.model)) for value in values]
            if whole(users):
                return CleanRecords(users, [], [])
        clean = CleanRecords([], [], [])
        for position, value in enumerate(values, start):
            try:
                record, safe = self._read(position, value)
            except OddRecordError as error:
                clean.quarantined.append((error.name, error.reason))
            else:
                clean.models.append(record)
                clean.values.append(self.interned(safe))
        return clean

    def _read(self, position: int, value: Any) -> tuple[Record, Any]:
        """Read a record: as a model, and as it is kept.

        Raises:
            OddRecordError: it cannot be understood, or not be kept.
        """
        row = self.row
        assert row.model is not None
        # A record is judged as it came, or a field of the wrong type would go unnoticed, and read
        # as it is kept: ids in it become paths.
        bad = unreadable(value) or read_record(row, self.path, position, value)
        if isinstance(bad, Quarantined):
            raise OddRecordError(shown_name(bad.record, position), bad.reason)
        safe = kept(value, row.model)
        record = read_record(row, self.path, position, safe)
        if not isinstance(record, Record) or REDACTED in record.id:
            raise OddRecordError(f"#{position}", CREDENTIAL)
        name = shown_name(record.id, position)
        if "id" in safe and not is_identifier(record.id):
            raise OddRecordError(name, ODD_ID)
        for child in children(row.name):
            key = child.parent_key(record)
            if key is not None and not is_identifier(key):
                raise OddRecordError(name, ODD_KEY.format(child.label))
        if not whole(safe):
            raise OddRecordError(name, HALF)
        record.put(RecordPlace(self.path, None))
        return record, safe

    def _packed(self, values: list[Any], start: int) -> CleanRecords:
        records, quarantined = [], []
        for position, value in enumerate(values, start):
            try:
                records.append(packable(position, value))
            except OddRecordError as error:
                quarantined.append((error.name, error.reason))
        assert self.row.pack is not None
        packed = [self.interned(value) for value in self.row.pack(records)]
        return CleanRecords(packed, quarantined, [])

    def interned(self, value: Any) -> Any:
        """The same value with ids that other lists have, too: a large tenant is made of ids."""
        if isinstance(value, str):
            return self.intern(value)
        if self.row.pack:
            return {**value, "ids": [self.intern(identity) for identity in value["ids"]]}
        if self.row.name == "users":
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
