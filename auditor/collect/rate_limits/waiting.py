"""Makes requests wait for their turn: rate limits, requests in flight, and who is next.

A 429 is waited for here: whoever asks for another turn of the bucket gets it when its window
opens again. Every wait is for an event (an answer, the end of a request) or until a known
moment; nothing is polled. What a single bucket allows is in `bucket.py`.
"""

from __future__ import annotations

import asyncio
import logging
import math
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from enum import Enum, auto
from http import HTTPStatus

from auditor.collect.rate_limits.allowance import Allowance
from auditor.collect.rate_limits.bucket import Bucket, SentRequest
from auditor.collect.rate_limits.concurrency import ConcurrencyLimit
from auditor.collect.rate_limits.headers import RateLimitHeaders
from auditor.collect.rate_limits.per_minute import RequestsPerMinute
from auditor.collect.rate_limits.queue import BucketQueue
from auditor.collect.rate_limits.server_clock import ServerClock

_LOGGER = logging.getLogger(__name__)

_NOTICEABLE_S = 1.0


class Throttle(Enum):
    """Whether an answer is the refusal of a rate limit, and of which."""

    NONE = auto()
    WINDOW = auto()
    """The bucket's requests are spent; the next turn comes when its window reopens."""
    CONCURRENCY = auto()
    """The org has too many requests in progress, of whichever bucket."""


