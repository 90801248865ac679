"""What the HTML report's pictures of access are made of: anchors, words and choices."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from auditor import AuditResult
from auditor.lint.access import (
    Access,
    Cell,
    ClientAccess,
    Obtains,
    PolicyAccess,
    RuleAccess,
    ScopeAccess,
    ServerAccess,
    Standing,
)
from auditor.text import counted, listed

_UNSAFE = re.compile(r"[^A-Za-z0-9_-]")
MOST_RULES = 60
"""Rules of a server that its picture shows."""


@dataclass(frozen=True, slots=True)
class ServerPicture:
    """A server as its picture says it."""

    anchor: str
    server: ServerAccess
    summary: str
    open: bool
    policies: tuple[PolicyAccess, ...]
    """With at most `MOST_RULES` rules together."""
    left_out: int
    """How many more rules there are."""
    failing: tuple[tuple[str, str], ...]
    """Clients that its policies name and that obtain nothing, and why."""


@dataclass(frozen=True, slots=True)
class ClientRow:
    """A client as its row of the matrix says it."""

    anchor: str
    client: ClientAccess
    cells: tuple[tuple[str, str, Cell, ServerPicture], ...]
    """Class of style and word for each server."""

    @property
    def obtained(self) -> list[tuple[str, str, Cell, ServerPicture]]:
        """The cells where there is something to tell."""
        return [item for item in self.cells if item[0] != "nothing"]


@dataclass(frozen=True, slots=True)
class Pictures:
    """All there is to see of an overview of access."""

    access: Access
    servers: tuple[ServerPicture, ...]
    clients: tuple[ClientRow, ...]
    failing: tuple[tuple[ClientRow, ServerPicture, str], ...]
    never: tuple[tuple[ServerPicture, PolicyAccess, RuleAccess], ...]
    """Rules that are never reached; those that earlier rules shadow come first."""
    sensitive: tuple[tuple[ServerPicture, ScopeAccess], ...]
    """By most people, then machines."""


def pictures(result: AuditResult) -> Pictures | None:
    """The pictures of a result; None if its snapshot is not at hand."""
    access = result.access
    if access is None:
        return None
    servers = tuple(_server(access, at, server) for at, server in enumerate(access.servers))
    clients = tuple(
        ClientRow(
            f"client-{at}-{_UNSAFE.sub('', client.id)}",
            client,
            tuple(
                (*_state(cell), cell, server)
                for cell, server in zip(client.cells, servers, strict=True)
            ),
        )
        for at, client in enumerate(access.clients)
    )
    sensitive = [(server, scope) for server in servers for scope in server.server.sensitive]
    return Pictures(
        access=access,
        servers=servers,
        clients=clients,
        failing=tuple(
            (row, server, cell.failure)
            for row in clients
            for _, _, cell, server in row.cells
            if cell.failure
        ),
        never=tuple(sorted(_never(servers), key=lambda item: not item[2].taken_by)),
        sensitive=tuple(
            sorted(sensitive, key=lambda item: (-item[1].people, -item[1].machines, item[1].name))
        ),
    )


def _never(
    servers: tuple[ServerPicture, ...],
) -> Iterator[tuple[ServerPicture, PolicyAccess, RuleAccess]]:
    for server in servers:
        for policy in server.server.policies:
            for rule in policy.rules:
                if rule.standing is Standing.NEVER:
                    yield server, policy, rule


def whom(scope: ScopeAccess) -> str:
    """Who obtains a scope: people, machines, and whether there may be more."""
    said = [counted(scope.people, "person", "people")] if scope.people else []
    if scope.machines:
        said.append(f"{counted(scope.machines, 'client')} without a user")
    words = " and ".join(said)
    if scope.more:
        return f"{words}, maybe more: not known" if words else "not known"
    return words


def _state(cell: Cell) -> tuple[str, str]:
    """The class of style of a cell, and its word."""
    if cell.failure:
        return "fails", "nothing, though a policy names the client"
    more = " and maybe more" if cell.more else ""
    if cell.obtains is Obtains.UNKNOWN:
        return "unknown", cell.obtains.value
    kind = {
        Obtains.NOTHING: "nothing",
        Obtains.SCOPES: "scopes",
        Obtains.SENSITIVE: "sensitive",
    }[cell.obtains]
    return kind + ("-more" if cell.more else ""), f"{cell.obtains.value}{more}"


def _server(access: Access, at: int, server: ServerAccess) -> ServerPicture:
    rules = [rule for policy in server.policies for rule in policy.rules]
    never = sum(rule.standing is Standing.NEVER for rule in rules)
    unknown = sum(rule.standing is Standing.UNKNOWN for rule in rules)
    said = [
        counted(len(server.policies), "policy", "policies"),
        counted(len(rules), "rule"),
    ]
    if never:
        said.append(f"{never:,} never reached")
    if unknown:
        said.append(f"{unknown:,} not known")
    if not server.known:
        said = ["policies not completely read", *said]
    failing = tuple(
        (client.name, client.cells[at].failure)
        for client in access.clients
        if client.cells[at].failure
    )
    if failing:
        said.append(f"{counted(len(failing), 'named client')} can obtain nothing")
    return ServerPicture(
        anchor=f"server-{at}-{_UNSAFE.sub('', server.id)}",
        server=server,
        summary=f"{'' if server.active else 'inactive, '}{', '.join(said)}",
        open=bool(never or failing),
        policies=tuple(_first(server.policies)),
        left_out=max(0, len(rules) - MOST_RULES),
        failing=failing,
    )


def _first(policies: tuple[PolicyAccess, ...]) -> Iterator[PolicyAccess]:
    """The policies with as many of their rules as a picture can hold."""
    left = MOST_RULES
    for policy in policies:
        rules, left = policy.rules[:left], max(0, left - len(policy.rules))
        yield PolicyAccess(
            id=policy.id,
            name=policy.name,
            active=policy.active,
            clients=policy.clients,
            rules=rules,
            known=policy.known,
        )


def scopes_words(scopes: tuple[str, ...]) -> str:
    """Some scopes of a rule or a cell."""
    return listed(scopes, most=12, empty="no scope")
