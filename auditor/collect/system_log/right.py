"""The right to read the System Log, and how to give it.

Sources: Okta Management API 2026.06.3 (`listLogEvents`); Okta's help, "Read-only administrators"
and "Report Admin role".
"""

from __future__ import annotations

PATH = "/api/v1/logs"
"""The endpoint, and the rate-limit bucket: it has one of its own."""
SCOPE = "okta.logs.read"

_ROLES = (
    "an admin role that may view the System Log; Read-only Administrator and Report Administrator "
    "may"
)


def remedy(*, service_app: bool) -> str:
    """What to do where Okta refuses the log, as a sentence."""
    if service_app:
        return (
            f"Grant the service app the scope {SCOPE} under Applications > the service app > "
            f"Okta API Scopes, and {_ROLES}."
        )
    return f"Give the token's owner {_ROLES}."
