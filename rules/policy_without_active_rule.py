"""An active access policy has no active rule.

Okta mints a token when a rule matches, not when a policy does. A policy without an active
rule lets nothing through: requests of its clients fall through to the next policy, and if no
rule there matches they fail with `access_denied`.

Fix: add a rule with the grant types, people and scopes the policy's clients need; or
deactivate the policy.

Flagged:

    {"/api/v1/authorizationServers/aus1/policies": [{"id": "p1", "name": "Billing"}],
     "/api/v1/authorizationServers/aus1/policies/p1/rules": [
       {"name": "Readers", "status": "INACTIVE"}]}

Accepted:

    {"/api/v1/authorizationServers/aus1/policies": [{"id": "p1", "name": "Billing"}],
     "/api/v1/authorizationServers/aus1/policies/p1/rules": [{"name": "Readers"}]}

Accepted:

    {"/api/v1/authorizationServers/aus1/policies": [{"name": "Billing", "status": "INACTIVE"}]}

See:
- Okta developer documentation, "Configure an access policy"
"""

from __future__ import annotations

from collections.abc import Iterator

from auditor import Finding, Impact, Org, Severity, counted, rule
from auditor.oauth import NO_MATCHING_RULE, Answer

from ._active import active_policies, policy_name


@rule(
    "OAM202",
    severity=Severity.MEDIUM,
    impact=Impact.DEAD,
    reads=["policy_rules"],
    answer=Answer.of(NO_MATCHING_RULE),
)
def check(org: Org) -> Iterator[Finding]:
    for server, policy in active_policies(org):
        policy_rules = org.rules(policy)
        if not any(policy_rule.active for policy_rule in policy_rules):
            has = f"only {counted(len(policy_rules), 'inactive rule')}"
            yield Finding(
                policy,
                f"{policy_name(policy, server)} has {has if policy_rules else 'no rule'}, "
                "so it lets no request through.",
            )
