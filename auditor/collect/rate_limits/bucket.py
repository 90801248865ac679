"""One rate-limit bucket: what is left of its window, for us and for others, and how to pace.

Pure arithmetic: every method is told the time, in seconds of one steady clock.

A window begins with the first request after the last one ended, whoever sends it. Until an
answer told how a window stands, one request is sent alone, a probe. From then on the budget
is the smaller of two: what is left of our share, and what is left of the limit after what
others will still spend at the speed seen. Work that fits is sent at once; work that does not
is spread over the rest of the window.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from auditor.collect.rate_limits.headers import USUAL_WINDOW_S, RateLimitHeaders, ServerClock
from auditor.collect.rate_limits.other_clients import OtherClients

_SPREAD = 0.95
"""The part of a window over which its budget is spread."""

_LATE_S = 2.5
"""How much too late a window's end can be estimated: Date and Reset have whole seconds."""

_MOST_EXTENSIONS = 2
"""How often a window may outlast its end until its headers are taken for nonsense."""

_SOON_S = 0.25
"""When to ask again if a window outlasts its end."""

_REFUSED_S = 1.0
"""The shortest wait after a window's 429, whatever its headers say."""

_SOME = 0.1
"""The part of a limit that has to be left for a look at whether others still spend."""

_FIRST_LOOK_S = 0.5
"""When to look for the first time whether others still spend; later looks are farther apart."""

_NOT_SENT_S = 0.05
"""A turn that was over sooner, without an answer, is taken for one that sent nothing."""


@dataclass(frozen=True, slots=True)
class SentRequest:
    """One request that went out."""

    at: float
    before: float
    """When the one before it went out."""
    probe: bool


@dataclass(slots=True)
class _Window:
    reset: int | None
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
    seen: float
    """When the last answer came."""
    extended: int = 0
    """How often it was not over when it should have been."""
    answered: int = 0
    """Requests of ours that it counted."""
    others: int = 0
    """Requests that others are known to have sent in it."""


@dataclass(frozen=True, slots=True)
class Allowance:
    """What a bucket lets through."""

    limit: int | None
    """Requests in a window, for all clients; None where there is no limit."""
    window_s: float = USUAL_WINDOW_S


