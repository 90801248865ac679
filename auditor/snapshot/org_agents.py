"""AI agents of an org: clients of access policies that are no apps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from auditor.snapshot.models.agents import (
    AgentClient,
    AgentConnection,
    AiAgent,
    DelegationLink,
    last_of,
)
from auditor.snapshot.models.clients import App
from auditor.snapshot.view import View

_TO_AGENT = "IDENTITY_ASSERTION_A2A_SERVER"
"""The type of a connection by which one agent calls another."""


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

    @property
    def agent_clients(self) -> tuple[AgentClient, ...]:
        """AI agents as clients; none where the view may not read them."""
        return tuple(self._agent_clients().values())

    def _agent_clients(self) -> Mapping[str, AgentClient]:
        """The agents as clients, by client id."""
        if not self._may_read("ai_agents"):
            return {}
        lookup = self._tables.lookups.setdefault("agent_clients", {})
        # What a client is made of depends on what else this view may read.
        seen = " ".join(filter(self._may_read, ("agent_connections", "delegation_links")))
        if seen not in lookup:
            lookup[seen] = {agent.client_id: self._as_client(agent) for agent in self.agents}
        return cast("Mapping[str, AgentClient]", lookup[seen])

    def _as_client(self, agent: AiAgent) -> AgentClient:
        apps = self._all("apps", App)
        bound = next((app for app in apps if app.client_id == agent.client_id), None)
        ids = {agent.linked_app, *self._delegating(agent), bound.id if bound else None}
        users = tuple(app for app in apps if app.id in ids)
        others = not users or self._called_by_agents(agent)
        return AgentClient.of(agent, bound, users, other_users=others)

    def _delegating(self, agent: AiAgent) -> set[str | None]:
        """Ids of the apps that delegate to an agent, as far as that is known."""
        if not self._may_read("delegation_links"):
            return set()
        return {
            link.app_id
            for link in self.delegation_links
            if last_of(link.to.resource_orn) == agent.id
        }

    def _called_by_agents(self, agent: AiAgent) -> bool:
        """Whether other agents call an agent, on behalf of their people, or may do."""
        if not (self._may_read("agent_connections") and self.known("agent_connections")):
            return True
        return any(
            connection.connection_type == _TO_AGENT and connection.resource.id == agent.id
            for other in self.agents
            for connection in self.connections(other)
        )
