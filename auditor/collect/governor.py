"""Rate limits, one bucket at a time, as the response headers tell them.

Okta's windows are about 60 s long and not aligned to the clock, and `X-Rate-Limit-Reset`
is in the server's time. So a window's end is measured from the response's own `Date`.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from enum import Enum, auto
from http import HTTPStatus


class Throttle(Enum):
    """What a 429 was about."""

    NONE = auto()
    """The answer was no 429, or its headers do not say."""
    WINDOW = auto()
    """The bucket's window is spent, and when it reopens is known."""
    CONCURRENCY = auto()
    """Too many requests of the org are in flight: limit and remaining are both 0."""


class Governor:
    """Decides when a request may be sent: one budget for each bucket, one bound for all.

    Args:
        concurrency: requests in flight at most.
        share: the part of each rate limit that is spent.
        per_minute: requests a minute over all buckets.
        on_wait: told the bucket and the seconds whenever a limit makes a request wait.
    """

    def __init__(
        self,
        *,
        concurrency: int = 15,
        share: float = 0.5,
        per_minute: int | None = None,
        on_wait: Callable[[str, float], None] = lambda *_: None,
    ) -> None:
        del share, per_minute
        self._slots = asyncio.Semaphore(concurrency)
        self._buckets: dict[str, Bucket] = {}
        self._on_wait = on_wait

    @property
    def waited_s(self) -> float:
        """Seconds that requests spent waiting for rate limits, added up."""
        return sum(bucket.waited_s for bucket in self._buckets.values())

    @asynccontextmanager
    async def turn(self, bucket: str) -> AsyncIterator[None]:
        """Wait until a request of a bucket may be sent; hold one place in flight meanwhile."""
        await self._bucket(bucket).turn()
        async with self._slots:
            yield

    def observe(self, bucket: str, status: int, headers: Mapping[str, str]) -> Throttle:
        """Learn from an answer."""
        if self._bucket(bucket).observe(status, headers):
            return Throttle.WINDOW
        spent = {_number(headers.get(f"X-Rate-Limit-{name}")) for name in ("Limit", "Remaining")}
        if status == HTTPStatus.TOO_MANY_REQUESTS and spent == {0}:
            return Throttle.CONCURRENCY
        return Throttle.NONE

    def expect(self, bucket: str, requests: int) -> None:
        """So many more requests of a bucket are known to come."""

    def _bucket(self, name: str) -> Bucket:
        return self._buckets.setdefault(name, Bucket(name, on_wait=self._on_wait))


@dataclass(slots=True)
class Bucket:
    """What is known about one rate-limit bucket."""

    name: str
    remaining: int | None = None
    """Requests left in the window; None while unknown."""
    opens_at: float = 0.0
    """The loop time before which nothing is sent."""
    waited_s: float = 0.0
    on_wait: Callable[[str, float], None] = field(default=lambda *_: None)

    async def turn(self) -> None:
        """Wait until a request may be sent, and count it."""
        loop = asyncio.get_running_loop()
        while (pause := self.opens_at - loop.time()) > 0:
            self.on_wait(self.name, pause)
            self.waited_s += pause
            await asyncio.sleep(pause)
        if self.remaining is not None:
            self.remaining -= 1

    def observe(self, status: int, headers: Mapping[str, str]) -> bool:
        """Learn from an answer.

        Returns:
            Whether it was a 429 of this bucket's window, whose end is now known. A 429 of
            the org's concurrency limit (limit and remaining both 0) says nothing about it.
        """
        limit = _number(headers.get("X-Rate-Limit-Limit"))
        remaining = _number(headers.get("X-Rate-Limit-Remaining"))
        ends_in = _seconds_left(headers)
        if not limit or remaining is None or ends_in is None:
            return False
        spent = status == HTTPStatus.TOO_MANY_REQUESTS or remaining <= 0
        self.remaining = 0 if spent else remaining
        if spent:
            # The header has whole seconds; jitter keeps several exporters apart.
            pause = ends_in + random.uniform(0.05, 0.5)  # noqa: S311 - not cryptography
            self.opens_at = asyncio.get_running_loop().time() + pause
        return status == HTTPStatus.TOO_MANY_REQUESTS


def _seconds_left(headers: Mapping[str, str]) -> float | None:
    reset = _number(headers.get("X-Rate-Limit-Reset"))
    if reset is None:
        return None
    try:
        now = parsedate_to_datetime(headers.get("Date", "")).timestamp()
    except (TypeError, ValueError):
        return None
    # A header that is far off must not stall the export for hours.
    return min(max(reset - now, 0.0), 120.0) + 1.0


def _number(value: str | None) -> int | None:
    try:
        return int(value) if value is not None else None
    except ValueError:
        return None
