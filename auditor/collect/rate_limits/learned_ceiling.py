"""The ceiling that refusals show, where the headers name a higher one.

Whether Okta's headers show the ceiling of the token or that of the org is not documented
(a token may spend half of a bucket unless an administrator says otherwise).
"""

from __future__ import annotations

_ABOUT = 0.9
"""Two refusals after so nearly the same number are of the same ceiling."""

_MORE = 1.25
"""How much more is tried after a refusal, which may have been due to a burst of others."""

_TRIED_AFTER = 5
"""Windows without a refusal until more is tried, where two refusals agreed."""


class LearnedCeiling:
    """What a bucket has let through when it refused, though its headers left room."""

    def __init__(self) -> None:
        self._requests: float | None = None
        self._last_refusal: int = 0
        self._certain = False
        self._windows_without = 0
        """Windows in a row that were full and refused nothing."""

    def of(self, limit: int) -> int:
        """The requests in a window that are let through, of those that the headers name."""
        return limit if self._requests is None else min(limit, int(self._requests))

    def refused_after(self, requests: int) -> None:
        """A window refused although its headers left room, after so many of ours."""
        requests = max(1, requests)
        least, most = sorted((requests, self._last_refusal))
        self._certain = least >= _ABOUT * most
        self._windows_without = 0
        self._requests = self._last_refusal = requests

    def refused_none(self, requests: int) -> None:
        """A window let so many of ours through and refused none."""
        if self._requests is None or requests < int(self._requests):
            return
        self._windows_without += 1
        if self._windows_without >= (_TRIED_AFTER if self._certain else 1):
            self._requests = max(self._requests + 1, self._requests * _MORE)
