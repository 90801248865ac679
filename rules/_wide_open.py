"""The rule that lets anything through."""

from __future__ import annotations

from auditor.models import ALL_CLIENTS, ALL_SCOPES, AccessPolicy, PolicyRule


def is_wide_open(policy: AccessPolicy, policy_rule: PolicyRule) -> bool:
    """Whether the rule is for all clients, everyone and all scopes."""
    return (
        ALL_CLIENTS in policy.clients
        and policy_rule.people.everyone
        and ALL_SCOPES in policy_rule.scopes
        and bool(policy_rule.grant_types)
    )
