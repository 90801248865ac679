"""`okta-auditor audit`: check a snapshot against the rules."""

from __future__ import annotations

from pathlib import Path

import click

from auditor.cli.auditing import plan
from auditor.cli.options import FILE, AuditOptions, audit_options
from auditor.snapshot.document import read_document


@click.command("audit")
@click.argument("path", metavar="SNAPSHOT", type=FILE)
@audit_options
@click.pass_context
def command(ctx: click.Context, path: Path, audit: AuditOptions) -> None:
    """Check a snapshot against the rules. Needs no network and no credentials."""
    asked = plan(audit)
    result = asked.evaluate(read_document(path), path)
    asked.publish(result)
    ctx.exit(asked.exit_code(result))
