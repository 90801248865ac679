"""Decides when a request may be sent: rate limits, requests in flight, and whose turn it is.

Every wait is for an event (an answer, a released slot) or for a moment that is known; nothing
is looked at again and again. What a single bucket allows is in `bucket.py`.
"""

from __future__ import annotations

import asyncio
import math
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from enum import Enum, auto
from http import HTTPStatus

from auditor.collect.rate_limits.bucket import Allowance, Bucket, SentRequest
from auditor.collect.rate_limits.concurrency import ConcurrencyLimit, RequestsPerMinute
from auditor.collect.rate_limits.headers import RateLimitHeaders, ServerClock

_WORTH_TELLING_S = 1.0


class Throttle(Enum):
    """Whether an answer is the refusal of a rate limit, and of which."""

    NONE = auto()
    WINDOW = auto()
    """The bucket's requests are spent; the next turn comes when its window reopens."""
    CONCURRENCY = auto()
    """The org has too many requests in progress, of whichever bucket."""


@dataclass(slots=True)
class _Queue:
    """Those who wait for a turn of one bucket, in order."""

    name: str
    bucket: Bucket
    # Ordered, and not a plain dict, whose first key takes ever longer to find.
    waiting: OrderedDict[asyncio.Future[SentRequest], None] = field(default_factory=OrderedDict)
    expected: int = 0
    served: int = 0
    """The number of the last turn it had, of all turns."""
    held_since: float | None = None
    """Since when its limit keeps it waiting."""
    over: list[SentRequest] = field(default_factory=list)
    """Turns that ended in this step of the loop and whose answer was not observed so far."""
    observed: int = 0
    """Answers that were observed before their turn ended."""

    @property
    def work(self) -> int:
        """Requests that are known to come. Those who wait are among the expected."""
        return max(self.expected, len(self.waiting))


