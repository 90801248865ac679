"""All requests of the tenant at once, worked out once for all rules that ask."""

from __future__ import annotations

from auditor import Org
from auditor.models import AccessPolicy, PolicyRule
from auditor.oauth import (
    CONSULTS,
    CUSTOM_SERVER_READS,
    Obstacle,
    RuleReach,
    ServerReach,
    tenant_reach,
)

from ._active import active_servers
from ._agents import agents_in_doubt

__all__ = ["CONSULTS", "CUSTOM_SERVER_READS", "server_reaches", "shadowed", "shadowed_policies"]


def server_reaches(org: Org) -> list[ServerReach]:
    """All requests to each active authorization server."""
    tenant = tenant_reach(org)
    return [tenant.server(server) for server in active_servers(org)]


def shadowed(reach: ServerReach, reached: RuleReach) -> bool:
    """Whether earlier rules of a server certainly take all traffic of a rule.

    They do not where a tie in priority leaves open which comes first (OAM204, OAM308), nor where
    requests of AI agents that the policy names are not all known.
    """
    return (
        reached.obstacle is Obstacle.SHADOWED
        and not agents_in_doubt(reach.tenant.reach.org, reached.policy, reached.rule)
        and not any(_tied(taken.policy, taken.rule, reached) for taken in reached.shadowed_by)
    )


def _tied(policy: AccessPolicy, policy_rule: PolicyRule, reached: RuleReach) -> bool:
    if policy.id != reached.policy.id:
        return policy.priority is not None and policy.priority == reached.policy.priority
    return policy_rule.priority is not None and policy_rule.priority == reached.rule.priority


def shadowed_policies(reach: ServerReach) -> frozenset[str]:
    """Ids of the active policies all of whose active rules are shadowed."""
    policies: dict[str, bool] = {}
    for reached in reach.rules:
        if reached.policy.active and reached.rule.active:
            so_far = policies.get(reached.policy.id, True)
            policies[reached.policy.id] = so_far and shadowed(reach, reached)
    return frozenset(policy for policy, every in policies.items() if every)
