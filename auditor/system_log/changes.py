"""The changes of a log, by the objects that they are about."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from datetime import datetime

from auditor.system_log.event_types import OF_PEOPLE, PEOPLE
from auditor.system_log.groups import Change

_OF_ALL = ("zone.",)
"""Types of changes that can concern requests of anybody."""


class Changes:
    """Changes, to be asked for by object and time. Asking takes no longer where there are many."""

    def __init__(self, changes: Iterable[Change]) -> None:
        self._by_object: dict[str, list[Change]] = {}
        self._of_all: list[Change] = []
        for change in sorted(changes, key=_order):
            objects = tuple(_objects(change))
            for record_id in objects:
                self._by_object.setdefault(record_id, []).append(change)
            if not objects or change.type.startswith(_OF_ALL):
                self._of_all.append(change)

    def last_until(self, moment: datetime, objects: Iterable[str]) -> Change | None:
        """The latest change of some objects up to a moment; None if there is none.

        Args:
            moment: in UTC.
            objects: ids; of people too, where changes of theirs matter.
        """
        found = (self._last(moment, record_id) for record_id in objects)
        return max(filter(None, found), key=_order, default=None)

    def last_between(
        self, after: datetime, until: datetime, objects: Iterable[str]
    ) -> Change | None:
        """The latest change of some objects after one moment and up to another."""
        change = self.last_until(until, objects)
        return change if change is not None and change.at > after else None

    def latest_within(
        self, since: datetime, until: datetime, objects: Iterable[str], most: int
    ) -> list[Change]:
        """The latest changes from one moment to another, both included, the last one first.

        Changes that can concern any request are among them: those of zones, and those that do not
        say of what they are.

        Args:
            since: in UTC.
            until: in UTC.
            objects: ids of what they are about.
            most: how many are wanted.
        """
        kept: set[Change] = set()
        for changes in (self._of_all, *(self._by_object.get(one, []) for one in set(objects))):
            start = bisect_left(changes, since, key=lambda change: change.at)
            end = bisect_right(changes, until, key=lambda change: change.at)
            latest: set[Change] = set()  # the same event twice, of two exports, is one change
            for place in range(end - 1, start - 1, -1):
                if len(latest) == most:
                    break
                latest.add(changes[place])
            kept |= latest
        return sorted(kept, key=_order, reverse=True)[:most]

    def deletion_of(self, record_id: str) -> Change | None:
        """The last change that deleted an object; None if there is none."""
        changes = self._by_object.get(record_id, ())
        return next((c for c in reversed(changes) if c.type.endswith(("delete", "deleted"))), None)

    def _last(self, moment: datetime, record_id: str) -> Change | None:
        changes = self._by_object.get(record_id)
        if changes is None:
            return None
        place = bisect_right(changes, moment, key=lambda change: change.at)
        return changes[place - 1] if place else None


def _objects(change: Change) -> Iterator[str]:
    """Ids of what a change is about: where it is about people, of those alone."""
    of_people = change.type.startswith(OF_PEOPLE)
    for record_id, kind in dict.fromkeys((target.id, target.type) for target in change.targets):
        if record_id and (not of_people or kind in PEOPLE):
            yield record_id


def _order(change: Change) -> tuple[object, ...]:
    return (change.at, change.type, change.actor, change.targets, change.fields)
