"""AI agents, which are clients of policies without being apps."""

from __future__ import annotations

from auditor.models import AccessPolicy, is_agent_id


def names_agents(policy: AccessPolicy) -> bool:
    """Whether a policy names AI agents.

    They are workload principals, never among the apps ("Secure AI agents" guides), so that
    what is known about apps says nothing about them.
    """
    return any(map(is_agent_id, policy.clients))
