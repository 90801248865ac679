"""Works out the overview of access: what `access.py` describes, from an org.

It takes about as long as the rules that ask the same questions do, so it is made only when
a report asks for it, and for at most so many servers and clients as people can look at.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol, TypeVar, runtime_checkable

from auditor.lint.access import Access, ClientAccess
from auditor.lint.look import Look
from auditor.lint.rule import Rule
from auditor.snapshot.collections import lineage
from auditor.snapshot.index import Org
from auditor.snapshot.ledger import CollectionStatus
from auditor.snapshot.models.clients import App
from auditor.snapshot.models.servers import AuthorizationServer
from auditor.tokens.grants import USER_CHECK_UNDOCUMENTED
from auditor.tokens.reach.servers import tenant_reach
from auditor.tokens.reads import CUSTOM_SERVER_READS
from auditor.tokens.token_endpoint import taken_for_granted

MOST_SERVERS = 40
MOST_CLIENTS = 100

_R = TypeVar("_R", AuthorizationServer, App)


@runtime_checkable
class Privileging(Protocol):
    """Options of a rule that say which scopes are privileged."""

    def privileged(self, scope_name: str) -> bool:
        """Whether a scope of this name is."""
        ...


@dataclass(frozen=True)
class Overview:
    """Makes the overview of a tenant when it is asked for.

    Args:
        org: the tenant.
        rules: the selected rules, whose options say which scopes are sensitive.
    """

    org: Org
    rules: tuple[Rule, ...]

    def __call__(self, first: Collection[str]) -> Access:
        """Servers and clients by name.

        Args:
            first: ids of those to prefer where there are too many to show.
        """
        options: list[object] = [rule.options for rule in self.rules]
        judges = [option for option in options if isinstance(option, Privileging)]
        tenant = tenant_reach(self.org)  # perhaps a rule had it worked out
        servers = _chosen(self.org.servers, first, MOST_SERVERS)
        clients = _chosen(tenant.clients, first, MOST_CLIENTS)

        def sensitive(name: str) -> bool:
            return any(judge.privileged(name) for judge in judges)

        looks = [Look(tenant.server(server), sensitive) for server in servers]
        views = [(look.server_access(), look.cells(clients)) for look in looks]
        bearing = lineage((*CUSTOM_SERVER_READS, "apps"))
        return Access(
            servers=tuple(server for server, _ in views),
            clients=tuple(
                ClientAccess(
                    client.id,
                    client.title,
                    "service" if client.service else "public" if client.public else "confidential",
                    tuple(cells[client.client_id] for _, cells in views),
                )
                for client in clients
            ),
            all_servers=len(self.org.servers),
            all_clients=len(tenant.clients),
            judged=bool(judges),
            unread=tuple(
                entry.label
                for entry in self.org.ledger.entries
                if entry.collection in bearing
                and entry.status in {CollectionStatus.PARTIAL, CollectionStatus.REFUSED}
            ),
            notes=tuple(_notes(self.org, clients)),
        )


def _notes(org: Org, clients: Collection[App]) -> Iterator[str]:
    granted = taken_for_granted(org, clients)
    if "app_jwks" in granted:
        yield "Keys of clients were not all read; those clients are taken to have an active one."
    if "network_zones" in granted:
        yield (
            "The network zones were not read; those that clients are restricted to are taken to "
            "match the addresses that they call from."
        )
    if any(not USER_CHECK_UNDOCUMENTED.isdisjoint(client.grant_types) for client in clients):
        yield (
            "Okta does not document whether a token exchange holds the user against assignments "
            "and the people of a rule: what depends on it is not known."
        )


def _chosen(records: Iterable[_R], first: Collection[str], most: int) -> tuple[_R, ...]:
    def order(record: _R) -> tuple[str, str]:
        return record.title.casefold(), record.id

    ranked = sorted(records, key=lambda record: (record.id not in first, *order(record)))
    return tuple(sorted(ranked[:most], key=order))
