"""What the HTML report's pictures of access are made of: anchors, words and choices."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from auditor import AuditResult, counted
from auditor.results import (
    AccessOverview,
    ClientAccess,
    ClientServerAccess,
    Obtains,
    PolicyAccess,
    RuleUse,
    ServerAccess,
)

_UNSAFE = re.compile(r"[^A-Za-z0-9_-]")
MOST_RULES = 60
"""Rules of a server that its picture shows."""


@dataclass(frozen=True, slots=True)
class Client:
    """A client as what names it links to it."""

    anchor: str
    name: str


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
    failing: tuple[tuple[Client, str], ...]
    """Clients that its policies name and that obtain nothing, and why."""

    def step(self, policy: int, rule: int) -> str:
        """The anchor of a rule: both are counted from 0, in order of evaluation."""
        return f"{self.anchor}-{policy}-{rule}"


@dataclass(frozen=True, slots=True)
class ClientRow:
    """A client as its row of the matrix says it."""

    anchor: str
    client: ClientAccess
    cells: tuple[tuple[str, str, ClientServerAccess, ServerPicture], ...]
    """Class of style and word for each server."""

    @property
    def obtained(self) -> list[tuple[str, str, ClientServerAccess, ServerPicture]]:
        """The cells where there is something to tell."""
        return [item for item in self.cells if item[0] != "nothing"]

    @property
    def urgency(self) -> int:
        """0 where a policy names the client in vain, 1 where it obtains sensitive scopes, or 2."""
        kinds = {kind for kind, *_ in self.cells}
        return 0 if "fails" in kinds else 1 if kinds & {"sensitive", "sensitive-more"} else 2


@dataclass(frozen=True, slots=True)
class Matrix:
    """Clients and servers that have something to tell of each other."""

    servers: tuple[ServerPicture, ...]
    rows: tuple[ClientRow, ...]
    """The most urgent ones first, then by name; with the cells of `servers` only."""


@dataclass(frozen=True, slots=True)
class Pictures:
    """All there is to see of an overview of access."""

    access: AccessOverview
    servers: tuple[ServerPicture, ...]
    clients: tuple[ClientRow, ...]
    matrix: Matrix
    clients_by_id: Mapping[str, ClientRow]
    flagged: Mapping[str, tuple[str, ...]]
    """The codes of the findings that are about an object or name it, by the object's id."""
    servers_by_id: Mapping[str, ServerPicture]
    rules: Mapping[str, str]
    """The anchors of policy rules, or of their server where a picture has no room for them."""


def pictures(result: AuditResult) -> Pictures | None:
    """The pictures of a result; None if its snapshot is not at hand."""
    access = result.access
    if access is None:
        return None
    anchors = tuple(
        f"client-{at}-{_UNSAFE.sub('', client.id)}" for at, client in enumerate(access.clients)
    )
    servers = tuple(
        _server(access, at, server, anchors) for at, server in enumerate(access.servers)
    )
    clients = tuple(
        ClientRow(
            anchor,
            client,
            tuple(
                (*_state(cell), cell, server)
                for cell, server in zip(client.cells, servers, strict=True)
            ),
        )
        for anchor, client in zip(anchors, access.clients, strict=True)
    )
    return Pictures(
        access=access,
        servers=servers,
        clients=clients,
        matrix=_matrix(clients),
        clients_by_id={row.client.id: row for row in clients},
        flagged=_flagged(result),
        servers_by_id={server.server.id: server for server in servers},
        rules=dict(_rule_anchors(servers)),
    )


def _matrix(clients: tuple[ClientRow, ...]) -> Matrix:
    rows = sorted((row for row in clients if row.obtained), key=lambda row: row.urgency)
    telling = {server.anchor for row in rows for *_, server in row.obtained}
    cut = tuple(
        ClientRow(row.anchor, row.client, tuple(c for c in row.cells if c[3].anchor in telling))
        for row in rows
    )
    return Matrix(tuple(server for *_, server in cut[0].cells) if cut else (), cut)


def _rule_anchors(servers: tuple[ServerPicture, ...]) -> Iterator[tuple[str, str]]:
    for server in servers:
        shown = [len(policy.rules) for policy in server.policies]
        for at, policy in enumerate(server.server.policies):
            for place, rule in enumerate(policy.rules):
                yield rule.id, server.step(at, place) if place < shown[at] else server.anchor


def _flagged(result: AuditResult) -> Mapping[str, tuple[str, ...]]:
    codes: dict[str, set[str]] = {}
    for finding in result.findings:
        for ref in (finding.object, *(other.object for other in finding.related)):
            codes.setdefault(ref.id, set()).add(finding.rule.code)
    return {id_: tuple(sorted(each)) for id_, each in codes.items()}


def _state(cell: ClientServerAccess) -> tuple[str, str]:
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


def _server(
    access: AccessOverview, at: int, server: ServerAccess, anchors: tuple[str, ...]
) -> ServerPicture:
    rules = [rule for policy in server.policies for rule in policy.rules]
    never = sum(rule.use is RuleUse.NEVER for rule in rules)
    unknown = sum(rule.use is RuleUse.UNKNOWN for rule in rules)
    summary = [
        *([] if server.active else ["inactive"]),
        *([] if server.complete else ["policies not completely read"]),
        counted(len(server.policies), "policy", "policies"),
        counted(len(rules), "rule"),
        *([f"{never:,} never reached"] if never else []),
        *([f"{unknown:,} not known"] if unknown else []),
    ]
    failing = tuple(
        (Client(anchor, client.name), client.cells[at].failure)
        for anchor, client in zip(anchors, access.clients, strict=True)
        if client.cells[at].failure
    )
    if failing:
        summary.append(f"{counted(len(failing), 'named client')} can obtain nothing")
    return ServerPicture(
        anchor=f"server-{at}-{_UNSAFE.sub('', server.id)}",
        server=server,
        summary=", ".join(summary),
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
            complete=policy.complete,
        )
