"""What the headers of an answer say about its rate limit.

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
    announced: int = 0
    """What the header says that remains, whether or not the answer is a 429."""

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
        announced = min(remaining, limit)
        remaining = 0 if refused else announced
        reset = _number(headers.get("X-Rate-Limit-Reset"))
        return cls(limit, remaining, reset, _seconds(headers.get("Date")), refused, announced)


def _number(value: str | None) -> int | None:
    # Not int(): it takes signs, underscores and digits of any script.
    digits = (value or "").strip()
    return int(digits) if digits.isascii() and digits.isdecimal() and len(digits) < 16 else None  # noqa: PLR2004


def _seconds(date: str | None) -> float | None:
    try:
        return parsedate_to_datetime(date or "").timestamp()
    except (TypeError, ValueError, OverflowError):
        return None
