"""An event loop in which waiting takes no time, and an org to call in it."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Coroutine
from dataclasses import dataclass, field
from email.utils import formatdate
from typing import Any

from auditor.collect.rate_limits.waiting import RateLimiter, Throttle
from auditor.sandbox.limits import UNHURRIED, RequestCounter
from auditor.sandbox.tenant import RateLimit

EPOCH = 1_800_000_000.3
"""The server's clock when the loop's stands at 0."""


class VirtualLoop(asyncio.SelectorEventLoop):
    """Instead of waiting for the next timer, it sets the clock forward."""

    def __init__(self) -> None:
        super().__init__()
        self._now = 0.0
        select = self._selector.select

        def jump(timeout: float | None) -> Any:
            assert timeout is not None, "everybody waits, and nothing will ever wake them"
            self._now += timeout
            return select(0)

        self._selector.select = jump

    def time(self) -> float:
        return self._now


def run(main: Coroutine[Any, Any, Any]) -> Any:
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(main)


def now() -> float:
    return asyncio.get_running_loop().time()


@dataclass
class Org:
    """Answers after some latency, with the sandbox's rate limits. Make it in the loop."""

    limits: tuple[RateLimit, ...]
    latency_s: float = 0.05
    jitter_s: float = 0.0
    concurrency: int | None = None
    skew_s: float = 0.0
    """How far its clock is ahead of what it should be."""
    sent: list[tuple[str, float]] = field(default_factory=list)
    windows: dict[tuple[str, int], int] = field(default_factory=dict)
    """Answered requests of ours for each bucket and reset."""
    refused: list[Throttle] = field(default_factory=list)
    in_flight: int = 0
    peak: int = 0

    def __post_init__(self) -> None:
        loop = asyncio.get_running_loop()
        self._clock = lambda: EPOCH + self.skew_s + loop.time()
        self._limiter = RequestCounter(
            (*self.limits, *UNHURRIED), concurrency=self.concurrency, clock=self._clock
        )
        self._random = random.Random(1)

    async def get(self, bucket: str) -> tuple[int, dict[str, str]]:
        self.sent.append((bucket, now()))
        self.in_flight += 1
        self.peak = max(self.peak, self.in_flight)
        in_flight = self.in_flight
        try:
            await asyncio.sleep(self.latency_s / 2 + self._random.uniform(0, self.jitter_s))
            rate_limit = self._limiter.spend(bucket, in_flight)
            date = formatdate(self._clock() // 1, usegmt=True)
            await asyncio.sleep(self.latency_s / 2)
        finally:
            self.in_flight -= 1
        if not rate_limit.exceeded:
            window = (bucket, rate_limit.reset)
            self.windows[window] = self.windows.get(window, 0) + 1
        return 429 if rate_limit.exceeded else 200, {**rate_limit.headers, "Date": date}

    async def read(self, limiter: RateLimiter, bucket: str) -> None:
        """One request that is sent until it is let through, as the fetcher does."""
        while True:
            async with limiter.turn(bucket):
                answer = await self.get(bucket)
            throttle = limiter.observe(bucket, *answer)
            if throttle is Throttle.NONE:
                return
            self.refused.append(throttle)
            if throttle is Throttle.CONCURRENCY:
                await asyncio.sleep(self._random.uniform(0, 1))

    async def read_all(self, limiter: RateLimiter, work: dict[str, int]) -> None:
        async with asyncio.TaskGroup() as tasks:
            for bucket, requests in work.items():
                for _ in range(requests):
                    tasks.create_task(self.read(limiter, bucket))
