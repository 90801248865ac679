"""An active access policy applies to every client in the org.

A client that is added later, for any purpose, can ask this authorization server for tokens
without anybody having granted it that. Okta's own advice is to use All Clients only if
nothing else works.

Fix: assign the policy to the clients that need it.

Flagged:

    {"/api/v1/authorizationServers/aus1/policies": [
       {"name": "Default", "conditions": {"clients": {"include": ["ALL_CLIENTS"]}}}]}

Accepted:

    {"/api/v1/authorizationServers/aus1/policies": [
       {"name": "Billing", "conditions": {"clients": {"include": ["0oa1"]}}}]}

See:
- Okta developer documentation, "API Access Management", recommended practices
"""

from __future__ import annotations

from collections.abc import Iterator

from auditor import Finding, Impact, Org, Severity, quoted, rule
from auditor.models import ALL_CLIENTS

from ._active import active_policies


@rule("OAM201", severity=Severity.HIGH, impact=Impact.RISKY, reads=["policies"])
def check(org: Org) -> Iterator[Finding]:
    for server, policy in active_policies(org):
        if ALL_CLIENTS in policy.clients:
            yield Finding(
                policy,
                f"Policy {quoted(policy.title)} of authorization server "
                f"{quoted(server.title)} applies to all clients, present and future.",
                field="conditions.clients.include",
                key=ALL_CLIENTS,
            )
