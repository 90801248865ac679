"""The ceiling that refusals tell, where the headers name a higher one.

Whether Okta's headers show the ceiling of the token or that of the org is not documented
(a token may spend half of a bucket unless an administrator says otherwise).
"""

from __future__ import annotations

_ABOUT = 0.9
"""Two refusals after so nearly the same number are of the same ceiling."""

_MORE = 1.25
"""A ceiling that one refusal told may have been a burst of others: more is tried."""


_TRIED_AFTER = 5
"""So many windows that held are waited for until more is tried, where two refusals agreed."""


class LearnedCeiling:
    """What a bucket has let through when it refused, though its headers left room."""

    def __init__(self) -> None:
        self._requests: float | None = None
        self._told: int = 0
        self._certain = False
        self._held = 0

    def of(self, limit: int) -> int:
        """The requests in a window that are let through, of those that the headers name."""
        return limit if self._requests is None else min(limit, int(self._requests))

    def refused_after(self, requests: int) -> None:
        """A window refused although its headers left room, after so many of ours."""
        told = max(1, requests)
        least, most = sorted((told, self._told))
        self._certain = least >= _ABOUT * most
        self._held = 0
        self._requests = self._told = told

    def held(self, requests: int) -> None:
        """A window let so many of ours through and refused none."""
        if self._requests is None or requests < int(self._requests):
            return
        self._held += 1
        if self._held >= (_TRIED_AFTER if self._certain else 1):
            self._requests = max(self._requests + 1, self._requests * _MORE)
