"""Rate limits: fixed windows that count requests, and other clients that spend them, too."""

from __future__ import annotations

import heapq
import itertools
import math
import re
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from auditor.sandbox.system_log.log import PATH as LOGS
from auditor.sandbox.tenant import RateLimit
from auditor.snapshot.collections import APPS, CLIENTS, COLLECTIONS, GROUPS, MANAGEMENT, USERS
from auditor.snapshot.other_sides import OTHER_SIDES

_TOKENS = "/oauth2/{}/v1"
_OF_A_TOKEN = {
    MANAGEMENT: 600,
    APPS: 50,
    GROUPS: 250,
    USERS: 300,
    CLIENTS: 50,
    LOGS: 60,
    _TOKENS: 2000,
}
"""Requests a minute that a Workforce org lets one token send: half of each bucket, as is usual.
Okta's last table of the buckets is of 2025: 1,200, 100, 500, 600, 100 and 120; and 2,000 requests
to custom authorization servers, which carry no token."""

_WITHOUT_A_ROW = 100
"""The same for what that table had no row for; a guess, and a low one."""


def _limits(of_bucket: Callable[[str], int]) -> tuple[RateLimit, ...]:
    # Every response of Okta's carries the headers, so a path without a rule has one too: each
    # bucket its own, or a client would take its own requests for those of others.
    paths: dict[str, list[str]] = {}
    for row in (*COLLECTIONS, *OTHER_SIDES):
        paths.setdefault(row.bucket, []).append(re.escape(row.path).replace(r"\{\}", "[^/]+"))
    paths[LOGS] = [LOGS]
    paths[_TOKENS] = ["/oauth2/[^/]+/v1/(?:token|authorize)"]
    patterns = {bucket: f"^(?:{'|'.join(of)})$" for bucket, of in paths.items()} | {"": ""}
    return tuple(
        RateLimit(path=re.compile(pattern), limit=of_bucket(bucket))
        for bucket, pattern in patterns.items()
    )


REAL = _limits(lambda bucket: _OF_A_TOKEN.get(bucket, _WITHOUT_A_ROW))
"""What Okta's headers say, for all that a tenant has no rule for."""

UNHURRIED = _limits(lambda _: 10_000)
"""Limits that nobody waits for: for the demo, and for tests that say so."""


@dataclass(frozen=True, slots=True)
class RateLimitState:
    """What is left of a rate limit after a request."""

    limit: int
    remaining: int
    reset: int
    """When the window ends, in seconds since 1970, rounded up."""
    exceeded: bool
    first: bool = False
    """Whether it is the first request of its window that is refused."""

    @property
    def headers(self) -> dict[str, str]:
        """The three headers of an answer."""
        return {
            "X-Rate-Limit-Limit": str(self.limit),
            "X-Rate-Limit-Remaining": str(self.remaining),
            "X-Rate-Limit-Reset": str(self.reset),
        }


class RequestCounter:
    """Counts requests against the rules of a tenant.

    Args:
        rules: the rules; the first whose pattern is found in a path counts, and Okta's real
            limits where none is.
        concurrency: requests in progress that the org takes; None for any number.
        clock: gives the time in seconds since 1970.
    """

    def __init__(
        self,
        rules: Iterable[RateLimit],
        *,
        concurrency: int | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        begin = clock()
        self._windows = [_Window(rule, begin) for rule in (*rules, *REAL)]
        self._concurrency = concurrency
        self._clock = clock

    def spend(self, path: str, in_flight: int = 1) -> RateLimitState:
        """Count one request.

        Args:
            path: what it asks for.
            in_flight: requests in progress, this one included.
        """
        now = self._clock()
        if self._concurrency is not None and in_flight > self._concurrency:
            # Okta's reset is a time to try again here, and the request counts nowhere.
            return RateLimitState(limit=0, remaining=0, reset=math.ceil(now) + 60, exceeded=True)
        window = next(window for window in self._windows if window.rule.path.search(path))
        return window.spend(now)


class _Window:
    """A window opens with its first request, as Okta's do, not on the minute."""

    def __init__(self, rule: RateLimit, begin: float) -> None:
        self.rule = rule
        self._end = 0.0
        self._spent = 0
        self._exceeded = False
        self._others = _arrivals(rule, begin)
        self._next_of_others = next(self._others, math.inf)

    def spend(self, now: float) -> RateLimitState:
        while self._next_of_others <= now:
            self._count(self._next_of_others)
            self._next_of_others = next(self._others)
        return self._count(now)

    def _count(self, now: float) -> RateLimitState:
        if now >= self._end:
            self._end = now + self.rule.window_s
            self._spent = 0
        exceeded = self._spent >= self.rule.limit
        first = exceeded and not self._exceeded
        self._exceeded = exceeded
        if not exceeded:
            self._spent += 1
        return RateLimitState(
            limit=self.rule.limit,
            remaining=self.rule.limit - self._spent,
            reset=math.ceil(self._end),
            exceeded=exceeded,
            first=first,
        )


def _arrivals(rule: RateLimit, begin: float) -> Iterator[float]:
    """When requests of other clients arrive: each client's are evenly spread, without an end."""
    clients = [rule.window_s / requests for requests in rule.other_clients if requests]
    return heapq.merge(
        *(
            # Clients do not march in step.
            itertools.count(begin + pause * (number + 1) / len(clients), pause)
            for number, pause in enumerate(clients)
        )
    )
