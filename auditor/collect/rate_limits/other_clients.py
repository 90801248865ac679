"""How fast other clients spend a rate-limit bucket."""

from __future__ import annotations

import math


class OtherClients:
    """Their speed, as far as what was not ours shows it; what was long ago is forgotten."""

    def __init__(self) -> None:
        self._requests = 0.0
        self._seconds = 1.0

    @property
    def per_s(self) -> float:
        """Requests a second."""
        return max(0.0, self._requests / self._seconds)

    def start(self, *, others: int, in_s: float) -> None:
        """Begin with so many requests in so many seconds, which weigh little.

        Nobody knows when in that time they were sent.
        """
        self._seconds = min(in_s, 1.0)
        self._requests = max(0, others) * self._seconds / in_s

    def learn(self, requests: int, seconds: float, memory_s: float) -> None:
        """So many more were seen, in the seconds since the last look.

        Args:
            requests: their number; negative if some turned out to be our own.
            seconds: the time.
            memory_s: what lies that far back weighs a third of what is new.
        """
        seconds = max(seconds, 0.0)
        kept = math.exp(-seconds / memory_s)
        self._requests = self._requests * kept + requests
        self._seconds = self._seconds * kept + seconds

    def most_in(self, seconds: float) -> float:
        """Requests to expect of others, with room for the unevenness of few of them."""
        expected = self.per_s * max(seconds, 0.0)
        return expected + math.sqrt(expected) / 4 + min(1.0, self.per_s)
