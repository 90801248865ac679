"""What a log of events adds to an audit: how often findings hurt, and what was not used."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from auditor.lint.reported_finding import ObjectRef


class UsageUnknown(StrEnum):
    """Why nothing is known of what was not used in the period of a log."""

    EXPORT = "export"
    """The file does not say what it was asked for."""
    WITHOUT_GRANTS = "without_grants"
    """Granted requests were not asked for."""
    INCOMPLETE = "incomplete"
    """The file is an interrupted pull, or part of it could not be read."""
    TOO_MANY = "too_many"
    """There were too many different requests to keep."""
    PLANNED = "planned"
    """The snapshot is of what a plan makes, which nobody has used yet."""


@dataclass(frozen=True, slots=True)
class UnusedObject:
    """A client, a scope or a rule that no granted request of the period used."""

    object: ObjectRef
    server: ObjectRef | None
    """None for a client."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogSummary:
    """The log that an audit was given, together with the snapshot."""

    where: str
    """The file."""
    since: datetime | None
    """The period: of what was asked for, else of the events; None if there are none."""
    until: datetime | None
    complete: bool | None
    """Whether the file holds all that was asked for; None if it does not say."""
    rejections: int
    """Failed requests in it."""
    confirmed: int
    """Those of them that the snapshot rejects for the reason that the log has."""
    tied: int
    """Those of them that a finding bears on."""
    unused: tuple[UnusedObject, ...] = ()
    """The first of them: clients, then scopes, then rules."""
    unused_more: int = 0
    usage_unknown: UsageUnknown | None = None
    """Why what was not used is not known; None if it is."""
    usage_doubts: tuple[str, ...] = ()
    """Types of objects of which it is not known of all whether they were used."""
