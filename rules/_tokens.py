"""What can be worked out about the use of an API token, of which Okta reports no last use."""

from __future__ import annotations

from datetime import datetime, timedelta

from pydantic import Field, TypeAdapter, ValidationError

from auditor import RuleOptions
from auditor.models import ApiToken

_USUAL_WINDOW = timedelta(days=30)
"""Okta's own, and the only one it documents."""

_DURATION = TypeAdapter(timedelta)


class ExpiryOptions(RuleOptions):
    """What the rules on unused tokens have in common: where one begins, the other ends."""

    expiry_days: int = Field(
        default=7,
        ge=1,
        le=14,
        description="Days before its expiry from which on a token is near it. "
        "Set it for OAM801 and OAM802 alike.",
    )


def window(token: ApiToken) -> timedelta | None:
    """For how long the token lives without use; None where Okta's value is no duration."""
    if token.token_window is None:
        return _USUAL_WINDOW
    try:
        duration = _DURATION.validate_python(token.token_window)
    except ValidationError:
        return None
    return duration if duration > timedelta(0) else None


def last_use(token: ApiToken) -> datetime | None:
    """About when the token was used last: every use moves its expiry to one window later."""
    length = window(token)
    if token.expires_at is None or length is None:
        return None
    return token.expires_at - length


def near_expiry(token: ApiToken, now: datetime, days: int) -> bool:
    """Whether the token has so many days or less left, and was not merely used just now."""
    if token.expires_at is None:
        return False
    left = token.expires_at - now
    return left <= min(timedelta(days=days), (window(token) or _USUAL_WINDOW) / 2)
