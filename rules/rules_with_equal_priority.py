"""Two active rules of one policy have the same priority and a grant type in common.

Okta tries the rules of a policy in ascending priority and stops at the first that matches. It
does not document in which order it tries two rules of equal priority, so which lifetimes a
token gets is not decided by the configuration. Rules without a common grant type never match
the same request and are not reported, nor are rules that give the same lifetimes and hook.

Fix: give the rules different priorities, the more specific one the lower number.

Flagged:

    {"/api/v1/authorizationServers/aus1/policies/p1/rules": [
       {"name": "Web", "priority": 1,
        "conditions": {"grantTypes": {"include": ["authorization_code"]},
                       "scopes": {"include": ["*"]}},
        "actions": {"token": {"accessTokenLifetimeMinutes": 60}}},
       {"name": "Payments", "priority": 1,
        "conditions": {"grantTypes": {"include": ["authorization_code"]},
                       "scopes": {"include": ["payments:write"]}},
        "actions": {"token": {"accessTokenLifetimeMinutes": 5}}}]}

Accepted:

    {"/api/v1/authorizationServers/aus1/policies/p1/rules": [
       {"name": "Web", "priority": 1,
        "conditions": {"grantTypes": {"include": ["authorization_code"]},
                       "scopes": {"include": ["*"]}},
        "actions": {"token": {"accessTokenLifetimeMinutes": 60}}},
       {"name": "Service", "priority": 1,
        "conditions": {"grantTypes": {"include": ["client_credentials"]},
                       "scopes": {"include": ["*"]}},
        "actions": {"token": {"accessTokenLifetimeMinutes": 5}}}]}

Accepted:

    {"/api/v1/authorizationServers/aus1/policies/p1/rules": [
       {"name": "Web", "priority": 1,
        "conditions": {"grantTypes": {"include": ["authorization_code"]},
                       "scopes": {"include": ["orders:read"]}}},
       {"name": "App", "priority": 1,
        "conditions": {"grantTypes": {"include": ["authorization_code"]},
                       "scopes": {"include": ["orders:read", "orders:write"]}}}]}

Accepted:

    {"/api/v1/authorizationServers/aus1/policies/p1/rules": [
       {"name": "Web", "priority": 1,
        "conditions": {"grantTypes": {"include": ["authorization_code"]},
                       "scopes": {"include": ["orders:read"]}},
        "actions": {"token": {"accessTokenLifetimeMinutes": 60}}},
       {"name": "Unfinished", "priority": 1,
        "conditions": {"grantTypes": {"include": ["authorization_code"]},
                       "scopes": {"include": []}}}]}

See:
- Okta developer documentation, "Configure an access policy": rules are evaluated in
  priority order
"""

from __future__ import annotations

from collections.abc import Iterator

from auditor import Confidence, Finding, Impact, Org, Related, Severity, listed, quoted, rule
from auditor.models import PolicyRule

from ._active import active_policies, rule_name
from ._priorities import tied


@rule(
    "OAM308",
    severity=Severity.MEDIUM,
    impact=Impact.RISKY,
    confidence=Confidence.MEDIUM,
    reads=["policy_rules"],
)
def check(org: Org) -> Iterator[Finding]:
    for server, policy in active_policies(org):
        active = org.live_rules(policy)
        for policy_rule, others in tied(active, _order_matters):
            yield Finding(
                policy_rule,
                f"{rule_name(policy_rule, policy, server)} has priority {policy_rule.priority}, "
                f"as has {listed(quoted(other.title) for other in others)}, and they share grant "
                "types, so which is tried first is undefined.",
                field="priority",
                related=tuple(
                    Related(record=other, role="has the same priority") for other in others
                ),
            )


def _order_matters(one: PolicyRule, other: PolicyRule) -> bool:
    if not one.scopes or not other.scopes:
        return False  # it never matches, as OAM301 says
    return bool(set(one.grant_types) & set(other.grant_types)) and one.token != other.token
