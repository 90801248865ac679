"""The first and the last line of a file of log events that `okta-auditor logs` writes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

VERSION_KEY = "okta_auditor_log"
COMPLETE_KEY = "complete"
GRANTS_KEY = "with_grants"

UNREADABLE = b'{"unreadable":'
"""How the line begins that stands for an event that cannot be read."""


@dataclass(frozen=True, slots=True)
class LogHeader:
    """What was asked of the log."""

    org: str
    """The address of the org; empty where the line does not say."""
    since: datetime | None
    until: datetime | None
    with_grants: bool
    """Whether requests that were granted were asked for as well."""
    redacted: bool
    """Whether people are replaced by keyed hashes."""


def is_header(line: Mapping[str, Any]) -> bool:
    """Whether a JSON object is the first line of such a file."""
    return VERSION_KEY in line


def is_last_line(line: Mapping[str, Any]) -> bool:
    """Whether a JSON object is the last line of such a file."""
    return COMPLETE_KEY in line and "eventType" not in line


def is_complete(last_line: Mapping[str, Any]) -> bool:
    """Whether the last line says that all that was asked for was pulled."""
    return last_line[COMPLETE_KEY] is True


def log_header(line: Mapping[str, Any]) -> LogHeader:
    """The first line; what it does not say is empty or None."""
    org = line.get("org")
    return LogHeader(
        org=org if isinstance(org, str) else "",
        since=read_time(line.get("since")),
        until=read_time(line.get("until")),
        with_grants=line.get(GRANTS_KEY) is True,
        redacted=bool(line.get("redacted")),
    )


def read_time(text: object) -> datetime | None:
    """A time in ISO 8601 that names its zone, in UTC; None for anything else."""
    try:
        when = datetime.fromisoformat(text) if isinstance(text, str) else None
        return when.astimezone(UTC) if when and when.tzinfo else None
    except (ValueError, OverflowError):
        return None