class RateLimiter:
    """Gives turns to requests. Belongs to one event loop and one org.

    Args:
        concurrency: requests in flight at most.
        share: the part of each limit that is spent, above 0 and at most 1. The rest is for
            others, and so is more of it when they need more.
        per_minute: requests in any 60 s over all buckets; None for what the limits allow.
        on_wait: told the bucket and the seconds when a limit makes it wait noticeably.
    """

    def __init__(
        self,
        *,
        concurrency: int = 15,
        share: float = 0.5,
        per_minute: int | None = None,
        on_wait: Callable[[str, float], None] = lambda *_: None,
    ) -> None:
        if concurrency < 1 or not 0 < share <= 1 or (per_minute is not None and per_minute < 1):
            raise ValueError("concurrency and per_minute are at least 1, share is in (0, 1]")
        self._share = share
        self._on_wait = on_wait
        self._clock = ServerClock()
        self._slots = ConcurrencyLimit(concurrency)
        self._minute = RequestsPerMinute(per_minute)
        self._lines: dict[str, _Queue] = {}
        self._turns = 0
        self._waited_s = 0.0
        self._woken = False
        self._alarm: asyncio.TimerHandle | None = None

    @property
    def waited_s(self) -> float:
        """Seconds that limits kept buckets waiting, added up over the buckets."""
        return self._waited_s

    @property
    def allowances(self) -> dict[str, Allowance]:
        """What the buckets let through, as far as answers told."""
        known = ((line.name, line.bucket.allowance) for line in self._lines.values())
        return {name: allowance for name, allowance in known if allowance is not None}

    def expect(self, bucket: str, requests: int) -> None:
        """So many more requests of the bucket are to come; fewer if negative.

        It tells which bucket will take longest, and whether its work fits into the window.
        """
        line = self._line(bucket)
        line.expected = max(0, line.expected + requests)

    @asynccontextmanager
    async def turn(self, bucket: str) -> AsyncIterator[None]:
        """Wait until a request of the bucket may be sent; hold a slot until the block ends.

        A turn after which no answer was observed counts as not spent. Observe the answer in
        the block, or right after it without awaiting anything else.
        """
        line = self._line(bucket)
        place: asyncio.Future[SentRequest] = asyncio.get_running_loop().create_future()
        line.waiting[place] = None
        self._wake()
        try:
            request = await place
        except asyncio.CancelledError:
            line.waiting.pop(place, None)
            if place.done() and not place.cancelled():  # it had its turn already
                self._over(line, place.result())
            raise
        try:
            yield
        finally:
            self._over(line, request)

    def observe(self, bucket: str, status: int, headers: Mapping[str, str]) -> Throttle:
        """Learn from an answer.

        Args:
            bucket: what the request counted against.
            status: the HTTP status.
            headers: the answer's headers; names are looked up as Okta's reference spells them.
        """
        now = asyncio.get_running_loop().time()
        line = self._line(bucket)
        refused = status == HTTPStatus.TOO_MANY_REQUESTS
        rate_limit = RateLimitHeaders.of(status, headers)
        if rate_limit is not None or not (refused or status >= HTTPStatus.INTERNAL_SERVER_ERROR):
            line.bucket.observe(rate_limit, now)
        if line.over:
            line.bucket.ended(line.over.pop(0), now, answered=True)
        else:
            line.observed += 1
        self._wake()
        if refused and rate_limit is not None and rate_limit.of_concurrency:
            self._slots.refused()
            return Throttle.CONCURRENCY
        self._slots.answered()
        return Throttle.WINDOW if refused and rate_limit is not None else Throttle.NONE

    def _line(self, name: str) -> _Queue:
        line = self._lines.get(name)
        if line is None:
            line = self._lines[name] = _Queue(name, Bucket(self._share, self._clock))
        return line

    def _over(self, line: _Queue, request: SentRequest) -> None:
        self._slots.release()
        if line.observed:
            line.observed -= 1
            line.bucket.ended(request, asyncio.get_running_loop().time(), answered=True)
        else:
            line.over.append(request)
        self._wake()

    def _wake(self) -> None:
        # Soon and not now: the answer of a turn that ends is observed in the same step, and
        # tasks that are started together are counted before the first of them has its turn.
        if not self._woken:
            self._woken = True
            asyncio.get_running_loop().call_soon(self._serve)

    def _serve(self) -> None:
        """Give turns until nobody may have one, and set the alarm for the next who may."""
        self._woken = False
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None
        now = asyncio.get_running_loop().time()
        for line in self._lines.values():
            for request in line.over:
                line.bucket.ended(request, now, answered=False)
            line.over.clear()
        soonest = math.inf
        while self._slots.free:
            best, soonest = self._next(now)
            if best is None:
                break
            self._grant(best, now)
        else:
            return  # whoever releases a slot wakes us
        if soonest < math.inf:
            self._alarm = asyncio.get_running_loop().call_at(soonest, self._serve)

    def _next(self, now: float) -> tuple[_Queue | None, float]:
        """The line to serve, if one may be, and else when the first of them may be."""
        whole = self._minute.ready_at(now, sum(line.work for line in self._lines.values()))
        ready: list[_Queue] = []
        soonest = math.inf
        for line in self._lines.values():
            if not line.waiting:
                line.held_since = None
                continue
            at = max(whole, line.bucket.ready_at(now, line.work))
            if at <= now:
                ready.append(line)
                continue
            soonest = min(soonest, at)
            if line.held_since is None and at < math.inf:
                line.held_since = now
                if at - now >= _WORTH_TELLING_S:
                    self._on_wait(line.name, at - now)
        if not ready:
            return None, soonest
        # The one that will finish last comes first; among those whose work fits, by turns.
        return max(ready, key=lambda x: (x.bucket.excess_s(now, x.work), -x.served)), soonest

    def _grant(self, line: _Queue, now: float) -> None:
        place, _ = line.waiting.popitem(last=False)
        if place.cancelled():
            return
        line.expected = max(0, line.expected - 1)
        self._turns += 1
        line.served = self._turns
        if line.held_since is not None:
            self._waited_s += now - line.held_since
            line.held_since = None
        self._slots.take()
        self._minute.sent(now)
        place.set_result(line.bucket.sent(now))
