"""An API token is about to expire, or has expired.

Every use of an API token moves its expiry 30 days ahead. One that has 7 days left (an option)
has not been used for more than three weeks, and the next call after the expiry fails with 401
`E0000011`, "Invalid token provided". Either something that runs rarely is about to break, or
nobody needs the token.

Fix: revoke the token if nothing uses it; otherwise call any API with it before it expires, or
move the integration to a service app.

Flagged:

    {"/api/v1/api-tokens": [{"id": "00T1", "name": "Quarterly report", "tokenWindow": "P30D",
       "expiresAt": "2026-01-04T00:00:00Z"}]}

Flagged:

    {"/api/v1/api-tokens": [{"id": "00T1", "name": "Forgotten", "tokenWindow": "P30D",
       "expiresAt": "2025-12-30T00:00:00Z"}]}

Accepted:

    {"/api/v1/api-tokens": [{"id": "00T1", "name": "Sync", "tokenWindow": "P30D",
       "expiresAt": "2026-01-30T00:00:00Z"}]}

Accepted:

    {"/api/v1/api-tokens": [{"id": "00T1", "name": "Short window, just used",
       "tokenWindow": "P5D", "expiresAt": "2026-01-06T00:00:00Z"}]}

See:
- Okta support article "Okta API Token Expiration and Deactivation"
- Okta Help Center, "Manage Okta API tokens"
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from math import ceil

from auditor import Finding, Impact, Org, Severity, counted, quoted, rule
from auditor.oauth import INVALID_API_TOKEN

from ._tokens import ExpiryOptions, near_expiry


@rule(
    "OAM801",
    severity=Severity.LOW,
    impact=Impact.BROKEN,
    reads=["api_tokens"],
    options=ExpiryOptions,
    answer=INVALID_API_TOKEN,
)
def check(org: Org, options: ExpiryOptions) -> Iterator[Finding]:
    for token in org.api_tokens:
        if token.expires_at is not None and near_expiry(
            token, org.captured_at, options.expiry_days
        ):
            left = token.expires_at - org.captured_at
            when = (
                f"expires within {counted(ceil(left / timedelta(days=1)), 'day')} unless it is used"
                if left.total_seconds() > 0
                else f"expired on {token.expires_at:%Y-%m-%d}"
            )
            yield Finding(token, f"API token {quoted(token.title)} {when}.", field="expiresAt")
