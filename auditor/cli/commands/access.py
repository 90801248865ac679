"""`okta-auditor access`: who can obtain which scopes, through which client and rule."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import asdict, fields
from pathlib import Path

import click

from auditor import exact_json
from auditor.cli.options import FILE
from auditor.cli.printing import print_document, print_line
from auditor.cli.token_requests import everything_unread, oidc_scopes_option, read_org
from auditor.errors import ExitCode
from auditor.text import counted, csv_cell, escaped, one_line
from auditor.tokens.decide import OidcScopes
from auditor.tokens.reach.access_rows import AccessFilter, AccessRow, access_rows

_WIDEST = 36


@click.command("access")
@click.argument("path", metavar="SNAPSHOT", type=FILE)
@click.option(
    "--server",
    metavar="NAME",
    help="One authorization server, or `org`. [default: all; of org only okta.* scopes]",
)
@click.option(
    "--client", metavar="NAME", help="One client: label, client id or app id; an AI agent's name."
)
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

    Exit codes: 0 everything that the org has was read; 2 wrong usage; 3 something was not, so
    that there may be more access than the rows say, or, where it is the keys or network zones of
    a client, less.
    """
    org = read_org(path)
    only = AccessFilter.by_name(org, server=server, client=client, scope=scope, user=user)
    rows = access_rows(org, only, OidcScopes(oidc_scopes))
    if form == "table":
        for line in _table(list(rows)):
            print_line(line)
    elif form == "csv":
        print_document(_csv(rows))
    else:
        print_document(escaped(exact_json.indented([asdict(row) for row in rows])))
    missing = everything_unread(org)
    for line in missing:
        print_line(line, err=True)
    ctx.exit(ExitCode.INCOMPLETE if missing else ExitCode.CLEAN)


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


def _cell(value: object) -> object:
    """A value as a spreadsheet shows it; truth as JSON writes it."""
    return str(value).lower() if isinstance(value, bool) else csv_cell(value)
