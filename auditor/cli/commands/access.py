"""`okta-auditor access`: who can obtain which scopes, through which client and rule."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from textwrap import fill

import click

from auditor.cli.access_lines import csv_lines, json_lines, table_lines
from auditor.cli.garbage_collection import without_garbage_collection
from auditor.cli.nobody import nobody_lines
from auditor.cli.options import FILE, format_option
from auditor.cli.printing import print_document, print_line
from auditor.cli.reader import columns
from auditor.cli.token_requests import everything_unread, oidc_scopes_option, read_org
from auditor.errors import ExitCode
from auditor.text import counted, one_line
from auditor.tokens.decide import OidcScopes
from auditor.tokens.reach.access_rows import AccessFilter, AccessRow, access_rows

_AT_ONCE = 500
"""Lines that are printed together: each call has a price."""


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
@format_option("text", "json", "csv", renamed={"table": "text"})
@click.option(
    "--each-client",
    is_flag=True,
    help="A row for each client, instead of one for all to which a rule gives the same.",
)
@click.option(
    "--people",
    is_flag=True,
    help="Name the people of each row who can obtain its scope for certain, by their logins.",
)
@click.option("--limit", metavar="ROWS", type=click.IntRange(min=1), help="At most so many rows.")
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
    each_client: bool,
    people: bool,
    limit: int | None,
) -> None:
    """List who can obtain which scopes, through which client, grant type and rule.

    Each row is a fact about all requests: so many people can obtain the scope by this rule.
    The same people may have several rows for a scope, beside different other scopes. Clients to
    which a rule gives the same have a row together, in which the people of all of them are
    counted, each once. Refreshed tokens are left out: they carry what was obtained before.

    Rows are written as they are made. `--limit` says on standard error that there are more.

    Exit codes: 0 everything that the org has was read; 2 wrong usage; 3 something was not, so
    that there may be more access than the rows say, or, where it is the keys or network zones of
    a client, less.
    """
    with without_garbage_collection():
        org = read_org(path)
        only = AccessFilter.by_name(org, server=server, client=client, scope=scope, user=user)
        rows = access_rows(
            org, only, OidcScopes(oidc_scopes), each_client=each_client, logins=people
        )
        some = _print(_lines(islice(rows, limit), form, people=people))
        if not some:
            for line in nobody_lines(org, only, user):
                print_document(fill(one_line(line), columns(), break_long_words=False))
        if limit is not None and next(rows, None) is not None:
            shown = counted(limit, "row")
            print_line(f"These are the first {shown}; there are more.", err=True)
    missing = everything_unread(org)
    for line in missing:
        print_line(line, err=True)
    ctx.exit(ExitCode.INCOMPLETE if missing else ExitCode.CLEAN)


def _lines(rows: Iterator[AccessRow], form: str, *, people: bool) -> Iterator[str]:
    if form == "json":
        return json_lines(rows)
    return csv_lines(rows, logins=people) if form == "csv" else table_lines(rows, columns())


def _print(lines: Iterator[str]) -> bool:
    """Print lines as they come; whether there were any."""
    any_line = False
    while some := list(islice(lines, _AT_ONCE)):
        print_document("\n".join(some))
        any_line = True
    return any_line
