"""How many requests may be sent in a minute, over all buckets."""

from __future__ import annotations

from collections import deque

_MINUTE_S = 60.0


class RequestsPerMinute:
    """At most so many requests in any 60 s.

    Args:
        most: the number; None for any.
    """

    def __init__(self, most: int | None) -> None:
        self._most = most
        self._sent: deque[float] = deque(maxlen=most)

    def ready_at(self, now: float, work: int) -> float:
        """The earliest time to send: at once if the work fits, else evenly spread."""
        if self._most is None:
            return now
        while self._sent and self._sent[0] <= now - _MINUTE_S:
            self._sent.popleft()
        free = self._most - len(self._sent)
        if free >= work or not self._sent:
            return now
        spread = self._sent[-1] + _MINUTE_S / self._most
        return max(now, spread if free else max(spread, self._sent[0] + _MINUTE_S))

    def sent(self, now: float) -> None:
        """A request goes out."""
        if self._most is not None:
            self._sent.append(now)
