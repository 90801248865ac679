"""When a suppression expires. It holds on its last day and no longer."""

from __future__ import annotations

from datetime import date, timedelta

SOON_DAYS = 14
"""How many days before its end a suppression is announced."""


def has_expired(expires: date, as_of: date) -> bool:
    """Whether the last day is over."""
    return expires < as_of


def days_left(expires: date, as_of: date) -> int:
    """How many days it holds after today; negative once it has expired."""
    return (expires - as_of).days


def ends_soon(expires: date, as_of: date) -> bool:
    """Whether it still holds, and for fewer than `SOON_DAYS` more days."""
    return 0 <= days_left(expires, as_of) < SOON_DAYS


def latest_end(as_of: date, max_days: int) -> date:
    """The last day that a suppression made today may name; at most the last day there is."""
    return as_of + timedelta(days=min(max_days, (date.max - as_of).days))
