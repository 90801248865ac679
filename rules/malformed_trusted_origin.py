"""A trusted origin is written so that it matches no origin.

Browsers send an origin as scheme, host and port, and nothing more; Okta compares it exactly. A
trusted origin with a slash at the end, or with a path, a query or a fragment, therefore matches
nothing, and the app that it was added for is refused as if it were missing.

Fix: write the origin without what follows the host and port.

Flagged:

    {"/api/v1/trustedOrigins": [
       {"name": "Shop", "origin": "https://shop.example.com/", "scopes": [{"type": "CORS"}]}]}

Accepted:

    {"/api/v1/trustedOrigins": [
       {"name": "Shop", "origin": "https://shop.example.com", "scopes": [{"type": "CORS"}]},
       {"name": "Local", "origin": "http://localhost:4200", "scopes": [{"type": "CORS"}]},
       {"name": "App", "origin": "com.example.app:/", "scopes": [{"type": "REDIRECT"}]},
       {"name": "Off", "origin": "https://off.example.com/", "status": "INACTIVE"}]}

See:
- RFC 6454, section 6.2, the form of an origin
- Okta developer documentation, "Enable CORS"
"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from auditor import Finding, Impact, Org, Severity, quoted, rule

from ._origins import origin_of


@rule("OAM809", severity=Severity.MEDIUM, impact=Impact.BROKEN, reads=["trusted_origins"])
def check(org: Org) -> Iterator[Finding]:
    for trusted in org.trusted_origins:
        origin = trusted.origin or ""
        meant = origin_of(origin) if trusted.active else None
        if meant is None:
            continue
        parts = urlsplit(origin)
        if parts.path or parts.query or parts.fragment:
            yield Finding(
                trusted,
                f"Trusted origin {quoted(trusted.title)} is {quoted(origin)}, which no browser "
                f"sends: the origin is {quoted(meant)}.",
                field="origin",
                fix=f"Write {quoted(meant)}.",
            )
