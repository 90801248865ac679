"""An authorization server that mints tokens has the audience `api://default`.

It is the audience of the `default` server of every Okta org and of most samples. APIs that
share it cannot tell by `aud` for which of them a token was minted, so a token for a harmless
API works at a sensitive one. Okta calls a single, global audience rarely acceptable.

Fix: create one authorization server per API product, with an audience specific to it, move
the clients there, and deactivate this one's policies.

Flagged:

    {"/api/v1/authorizationServers": [
       {"id": "aus1", "name": "default", "audiences": ["api://default"]}],
     "/api/v1/authorizationServers/aus1/policies/p1/rules": [{"name": "All"}]}

Accepted:

    {"/api/v1/authorizationServers": [
       {"id": "aus1", "name": "Orders", "audiences": ["api://orders"]}],
     "/api/v1/authorizationServers/aus1/policies/p1/rules": [{"name": "All"}]}

Accepted:

    {"/api/v1/authorizationServers": [
       {"id": "aus1", "name": "default", "audiences": ["api://default"]}],
     "/api/v1/authorizationServers/aus1/policies/p1/rules": [{"status": "INACTIVE"}]}

See:
- Okta developer documentation, "API Access Management", recommended practices
- RFC 9700, section 2.3, "Access Token Privilege Restriction"
"""

from __future__ import annotations

from collections.abc import Iterator

from auditor import Finding, Impact, Org, Severity, counted, quoted, rule

from ._active import active_servers

_DEFAULT = "api://default"


@rule("OAM105", severity=Severity.MEDIUM, impact=Impact.RISKY, reads=["policy_rules"])
def check(org: Org) -> Iterator[Finding]:
    for server in active_servers(org):
        number = sum(1 for _ in org.active_rules(server))
        if _DEFAULT in server.audiences and number:
            yield Finding(
                server,
                f"Authorization server {quoted(server.title)} mints tokens by "
                f"{counted(number, 'active rule')} with the audience {quoted(_DEFAULT)}, "
                "which does not say which API they are for.",
                field="audiences",
            )
