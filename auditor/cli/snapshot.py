"""`okta-auditor snapshot`: read a tenant into a file."""

from __future__ import annotations

import os
from pathlib import Path

import click

from auditor.cli.collecting import collect_into, missing
from auditor.cli.options import FILE, collect_options, completion_options
from auditor.collect.credentials import read_credentials
from auditor.collect.options import ExportOptions
from auditor.errors import ExitCode
from auditor.files import check_writable


@click.command("snapshot")
@click.option(
    "-o",
    "path",
    type=FILE,
    default="snapshot.json",
    show_default=True,
    metavar="FILE",
    help="Where to write the snapshot; gzip if the name ends in .gz.",
)
@collect_options
@completion_options
@click.pass_context
def command(
    ctx: click.Context,
    path: Path,
    export: ExportOptions,
    *,
    resume: bool,
    verbose: bool,
    require_complete: bool,
) -> None:
    """Read a tenant's configuration into a file.

    Reads OKTA_CLIENT_ORGURL and OKTA_CLIENT_TOKEN, or, for a service app,
    OKTA_CLIENT_CLIENTID and OKTA_CLIENT_PRIVATEKEY. Writes nothing to Okta, and never asks
    for client secrets. Exits with 3 if a part could not be read; what was read is kept.

    While it reads, FILE.partial holds what was read so far. It stays when the run is
    interrupted, dies or finds no answer to a part; --resume goes on from there.
    """
    credentials = read_credentials(os.environ)
    check_writable(path)
    snapshot = collect_into(
        path, credentials, export, resume=resume, verbose=verbose, command="snapshot"
    )
    unread = missing(snapshot.ledger, require_complete=require_complete)
    ctx.exit(ExitCode.INCOMPLETE if unread else ExitCode.CLEAN)
