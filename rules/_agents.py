"""AI agents, which are clients of policies without being apps."""

from __future__ import annotations

from auditor.models import AccessPolicy


def is_agent(client_id: str) -> bool:
    """Whether a client id is an AI agent's: `wlp…`, or the URL of a client id metadata document.

    Agents are workload principals, never among the apps ("Secure AI agents" guides), so that
    what is known about apps says nothing about them.

    >>> is_agent("wlp1qa1kd02bWzlBC0g7"), is_agent("https://agent.example.com/c.json")
    (True, True)
    >>> is_agent("0oa1")
    False
    """
    return client_id.startswith(("wlp", "https://"))


def names_agents(policy: AccessPolicy) -> bool:
    """Whether a policy names AI agents."""
    return any(map(is_agent, policy.clients))
