"""An inactive authorization server still has active policies that name clients.

An inactive server is unavailable to clients: none of those named gets a token from it. Either
the clients are broken, or the policies are left over and come back into force unreviewed when
somebody activates the server again.

Fix: delete the server if it is not needed any more, or deactivate its policies; activate it
if the clients do need it.

Flagged:

    {"/api/v1/authorizationServers": [{"id": "aus1", "name": "Old", "status": "INACTIVE"}],
     "/api/v1/authorizationServers/aus1/policies": [
       {"name": "Billing", "conditions": {"clients": {"include": ["0oa1"]}}}]}

Accepted:

    {"/api/v1/authorizationServers": [{"id": "aus1", "name": "Old", "status": "INACTIVE"}],
     "/api/v1/authorizationServers/aus1/policies": [
       {"status": "INACTIVE", "conditions": {"clients": {"include": ["0oa1"]}}}]}

Accepted:

    {"/api/v1/authorizationServers": [{"id": "aus1", "name": "Old", "status": "INACTIVE"}],
     "/api/v1/authorizationServers/aus1/policies": [
       {"name": "Default", "conditions": {"clients": {"include": ["ALL_CLIENTS"]}}}]}

See:
- Okta Management API, "Deactivate an authorization server"
- System Log filter: `eventType eq "oauth2.as.deactivated"`
"""

from __future__ import annotations

from collections.abc import Iterator

from auditor import Finding, Impact, Org, Related, Severity, counted, quoted, rule
from auditor.models import ALL_CLIENTS


@rule("OAM106", severity=Severity.LOW, impact=Impact.DEAD, reads=["policies"])
def check(org: Org) -> Iterator[Finding]:
    for server in org.servers:
        if server.active:
            continue
        naming = [p for p in org.active_policies(server) if set(p.clients) - {ALL_CLIENTS}]
        if naming:
            clients = {client for policy in naming for client in policy.clients} - {ALL_CLIENTS}
            yield Finding(
                server,
                f"Authorization server {quoted(server.title)} is inactive, but "
                f"{counted(len(naming), 'active policy', 'active policies')} of it still "
                f"{'names' if len(naming) == 1 else 'name'} {counted(len(clients), 'client')}, "
                "which cannot get a token from it.",
                field="status",
                related=tuple(Related(record=policy, role="names clients") for policy in naming),
            )
