"""Two active access policies of one server have the same priority and a client in common.

Okta tries policies in ascending priority and stops at the first rule that matches. It does
not document in which order it tries two policies of equal priority, so which lifetimes and
scopes a request gets is not decided by the configuration. Policies that share no client are
never tried for the same request and are not reported.

Fix: give the policies different priorities, the more specific one the lower number.

Flagged:

    {"/api/v1/authorizationServers/aus1/policies": [
       {"name": "Billing", "priority": 1, "conditions": {"clients": {"include": ["0oa1"]}}},
       {"name": "Default", "priority": 1, "conditions": {"clients": {"include": ["ALL_CLIENTS"]}}}]}

Accepted:

    {"/api/v1/authorizationServers/aus1/policies": [
       {"name": "Billing", "priority": 1, "conditions": {"clients": {"include": ["0oa1"]}}},
       {"name": "Default", "priority": 2, "conditions": {"clients": {"include": ["ALL_CLIENTS"]}}}]}

Accepted:

    {"/api/v1/authorizationServers/aus1/policies": [
       {"name": "Billing", "priority": 1, "conditions": {"clients": {"include": ["0oa1"]}}},
       {"name": "Stock", "priority": 1, "conditions": {"clients": {"include": ["0oa2"]}}}]}

See:
- Okta developer documentation, "Configure an access policy": policies are evaluated in
  priority order
"""

from __future__ import annotations

from collections.abc import Iterator

from auditor import Confidence, Finding, Impact, Org, Related, Severity, listed, quoted, rule
from auditor.models import ALL_CLIENTS, AccessPolicy

from ._active import active_servers, policy_name
from ._priorities import tied


@rule(
    "OAM204",
    severity=Severity.MEDIUM,
    impact=Impact.RISKY,
    confidence=Confidence.MEDIUM,
    reads=["policies"],
)
def check(org: Org) -> Iterator[Finding]:
    for server in active_servers(org):
        for policy, others in tied(tuple(org.active_policies(server)), _share_a_client):
            yield Finding(
                policy,
                f"{policy_name(policy, server)} has priority {policy.priority}, as has "
                f"{listed(quoted(other.title) for other in others)}, and they share clients, "
                "so which is tried first is undefined.",
                field="priority",
                related=tuple(
                    Related(record=other, role="has the same priority") for other in others
                ),
            )


def _share_a_client(one: AccessPolicy, other: AccessPolicy) -> bool:
    if not one.clients or not other.clients:
        return False
    both = set(one.clients) | set(other.clients)
    return ALL_CLIENTS in both or bool(set(one.clients) & set(other.clients))
