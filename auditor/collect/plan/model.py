"""What an export is going to take, collection by collection and bucket by bucket."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from auditor.collect.plan.assignment_side import Side
from auditor.collect.rate_limits.allowance import Allowance
from auditor.snapshot.collections import Collection
from auditor.snapshot.document import OlderReading
from auditor.snapshot.ledger import LedgerEntry, NotAsked


@dataclass(frozen=True, slots=True)
class Range:
    """A number of requests, or of seconds, of which the bounds are known."""

    least: float
    most: float | None
    """None if nothing bounds it."""

    @property
    def exact(self) -> bool:
        """Whether it is one number."""
        return self.least == self.most

    def plus(self, other: Range) -> Range:
        """The sum."""
        most = None if self.most is None or other.most is None else self.most + other.most
        return Range(self.least + other.least, most)


@dataclass(frozen=True, slots=True)
class PlannedCollection:
    """What is to be read of one collection."""

    collection: Collection
    requests: Range
    why: str = ""
    """Why it is an estimate; empty if it is exact."""


@dataclass(frozen=True, slots=True)
class BucketLoad:
    """What one bucket has to bear."""

    bucket: str
    sent: int
    requests: Range
    allowance: Allowance | None
    ours: int | None
    """Requests in a window that the share allows; None if there is no limit or none is known."""
    seconds: Range | None
    """How long its limit makes it take; None if the limit is not known."""


@dataclass(frozen=True, slots=True)
class GroupAssignmentChoice:
    """From which side group assignments are read, and how many lists each side has."""

    side: Side
    apps: int
    groups: int


@dataclass(frozen=True, slots=True)
class Plan:
    """What an export is going to take."""

    collections: tuple[PlannedCollection, ...]
    loads: tuple[BucketLoad, ...]
    requests: Range
    seconds: Range
    """The slowest bucket's, or what `max_requests_per_minute` makes of all of them. Nothing
    bounds them if a limit is not known."""
    unread: tuple[LedgerEntry, ...] = ()
    by_share: Mapping[float | None, Range] = field(default_factory=dict)
    """How long it takes with other shares; None is what others do not need, here all of it."""
    assignments: GroupAssignmentChoice | None = None
    """None for a plan that goes by an older snapshot, or does not know all apps and groups."""
    not_asked: Mapping[str, tuple[NotAsked, ...]] = field(default_factory=dict)
    """Lists that are not asked for because nobody needs them, by collection."""
    carried_over: Mapping[str, int] = field(default_factory=dict)
    """Lists that take no request, because they are carried over, by collection."""
    since: OlderReading | None = None
    """The older snapshot that they are from."""

    def as_json(self) -> dict[str, Any]:
        """The plan as JSON has it; numbers of requests and seconds have least and most."""
        return {
            "requests": _span(self.requests),
            "seconds": _span(self.seconds),
            "buckets": [
                {
                    "bucket": load.bucket,
                    "sent": load.sent,
                    "requests": _span(load.requests),
                    "limit": load.allowance.limit if load.allowance else None,
                    "window_s": load.allowance.window_s if load.allowance else None,
                    "ours": load.ours,
                    "seconds": _span(load.seconds) if load.seconds else None,
                }
                for load in self.loads
            ],
            "collections": [
                {
                    "collection": planned.collection.name,
                    "requests": _span(planned.requests),
                    "exact": planned.requests.exact and not planned.why,
                    "why": planned.why or None,
                }
                for planned in self.collections
            ],
            "shares": [
                {"share": share, "seconds": _span(seconds)}
                for share, seconds in self.by_share.items()
            ],
            "group_assignments": self.assignments
            and {
                "side": self.assignments.side.value,
                "lists_of_apps": self.assignments.apps,
                "lists_of_groups": self.assignments.groups,
            },
            "not_asked": [
                {"collection": name, "lists": each.lists, "why": each.why}
                for name, reasons in self.not_asked.items()
                for each in reasons
            ],
            "carried_over": dict(self.carried_over),
            "read_again": dict(self.since.read_again) if self.since else {},
            "refusal": self.since.refusal if self.since else None,
            "unread": [entry.collection for entry in self.unread],
        }


def _span(span: Range) -> dict[str, float | None]:
    return {
        "least": round(span.least, 1),
        "most": None if span.most is None else round(span.most, 1),
    }
