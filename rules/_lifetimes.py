"""Token lifetimes: the bounds Okta sets, in minutes, and how messages say them."""

from __future__ import annotations

from auditor import counted
from auditor.models import TokenAction
from auditor.oauth import (
    LONGEST_ACCESS,
    LONGEST_WINDOW,
    SHORTEST_ACCESS,
    SHORTEST_WINDOW,
    UNLIMITED,
)

__all__ = [
    "LONGEST_ACCESS",
    "LONGEST_WINDOW",
    "SHORTEST_ACCEPTED_WINDOW",
    "SHORTEST_ACCESS",
    "SHORTEST_WINDOW",
    "UNLIMITED",
    "refresh_ends_first",
    "spoken",
]

SHORTEST_ACCEPTED_WINDOW = 5
"""What the Admin Console and the Terraform provider accept (its issue 75), in minutes; the API's
description says `SHORTEST_WINDOW`."""

_UNITS = ((1_440, "day"), (60, "hour"))


def spoken(minutes: int) -> str:
    """A number of minutes, and what it is in days or hours where that is exact.

    >>> spoken(10080), spoken(90)
    ('10,080 minutes (7 days)', '90 minutes')
    """
    text = counted(minutes, "minute")
    for size, unit in _UNITS:
        if minutes > 0 and minutes % size == 0:
            return f"{text} ({counted(minutes // size, unit)})"
    return text


def refresh_ends_first(token: TokenAction) -> bool:
    """Whether refresh tokens expire before the access tokens they are to renew.

    An access token lifetime beyond what Okta allows counts as the longest that it does.
    """
    access, refresh = token.access_token_lifetime_minutes, token.refresh_token_lifetime_minutes
    return (
        bool(refresh)
        and access is not None
        and refresh is not None
        and refresh < min(access, LONGEST_ACCESS)
    )
