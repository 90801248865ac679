"""The windows of one bucket, estimated from answer to answer.

A window begins with the first request after the last one ended, whoever sends it. When it
ends is known to the second at best, and only from answers.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, replace
from statistics import fmean

from auditor.collect.rate_limits.allowance import USUAL_WINDOW_S
from auditor.collect.rate_limits.headers import RateLimitHeaders
from auditor.collect.rate_limits.learned_ceiling import LearnedCeiling
from auditor.collect.rate_limits.other_clients import OtherClients
from auditor.collect.rate_limits.server_clock import LONGEST_WINDOW_S, ServerClock

LATE_S = 2.5
"""How much too late a window's end can be estimated: Date and Reset have whole seconds."""

_MOST_EXTENSIONS = 2
"""How often a window may outlast its end until its headers are taken for nonsense."""

_SOON_S = 0.25
"""When to ask again if a window outlasts its end."""

_REFUSED_S = 1.0
"""The shortest wait after a window's 429, whatever its headers say."""

_REMEMBERED = 5
"""Windows in which others are remembered who spend in bursts."""

_FADING = 0.8
"""What is left of them with each window, or who once spent all would keep it."""


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
    expected_of_others: float = 0.0
    """Requests that they sent in the windows before it, or will have sent in it at their speed
    until we came."""
    usual_is_known: bool = False
    """Whether that is known from windows before it."""
    carried: int = 0
    """Requests of ours before it, if it was taken for a new one for want of a usable reset."""
    learned: bool = False
    """Whether a refusal in it has told the real ceiling."""


