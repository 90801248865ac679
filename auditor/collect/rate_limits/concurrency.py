"""How many requests may be in flight, over all buckets."""

from __future__ import annotations

import math


class ConcurrencyLimit:
    """How many requests may be in flight.

    Fewer by half when the org's concurrency limit refused one, one more after as many good
    answers as there are slots: what TCP does with its window, for the same reason.

    Args:
        most: never more than these.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._allowed = float(most)
        self._in_flight = 0
        self._stale = 0
        """Answers to come of requests that were sent before the last cut."""

    @property
    def free(self) -> bool:
        """Whether another request may go out."""
        return self._in_flight < math.floor(self._allowed)

    def take(self) -> None:
        """A request goes out."""
        self._in_flight += 1

    def release(self) -> None:
        """A request is over."""
        self._in_flight -= 1
        self._stale = max(0, self._stale - 1)

    def refused(self) -> None:
        """The concurrency limit refused a request; those beside it tell nothing new."""
        if not self._stale:
            self._stale = self._in_flight
            # The request that is being judged may have been released already.
            self._allowed = max(1.0, min(self._allowed, self._in_flight + 1) / 2)

    def answered(self) -> None:
        """A request was let through."""
        self._allowed = min(self._most, self._allowed + 1 / self._allowed)
