"""An active authorization server does not have exactly one audience.

An authorization server stands for one resource. Its audience becomes the `aud` claim of every
access token, which is how an API knows that a token is meant for it. Okta supports exactly 1
audience per server: a server without one, or with several, cannot be saved like this.

Fix: give the server the one URI of the API that it protects; make a server of its own for
every other API.

Flagged:

    {"/api/v1/authorizationServers": [
       {"name": "Shop", "audiences": ["https://api.example.com/orders",
                                      "https://api.example.com/stock"]}]}

Flagged:

    {"/api/v1/authorizationServers": [{"name": "Shop", "audiences": []}]}

Accepted:

    {"/api/v1/authorizationServers": [
       {"name": "Orders", "audiences": ["https://api.example.com/orders"]}]}

Accepted:

    {"/api/v1/authorizationServers": [{"name": "Old", "status": "INACTIVE", "audiences": []}]}

See:
- Okta Management API, authorization servers, `audiences`: "Okta currently supports only one
  audience"
"""

from __future__ import annotations

from collections.abc import Iterator

from auditor import Finding, Impact, Org, Severity, counted, quoted, rule

from ._active import active_servers


@rule("OAM102", severity=Severity.MEDIUM, impact=Impact.BROKEN, reads=["authorization_servers"])
def check(org: Org) -> Iterator[Finding]:
    for server in active_servers(org):
        number = len(server.audiences)
        if number != 1:
            yield Finding(
                server,
                f"Authorization server {quoted(server.title)} has "
                f"{counted(number, 'audience') if number else 'no audience'}; "
                "Okta supports exactly 1.",
                field="audiences",
            )
