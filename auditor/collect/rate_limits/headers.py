"""What the headers of an answer say about its rate limit, and when the window ends on our clock.

Source: Okta's "Rate limits" reference. `X-Rate-Limit-Limit` is the ceiling that applies to the
request, an API token's own share of the org's limit included; `X-Rate-Limit-Reset` is in whole
seconds since 1970 of the server's clock. An answer that the org's concurrency limit refused has
limit and remaining 0, and its reset says nothing about the window.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from http import HTTPStatus

USUAL_WINDOW_S = 60.0
"""How long Okta's windows are, for answers that do not say when theirs ends."""

_LONGEST_WINDOW_S = 120.0
_CLOCK_STEP_S = 15.0


@dataclass(frozen=True, slots=True)
class RateLimitHeaders:
    """The rate-limit headers of one answer; None where absent or not a number."""

    limit: int
    remaining: int
    reset: int | None
    date: float | None
    """The answer's own `Date`, in seconds since 1970."""
    refused: bool
    """Whether the answer is a 429."""

    @property
    def of_concurrency(self) -> bool:
        """Whether the numbers are those of the concurrency limit, which has no window."""
        return self.limit == 0

    @classmethod
    def of(cls, status: int, headers: Mapping[str, str]) -> RateLimitHeaders | None:
        """Read the headers; None if they name no limit."""
        limit = _number(headers.get("X-Rate-Limit-Limit"))
        remaining = _number(headers.get("X-Rate-Limit-Remaining"))
        refused = status == HTTPStatus.TOO_MANY_REQUESTS
        if limit is None or remaining is None or (limit == 0 and not refused):
            return None
        remaining = 0 if refused else min(remaining, limit)
        reset = _number(headers.get("X-Rate-Limit-Reset"))
        return cls(limit, remaining, reset, _seconds(headers.get("Date")), refused)


class ServerClock:
    """How far the server's clock is ahead of ours.

    `Date` has whole seconds and is read when the answer is here, so it is late by up to a
    second and the way of the answer. The largest difference seen comes nearest to the truth.
    """

    def __init__(self) -> None:
        self._ahead: float | None = None

    def end(self, rate_limit: RateLimitHeaders, now: float) -> float:
        """When the window ends, on our clock; rather late than early.

        Args:
            rate_limit: what an answer said.
            now: when the answer came, in seconds of our clock.
        """
        if rate_limit.date is not None:
            ahead = rate_limit.date - now
            stepped = self._ahead is not None and self._ahead - ahead > _CLOCK_STEP_S
            if self._ahead is None or stepped or ahead > self._ahead:
                self._ahead = ahead
        if rate_limit.reset is None or self._ahead is None:
            return now + USUAL_WINDOW_S
        # A header that is far off must not stall the export for hours.
        return min(max(rate_limit.reset - self._ahead, now), now + _LONGEST_WINDOW_S)


def _number(value: str | None) -> int | None:
    # Not int(): it takes signs, underscores and digits of any script.
    digits = (value or "").strip()
    return int(digits) if digits.isascii() and digits.isdecimal() and len(digits) < 16 else None  # noqa: PLR2004


def _seconds(date: str | None) -> float | None:
    try:
        return parsedate_to_datetime(date or "").timestamp()
    except (TypeError, ValueError, OverflowError):
        return None
