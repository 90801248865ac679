"""Rules by which assertions about users become access tokens (JWT bearer)."""

from __future__ import annotations

from auditor import Org
from auditor.models import ALL_CLIENTS, ALL_SCOPES, AccessPolicy, PolicyRule
from auditor.oauth import JWT_BEARER

from ._agents import names_agents
from ._clients import Roster


def all_scopes_by_assertion(org: Org, policy: AccessPolicy, policy_rule: PolicyRule) -> bool:
    """Whether a client of the policy may have every scope for an assertion. Needs `apps`.

    Agents that a policy names count as such clients, known or not: every agent may use the grant.
    """
    return (
        JWT_BEARER in policy_rule.grant_types
        and ALL_SCOPES in policy_rule.scopes
        and (
            ALL_CLIENTS in policy.clients
            or names_agents(policy)
            or any(Roster.of(org).using(policy, JWT_BEARER))
        )
    )
