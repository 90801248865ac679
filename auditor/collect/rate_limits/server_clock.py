"""The server's clock, and when a window ends on ours."""

from __future__ import annotations

from auditor.collect.rate_limits.allowance import USUAL_WINDOW_S
from auditor.collect.rate_limits.headers import RateLimitHeaders

LONGEST_WINDOW_S = 120.0
"""Okta's windows are a minute; what says more is nonsense, or windows passed unseen."""

_CLOCK_STEP_S = 15.0


class ServerClock:
    """How far the server's clock is ahead of ours.

    `Date` has whole seconds and is read when the answer is here, so it is late by up to a
    second and the way of the answer. The largest difference seen comes nearest to the truth.
    """

    def __init__(self) -> None:
        self._ahead: float | None = None

    def long_past(self, headers: RateLimitHeaders, now: float) -> bool:
        """Whether the end that an answer names is so long past that it cannot be the window's."""
        if headers.reset is None or self._ahead is None or not headers.announced:
            return False
        return headers.reset - self._ahead < now - _CLOCK_STEP_S

    def end(self, headers: RateLimitHeaders, now: float) -> float:
        """When the window ends, on our clock; rather late than early.

        Args:
            headers: of an answer.
            now: when the answer came, in seconds of our clock.
        """
        if headers.date is not None:
            ahead = headers.date - now
            stepped = self._ahead is not None and self._ahead - ahead > _CLOCK_STEP_S
            if self._ahead is None or stepped or ahead > self._ahead:
                self._ahead = ahead
        if (
            headers.reset is None
            or self._ahead is None
            or (self.long_past(headers, now) and not headers.refused)
        ):
            return now + USUAL_WINDOW_S
        # A header that is far off must not stall the export for hours.
        return min(max(headers.reset - self._ahead, now), now + LONGEST_WINDOW_S)
