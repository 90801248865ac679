"""An API token has not been used for a long time.

A token has all privileges of its owner, and one that nobody uses is one whose theft nobody
notices. Okta reports no last use; it is worked out from the expiry, which every use moves one
token window (30 days) ahead, hence the medium confidence. A long time is an option: more than
14 days unless you say otherwise. Tokens near their expiry are the
subject of OAM801.

Fix: find out what the token is for; revoke it if nothing needs it, or move the integration to
a service app.

Flagged:

    {"/api/v1/api-tokens": [{"id": "00T1", "name": "Migration", "tokenWindow": "P30D",
       "expiresAt": "2026-01-12T00:00:00Z"}]}

Accepted:

    {"/api/v1/api-tokens": [{"id": "00T1", "name": "Sync", "tokenWindow": "P30D",
       "expiresAt": "2026-01-30T00:00:00Z"}]}

Accepted:

    {"/api/v1/api-tokens": [{"id": "00T1", "name": "Reported as OAM801", "tokenWindow": "P30D",
       "expiresAt": "2026-01-04T00:00:00Z"}]}

Accepted:

    {"/api/v1/api-tokens": [{"id": "00T1", "name": "No expiry known"}]}

See:
- Okta support article "Okta API Token Expiration and Deactivation"
- Okta Help Center, "Manage Okta API tokens"
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from pydantic import Field

from auditor import Confidence, Finding, Impact, Org, Severity, quoted, rule

from ._tokens import ExpiryOptions, last_use, near_expiry


class IdleTokenOptions(ExpiryOptions):
    """What a long time is."""

    idle_days: int = Field(
        default=14,
        ge=1,
        le=365,
        description="Days without use up to which a token is not reported.",
    )


@rule(
    "OAM802",
    severity=Severity.LOW,
    impact=Impact.DEAD,
    confidence=Confidence.MEDIUM,
    reads=["api_tokens"],
    options=IdleTokenOptions,
)
def check(org: Org, options: IdleTokenOptions) -> Iterator[Finding]:
    for token in org.api_tokens:
        used = last_use(token)
        if used is None or near_expiry(token, org.captured_at, options.expiry_days):
            continue
        idle = org.captured_at - used
        if idle > timedelta(days=options.idle_days):
            yield Finding(
                token,
                f"API token {quoted(token.title)} has not been used for {idle.days:,} days, "
                f"since about {used:%Y-%m-%d}.",
                field="expiresAt",
            )
