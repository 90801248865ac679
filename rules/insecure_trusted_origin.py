"""A trusted origin is unencrypted or contains a wildcard.

Scripts of a trusted origin may call the org with the user's session, and sign-in may redirect
to it. Over `http`, whoever sits on the network is that origin. With a wildcard, each host below
the domain is, and one that is taken over is enough. `http` is accepted for localhost,
127.0.0.0/8 and ::1.

Fix: serve the site over https, list the hosts that need it, and deactivate the origin.

Flagged:

    {"/api/v1/trustedOrigins": [{"name": "Shop", "origin": "http://shop.example.com",
       "scopes": [{"type": "CORS"}]}]}

Flagged:

    {"/api/v1/trustedOrigins": [{"name": "All sites", "origin": "https://*.example.com",
       "scopes": [{"type": "CORS"}, {"type": "REDIRECT"}]}]}

Accepted:

    {"/api/v1/trustedOrigins": [{"name": "Shop", "origin": "https://shop.example.com"},
       {"name": "Development", "origin": "http://localhost:3000"},
       {"name": "Phone", "origin": "capacitor://localhost"},
       {"name": "Old", "origin": "http://old.example.com", "status": "INACTIVE"}]}

See:
- Okta Management API, Trusted Origins
- Okta Help Center, "API trusted origins"
"""

from __future__ import annotations

from collections.abc import Iterator

from auditor import Finding, Impact, Org, Severity, listed, quoted, rule

from ._uris import unencrypted


@rule("OAM807", severity=Severity.MEDIUM, impact=Impact.RISKY, reads=["trusted_origins"])
def check(org: Org) -> Iterator[Finding]:
    for trusted in org.trusted_origins:
        origin = trusted.origin or ""
        faults = [
            fault
            for fault, present in (
                ("unencrypted", unencrypted(origin)),
                ("open to every matching host", "*" in origin),
            )
            if present
        ]
        if trusted.active and faults:
            uses = listed((scope.type or "" for scope in trusted.scopes), empty="nothing")
            yield Finding(
                trusted,
                f"Trusted origin {quoted(trusted.title)} ({quoted(origin)}, for {uses}) is "
                f"{listed(faults)}.",
                field="origin",
            )
