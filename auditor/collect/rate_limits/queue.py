"""The requests of one bucket that wait for their turn."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from dataclasses import dataclass, field

from auditor.collect.rate_limits.bucket import Bucket, SentRequest


@dataclass(slots=True)
class BucketQueue:
    """Those who wait for a turn of one bucket, in order."""

    name: str
    bucket: Bucket
    # Ordered, and not a plain dict, whose first key takes ever longer to find.
    waiting: OrderedDict[asyncio.Future[SentRequest], None] = field(default_factory=OrderedDict)
    expected: int = 0
    served: int = 0
    """The number of the last turn it had, of all turns."""
    blocked_since: float | None = None
    """Since when its limit keeps it waiting."""
    waited_s: float = 0.0
    """Seconds that it kept it waiting so far."""
    unobserved: list[SentRequest] = field(default_factory=list)
    """Turns that ended in this step of the loop and whose answer was not observed so far."""
    early_answers: int = 0
    """Answers that were observed before their turn ended."""

    @property
    def work(self) -> int:
        """Requests that are known to come. Those who wait are among the expected."""
        return max(self.expected, len(self.waiting))
