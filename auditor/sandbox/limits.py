"""Rate limits: fixed windows that count requests."""

from __future__ import annotations

import math
import re
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from auditor.sandbox.tenant import RateLimit

# Every response of Okta's carries the headers, so a path without a rule has one too.
_ANYTHING = RateLimit(path=re.compile(""), limit=10_000)


@dataclass(frozen=True, slots=True)
class Standing:
    """How a request stands with its limit."""

    limit: int
    remaining: int
    reset: int
    """When the window ends, in seconds since 1970, rounded up."""
    exceeded: bool

    @property
    def headers(self) -> dict[str, str]:
        """The three headers that say so."""
        return {
            "X-Rate-Limit-Limit": str(self.limit),
            "X-Rate-Limit-Remaining": str(self.remaining),
            "X-Rate-Limit-Reset": str(self.reset),
        }


class Limiter:
    """Counts requests against the rules of a tenant.

    Args:
        rules: the rules; the first whose pattern is found in a path counts.
        clock: gives the time in seconds since 1970.
    """

    def __init__(self, rules: Iterable[RateLimit], clock: Callable[[], float] = time.time) -> None:
        self._windows = [_Window(rule) for rule in (*rules, _ANYTHING)]
        self._clock = clock

    def spend(self, path: str) -> Standing:
        """Count one request."""
        window = next(window for window in self._windows if window.rule.path.search(path))
        return window.spend(self._clock())


class _Window:
    """A window opens with its first request, as Okta's do, not on the minute."""

    def __init__(self, rule: RateLimit) -> None:
        self.rule = rule
        self._end = 0.0
        self._spent = 0

    def spend(self, now: float) -> Standing:
        if now >= self._end:
            self._end = now + self.rule.window_s
            self._spent = 0
        exceeded = self._spent >= self.rule.limit
        if not exceeded:
            self._spent += 1
        return Standing(
            limit=self.rule.limit,
            remaining=self.rule.limit - self._spent,
            reset=math.ceil(self._end),
            exceeded=exceeded,
        )
