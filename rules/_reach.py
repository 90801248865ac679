"""All requests of the tenant at once, worked out once for all rules that ask."""

from __future__ import annotations

from auditor import Org
from auditor.oauth import CONSULTS, CUSTOM_SERVER_READS, Obstacle, ServerReach, tenant_reach

from ._active import active_servers

__all__ = ["CONSULTS", "CUSTOM_SERVER_READS", "server_reaches", "shadowed_policies"]


def server_reaches(org: Org) -> list[ServerReach]:
    """All requests to each active authorization server."""
    tenant = tenant_reach(org)
    return [tenant.server(server) for server in active_servers(org)]


def shadowed_policies(reach: ServerReach) -> frozenset[str]:
    """Ids of the active policies all of whose active rules are shadowed."""
    shadowed: dict[str, bool] = {}
    for reached in reach.rules:
        if reached.policy.active and reached.rule.active:
            so_far = shadowed.get(reached.policy.id, True)
            shadowed[reached.policy.id] = so_far and reached.obstacle is Obstacle.SHADOWED
    return frozenset(policy for policy, every in shadowed.items() if every)
