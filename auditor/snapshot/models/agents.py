"""AI agents, what they are connected to, and which apps delegate to them.

Agents are workload principals: clients of access policies and never among the apps. Shapes: the
"Okta for AI Agents" reference (workload principals), the guides "Set up AI agent token exchange"
and "Register an AI agent with CIMD".
"""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from auditor.snapshot.models.base import NullAsObject, Part, Record, Strings
from auditor.snapshot.models.clients import (
    App,
    AppCredentials,
    AppSettings,
    OAuthClientCredentials,
    OAuthClientSettings,
)

AGENT_GRANTS = (
    "urn:ietf:params:oauth:grant-type:jwt-bearer",
    "urn:ietf:params:oauth:grant-type:token-exchange",
)
"""Grant types that every AI agent may use (guide "Register an AI agent with CIMD")."""


def is_agent_id(client_id: str) -> bool:
    """Whether a client id is an AI agent's: `wlp…`, or the URL of a client id metadata document.

    Other workload principals have such ids, too, for example MCP servers.

    >>> is_agent_id("wlp1qa1kd02bWzlBC0g7"), is_agent_id("https://agent.example.com/c.json")
    (True, True)
    >>> is_agent_id("0oa1")
    False
    """
    return client_id.startswith(("wlp", "https://"))


def last_of(orn: str | None) -> str | None:
    """The id in an Okta Resource Name: what stands last in it."""
    return (orn or "").rpartition(":")[2] or None


class AgentProfile(Part):
    """`profile` of an AI agent."""

    name: str | None = None


class AgentOAuthClient(Part):
    """`oauthClient` of an AI agent; its client id differs from the agent's only for CIMD."""

    client_id: str | None = None


class AgentSignOn(Part):
    """`signOnProvider` of an AI agent: the app that its users sign in to."""

    app_instance_id: str | None = None


class AgentOwner(Part):
    """A user or a group that owns an agent, where an answer names owners at all."""

    type: str | None = None
    id: str | None = None


class AiAgent(Record):
    """An AI agent. Policies name it by its client id."""

    kind: ClassVar[str] = "ai_agent"

    status: str | None = None
    """ACTIVE, INACTIVE or STAGED: one that was registered and never activated."""
    platform: str | None = None
    app_id: str | None = None
    """The linked app, as Okta named it until June 2026."""
    profile: Annotated[AgentProfile, NullAsObject] = AgentProfile()
    oauth_client: Annotated[AgentOAuthClient, NullAsObject] = AgentOAuthClient()
    sign_on_provider: Annotated[AgentSignOn, NullAsObject] = AgentSignOn()
    owners: tuple[AgentOwner, ...] | None = None
    """None where the answer says nothing of owners: Okta's Governance API has them."""

    @property
    def title(self) -> str:
        """The agent's name, or its id."""
        return self.profile.name or self.id

    @property
    def client_id(self) -> str:
        """Its OAuth client id: a `wlp…` id, or the URL of a client id metadata document."""
        return self.oauth_client.client_id or self.id

    @property
    def active(self) -> bool:
        """Whether it may use its credentials: one has to be activated for that."""
        return self.status == "ACTIVE"

    @property
    def linked_app(self) -> str | None:
        """Id of the app that its users sign in to, where it has one."""
        return self.sign_on_provider.app_instance_id or self.app_id


class OrnObject(Part):
    """An object that a connection names by its Okta Resource Name."""

    orn: str | None = None
    name: str | None = None

    @property
    def id(self) -> str | None:
        """The object's id."""
        return last_of(self.orn)


class ConnectedServer(OrnObject):
    """`authorizationServer` of a connection."""

    issuer_url: str | None = None


class AgentConnection(Record):
    """A resource connection: what an agent may ask for, on behalf of the people that it serves."""

    kind: ClassVar[str] = "agent_connection"

    connection_type: str | None = None
    """For ID-JAGs at a custom authorization server it is IDENTITY_ASSERTION_CUSTOM_AS."""
    status: str | None = None
    resource_indicator: str | None = None
    authorization_server: Annotated[ConnectedServer, NullAsObject] = ConnectedServer()
    resource: Annotated[OrnObject, NullAsObject] = OrnObject()
    app: Annotated[OrnObject, NullAsObject] = OrnObject()
    scope_condition: str | None = None
    """ALL_SCOPES, INCLUDE_ONLY or EXCLUDE."""
    scopes: Strings = ()

    @property
    def title(self) -> str:
        """The name of what the agent is connected to, or the connection's id."""
        named = (self.authorization_server, self.resource, self.app)
        return next((each.name for each in named if each.name), self.id)

    @property
    def active(self) -> bool:
        """Whether it is in force."""
        return self.status == "ACTIVE"


class DelegationSource(Part):
    """`from` of a delegation link."""

    client_orn: str | None = None
    token_type: str | None = None


class DelegationTarget(Part):
    """`to` of a delegation link."""

    resource_orn: str | None = None
    authorization_server_orn: str | None = None


class DelegationLink(Record):
    """A client whose users' tokens an agent accepts as the subject of its token exchange."""

    kind: ClassVar[str] = "delegation_link"

    source: Annotated[DelegationSource, NullAsObject] = Field(DelegationSource(), alias="from")
    to: Annotated[DelegationTarget, NullAsObject] = DelegationTarget()

    @property
    def app_id(self) -> str | None:
        """Id of the app whose users the agent acts for."""
        return last_of(self.source.client_orn)


class AgentClient(App):
    """An AI agent as a client of policies; what is not known of it is as an app leaves it out.

    An agent can be bound to an app with its client id. It then has the app's id, settings and
    assignments. Its keys and secrets are its own and never read.
    """

    kind: ClassVar[str] = "ai_agent"

    agent: AiAgent
    user_apps: tuple[App, ...] = ()
    """The apps whose users it acts for: they sign in there."""
    other_users: bool = True
    """Whether it may act for further people, for all that is known."""

    @classmethod
    def of(
        cls, agent: AiAgent, app: App | None, user_apps: tuple[App, ...], *, other_users: bool
    ) -> AgentClient:
        """See an agent as a client.

        Args:
            agent: the agent.
            app: the app that is bound to it, that is, has its client id.
            user_apps: the apps whose users it acts for.
            other_users: whether it may act for further people.
        """
        settings = app.oauth if app else OAuthClientSettings()
        grants = tuple(dict.fromkeys((*settings.grant_types, *AGENT_GRANTS)))
        client = cls(
            id=app.id if app else agent.id,
            label=agent.title,
            status=app.status if app and agent.active else agent.status,
            credentials=AppCredentials(
                oauth_client=OAuthClientCredentials(client_id=agent.client_id)
            ),
            settings=AppSettings(
                oauth_client=settings.model_copy(update={"grant_types": grants}),
                implicit_assignment=app.settings.implicit_assignment if app else None,
            ),
            agent=agent,
            user_apps=user_apps,
            other_users=other_users,
        )
        client.put(agent.place)
        return client

    @property
    def bound(self) -> bool:
        """Whether an app has its client id."""
        return self.id != self.agent.id
