"""How the requests of one kind fare: a broken endpoint is left alone without costing the others.

Pure bookkeeping: every method is told the time, in seconds of one steady clock.
"""

from __future__ import annotations

import asyncio
import math
from dataclasses import dataclass, field

from auditor.collect.fetch.bounds import Bounds


@dataclass(slots=True)
class KindCircuit:
    """The requests of one kind, all of its lists together.

    Failures in a row open it; then one request at a time probes. `Bounds.most_kind_probes`
    failing probes, or `Bounds.longest_fault_s` of failing, end it: `spent` says so. Whether
    that is the kind's own fault is for the circuit breaker of the org to judge.
    """

    bounds: Bounds
    failures: int = 0
    """In a row."""
    failing_s: float = 0.0
    """How long requests took to fail, those beside each other once, pauses between them apart."""
    failing_until: float = -math.inf
    since: float = 0.0
    """When the first of the failing requests was sent."""
    open_until: float = -math.inf
    failed_probes: int = 0
    probing: bool = False
    reason: str = ""
    """Of the last failure."""
    given_up: bool = False
    over: asyncio.Event = field(default_factory=asyncio.Event)
    """Set once nothing of the kind is asked for any more."""

    @property
    def is_open(self) -> bool:
        """Whether only probes are sent."""
        return self.failures >= self.bounds.trip_after

    def ready_at(self) -> float:
        """When the next request may be sent; infinite while a probe is under way."""
        if self.given_up or not self.is_open:
            return -math.inf
        return math.inf if self.probing else self.open_until

    def failed(self, reason: str, *, sent_at: float, now: float, probe: bool) -> None:
        """A request failed."""
        if not self.failures:
            self.since, self.failing_s, self.failing_until = sent_at, 0.0, sent_at
        self.failing_s += now - min(now, max(sent_at, self.failing_until))
        self.failing_until = now
        was_open = self.is_open
        self.failures += 1
        self.reason = reason
        if probe:
            self.probing = False
            self.failed_probes += 1
        if self.is_open and (probe or not was_open):
            self.open_until = now + self.bounds.kind_open_s(self.failed_probes)

    @property
    def spent(self) -> bool:
        """Whether it was tried often enough, or long enough."""
        long_enough = self.failures > 1 and self.failing_s >= self.bounds.longest_fault_s
        return long_enough or self.failed_probes >= self.bounds.most_kind_probes

    def give_up(self) -> None:
        """Ask for nothing of the kind any more."""
        self.given_up = True
        self.over.set()
