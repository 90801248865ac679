"""Works out the overview of access of a tenant.

This takes about as long as the rules that ask the same questions do, so it is done only when
a report asks for it. Of a large tenant at most so many servers and clients are kept as people can
look at; what stands out is counted over all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import TypeVar

from auditor.access_overview.model import (
    AccessFacts,
    AccessOverview,
    ClientAccess,
    ClientServerAccess,
    FailingClient,
    Named,
    Obtains,
    RuleUse,
    ServerAccess,
    ServerScope,
    UnreachedRule,
)
from auditor.access_overview.server import ServerOverview
from auditor.snapshot.collections import lineage
from auditor.snapshot.models.agents import AgentClient
from auditor.snapshot.models.clients import App
from auditor.snapshot.models.servers import AuthorizationServer
from auditor.snapshot.org import Org
from auditor.tokens.grants import USER_CHECK_UNDOCUMENTED
from auditor.tokens.reach.servers import tenant_reach
from auditor.tokens.reads import CUSTOM_SERVER_READS
from auditor.tokens.token_endpoint import assumed

MOST_SERVERS = 40
MOST_CLIENTS = 100

_R = TypeVar("_R", AuthorizationServer, App)


def access_overview(
    org: Org, sensitive: Callable[[str], bool] | None, prefer: Collection[str] = ()
) -> AccessOverview:
    """Servers and clients by name, and what each client obtains from each server.

    Args:
        org: the tenant.
        sensitive: whether a scope of some name is sensitive; None if no rule defines
            sensitive scopes.
        prefer: ids of servers and apps to show first where there are too many to show all.
    """
    tenant = tenant_reach(org)  # perhaps a rule had it worked out
    servers = {server.id for server in _shown(org.servers, prefer, MOST_SERVERS)}
    clients = _shown(tenant.clients, prefer, MOST_CLIENTS)
    facts = _Facts(_shown(tenant.clients, prefer, len(tenant.clients)))
    by_server = []
    for server in _shown(org.servers, prefer, len(org.servers)):
        overview = ServerOverview(tenant.server(server), sensitive or _not_sensitive)
        access, obtained = overview.access(), overview.clients(facts.clients)
        facts.add(access, obtained)
        if server.id in servers:
            by_server.append(
                (access, {each.client_id: obtained[each.client_id] for each in clients})
            )
    collections = lineage((*CUSTOM_SERVER_READS, "apps"))
    return AccessOverview(
        servers=tuple(server for server, _ in by_server),
        clients=tuple(
            ClientAccess(
                client.id,
                client.title,
                _kind(client),
                tuple(obtained[client.client_id] for _, obtained in by_server),
            )
            for client in clients
        ),
        all_servers=len(org.servers),
        all_clients=len(tenant.clients),
        facts=facts.facts(),
        sensitivity_defined=sensitive is not None,
        unread=tuple(
            entry.label
            for entry in org.ledger.entries
            if entry.collection in collections and entry.incomplete
        ),
        notes=tuple(_notes(org, clients)),
    )


class _Facts:
    """Gathers what stands out, server by server, without keeping what does not."""

    def __init__(self, clients: tuple[App, ...]) -> None:
        self.clients = clients
        self._failing: list[FailingClient] = []
        self._never: list[UnreachedRule] = []
        self._sensitive: list[ServerScope] = []
        self._telling: set[str] = set()
        """Client ids of which a server has something to tell."""

    def add(self, access: ServerAccess, obtained: Mapping[str, ClientServerAccess]) -> None:
        """Take what stands out of one server."""
        server = Named(access.id, access.name)
        for client in self.clients:
            cell = obtained[client.client_id]
            if cell.failure:
                named = Named(client.id, client.title)
                self._failing.append(FailingClient(named, server, cell.failure))
            if cell.failure or cell.obtains is not Obtains.NOTHING:
                self._telling.add(client.client_id)
        for policy in access.policies:
            of = Named(policy.id, policy.name)
            never = (rule for rule in policy.rules if rule.use is RuleUse.NEVER)
            self._never += (UnreachedRule(server, of, rule) for rule in never)
        self._sensitive += (ServerScope(server, scope) for scope in access.sensitive)

    def facts(self) -> AccessFacts:
        """What stands out of all servers that were added."""
        order = {client.id: at for at, client in enumerate(self.clients)}
        return AccessFacts(
            failing=tuple(sorted(self._failing, key=lambda item: order[item.client.id])),
            unnamed=tuple(
                Named(client.id, client.title)
                for client in self.clients
                if client.client_id not in self._telling
            ),
            never=tuple(sorted(self._never, key=lambda item: not item.rule.taken_by)),
            sensitive=tuple(sorted(self._sensitive, key=_by_people)),
        )


def _by_people(item: ServerScope) -> tuple[int, int, str]:
    return -item.scope.people, -item.scope.machines, item.scope.name


def _kind(client: App) -> str:
    if isinstance(client, AgentClient):
        return "AI agent"
    return "service" if client.service else "public" if client.public else "confidential"


def _not_sensitive(scope_name: str) -> bool:
    del scope_name
    return False


def _notes(org: Org, clients: Collection[App]) -> Iterator[str]:
    granted = assumed(org, clients)
    if "app_jwks" in granted:
        yield "Not all keys of clients were read; those clients are taken to have an active one."
    if "network_zones" in granted:
        yield (
            "The network zones were not read; those that clients are restricted to are taken to "
            "match the addresses that they call from."
        )
    if any(isinstance(client, AgentClient) for client in clients):
        yield (
            "An AI agent obtains what an ID-JAG of the org server carries: scopes that its "
            "resource connections allow, for people assigned to the app that they sign in to."
        )
    if any(not USER_CHECK_UNDOCUMENTED.isdisjoint(client.grant_types) for client in clients):
        yield (
            "Okta does not document whether a token exchange checks the user against assignments "
            "and the people of a rule: what depends on it is not known."
        )


def _shown(records: Iterable[_R], prefer: Collection[str], most: int) -> tuple[_R, ...]:
    """At most so many records, by name; those to prefer first if there are more."""

    def by_name(record: _R) -> tuple[str, str]:
        return record.title.casefold(), record.id

    ranked = sorted(records, key=lambda record: (record.id not in prefer, *by_name(record)))
    return tuple(sorted(ranked[:most], key=by_name))