@dataclass(slots=True)
class OwnRequests:
    """Our requests of one bucket."""

    in_flight: int = 0
    unannounced: int = 0
    """Answers that said nothing, since the last one that did."""
    last_sent: float = -math.inf
    round_trip_s: float = 0.0
    """How long an answer takes, on average; that of late weighs most."""

    @property
    def under_way(self) -> int:
        """Requests that the last number of an answer may not have counted."""
        return self.in_flight + self.unannounced


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
        self.ceiling = LearnedCeiling()
        self._spent_by_others: deque[float] = deque(maxlen=_REMEMBERED)
        self._clock = clock
        self._own = own
        self._whole_seconds = True
        self._stuck_at: int | None = None
        """A reset that stayed when it was over, so that it says nothing."""

    def open(self, now: float) -> Window | None:
        """The current window, unless it is over or may be."""
        window = self.current
        return window if window is not None and now < self.over_at(window) else None

    def over_at(self, window: Window) -> float:
        """When the next window is probed for: early only where this one would take the probe."""
        until = window.next_begins + self._own.round_trip_s
        theirs = self.others.most_in(until - window.last_answer)
        left = window.remaining - self._own.under_way - theirs
        return window.next_begins if left >= 2 else window.end  # noqa: PLR2004 - one and one more

    def observe(self, headers: RateLimitHeaders, now: float) -> None:
        """Learn from the headers of an answer."""
        window = self.current
        if self._stuck_at is not None and headers.reset == self._stuck_at:
            headers = replace(headers, reset=None)
        end = self._clock.end(headers, now)
        if headers.refused:
            end = max(end, now + _REFUSED_S)
            if headers.reset is None and window is not None and now < window.end:
                end = window.end  # nobody knows better
        if self._clock.long_past(headers, now):
            headers = replace(headers, reset=None)
        if window is None or self._is_later(window, headers, now):
            self._begin(headers, now, end)
        elif window.reset is None or headers.reset is None or headers.reset >= window.reset - 1:
            if now < self.over_at(window):
                window.end = min(window.end, end)
                window.next_begins = min(window.next_begins, end)
                window.likely_end = min(window.likely_end, end)
            else:
                self._extend(window, now, end)
            if headers.refused:
                self._learn_ceiling(window, headers)
            self._count(window, headers, now)

    def observe_nothing(self, now: float) -> None:
        """An answer said nothing, where others did: it was counted all the same."""
        window = self.current
        if window is None:
            self._own.unannounced += 1
            return
        if now >= self.over_at(window):
            headers = RateLimitHeaders(window.limit, window.limit - 1, None, None, refused=False)
            self._begin(headers, now, now + (self.length or USUAL_WINDOW_S))
            return
        window.ours += 1
        self._own.unannounced += 1

    def _learn_ceiling(self, window: Window, headers: RateLimitHeaders) -> None:
        """A 429 although the headers left room: the real ceiling is what was let through."""
        proven = window.ours > 1 and not window.extensions and not window.learned
        if proven and headers.announced:
            window.learned = True
            self.ceiling.refused_after(window.carried + window.ours)

    def _extend(self, window: Window, now: float, end: float) -> None:
        """It should be over, and an answer says that it is not: its end was estimated early."""
        self.length, self._whole_seconds = None, False
        if now >= window.end:
            window.extensions += 1
            if window.extensions > _MOST_EXTENSIONS and window.remaining:
                self._stuck_at = window.reset
            end = min(end, now + LATE_S)
        window.end = window.next_begins = window.likely_end = max(end, now + _SOON_S)

    def _begin(self, headers: RateLimitHeaders, now: float, end: float) -> None:
        before = self.current
        left = end - now
        window = Window(headers.reset, headers.limit, headers.limit, now, end, end, end, now)
        if before is None:
            # Somebody may have begun it long ago.
            elapsed = max(USUAL_WINDOW_S - left, 5.0)
            own = max(1, self._own.in_flight) + self._own.unannounced
            others = max(0, headers.limit - headers.remaining - own)
            self.others.start(others=others, in_s=elapsed)
            # What was spent in one burst comes once more at most.
            window.expected_of_others = others * min(2.0, USUAL_WINDOW_S / elapsed)
        else:
            window.usual_is_known = True
            self._spent_by_others.appendleft(before.others + self._unseen_of(before))
            window.expected_of_others = max(
                fmean(self._spent_by_others),
                *(spent * _FADING**age for age, spent in enumerate(self._spent_by_others)),
            )
            if not before.learned:
                self.ceiling.refused_none(before.ours)
            if headers.reset is None and now - before.begun < USUAL_WINDOW_S - LATE_S:
                window.carried = before.carried + before.ours
            if before.reset is not None and headers.reset is not None and self._whole_seconds:
                between = min(max(1, headers.reset - before.reset), int(LONGEST_WINDOW_S))
                self.length = min(between, self.length or between)
                # It began before now, so it ends before this.
                window.next_begins = min(end, now + self.length)
                elapsed = self._elapsed(headers, now - before.last_answer)
                window.likely_end = window.next_begins - elapsed
            window.last_answer = min(before.next_begins, now)
        window.ours, self._own.unannounced = self._own.unannounced, 0
        # Who spent a window that begins with a refusal, and does not say when it ends?
        window.learned = headers.refused and headers.reset is None
        self.current = window
        self._count(window, headers, now, learn=before is not None)

    def _unseen_of(self, before: Window) -> float:
        """What others have spent of a window after its last answer: as much again at most."""
        if not before.remaining:
            return 0.0
        theirs = self.others.per_s * max(0.0, before.next_begins - before.last_answer)
        return min(theirs, float(before.others))

    def _elapsed(self, headers: RateLimitHeaders, most: float) -> float:
        """How long ago a window began, by what others have spent of it."""
        others = headers.limit - headers.remaining - 1 - self._own.in_flight
        return min(max(0, others - 1) / self.others.per_s, most) if self.others.per_s else 0.0

    def _count(
        self, window: Window, headers: RateLimitHeaders, now: float, *, learn: bool = True
    ) -> None:
        self._own.unannounced = 0
        # A refused request is not counted by the server either.
        window.ours += not headers.refused
        window.limit = headers.limit
        window.remaining = min(window.remaining, headers.remaining)
        spent = window.limit - window.remaining - window.ours
        others = window.others if window.learned else max(0, spent)
        if learn:
            memory = max(1.0, (window.end - window.begun) / 3)
            self.others.learn(others - window.others, now - window.last_answer, memory)
        window.others = others
        window.last_answer = now

    def _is_later(self, window: Window, headers: RateLimitHeaders, now: float) -> bool:
        refilled = headers.remaining > window.remaining
        over = now >= window.next_begins - LATE_S
        if headers.reset is None and now >= window.end:
            return True  # our clock rules where the server's is not told
        if window.extensions > _MOST_EXTENSIONS and now >= window.end:
            return True  # its reset, or a date, is nonsense
        if window.reset is not None and headers.reset is not None:
            later = headers.reset - window.reset
            if headers.date is not None and headers.date < window.reset - 1 and not over:
                return False  # answers overtake each other, and gateways move the reset
            if later > 1:
                # Some gateways move the reset with every answer; that is no new window.
                return refilled or over
            if later == 1 and refilled:
                return True
        return refilled and now >= window.next_begins
