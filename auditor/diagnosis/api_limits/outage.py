"""What is known of an answer from 500 on, and of a call that got none in time.

Sources: Okta error codes (E0000009, E0000010); "System Log query" on timeouts, which Okta answers
with 500 E0000009 after 30 seconds; concepts/monitor on the status page; "Core Okta API" on the
request id. How often to try again Okta does not publish.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, auto

from auditor.diagnosis.api_calls import ApiCall
from auditor.diagnosis.clues import Clues

_SERVER_ERROR = 500
_TIMEOUT = re.compile(
    r"\b(?:Read ?timed ?out|(?:Read|Connect) ?Timeout|SocketTimeoutException|E(?:SOCKET)?TIMEDOUT|"
    r"context deadline exceeded|Client\.Timeout exceeded|operation timed out|connection timed out|"
    r"TaskCanceledException|Gateway Time-?out)",
    re.IGNORECASE,
)
_TOO_LONG = re.compile(r"last request took too long to complete", re.IGNORECASE)
_READ_ONLY = re.compile(r"\bE0000010\b|Service is in read only mode", re.IGNORECASE)


class OutageKind(Enum):
    """What happened."""

    SERVER_ERROR = auto()
    QUERY_TOO_LONG = auto()
    """Okta gave the query up after its own limit."""
    READ_ONLY = auto()
    """Okta takes no changes for a while."""
    TIMEOUT = auto()
    """The caller waited no longer."""


@dataclass(frozen=True, kw_only=True)
class Outage:
    """A fault that the configuration has no part in."""

    kind: OutageKind
    status: int | None
    call: ApiCall | None
    request_ids: tuple[str, ...]
    """`x-okta-request-id` of the answers, for Okta's support."""

    @property
    def changes(self) -> bool:
        """Whether the call may have changed something, although no answer says so."""
        return self.call is not None and self.call.method in {"POST", "PUT", "PATCH", "DELETE"}


def outage(clues: Clues) -> Outage | None:
    """What broke a call; None if nothing of the kind is in the text."""
    statuses = [status for status in clues.statuses if status >= _SERVER_ERROR]
    failed = [call for call in clues.api_calls if call.status and call.status >= _SERVER_ERROR]
    kind = _kind(clues.text, statuses)
    if kind is None:
        return None
    calls = failed or (list(clues.api_calls) if kind is OutageKind.TIMEOUT else [])
    return Outage(
        kind=kind,
        status=statuses[0] if statuses else None,
        call=calls[0] if calls else None,
        request_ids=tuple(dict.fromkeys(call.request_id for call in calls if call.request_id)),
    )


def _kind(text: str, statuses: list[int]) -> OutageKind | None:
    if _TOO_LONG.search(text):
        return OutageKind.QUERY_TOO_LONG
    if _READ_ONLY.search(text):
        return OutageKind.READ_ONLY
    if statuses:
        return OutageKind.SERVER_ERROR
    return OutageKind.TIMEOUT if _TIMEOUT.search(text) else None
