"""What a rate limit lets through, and how much of it is ours to spend."""

from __future__ import annotations

import math
from dataclasses import dataclass

USUAL_WINDOW_S = 60.0
"""How long Okta's windows are, for answers that do not say when theirs ends."""


@dataclass(frozen=True, slots=True)
class Allowance:
    """What a bucket lets through."""

    limit: int | None
    """Requests in a window, for all clients; None where there is no limit."""
    window_s: float = USUAL_WINDOW_S


def seconds_for(requests: float, ours: int, window_s: float) -> float:
    """How long so many requests take: what fits into a window goes at once, more is spread."""
    return requests / ours * window_s if requests > ours else 0.0


def share_of(limit: int, share: float) -> int:
    """The requests in a window that are ours: a part of the limit, one at least."""
    return max(1, math.floor(share * limit + 1e-9))
