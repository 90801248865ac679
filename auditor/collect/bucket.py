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

from auditor.collect.standing import USUAL_WINDOW_S, ServerClock, Standing

_ROUNDING_S = 0.5
"""The end is known to a second, rounded up on average by half of one."""

_LATE_S = 2.5
"""How much too late a window's end can be estimated: Date and Reset have whole seconds."""

_SOON_S = 0.25
"""When to ask again if a window outlasts its end."""

_REFUSED_S = 1.0
"""The shortest wait after a window's 429, whatever its headers say."""

_SOME = 0.1
"""The part of a limit that has to be left for a look at whether others still spend."""


_NOT_SENT_S = 0.05
"""A turn that was over sooner, without an answer, is taken for one that sent nothing."""


@dataclass(frozen=True, slots=True)
class Ticket:
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
    seen: float
    """When the last answer came."""
    answered: int = 0
    """Requests of ours that it counted."""
    others: int = 0
    """Requests that others are known to have sent in it."""


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
        self._length = USUAL_WINDOW_S
        self._unlimited = False
        self._probing = False
        self._in_flight = 0
        self._last = -math.inf
        self._speed = _Speed()

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
        budget = self._budget(window)
        if budget >= work:
            return now
        if budget < 1:
            if not self._worth_a_look(window, now):
                return window.end
            budget = 2  # again when half of what is left has gone by
        since = max(self._last, window.begun)
        return max(now, since + max(window.end - _ROUNDING_S - since, 0.0) / budget)

    def excess_s(self, now: float, work: int) -> float:
        """How long the work that does not fit into this window will take; infinite if unknown."""
        window = self._open(now)
        if window is None:
            return 0.0 if self._unlimited else math.inf
        ours = min(self._ours(window), window.limit - self._speed.per_s * self._length)
        return max(0.0, work - self._budget(window)) * self._length / max(1.0, ours)

    def sent(self, now: float) -> Ticket:
        """A request goes out."""
        probe = not self._unlimited and self._open(now) is None
        ticket = Ticket(now, self._last, probe)
        self._probing = self._probing or probe
        self._in_flight += 1
        self._last = now
        return ticket

    def ended(self, ticket: Ticket, now: float, *, answered: bool) -> None:
        """A request is over. Without an answer, it may have been counted all the same."""
        self._in_flight -= 1
        if ticket.probe:
            self._probing = False
        if answered:
            return
        if now - ticket.at < _NOT_SENT_S:
            # Whoever waits next goes in its place, not an interval later.
            self._last = ticket.before if self._last == ticket.at else self._last
        elif self._window is not None:
            self._window.answered += 1

    def observe(self, standing: Standing | None, now: float) -> None:
        """Learn from an answer; None if it had no usable headers."""
        if standing is None:
            # Only a server that never sends them has no limits; a gateway's error has none either.
            self._unlimited = self._window is None
            return
        if standing.of_concurrency:
            return
        self._unlimited = False
        end = self._clock.end(standing, now)
        if standing.refused:
            end = max(end, now + _REFUSED_S)
        window = self._window
        if window is None or self._is_later(window, standing, now):
            self._begin(standing, now, end)
        elif window.reset is None or standing.reset is None or standing.reset >= window.reset - 1:
            # Past its end and still the same window: the estimate was early.
            window.end = max(end, now + _SOON_S) if now >= window.end else min(window.end, end)
            self._count(window, standing, now)

    def _begin(self, standing: Standing, now: float, end: float) -> None:
        before = self._window
        left = end - now
        window = _Window(standing.reset, standing.limit, standing.limit, now, end, now)
        if before is None:
            # Somebody may have begun it long ago.
            elapsed = max(USUAL_WINDOW_S - left, 5.0)
            self._speed.start(others=standing.limit - standing.remaining - 1, in_s=elapsed)
        else:
            self._length = max(left, 1.0)
            window.seen = min(before.end, now)
        self._window = window
        first = before is None
        self._count(window, standing, now, learn=not first)

    def _count(
        self, window: _Window, standing: Standing, now: float, *, learn: bool = True
    ) -> None:
        # A refused request is not counted by the server either.
        window.answered += not standing.refused
        window.limit = standing.limit
        window.remaining = min(window.remaining, standing.remaining)
        others = max(0, window.limit - window.remaining - window.answered)
        if learn:
            memory = max(1.0, (window.end - window.begun) / 3)
            self._speed.learn(others - window.others, now - window.seen, memory)
        window.others = others
        window.seen = now

    def _is_later(self, window: _Window, standing: Standing, now: float) -> bool:
        refilled = standing.remaining > window.remaining
        if window.reset is not None and standing.reset is not None:
            later = standing.reset - window.reset
            if later > 1:
                # Some gateways move the reset with every answer; that is no new window.
                return refilled or now >= window.end - _LATE_S
            if later == 1 and refilled:
                return True
        return refilled and now >= window.end

    def _open(self, now: float) -> _Window | None:
        window = self._window
        return window if window is not None and now < window.end else None

    def _ours(self, window: _Window) -> int:
        return max(1, math.floor(self._share * window.limit + 1e-9))

    def _budget(self, window: _Window) -> float:
        """Requests that may still go out in the window."""
        ours = self._ours(window) - window.answered - self._in_flight
        left = window.remaining - self._in_flight - self._speed.most_in(window.end - window.seen)
        return min(ours, left)

    def _worth_a_look(self, window: _Window, now: float) -> bool:
        """Whether others were so fast that nothing is left, but might have slowed since."""
        by_now = self._speed.most_in(now - window.seen)
        left = window.remaining - self._in_flight - by_now
        ours = self._ours(window) - window.answered - self._in_flight
        return ours >= 1 and left >= max(2.0, _SOME * window.limit)


class _Speed:
    """How fast others spend, forgetting what was long ago."""

    def __init__(self) -> None:
        self._requests = 0.0
        self._seconds = 1.0

    @property
    def per_s(self) -> float:
        return max(0.0, self._requests / self._seconds)

    def start(self, *, others: int, in_s: float) -> None:
        # Weighs a few seconds, because nobody knows when they were sent.
        self._seconds = min(in_s, 5.0)
        self._requests = max(0, others) * self._seconds / in_s

    def learn(self, requests: int, seconds: float, memory_s: float) -> None:
        seconds = max(seconds, 0.0)
        kept = math.exp(-seconds / memory_s)
        self._requests = self._requests * kept + requests
        self._seconds = self._seconds * kept + seconds

    def most_in(self, seconds: float) -> float:
        """Requests to expect of others, with room for the unevenness of few of them."""
        expected = self.per_s * max(seconds, 0.0)
        return expected + 1 + math.sqrt(expected) / 2 if self.per_s > 1 / USUAL_WINDOW_S else 0.0
