"""`okta-auditor run`: snapshot and audit in one."""

from __future__ import annotations

import os
from pathlib import Path

import click

from auditor.cli.audit.plan_gate import PlanGate
from auditor.cli.audit.prepared_audit import prepare_audit
from auditor.cli.audit.source_path import source_path
from auditor.cli.export.older_snapshot import older_options, older_words, read_older
from auditor.cli.export.one_tenant import export_to_file, missing_collections, resume_command
from auditor.cli.export.several_tenants import choose_tenants, credentials_of, prepare_output
from auditor.cli.options import (
    FILE,
    AuditOptions,
    audit_options,
    collect_options,
    completion_options,
    output_beside_file_options,
    policy_option,
)
from auditor.cli.output_option import path_or_format_option
from auditor.collect.auth.credentials import read_credentials
from auditor.collect.options import ExportOptions
from auditor.errors import ExitCode, UsageError
from auditor.files import check_writable
from auditor.plugins import load_reports
from auditor.report_marks import SNAPSHOT, check_replaceable
from auditor.snapshot.document import dump_snapshot


@click.command("run")
@path_or_format_option(
    "path",
    load_reports,
    "output",
    type=FILE,
    metavar="FILE",
    help="Where to write the snapshot; reports point into it. [default: snapshot.json, or what "
    "the configuration says of the tenant]",
)
@click.option(
    "--tenant",
    metavar="NAME",
    help="Read a tenant of the configuration file that --config names.",
)
@click.option(
    "--plan",
    type=FILE,
    metavar="PLAN",
    help="Check what a Terraform plan would make of the org, and read no org: what "
    "`terraform show -json` writes.",
)
@click.option(
    "--base",
    type=FILE,
    metavar="SNAPSHOT",
    help="With --plan: a snapshot of the org as it is. Only findings that are new against it fail, "
    "and who gains and loses access is said.",
)
@click.option(
    "--source",
    type=FILE,
    metavar="DIR",
    help="With --plan: the folder of the root module, so that reports point into HCL. "
    "[default: the working folder, if it holds .tf files]",
)
@click.option(
    "--fix-hcl",
    "fixes",
    type=FILE,
    metavar="FILE",
    help="With --plan: write exact fixes of findings as a unified diff of the configuration; "
    "each was tried on the plan. /dev/stdout prints it.",
)
@click.option(
    "--fail-on-gain",
    "patterns",
    multiple=True,
    metavar="SCOPE_PATTERN",
    help="With --plan and --base: exit with 1 if anybody gains a scope like this. Repeatable.",
)
@collect_options
@completion_options
@older_options("--read-since")
@policy_option
@output_beside_file_options
@audit_options
@click.pass_context
def command(
    ctx: click.Context,
    path: Path | None,
    tenant: str | None,
    export: ExportOptions,
    audit: AuditOptions,
    *,
    plan: Path | None,
    base: Path | None,
    source: Path | None,
    fixes: Path | None,
    patterns: tuple[str, ...],
    older: Path | None,
    full_every: int | None,
    resume: bool,
    require_complete: bool,
) -> None:
    """Read a tenant and check it: snapshot and audit in one.

    Everything is checked before the first request: credentials, rules and paths. Reads the
    same OKTA_CLIENT_* variables as `snapshot`, or with --tenant what the configuration names.

    With --plan it reads no org, and checks what a Terraform plan would make of one.
    """
    if plan is not None and older is not None:
        raise UsageError("--read-since and --plan do not go together: a plan reads no org.")
    if plan is not None and patterns and base is None:
        raise UsageError(
            "--fail-on-gain needs --base: without one nobody knows who gains what.",
            remedy="Name a snapshot of the org with --base.",
        )
    if plan is not None:
        gate = PlanGate(plan, base, path or Path("planned.json"), patterns, source, fixes)
        ctx.exit(gate.run(audit))
    if any((base, source, fixes, patterns)):
        raise UsageError(
            "--base, --source, --fix-hcl and --fail-on-gain go with --plan.",
            remedy="Name the plan, or compare two snapshots with: okta-auditor diff",
        )
    words = ["run"]
    if tenant is not None:
        named = choose_tenants(audit.config, (tenant,), everyone=False)[tenant]
        credentials, path = credentials_of(tenant, named), path or named.output(tenant)
        words += [*(["--config", str(audit.config)] if audit.config else []), "--tenant", tenant]
    else:
        credentials, path = read_credentials(os.environ), path or Path("snapshot.json")
    prepared = prepare_audit(audit)
    source_path(path, prepared.settings.source_root)
    if tenant is None:
        check_writable(path)
        check_replaceable(path, SNAPSHOT)
    else:
        prepare_output(path)
    words += older_words(older, full_every)
    since = read_older(older, full_every, credentials.org_url)
    snapshot = export_to_file(
        path,
        credentials,
        export,
        resume=resume,
        verbose=audit.verbose,
        again=resume_command(words, path, export),
        older=since,
    )
    unread = missing_collections(snapshot.ledger, require_complete=require_complete)
    document = dump_snapshot(snapshot)
    del snapshot  # a large tenant need not be in memory twice
    result = prepared.evaluate(document, path)
    prepared.publish(result)
    demanded = require_complete and unread
    ctx.exit(ExitCode.INCOMPLETE if demanded else prepared.exit_code(result))
