"""An authorization server defines two scopes of the same name.

Scope names are unique per authorization server, and Okta refuses the second one. Two of the
same name in a snapshot of a plan mean that applying it fails; which description and consent
setting a token request would meet is undefined.

Fix: delete one of the scopes, or give it another name.

Flagged:

    {"/api/v1/authorizationServers/aus1/scopes": [
       {"id": "scp1", "name": "orders:read"},
       {"id": "scp2", "name": "orders:read", "consent": "REQUIRED"}]}

Accepted:

    {"/api/v1/authorizationServers/aus1/scopes": [
       {"name": "orders:read"}, {"name": "orders:write"}],
     "/api/v1/authorizationServers/aus2/scopes": [{"name": "orders:read"}]}

See:
- Okta Management API, authorization server scopes, `name`: unique per authorization server
"""

from __future__ import annotations

from collections.abc import Iterator

from auditor import Finding, Impact, Org, Related, Severity, counted, quoted, rule
from auditor.models import Scope

from ._active import active_servers


@rule("OAM402", severity=Severity.MEDIUM, impact=Impact.RISKY, reads=["scopes"])
def check(org: Org) -> Iterator[Finding]:
    for server in active_servers(org):
        by_name: dict[str, list[Scope]] = {}
        for scope in org.scopes(server):
            by_name.setdefault(scope.name, []).append(scope)
        for name, (*others, last) in by_name.items():
            if others:
                yield Finding(
                    last,
                    f"Authorization server {quoted(server.title)} defines scope {quoted(name)} "
                    f"{counted(len(others) + 1, 'time')}.",
                    field="name",
                    related=tuple(Related(record=o, role="has the same name") for o in others),
                )
