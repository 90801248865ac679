"""What AI agents may ask for: scopes that their resource connections allow, and for whom.

Cross App Access has two legs (guides "Set up AI agent token exchange" and "Set up third-party AI
Agent token exchange"). An agent exchanges a user's ID token for an ID-JAG at the org server, and
names scopes of the resource's server there; a resource connection has to allow them. It exchanges
the ID-JAG for an access token at that server, by JWT bearer and without naming scopes again; an
access policy has to allow those of the ID-JAG.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from auditor.snapshot.models.agents import AgentClient, AgentConnection
from auditor.snapshot.models.servers import OIDC_SCOPES, AuthorizationServer
from auditor.snapshot.org import Org
from auditor.tokens import rejections
from auditor.tokens.missing_facts import MissingFactKind
from auditor.tokens.scopes import AskedScopes

_ID_JAG = "IDENTITY_ASSERTION"
"""How the types of connections begin that an ID-JAG is issued for."""


@dataclass(frozen=True, slots=True)
class Connections:
    """The active connections of an agent that an ID-JAG can be issued for."""

    active: tuple[AgentConnection, ...]

    def every(self, scope: str) -> bool | None:
        """Whether all of them allow a scope; None if some do, or that is not known.

        Which of several counts is for the request to say, by the resource that it names.
        """
        answers = {_allows(connection, scope) for connection in self.active}
        return answers.pop() if len(answers) == 1 else (None if answers else False)

    def some(self, scopes: frozenset[str]) -> bool | None:
        """Whether one of them allows all scopes; None if that is not known."""
        answers = [{_allows(each, scope) for scope in scopes} for each in self.active]
        if any(answer <= {True} for answer in answers):
            return True
        return None if any(False not in answer for answer in answers) else False

    def allowing(self, scopes: frozenset[str]) -> Iterator[AgentConnection]:
        """Those that allow all of some scopes for certain."""
        for connection in self.active:
            if all(_allows(connection, scope) for scope in scopes):
                yield connection


def connections(
    org: Org, client: AgentClient, server: AuthorizationServer | None
) -> Connections | None:
    """The connections of an agent, or those to one custom server; None if they were not read."""
    if not org.known("agent_connections", client.agent):
        return None
    return Connections(tuple(_active(org, client, server)))


def id_jag(org: Org, client: AgentClient, scopes: frozenset[str]) -> AskedScopes:
    """The scopes of a token exchange for an ID-JAG at the org server.

    System scopes are refused (guide "Set up third-party AI Agent token exchange"), and so are
    those that the connection does not allow.
    """
    if scopes & OIDC_SCOPES:
        return AskedScopes(rejection=rejections.SYSTEM_SCOPES_IN_ID_JAG)
    own = connections(org, client, None)
    if own is None:
        return AskedScopes(missing=MissingFactKind.AGENT_CONNECTIONS)
    match own.some(scopes):
        case True:
            return AskedScopes(scopes=scopes, id_jag=True)
        case None:
            return AskedScopes(missing=MissingFactKind.AGENT_CONNECTIONS)
    refused = frozenset(scope for scope in scopes if own.some(frozenset({scope})) is False)
    return AskedScopes(rejection=rejections.not_connected(refused), unconnected=refused or scopes)


def with_connections(
    asked: AskedScopes, org: Org, client: AgentClient, server: AuthorizationServer
) -> AskedScopes:
    """The scopes of an ID-JAG that an agent exchanges at a custom server.

    One that carries others than the connections to the server allow is never issued.
    """
    if asked.rejection is not None or asked.missing is not None:
        return asked
    own = connections(org, client, server)
    if own is None:
        return replace(asked, unsettled=MissingFactKind.AGENT_CONNECTIONS)
    answers = {scope: own.every(scope) for scope in asked.scopes}
    if refused := frozenset(scope for scope, answer in answers.items() if answer is False):
        return AskedScopes(rejection=rejections.NOT_CONNECTED, unconnected=refused)
    if None in answers.values():
        return replace(asked, unsettled=MissingFactKind.AGENT_CONNECTIONS)
    return asked


def _active(
    org: Org, client: AgentClient, server: AuthorizationServer | None
) -> Iterator[AgentConnection]:
    for connection in org.connections(client.agent):
        of_type = (connection.connection_type or "").startswith(_ID_JAG)
        if connection.active and of_type and (server is None or _leads_to(connection, server)):
            yield connection


def _leads_to(connection: AgentConnection, server: AuthorizationServer) -> bool:
    """Whether the ID-JAG of a connection is for a server.

    The host of its issuer plays no part: an org may have custom domains.
    """
    named = connection.authorization_server
    if named.orn:
        return named.id == server.id
    try:
        name = urlsplit(named.issuer_url or "").path.rpartition("/")[2]
    except ValueError:
        return False
    return name == server.id or (name == "default" and server.default is True)


def _allows(connection: AgentConnection, scope: str) -> bool | None:
    """Whether a connection allows a scope (`scopeCondition`); None for conditions unheard of."""
    match connection.scope_condition:
        case "ALL_SCOPES":
            return True
        case "INCLUDE_ONLY":
            return scope in connection.scopes
        case "EXCLUDE":
            return scope not in connection.scopes
    return None
