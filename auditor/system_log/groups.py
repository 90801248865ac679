"""Puts failing requests of a log into groups that failed alike; keeps changes and what was granted.

Memory grows with the number of groups, people and changes, not with the number of events.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from sys import intern
from typing import NamedTuple

from auditor.system_log.event import LogEvent, LogTarget
from auditor.system_log.event_types import is_change, is_done, is_grant, is_refusal

MOST_GROUPS = 20_000
MOST_CHANGES = 100_000
MOST_SITUATIONS = 200_000
"""More than these are counted, and said to be."""


class GroupKey(NamedTuple):
    """What the requests of a group have in common."""

    type: str
    """The event type."""
    reason: str
    """`outcome.reason`; empty where the events do not say."""
    server: str
    """The id of the authorization server, or `org`; empty where the events do not say."""
    server_name: str
    client: str
    grant: str
    scopes: frozenset[str] | None
    """The scopes asked for; None where the events do not say."""


@dataclass(slots=True)
class Group:
    """Requests that failed alike."""

    key: GroupKey
    first: datetime
    last: datetime
    count: int = 0
    people: dict[str, int] = field(default_factory=dict)
    """How many of the requests were for whom, by user id."""

    @property
    def ranked_people(self) -> list[tuple[str, int]]:
        """User ids with how many of the requests were for them, the most first, then by id."""
        return sorted(self.people.items(), key=lambda item: (-item[1], item[0]))

    @property
    def without_user(self) -> int:
        """How many of the requests name no user."""
        return self.count - sum(self.people.values())

    @property
    def order(self) -> tuple[object, ...]:
        """The most requests first, then by what the key says."""
        key = self.key
        scopes = sorted(key.scopes or ())
        return (-self.count, *key[:-1], key.scopes is not None, scopes)


@dataclass(frozen=True, slots=True)
class Change:
    """A change of configuration, assignments or people."""

    at: datetime
    type: str
    """The event type."""
    actor: str
    actor_name: str
    """The login, where the event says it."""
    targets: tuple[LogTarget, ...]
    fields: tuple[str, ...]
    """The names of the changed fields, where the event says them."""


class Grant(NamedTuple):
    """A kind of request that was granted."""

    type: str
    server: str
    server_name: str
    client: str
    grant: str
    user: str
    asked: frozenset[str] | None
    """The scopes asked for; None where the event does not say."""
    granted: frozenset[str] | None


@dataclass(slots=True)
class GroupedLog:
    """What is kept of a log's events."""

    groups: dict[GroupKey, Group] = field(default_factory=dict)
    changes: list[Change] = field(default_factory=list)
    grants: dict[Grant, int] = field(default_factory=dict)
    first: datetime | None = None
    last: datetime | None = None
    failed: int = 0
    """Requests that failed, those of no group included."""
    granted: int = 0
    other: int = 0
    """Events that tell of no refusal, no grant and no change that was done."""
    ungrouped: int = 0
    """Failed requests for which there would be too many groups."""
    changes_left_out: int = 0
    grants_left_out: int = 0

    def add(self, event: LogEvent) -> None:
        """Take an event in; their order does not matter."""
        if self.first is None or event.at < self.first:
            self.first = event.at
        if self.last is None or event.at > self.last:
            self.last = event.at
        if is_refusal(event.type, event.result):
            self._add_failure(event)
        elif is_grant(event.type, event.result):
            self._add_grant(event)
        elif is_change(event.type) and is_done(event.result):
            self._add_change(event)
        else:
            self.other += 1

    def _add_failure(self, event: LogEvent) -> None:
        self.failed += 1
        key = GroupKey(
            event.type,
            event.reason,
            event.server,
            event.server_name,
            event.client,
            event.grant,
            event.scopes,
        )
        group = self.groups.get(key)
        if group is None:
            if len(self.groups) >= MOST_GROUPS:
                self.ungrouped += 1
                return
            group = self.groups[key] = Group(key, event.at, event.at)
        group.count += 1
        if event.at < group.first:
            group.first = event.at
        elif event.at > group.last:
            group.last = event.at
        if event.user:
            user = intern(event.user)
            group.people[user] = group.people.get(user, 0) + 1

    def _add_grant(self, event: LogEvent) -> None:
        self.granted += 1
        grant = Grant(
            event.type,
            event.server,
            event.server_name,
            event.client,
            event.grant,
            event.user,
            event.scopes,
            event.granted,
        )
        if grant not in self.grants and len(self.grants) >= MOST_SITUATIONS:
            self.grants_left_out += 1
            return
        self.grants[grant] = self.grants.get(grant, 0) + 1

    def _add_change(self, event: LogEvent) -> None:
        if len(self.changes) >= MOST_CHANGES:
            self.changes_left_out += 1
            return
        self.changes.append(
            Change(
                event.at, event.type, event.actor, event.actor_name, event.targets, event.changed
            )
        )

    def in_order(self) -> list[Group]:
        """The groups, the one with the most requests first."""
        return sorted(self.groups.values(), key=lambda group: group.order)


def grouped(events: Iterable[LogEvent]) -> GroupedLog:
    """All events of a log, taken in.

    Raises:
        UsageError: the events are read from a file that is no log.
    """
    log = GroupedLog()
    for event in events:
        log.add(event)
    return log
