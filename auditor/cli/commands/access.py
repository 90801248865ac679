"""`okta-auditor access`: who can obtain which scopes, through which client and rule."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

import click
import orjson

from auditor.cli.options import FILE
from auditor.cli.token_requests import oidc_scopes_option, read_org, unread
from auditor.errors import ExitCode
from auditor.snapshot.models.clients import App
from auditor.snapshot.models.servers import AuthorizationServer
from auditor.snapshot.org import Org
from auditor.text import counted, escaped, one_line
from auditor.tokens.decide import OidcScopes
from auditor.tokens.grants import REFRESH_TOKEN, USERLESS_GRANTS
from auditor.tokens.lookup import find_client, find_scope, find_server, find_user
from auditor.tokens.reach.requestable import OTHER
from auditor.tokens.reach.situations import Reach, SituationReach, Way
from auditor.tokens.reach.user_sets import People
from auditor.tokens.request import ORG_SERVER
from auditor.tokens.token_endpoint import taken_for_granted

_WIDEST = 36
_FORMULA = re.compile(r"[=+\-@\t\r]")


@dataclass(frozen=True, kw_only=True)
class AccessRow:
    """One scope that people, or a client without any, obtain by one rule."""

    server: str
    server_id: str
    client: str
    client_id: str
    grant: str
    scope: str
    people: int | None
    """How many for certain; None where the grant type has no user."""
    uncertain: bool
    """Whether there may be more, which the snapshot does not say."""
    policy: str | None
    policy_id: str | None
    rule: str | None
    rule_id: str | None
    access_token_minutes: int | None
    refresh_token: bool | None


@dataclass(frozen=True)
class _Question:
    """What the rows are to be about; None is anything."""

    server: str | None
    client: App | None
    scope: str | None
    user: str | None


@click.command("access")
@click.argument("path", metavar="SNAPSHOT", type=FILE)
@click.option(
    "--server",
    metavar="NAME",
    help="One authorization server, or `org`. [default: all; of org only okta.* scopes]",
)
@click.option("--client", metavar="NAME", help="One client: label, client id or app id.")
@click.option("--scope", metavar="SCOPE", help="One scope.")
@click.option("--user", metavar="LOGIN", help="Only what this user can obtain.")
@oidc_scopes_option
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "json", "csv"]),
    default="table",
    show_default=True,
)
@click.pass_context
def command(
    ctx: click.Context,
    *,
    path: Path,
    server: str | None,
    client: str | None,
    scope: str | None,
    user: str | None,
    oidc_scopes: str,
    form: str,
) -> None:
    """List who can obtain which scopes, through which client, grant type and rule.

    Each row is a fact about all requests: so many people can obtain the scope by this rule.
    The same people may have several rows for a scope, beside different other scopes. Refreshed
    tokens are left out: they carry what was obtained before.

    Exit codes: 0 everything that bears on it was read; 2 wrong usage; 3 something was not read,
    so that there may be more access than the rows say, or, where it is the keys or network zones
    of a client, less.
    """
    org = read_org(path)
    found = find_server(org, server) if server is not None else None
    servers = _servers(org, server, found)
    question = _Question(
        server=server,
        client=find_client(org, client) if client is not None else None,
        scope=find_scope(org, scope, servers) if scope is not None else None,
        user=find_user(org, user).id if user is not None else None,
    )
    rows = _rows(org, servers, question, OidcScopes(oidc_scopes))
    if form == "table":
        for line in _table(list(rows)):
            click.echo(line)
    elif form == "csv":
        click.echo(_csv(rows), nl=False)
    else:
        options = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE
        document = orjson.dumps([asdict(row) for row in rows], option=options)
        click.echo(escaped(document.decode()), nl=False)
    further = taken_for_granted(org, [question.client] if question.client else org.apps)
    missing = unread(org, *further)
    for line in missing:
        click.echo(one_line(line), err=True)
    ctx.exit(ExitCode.INCOMPLETE if missing else ExitCode.CLEAN)


def _servers(
    org: Org, asked: str | None, found: AuthorizationServer | None
) -> tuple[AuthorizationServer | None, ...]:
    """The servers to look at, in the order of their names; None is the org server."""
    if asked is not None:
        return (found,)
    return (*sorted(org.servers, key=_order), None)


def _order(server: AuthorizationServer) -> tuple[str, str]:
    return server.title, server.id


def _rows(
    org: Org,
    servers: Iterable[AuthorizationServer | None],
    question: _Question,
    reading: OidcScopes,
) -> Iterator[AccessRow]:
    reach = Reach(org, reading)
    ignored = {REFRESH_TOKEN} | (USERLESS_GRANTS if question.user is not None else set())
    clients = sorted(org.apps, key=lambda app: (app.title, app.client_id))
    if question.client is not None:
        clients = [question.client]
    for server in servers:
        for client in clients:
            for grant in sorted(set(client.grant_types) - ignored):
                here = reach.situation(server.id if server else ORG_SERVER, client.client_id, grant)
                for scope in _scopes(here, question):
                    yield from _scope_rows(here, scope, question)


def _scopes(here: SituationReach, question: _Question) -> list[str]:
    names = {name for region in here.regions for name in (*region.scopes, *region.doubtful)}
    names = {name for name in names if name != OTHER and not name.endswith("." + OTHER)}
    if question.scope is not None:
        names &= {question.scope}
    elif here.situation.server is None and question.server is None:
        names = {name for name in names if name.startswith("okta.")}
    return sorted(names)


def _scope_rows(here: SituationReach, scope: str, question: _Question) -> Iterator[AccessRow]:
    situation = here.situation
    server, client = situation.server, situation.client
    by_rule: dict[tuple[str | None, str | None], list[Way]] = {}
    for way in here.access(scope).ways:
        found = way.candidate
        policy, rule = (found.policy.id, found.rule) if found else (None, None)
        by_rule.setdefault((policy, rule.id if rule else None), []).append(way)
    for same in by_rule.values():
        people = same[0].people
        for way in same[1:]:
            people |= way.people
        if question.user is not None:
            people &= _only(here, question.user)
        if not people.possible:
            continue
        item = same[0].candidate
        decision = next((way.decision for way in same if way.decision), None)
        userless = situation.grant in USERLESS_GRANTS
        yield AccessRow(
            server=server.title if server else ORG_SERVER,
            server_id=server.id if server else ORG_SERVER,
            client=client.title,
            client_id=client.client_id,
            grant=situation.grant,
            scope=scope,
            people=None if userless else len(people.sure),
            uncertain=bool(people.unknown),
            policy=item.policy.title if item else None,
            policy_id=item.policy.id if item else None,
            rule=item.rule.title if item and item.rule else None,
            rule_id=item.rule.id if item and item.rule else None,
            access_token_minutes=decision.access_token_minutes if decision else None,
            refresh_token=decision.refresh_token if decision else None,
        )


def _only(here: SituationReach, user: str) -> People:
    """The set of one user; where not all users were read, an unknown one may be anybody."""
    users = here.reach.populations.users
    strange = users.number(user) is None
    return People.certain(users.of([None if strange else user]))


def _table(rows: list[AccessRow]) -> Iterator[str]:
    if not rows:
        yield "Nobody can obtain anything of this."
        return
    head = ("server", "client", "grant", "scope", "people", "policy", "rule", "access", "refresh")
    cells = [head, *(_cells(row) for row in rows)]
    widths = [max(len(line[at]) for line in cells) for at in range(len(head))]
    for line in cells:
        yield "  ".join(
            f"{cell:{width}}" for cell, width in zip(line, widths, strict=True)
        ).rstrip()
    servers, clients = {row.server_id for row in rows}, {row.client_id for row in rows}
    yield (
        f"{counted(len(rows), 'row')}: {counted(len(servers), 'server')}, "
        f"{counted(len(clients), 'client')}"
    )


def _cells(row: AccessRow) -> tuple[str, ...]:
    people = "no user" if row.people is None else f"{row.people:,}"
    if row.uncertain:
        people = f"{people} or more" if row.people else "not known"
    minutes = row.access_token_minutes
    return (
        _cut(row.server),
        _cut(row.client),
        _cut(re.split("[:/]", row.grant)[-1]),
        _cut(row.scope),
        people,
        _cut(row.policy or "-"),
        _cut(row.rule or "-"),
        "-" if minutes is None else f"{minutes} min",
        {None: "-", True: "yes", False: "no"}[row.refresh_token],
    )


def _cut(text: str) -> str:
    clean = one_line(text)
    return clean if len(clean) <= _WIDEST else clean[: _WIDEST - 1] + "…"


def _csv(rows: Iterable[AccessRow]) -> str:
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow([field.name for field in fields(AccessRow)])
    for row in rows:
        values = asdict(row) | {"people": "no user" if row.people is None else row.people}
        writer.writerow([_cell(value) for value in values.values()])
    return file.getvalue()


def _cell(value: Any) -> str:
    """A value that no spreadsheet takes for a formula."""
    if value is None or isinstance(value, bool):
        return "" if value is None else str(value).lower()
    text = str(value)
    return one_line(f"'{text}" if _FORMULA.match(text) else text)