class RateLimiter:
    """Gives turns to requests. Belongs to one event loop and one org.

    Args:
        concurrency: requests in flight at most.
        share: the part of each limit that is spent, above 0 and at most 1. The rest is for
            others, and so is more of it when they need more. None for all that they do not need.
        per_minute: requests in any 60 s over all buckets; None for what the limits allow.
        on_wait: told the bucket and the seconds when a limit makes it wait noticeably.
    """

    def __init__(
        self,
        *,
        concurrency: int = 15,
        share: float | None = None,
        per_minute: int | None = None,
        on_wait: Callable[[str, float], None] = lambda *_: None,
    ) -> None:
        if (
            concurrency < 1
            or not (share is None or 0 < share <= 1)
            or (per_minute is not None and per_minute < 1)
        ):
            raise ValueError("concurrency and per_minute are at least 1, share is in (0, 1]")
        self._share = share
        self._on_wait = on_wait
        self._clock = ServerClock()
        self._concurrency = ConcurrencyLimit(concurrency)
        self._per_minute = RequestsPerMinute(per_minute)
        self._queues: dict[str, BucketQueue] = {}
        self._turns = 0
        self._scheduled = False
        self._timer: asyncio.TimerHandle | None = None

    @property
    def waited_s(self) -> float:
        """Seconds that limits kept buckets waiting, added up over the buckets."""
        return sum(queue.waited_s for queue in self._queues.values())

    def waited_in(self, bucket: str) -> float:
        """Seconds that limits kept one bucket waiting."""
        return self._queue(bucket).waited_s

    @property
    def allowances(self) -> dict[str, Allowance]:
        """What the buckets let through, as far as answers told."""
        allowances = ((queue.name, queue.bucket.allowance) for queue in self._queues.values())
        return {name: allowance for name, allowance in allowances if allowance is not None}

    def expect(self, bucket: str, requests: int) -> None:
        """So many more requests of the bucket are to come; fewer if negative.

        It tells which bucket will take longest, and whether its work fits into the window.
        """
        queue = self._queue(bucket)
        queue.expected = max(0, queue.expected + requests)

    @asynccontextmanager
    async def turn(self, bucket: str) -> AsyncIterator[None]:
        """Wait until a request of the bucket may be sent; hold a slot until the block ends.

        A turn after which no answer was observed counts as not spent. Observe the answer in
        the block, or right after it without awaiting anything else.
        """
        queue = self._queue(bucket)
        place: asyncio.Future[SentRequest] = asyncio.get_running_loop().create_future()
        queue.waiting[place] = None
        self._wake()
        try:
            request = await place
        except asyncio.CancelledError:
            queue.waiting.pop(place, None)
            if place.done() and not place.cancelled():  # it had its turn already
                self._end_turn(queue, place.result())
            raise
        try:
            yield
        finally:
            self._end_turn(queue, request)

    def observe(self, bucket: str, status: int, headers: Mapping[str, str]) -> Throttle:
        """Learn from an answer.

        Args:
            bucket: what the request counted against.
            status: the HTTP status.
            headers: the answer's headers; names are looked up as Okta's reference spells them.
        """
        now = asyncio.get_running_loop().time()
        queue = self._queue(bucket)
        refused = status == HTTPStatus.TOO_MANY_REQUESTS
        limits = RateLimitHeaders.of(status, headers)
        if limits is not None or not (refused or status >= HTTPStatus.INTERNAL_SERVER_ERROR):
            queue.bucket.observe(limits, now)
        elif refused and "Retry-After" not in headers:
            queue.bucket.refused_without_a_word(now)
        if queue.unobserved:
            queue.bucket.ended(queue.unobserved.pop(0), now, answered=True)
        else:
            queue.early_answers += 1
        self._wake()
        if refused and limits is not None and limits.of_concurrency:
            _LOGGER.debug("concurrency limit: a request of %s was refused", bucket)
            self._concurrency.refused()
            return Throttle.CONCURRENCY
        self._concurrency.answered()
        return Throttle.WINDOW if refused and limits is not None else Throttle.NONE

    def _queue(self, name: str) -> BucketQueue:
        queue = self._queues.get(name)
        if queue is None:
            queue = self._queues[name] = BucketQueue(name, Bucket(self._share, self._clock))
        return queue

    def _end_turn(self, queue: BucketQueue, request: SentRequest) -> None:
        self._concurrency.release()
        if queue.early_answers:
            queue.early_answers -= 1
            queue.bucket.ended(request, asyncio.get_running_loop().time(), answered=True)
        else:
            queue.unobserved.append(request)
        self._wake()

    def _wake(self) -> None:
        # Soon and not now: the answer of a turn that ends is observed in the same step, and
        # tasks that are started together are counted before the first of them has its turn.
        if not self._scheduled:
            self._scheduled = True
            asyncio.get_running_loop().call_soon(self._serve)

    def _serve(self) -> None:
        """Give turns until nobody may have one, and set the timer for the next who may."""
        self._scheduled = False
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        now = asyncio.get_running_loop().time()
        for queue in self._queues.values():
            for request in queue.unobserved:
                queue.bucket.ended(request, now, answered=False)
            queue.unobserved.clear()
        soonest = math.inf
        while self._concurrency.free:
            best, soonest = self._next(now)
            if best is None:
                break
            self._grant(best, now)
        else:
            return  # whoever releases a slot wakes us
        if soonest < math.inf:
            self._timer = asyncio.get_running_loop().call_at(soonest, self._serve)

    def _next(self, now: float) -> tuple[BucketQueue | None, float]:
        """The queue to serve, if one may be, and else when the first of them may be."""
        in_all = self._per_minute.ready_at(now, sum(queue.work for queue in self._queues.values()))
        ready: list[BucketQueue] = []
        soonest = math.inf
        for queue in self._queues.values():
            if not queue.waiting:
                queue.blocked_since = None
                continue
            at = max(in_all, queue.bucket.ready_at(now, queue.work))
            if at <= now:
                ready.append(queue)
                continue
            soonest = min(soonest, at)
            if queue.blocked_since is None and at < math.inf:
                queue.blocked_since = now
                if at - now >= _NOTICEABLE_S:
                    _LOGGER.debug("rate limit of %s: waiting %.1f s", queue.name, at - now)
                    self._on_wait(queue.name, at - now)
        if not ready:
            return None, soonest
        # The one that will finish last comes first; among those whose work fits, by turns.
        return max(ready, key=lambda x: (x.bucket.excess_s(now, x.work), -x.served)), soonest

    def _grant(self, queue: BucketQueue, now: float) -> None:
        place, _ = queue.waiting.popitem(last=False)
        if place.cancelled():
            return
        queue.expected = max(0, queue.expected - 1)
        self._turns += 1
        queue.served = self._turns
        if queue.blocked_since is not None:
            queue.waited_s += now - queue.blocked_since
            queue.blocked_since = None
        self._concurrency.take()
        self._per_minute.sent(now)
        place.set_result(queue.bucket.sent(now))
