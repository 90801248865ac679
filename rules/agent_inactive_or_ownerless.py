"""An active access policy names an AI agent that is inactive, or that nobody owns.

An agent has to be active to use its credentials, so an inactive one obtains nothing: the policy
grants nothing, although a reader takes it for access that is in use, and who activates the agent
again revives it without review. An agent without an owner obtains tokens on behalf of people, and
nobody answers for what it does with them, or notices that it is not needed any more.

Agents that were registered and not yet activated are not reported: their policy may well come
first. Okta keeps owners apart from agents; where the answer says nothing of them, that an agent
has none is not known, and nothing is reported.

Fix: take the agent out of the policy, or activate it if it is needed; give it an owner.

Flagged:

    {"/api/v1/authorizationServers/aus1/policies": [
       {"name": "Agents", "conditions": {"clients": {"include": ["wlp1"]}}}],
     "/workload-principals/api/v1/ai-agents": [
       {"id": "wlp1", "status": "INACTIVE", "profile": {"name": "Helper"}}]}

Flagged:

    {"/api/v1/authorizationServers/aus1/policies": [
       {"name": "Agents", "conditions": {"clients": {"include": [
          "https://agent.example.com/client.json"]}}}],
     "/workload-principals/api/v1/ai-agents": [
       {"id": "wlp1", "profile": {"name": "Helper"}, "owners": [],
        "oauthClient": {"clientId": "https://agent.example.com/client.json"}}]}

Accepted:

    {"/api/v1/authorizationServers/aus1/policies": [
       {"name": "Agents", "conditions": {"clients": {"include": [
          "wlp1", "wlp2", "wlp3", "wlp9"]}}}],
     "/workload-principals/api/v1/ai-agents": [
       {"id": "wlp1", "profile": {"name": "Helper"}},
       {"id": "wlp2", "owners": [{"type": "USER", "id": "00u1"}]},
       {"id": "wlp3", "status": "STAGED", "owners": []}]}

Accepted:

    {"/api/v1/authorizationServers/aus1/policies": [
       {"name": "Everybody", "conditions": {"clients": {"include": ["ALL_CLIENTS"]}}},
       {"name": "Over", "status": "INACTIVE", "conditions": {"clients": {"include": ["wlp1"]}}}],
     "/workload-principals/api/v1/ai-agents": [{"id": "wlp1", "status": "INACTIVE"}]}

See:
- Okta API reference, "Activate an AI agent": it must be activated before it can use its
  credentials
- Okta Help Center, "Add AI agents manually": owners answer for an agent
- System Log filter: `eventType eq "workload_principal.ai_agent.deactivate"`
"""

from __future__ import annotations

from collections.abc import Iterator

from auditor import Finding, Impact, Org, Related, Severity, listed, quoted, rule
from auditor.models import AccessPolicy, AiAgent

from ._active import active_policies


@rule("OAM207", severity=Severity.MEDIUM, impact=Impact.DEAD, reads=["policies", "ai_agents"])
def check(org: Org) -> Iterator[Finding]:
    policies: dict[str, list[AccessPolicy]] = {}
    for _, policy in active_policies(org):
        for client_id in dict.fromkeys(policy.clients):
            policies.setdefault(client_id, []).append(policy)
    for agent in org.agents:
        naming = policies.get(agent.client_id, [])
        problem = _problem(agent) if naming else None
        if problem is not None:
            field, what = problem
            names = listed(f"policy {quoted(policy.title)}" for policy in naming)
            yield Finding(
                agent,
                f"AI agent {quoted(agent.title)}, which {names} names, {what}.",
                field=field,
                related=tuple(
                    Related(record=policy, role="a policy that names it") for policy in naming
                ),
            )


def _problem(agent: AiAgent) -> tuple[str, str] | None:
    """The field that shows what is wrong with an agent, and that in words."""
    if agent.status == "INACTIVE":
        return "status", "is not active, so that it obtains nothing"
    if agent.active and agent.owners is not None and not agent.owners:
        return "owners", "has no owner"
    return None
