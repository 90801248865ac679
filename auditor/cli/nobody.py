"""What to say where nobody obtains what was asked for: of what, and why as far as that is known."""

from __future__ import annotations

from collections.abc import Iterator

from auditor.access_overview.overview import access_overview
from auditor.snapshot.org import Org
from auditor.text import listed, quoted
from auditor.tokens.reach.access_rows import AccessFilter
from auditor.tokens.request import ORG_SERVER

_REASONS = 3
"""Servers at which it is said why a client obtains nothing."""


def nobody_lines(org: Org, only: AccessFilter, user: str | None) -> Iterator[str]:
    """Sentences about a list of access without rows.

    Args:
        org: the tenant.
        only: what was asked for.
        user: the user that was asked for, as the command line has it.
    """
    known = "So far as is known: " if org.ledger.incomplete else ""
    yield f"{known}{_who(user)} {_what(org, only)}."
    if reasons := list(_reasons(org, only)):
        yield f"Why: {'; '.join(reasons)}."
    yield "`okta-auditor explain` says of one request why, and what would make it pass."


def _who(user: str | None) -> str:
    return "Nobody can obtain" if user is None else f"{quoted(user)} cannot obtain"


def _what(org: Org, only: AccessFilter) -> str:
    parts = ["anything" if only.scope is None else f"scope {quoted(only.scope)}"]
    if only.server == ORG_SERVER:
        parts.append("from the org authorization server")
    elif only.server is not None:
        parts.append(f"from authorization server {quoted(org.server(only.server).title)}")
    if only.client is not None:
        parts.append(f"through client {quoted(only.client.title)}")
    return " ".join(parts)


def _reasons(org: Org, only: AccessFilter) -> Iterator[str]:
    """What alone explains it, whoever asks; nothing where that is not known."""
    if only.client is not None and not only.client.active:
        yield "the client is not active"
    elif only.client is not None:
        yield from _of_client(org, only)
    elif only.scope is not None and not org.ledger.incomplete and _no_rule_allows(org, only):
        yield f"no active policy rule allows {quoted(only.scope)}"
    elif not org.clients and org.known("apps"):
        yield "the org has no client"


def _of_client(org: Org, only: AccessFilter) -> Iterator[str]:
    named = {only.client.id if only.client else "", only.server or ""}
    overview = access_overview(org, lambda _: False, named)
    client = next((item for item in overview.clients if item.id in named), None)
    if client is None:
        return
    failures: dict[str, list[str]] = {}
    for server, cell in zip(overview.servers, client.cells, strict=True):
        if cell.failure and only.server in {None, server.id}:
            failures.setdefault(cell.failure, []).append(quoted(server.name))
    for failure, servers in list(failures.items())[:_REASONS]:
        yield f"{failure} (authorization server {listed(servers)})"


def _no_rule_allows(org: Org, only: AccessFilter) -> bool:
    if only.server == ORG_SERVER:
        return False  # it has no policies to speak of
    servers = [server for server in org.servers if only.server in {None, server.id}]
    return not any(
        only.scope in rule.scopes or "*" in rule.scopes
        for server in servers
        for policy in org.policies(server)
        if policy.active
        for rule in org.rules(policy)
        if rule.active
    )
