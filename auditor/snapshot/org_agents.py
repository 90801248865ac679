"""AI agents of an org: clients of access policies that are no apps."""

from __future__ import annotations

from auditor.snapshot.models.agents import AgentConnection, AiAgent, DelegationLink
from auditor.snapshot.view import View


class AgentsOfOrg(View):
    """AI agents with what they are connected to."""

    @property
    def agents(self) -> tuple[AiAgent, ...]:
        """AI agents, those included that were never activated."""
        return self._all("ai_agents", AiAgent)

    def agent(self, client_id: str) -> AiAgent | None:
        """The AI agent with a client id or an id."""
        self._check("ai_agents")
        lookup = self._tables.lookups.setdefault("agent", {})
        if not lookup:
            lookup.update({agent.id: agent for agent in self.agents})
            lookup.update({agent.client_id: agent for agent in self.agents})
        return lookup.get(client_id)

    def connections(self, agent: AiAgent) -> tuple[AgentConnection, ...]:
        """What the agent may ask for, inactive connections included."""
        return self._of("agent_connections", AgentConnection, agent)

    @property
    def delegation_links(self) -> tuple[DelegationLink, ...]:
        """Apps whose users' tokens AI agents accept; links between agents are not read."""
        return self._all("delegation_links", DelegationLink)
