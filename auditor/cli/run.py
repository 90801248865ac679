"""`okta-auditor run`: snapshot and audit in one."""

from __future__ import annotations

import os
from pathlib import Path

import click

from auditor.cli.auditing import plan
from auditor.cli.collecting import collect_into, missing
from auditor.cli.keeping import shown_path
from auditor.cli.options import (
    FILE,
    AuditOptions,
    audit_options,
    collect_options,
    completion_options,
)
from auditor.collect.credentials import read_credentials
from auditor.collect.options import ExportOptions
from auditor.errors import ExitCode
from auditor.files import check_writable
from auditor.snapshot.document import dump_snapshot


@click.command("run")
@click.option(
    "-o",
    "path",
    type=FILE,
    default="snapshot.json",
    show_default=True,
    metavar="FILE",
    help="Where to write the snapshot; reports point into it.",
)
@collect_options
@completion_options
@audit_options
@click.pass_context
def command(
    ctx: click.Context,
    path: Path,
    export: ExportOptions,
    audit: AuditOptions,
    *,
    resume: bool,
    verbose: bool,
    require_complete: bool,
) -> None:
    """Read a tenant and check it: snapshot and audit in one.

    Everything is checked before the first request: credentials, rules and paths. Reads the
    same OKTA_CLIENT_* variables as `snapshot`.
    """
    credentials = read_credentials(os.environ)
    asked = plan(audit)
    shown_path(path, asked.settings.source_root)
    check_writable(path)
    snapshot = collect_into(
        path, credentials, export, resume=resume, verbose=verbose, command="run"
    )
    unread = missing(snapshot.ledger, require_complete=require_complete)
    document = dump_snapshot(snapshot)
    del snapshot  # a large tenant need not be in memory twice
    result = asked.evaluate(document, path)
    asked.publish(result)
    # A part that no selected rule reads may be missing; the run was incomplete all the same.
    ctx.exit(ExitCode.INCOMPLETE if unread else asked.exit_code(result))