class Bucket:
    """What is known about one bucket.

    Args:
        share: the part of the limit to spend, above 0 and at most 1.
        clock: the server's clock, the same for all buckets.
    """

    def __init__(self, share: float, clock: ServerClock) -> None:
        self._share = share
        self._clock = clock
        self._window: _Window | None = None
        self._length: int | None = None
        """How long windows are: the shortest way from one reset to the next."""
        self._whole_seconds = True
        self._unlimited = False
        self._probing = False
        self._in_flight = 0
        self._last = -math.inf
        self._round_trip = 0.0
        self._others = OtherClients()

    @property
    def allowance(self) -> Allowance | None:
        """What it lets through; None as long as no answer told."""
        if self._unlimited:
            return Allowance(None)
        if self._window is None:
            return None
        return Allowance(self._window.limit, self._length or USUAL_WINDOW_S)

    def ready_at(self, now: float, work: int) -> float:
        """The earliest time to send the next request; infinite while a probe is under way.

        Args:
            now: the time.
            work: requests that are known to come, this one included.
        """
        if self._unlimited:
            return now
        window = self._open(now)
        if window is None:
            return math.inf if self._probing else now
        budget = self._budget(window, now)
        if budget >= work:
            return now
        since = max(self._last, window.begun)
        rest = max(self._until(window, now) - since, 0.0)
        if budget < 1:
            if not self._worth_a_look(window, now):
                return self._over_at(window)
            # What others have spent may have been one burst, which the first looks show.
            look = _FIRST_LOOK_S + 2 * (window.seen - window.begun)
            return max(now, since + min(look, rest / 2))
        return max(now, since + rest / budget)

    def excess_s(self, now: float, work: int) -> float:
        """How long the work that does not fit into this window will take; infinite if unknown."""
        window = self._open(now)
        if window is None:
            return 0.0 if self._unlimited else math.inf
        length = self._length or USUAL_WINDOW_S
        ours = min(self._ours(window), window.limit - self._others.per_s * length)
        return max(0.0, work - self._budget(window, now)) * length / max(1.0, ours)

    def sent(self, now: float) -> SentRequest:
        """A request goes out."""
        probe = not self._unlimited and self._open(now) is None
        request = SentRequest(now, self._last, probe)
        self._probing = self._probing or probe
        self._in_flight += 1
        self._last = now
        return request

    def ended(self, request: SentRequest, now: float, *, answered: bool) -> None:
        """A request is over. Without an answer, it may have been counted all the same."""
        self._in_flight -= 1
        if request.probe:
            self._probing = False
        if answered:
            self._round_trip += (now - request.at - self._round_trip) / 4
            return
        if now - request.at < _NOT_SENT_S:
            # Whoever waits next goes in its place, not an interval later.
            self._last = request.before if self._last == request.at else self._last
        elif self._window is not None:
            self._window.answered += 1

    def observe(self, rate_limit: RateLimitHeaders | None, now: float) -> None:
        """Learn from an answer; None if it had no usable headers."""
        if rate_limit is None:
            # Only a server that never sends them has no limits; a gateway's error has none either.
            self._unlimited = self._window is None
            return
        if rate_limit.of_concurrency:
            return
        self._unlimited = False
        end = self._clock.end(rate_limit, now)
        if rate_limit.refused:
            end = max(end, now + _REFUSED_S)
        window = self._window
        if window is None or self._is_later(window, rate_limit, now):
            self._begin(rate_limit, now, end)
        elif (
            window.reset is None or rate_limit.reset is None or rate_limit.reset >= window.reset - 1
        ):
            if now < self._over_at(window):
                window.end = min(window.end, end)
                window.next_begins = min(window.next_begins, end)
                window.likely_end = min(window.likely_end, end)
            else:
                self._outlasted(window, now, end)
            self._count(window, rate_limit, now)

    def _outlasted(self, window: _Window, now: float, end: float) -> None:
        """It should be over, and an answer says that it is not: its end was estimated early."""
        self._length, self._whole_seconds = None, False
        if now >= window.end:
            window.extended += 1
            end = min(end, now + _LATE_S)
        window.end = window.next_begins = window.likely_end = max(end, now + _SOON_S)

    def _begin(self, rate_limit: RateLimitHeaders, now: float, end: float) -> None:
        before = self._window
        left = end - now
        window = _Window(
            rate_limit.reset, rate_limit.limit, rate_limit.limit, now, end, end, end, now
        )
        if before is None:
            # Somebody may have begun it long ago.
            elapsed = max(USUAL_WINDOW_S - left, 5.0)
            self._others.start(others=rate_limit.limit - rate_limit.remaining - 1, in_s=elapsed)
        else:
            if before.reset is not None and rate_limit.reset is not None and self._whole_seconds:
                between = max(1, rate_limit.reset - before.reset)
                self._length = min(between, self._length or between)
                # It began before now, so it ends before this.
                window.next_begins = min(end, now + self._length)
                window.likely_end = window.next_begins - self._elapsed(
                    rate_limit, now - before.seen
                )
            window.seen = min(before.next_begins, now)
        self._window = window
        first = before is None
        self._count(window, rate_limit, now, learn=not first)

    def _elapsed(self, rate_limit: RateLimitHeaders, most: float) -> float:
        """How long ago a window began, by what others have spent of it."""
        others = rate_limit.limit - rate_limit.remaining - 1 - self._in_flight
        return min(max(0, others - 1) / self._others.per_s, most) if self._others.per_s else 0.0

    def _count(
        self, window: _Window, rate_limit: RateLimitHeaders, now: float, *, learn: bool = True
    ) -> None:
        # A refused request is not counted by the server either.
        window.answered += not rate_limit.refused
        window.limit = rate_limit.limit
        window.remaining = min(window.remaining, rate_limit.remaining)
        others = max(0, window.limit - window.remaining - window.answered)
        if learn:
            memory = max(1.0, (window.end - window.begun) / 3)
            self._others.learn(others - window.others, now - window.seen, memory)
        window.others = others
        window.seen = now

    def _is_later(self, window: _Window, rate_limit: RateLimitHeaders, now: float) -> bool:
        refilled = rate_limit.remaining > window.remaining
        if window.extended > _MOST_EXTENSIONS and now >= window.end:
            return True  # its reset, or a date, is nonsense
        if window.reset is not None and rate_limit.reset is not None:
            later = rate_limit.reset - window.reset
            if later > 1:
                # Some gateways move the reset with every answer; that is no new window.
                return refilled or now >= window.next_begins - _LATE_S
            if later == 1 and refilled:
                return True
        return refilled and now >= window.next_begins

    def _open(self, now: float) -> _Window | None:
        window = self._window
        return window if window is not None and now < self._over_at(window) else None

    def _over_at(self, window: _Window) -> float:
        """When the next window is probed for: early only where this one would take the probe."""
        theirs = self._others.most_in(window.next_begins + self._round_trip - window.seen)
        safe = window.remaining - self._in_flight - theirs >= 2  # noqa: PLR2004 - one and one more
        return window.next_begins if safe else window.end

    def _ours(self, window: _Window) -> int:
        return max(1, math.floor(self._share * window.limit + 1e-9))

    def _budget(self, window: _Window, now: float) -> float:
        """Requests that may still go out in the window."""
        return min(self._ours_left(window), self._left_by_others(window, now))

    def _ours_left(self, window: _Window) -> int:
        return self._ours(window) - window.answered - self._in_flight

    def _left_by_others(self, window: _Window, now: float) -> float:
        """What others will leave of the window."""
        # The number is half a round trip old when it comes, a request as long on its way.
        trip = self._round_trip
        until = max(window.likely_end + trip / 2, now + trip)
        theirs = self._others.most_in(until - window.seen)
        return window.remaining - self._in_flight - theirs

    def _until(self, window: _Window, now: float) -> float:
        """The end of the time over which to spread the budget."""
        if self._left_by_others(window, now) < self._ours_left(window):
            # Requests near the end find out soonest when the next window really begins.
            return window.likely_end
        length = window.end - window.begun
        late = min(1.5, length / 5) if self._length else min(_LATE_S, length / 4)
        return window.likely_end - max((1 - _SPREAD) * length, late)

    def _worth_a_look(self, window: _Window, now: float) -> bool:
        """Whether others were so fast that nothing is left, but might have slowed since."""
        by_now = self._others.most_in(now - window.seen)
        left = window.remaining - self._in_flight - by_now
        return self._ours_left(window) >= 1 and left >= max(2.0, _SOME * window.limit)
