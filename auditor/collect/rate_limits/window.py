"""The windows of one bucket, estimated from answer to answer.

A window begins with the first request after the last one ended, whoever sends it. When it
ends is known to the second at best, and only from answers.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from auditor.collect.rate_limits.allowance import USUAL_WINDOW_S
from auditor.collect.rate_limits.headers import RateLimitHeaders
from auditor.collect.rate_limits.other_clients import OtherClients
from auditor.collect.rate_limits.server_clock import ServerClock

LATE_S = 2.5
"""How much too late a window's end can be estimated: Date and Reset have whole seconds."""

_MOST_EXTENSIONS = 2
"""How often a window may outlast its end until its headers are taken for nonsense."""

_SOON_S = 0.25
"""When to ask again if a window outlasts its end."""

_REFUSED_S = 1.0
"""The shortest wait after a window's 429, whatever its headers say."""


@dataclass(slots=True)
class Window:
    """One window, as far as answers tell. Times are those of our clock, in seconds."""

    reset: int | None
    """Its end as the server says it, in seconds since 1970 of the server's clock."""
    limit: int
    remaining: int
    """The lowest number seen."""
    begun: float
    """When it was first seen."""
    end: float
    """When it is over for certain, as far as its own answers tell."""
    next_begins: float
    """When it is over if it is as long as the others; never later than its end."""
    likely_end: float
    last_answer: float
    extensions: int = 0
    """How often it was not over when it should have been."""
    ours: int = 0
    """Requests of ours that it counted."""
    others: int = 0
    """Requests that others are known to have sent in it."""


@dataclass(slots=True)
class OwnRequests:
    """Our requests of one bucket."""

    in_flight: int = 0
    last_sent: float = -math.inf
    round_trip_s: float = 0.0
    """How long an answer takes, on average; that of late weighs most."""


class Windows:
    """The current window of a bucket, and what those before it have taught.

    Args:
        clock: the server's clock, the same for all buckets.
        own: our requests.
    """

    def __init__(self, clock: ServerClock, own: OwnRequests) -> None:
        self.current: Window | None = None
        """The last window seen; it may be over."""
        self.length: int | None = None
        """How long windows are: the shortest way from one reset to the next."""
        self.others = OtherClients()
        self._clock = clock
        self._own = own
        self._whole_seconds = True

    def open(self, now: float) -> Window | None:
        """The current window, unless it is over or may be."""
        window = self.current
        return window if window is not None and now < self.over_at(window) else None

    def over_at(self, window: Window) -> float:
        """When the next window is probed for: early only where this one would take the probe."""
        until = window.next_begins + self._own.round_trip_s
        theirs = self.others.most_in(until - window.last_answer)
        left = window.remaining - self._own.in_flight - theirs
        return window.next_begins if left >= 2 else window.end  # noqa: PLR2004 - one and one more

    def observe(self, headers: RateLimitHeaders, now: float) -> None:
        """Learn from the headers of an answer."""
        end = self._clock.end(headers, now)
        if headers.refused:
            end = max(end, now + _REFUSED_S)
        window = self.current
        if window is None or self._is_later(window, headers, now):
            self._begin(headers, now, end)
        elif window.reset is None or headers.reset is None or headers.reset >= window.reset - 1:
            if now < self.over_at(window):
                window.end = min(window.end, end)
                window.next_begins = min(window.next_begins, end)
                window.likely_end = min(window.likely_end, end)
            else:
                self._extend(window, now, end)
            self._count(window, headers, now)

    def _extend(self, window: Window, now: float, end: float) -> None:
        """It should be over, and an answer says that it is not: its end was estimated early."""
        self.length, self._whole_seconds = None, False
        if now >= window.end:
            window.extensions += 1
            end = min(end, now + LATE_S)
        window.end = window.next_begins = window.likely_end = max(end, now + _SOON_S)

    def _begin(self, headers: RateLimitHeaders, now: float, end: float) -> None:
        before = self.current
        left = end - now
        window = Window(headers.reset, headers.limit, headers.limit, now, end, end, end, now)
        if before is None:
            # Somebody may have begun it long ago.
            elapsed = max(USUAL_WINDOW_S - left, 5.0)
            self.others.start(others=headers.limit - headers.remaining - 1, in_s=elapsed)
        else:
            if before.reset is not None and headers.reset is not None and self._whole_seconds:
                between = max(1, headers.reset - before.reset)
                self.length = min(between, self.length or between)
                # It began before now, so it ends before this.
                window.next_begins = min(end, now + self.length)
                elapsed = self._elapsed(headers, now - before.last_answer)
                window.likely_end = window.next_begins - elapsed
            window.last_answer = min(before.next_begins, now)
        self.current = window
        self._count(window, headers, now, learn=before is not None)

    def _elapsed(self, headers: RateLimitHeaders, most: float) -> float:
        """How long ago a window began, by what others have spent of it."""
        others = headers.limit - headers.remaining - 1 - self._own.in_flight
        return min(max(0, others - 1) / self.others.per_s, most) if self.others.per_s else 0.0

    def _count(
        self, window: Window, headers: RateLimitHeaders, now: float, *, learn: bool = True
    ) -> None:
        # A refused request is not counted by the server either.
        window.ours += not headers.refused
        window.limit = headers.limit
        window.remaining = min(window.remaining, headers.remaining)
        others = max(0, window.limit - window.remaining - window.ours)
        if learn:
            memory = max(1.0, (window.end - window.begun) / 3)
            self.others.learn(others - window.others, now - window.last_answer, memory)
        window.others = others
        window.last_answer = now

    def _is_later(self, window: Window, headers: RateLimitHeaders, now: float) -> bool:
        refilled = headers.remaining > window.remaining
        if window.extensions > _MOST_EXTENSIONS and now >= window.end:
            return True  # its reset, or a date, is nonsense
        if window.reset is not None and headers.reset is not None:
            later = headers.reset - window.reset
            if later > 1:
                # Some gateways move the reset with every answer; that is no new window.
                return refilled or now >= window.next_begins - LATE_S
            if later == 1 and refilled:
                return True
        return refilled and now >= window.next_begins
