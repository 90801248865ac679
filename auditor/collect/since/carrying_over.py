"""Decides of each list whether it is read again or carried over from an older snapshot.

A list is read again unless everything says that it is the same: the older snapshot has all of it,
its app or group is there with the same record and a time stamp that is not too fresh, nothing that
it names is gone, no group through which its users are assigned has moved, and it is young enough.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from auditor.collect.lists.counts import CollectionCounts
from auditor.collect.lists.store import ListStore, Parent
from auditor.collect.since.older_snapshot import OlderSnapshot
from auditor.collect.since.sameness import SAMENESS
from auditor.snapshot.collections import BY_NAME, Collection
from auditor.snapshot.document import OlderReading

TOO_FRESH = timedelta(minutes=10)
"""A record that had changed so shortly before its list was read may have been ahead of the list:
Okta does not promise that both are served from one state. Clocks that differ have room in it."""

Json = dict[str, Any]


class ReadAgain(StrEnum):
    """Why a list is read again, as a clause about lists."""

    NOT_THERE = "that the older snapshot has not, or not all of"
    TOO_OLD = "that had become too old"
    CHANGED = "of what is new or has changed"
    UNSTAMPED = "of what has no time stamp"
    TOO_FRESH = "of what had changed shortly before they were read"
    OF_THE_CHANGED = "with groups or people that have changed"
    UNKNOWN = "since groups or people were not all read"


@dataclass(frozen=True, slots=True)
class CarriedList:
    """A list as the older snapshot has it."""

    values: tuple[Any, ...]
    read_at: datetime
    """When it was read, at the earliest."""
    proven: bool
    """Whether it is known to be the same."""


@dataclass(frozen=True, slots=True)
class _Compared:
    """A list of the org then and now, by id."""

    then: Mapping[str, Json] | None
    """None if it was not all read; so for `now`."""
    now: Mapping[str, Json] | None

    @property
    def gone(self) -> frozenset[str] | None:
        """Ids that are not there any more; None if that is not known."""
        if self.then is None or self.now is None:
            return None
        return frozenset(self.then.keys() - self.now.keys())


class CarryingOver:
    """What may be carried over. The lists of the org have to be read before it decides.

    Args:
        older: the older snapshot.
        store: has what was read now.
        counts_of: know what could not be read, by collection.
        org_url: the org.
        now: when reading it began.
    """

    def __init__(
        self,
        older: OlderSnapshot,
        store: ListStore,
        counts_of: Mapping[str, CollectionCounts],
        org_url: str,
        now: datetime,
    ) -> None:
        self.refusal = older.refusal(org_url, now)
        """Why nothing may be carried over, a clause; None if something may."""
        self.read_again = Counter[ReadAgain]()
        """How many lists are read again, and why."""
        self._older = older
        self._store = store
        self._counts_of = counts_of
        self._now = now
        self._compared: dict[str, _Compared] = {}
        self._gone: dict[str, frozenset[str] | None] = {}

    @property
    def outcome(self) -> OlderReading:
        """What became of the older snapshot, for the header of the new one."""
        again = {why.value: self.read_again[why] for why in ReadAgain if self.read_again[why]}
        return OlderReading(
            digest=self._older.digest,
            captured_at=self._older.captured_at,
            refusal=self.refusal,
            read_again=again,
        )

    def list_of(self, row: Collection, path: str, parent: Parent) -> CarriedList | None:
        """What is carried over of a list; None if it is to be read again, which is counted."""
        found = self.decide(row, path, parent)
        if isinstance(found, ReadAgain):
            self.read_again[found] += 1
            return None
        return found

    def decide(self, row: Collection, path: str, parent: Parent) -> CarriedList | ReadAgain:
        """What is carried over of a list, or why it is read again; only if there is no refusal."""
        values = self._older.values(row, path)
        if values is None:
            return ReadAgain.NOT_THERE
        sameness, read_at = SAMENESS[row.name], self._older.read_at(path)
        if not timedelta() <= self._now - read_at <= self._older.full_every:
            return ReadAgain.TOO_OLD
        assert row.parent is not None
        why = (
            self._moved(row.parent, parent[1], sameness.stamp, read_at)
            or self._names_what_is_gone(sameness.holds, values)
            or (self._groups_moved(parent, sameness.follows, read_at) if sameness.follows else None)
        )
        return why or CarriedList(values, read_at, sameness.proven)

    def _moved(
        self, collection: str, identity: str, stamp: str, read_at: datetime
    ) -> ReadAgain | None:
        """Whether a record has changed since a list was read that belongs to it."""
        compared = self._compare(collection)
        if compared.then is None or compared.now is None:
            return ReadAgain.UNKNOWN
        now = compared.now.get(identity)
        if now is None or now != compared.then.get(identity):
            return ReadAgain.CHANGED
        moment = _moment(now.get(stamp))
        if moment is None:
            return ReadAgain.UNSTAMPED
        return ReadAgain.TOO_FRESH if moment > read_at - TOO_FRESH else None

    def _names_what_is_gone(
        self, collections: frozenset[str], values: tuple[Any, ...]
    ) -> ReadAgain | None:
        for name in collections:
            if name not in self._gone:
                self._gone[name] = self._compare(name).gone
            gone = self._gone[name]
            if gone is None:
                return ReadAgain.UNKNOWN
            if gone and not gone.isdisjoint(_ids(values)):
                return ReadAgain.OF_THE_CHANGED
        return None

    def _groups_moved(self, parent: Parent, collection: str, read_at: datetime) -> ReadAgain | None:
        """Whether a group has moved through which users are assigned, or which these are."""
        row = BY_NAME[collection]
        groups = self.decide(row, row.resource(*parent), parent)
        if isinstance(groups, ReadAgain):
            return groups
        stamp = SAMENESS["group_members"].stamp
        moved = (self._moved("groups", one, stamp, read_at) for one in _ids(groups.values))
        return ReadAgain.OF_THE_CHANGED if any(moved) else None

    def _compare(self, collection: str) -> _Compared:
        if collection not in self._compared:
            row = BY_NAME[collection]
            counts = self._counts_of[collection]
            now = None
            if not (counts.problems or counts.doubt):
                listings = self._store.of(row)
                now = {one["id"]: one for listing in listings for one in listing.values}
            self._compared[collection] = _Compared(self._older.records(collection), now)
        return self._compared[collection]


def _ids(values: tuple[Any, ...]) -> Iterator[str]:
    """The ids in a list, packed or not."""
    for value in values:
        if isinstance(value, str):
            yield value
        elif "ids" in value:
            yield from value["ids"]
        elif "id" in value:
            yield value["id"]


def _moment(stamp: Any) -> datetime | None:
    """A time stamp of Okta's; None for anything else."""
    if not isinstance(stamp, str):
        return None
    try:
        moment = datetime.fromisoformat(stamp)
    except ValueError:
        return None
    return moment.astimezone(UTC) if moment.tzinfo else None
