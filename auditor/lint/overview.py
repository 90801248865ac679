"""Works out the overview of access: what `access.py` describes, from an org.

It takes about as long as the rules that ask the same questions do, so it is made only when
a report asks for it, and for at most so many servers and clients as people can look at.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Protocol, TypeVar, runtime_checkable

from auditor.lint.access import Access, ClientAccess
from auditor.lint.look import Look
from auditor.lint.rule import Rule
from auditor.snapshot.collections import lineage
from auditor.snapshot.index import Org
from auditor.snapshot.ledger import Status
from auditor.snapshot.models.clients import App
from auditor.snapshot.models.servers import AuthorizationServer
from auditor.tokens.reach import Reach
from auditor.tokens.reachability import Tenant

MOST_SERVERS = 40
MOST_CLIENTS = 100

READS = ("policy_rules", "scopes", "app_users", "app_groups", "group_members", "users")
"""What decisions of custom servers rest on."""

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
        # Rules that ask the same questions have the answers remembered under this name.
        tenant = self.org.remembered("reach", READS, lambda org: Tenant(Reach(org)))
        servers = _chosen(self.org.servers, first, MOST_SERVERS)
        clients = _chosen(tenant.clients, first, MOST_CLIENTS)

        def sensitive(name: str) -> bool:
            return any(judge.privileged(name) for judge in judges)

        looks = [Look(tenant.server(server), sensitive) for server in servers]
        views = [(look.server_access(), look.cells(clients)) for look in looks]
        bearing = lineage((*READS, "apps"))
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
                if entry.collection in bearing and entry.status in {Status.PARTIAL, Status.REFUSED}
            ),
        )


def _chosen(records: Iterable[_R], first: Collection[str], most: int) -> tuple[_R, ...]:
    def order(record: _R) -> tuple[str, str]:
        return record.title.casefold(), record.id

    ranked = sorted(records, key=lambda record: (record.id not in first, *order(record)))
    return tuple(sorted(ranked[:most], key=order))
