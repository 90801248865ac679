"""An active access policy names no client.

A policy is tried only for the clients in its list. With an empty list it is tried for none,
and its rules, however they read, let nothing through. Requests that they were written for
fail with `access_denied` unless another policy matches.

Fix: assign the policy to the clients that need it, or deactivate it.

Flagged:

    {"/api/v1/authorizationServers/aus1/policies": [
       {"name": "Billing", "conditions": {"clients": {"include": []}}}]}

Accepted:

    {"/api/v1/authorizationServers/aus1/policies": [
       {"name": "Billing", "conditions": {"clients": {"include": ["0oa1"]}}},
       {"name": "Draft", "status": "INACTIVE", "conditions": {"clients": {"include": []}}}]}

See:
- Okta developer documentation, "Configure an access policy"
"""

from __future__ import annotations

from collections.abc import Iterator

from auditor import Finding, Impact, Org, Severity, rule
from auditor.oauth import NO_MATCHING_RULE, Answer

from ._active import active_policies, policy_name


@rule(
    "OAM205",
    severity=Severity.MEDIUM,
    impact=Impact.DEAD,
    reads=["policies"],
    answer=Answer.of(NO_MATCHING_RULE),
)
def check(org: Org) -> Iterator[Finding]:
    for server, policy in active_policies(org):
        if not policy.clients:
            yield Finding(
                policy,
                f"{policy_name(policy, server)} names no client, so it is tried for none.",
                field="conditions.clients.include",
            )
