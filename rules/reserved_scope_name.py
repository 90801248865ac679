"""An authorization server defines a scope whose name is reserved for Okta's own APIs.

Scopes that begin with `okta.` are minted by the org authorization server alone, and the APIs of
Okta accept them from it alone. A custom authorization server that defines one mints tokens that
look as if they could manage Okta and are answered with 401, and whoever reads its scopes is
misled. `*` and `okta` are reserved as well. The `okta.myAccount.` scopes are Okta's own and
belong on custom servers.

Fix: delete the scope; ask the org authorization server (`/oauth2/v1/token`) for scopes of Okta's
APIs, or give the scope a name of your own.

Flagged:

    {"/api/v1/authorizationServers/aus1/scopes": [{"name": "okta.users.read"}]}

Accepted:

    {"/api/v1/authorizationServers/aus1/scopes": [
       {"name": "okta.myAccount.profile.read"}, {"name": "oktane:read"}, {"name": "users:read"}]}

Accepted:

    {"/api/v1/authorizationServers": [{"id": "aus1", "status": "INACTIVE"}],
     "/api/v1/authorizationServers/aus1/scopes": [{"name": "okta.users.read"}]}

See:
- Okta API reference, "Authorization Servers", create a scope
- Okta developer documentation, "Implement OAuth for Okta"
"""

from __future__ import annotations

from collections.abc import Iterator

from auditor import Finding, Impact, Org, Severity, quoted, rule

from ._active import active_servers


@rule("OAM407", severity=Severity.MEDIUM, impact=Impact.BROKEN, reads=["scopes"])
def check(org: Org) -> Iterator[Finding]:
    for server in active_servers(org):
        for scope in org.scopes(server):
            if _reserved(scope.name) and not scope.system:
                yield Finding(
                    scope,
                    f"Scope {quoted(scope.name)} of authorization server {quoted(server.title)} "
                    "has a name that is reserved for Okta: tokens of this server are refused by "
                    "Okta's own APIs, whatever scopes they carry.",
                    field="name",
                )


def _reserved(name: str) -> bool:
    if name.startswith("okta.myAccount."):
        return False
    return name.startswith(("okta.", "okta:")) or name in {"okta", "*"}
