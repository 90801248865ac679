"""AI agents, which are clients of policies without being apps."""

from __future__ import annotations

from auditor import Org
from auditor.models import AGENT_GRANTS, AccessPolicy, PolicyRule, is_agent_id


def names_agents(policy: AccessPolicy) -> bool:
    """Whether a policy names AI agents.

    They are workload principals, never among the apps ("Secure AI agents" guides), so that
    what is known about apps says nothing about them.
    """
    return any(map(is_agent_id, policy.clients))


def agents_in_doubt(org: Org, policy: AccessPolicy, policy_rule: PolicyRule) -> bool:
    """Whether AI agents of a policy may have requests for a rule that are not looked at.

    So it is with agents that are not known or not active, and with grant types of which no source
    tells whether agents may use them. Needs `apps`, and looks at `ai_agents`.
    """
    agents = [org.client(name) for name in policy.clients if is_agent_id(name)]
    if not agents:
        return False
    all_active = all(agent is not None and agent.active for agent in agents)
    return not all_active or not set(AGENT_GRANTS).issuperset(policy_rule.grant_types)
