"""`okta-auditor demo`: the main job, end to end, on a tenant that comes with it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from auditor.cli.audit.prepared_audit import prepare_audit
from auditor.cli.audit.short_summary import short_summary
from auditor.cli.export.one_tenant import export_tenant, store_snapshot
from auditor.cli.options import FILE, AuditOptions
from auditor.cli.printing import print_document, print_line
from auditor.cli.reader import program, reader
from auditor.cli.terminal_colour import coloured
from auditor.collect.auth.credentials import read_credentials
from auditor.collect.options import ExportOptions
from auditor.errors import ExitCode
from auditor.files import check_writable, make_folder
from auditor.report_marks import SNAPSHOT, check_replaceable
from auditor.snapshot.document import dump_snapshot

FOLDER = Path("okta-audit")
REPORTS = {"html": "report.html", "sarif": "results.sarif", "json": "results.json"}


@click.command("demo")
@click.option(
    "-o",
    "--output",
    "folder",
    type=FILE,
    default=FOLDER,
    show_default=True,
    metavar="DIR",
    help="Where to put the snapshot and the reports.",
)
@click.pass_context
def command(ctx: click.Context, folder: Path) -> None:
    """See it work on a tenant that comes with it; needs no Okta org and no credentials.

    Starts the tenant on this machine, exports it over HTTP with the okta SDK, audits the
    snapshot and writes the reports. Exits with 0 although the tenant has mistakes.
    """
    from auditor.sandbox import UNHURRIED, Sandbox, TenantFile  # noqa: PLC0415 - the web server, only when used
    from auditor.sandbox.northwind import northwind  # noqa: PLC0415 - the same

    make_folder(folder, remedy="Name another: -o DIR")
    path = folder / "snapshot.json"
    check_writable(path)
    check_replaceable(path, SNAPSHOT)
    prepared = prepare_audit(_options(folder))
    tenant = TenantFile.from_document(northwind(datetime.now(UTC)))
    tenant = tenant.model_copy(update={"rate_limits": UNHURRIED})  # a demo has no minutes to wait
    with Sandbox(tenant) as sandbox:
        print_line(f'Starting the embedded tenant "Northwind Robotics" on {sandbox.url}')
        # The sandbox takes any token.
        credentials = read_credentials(
            {"OKTA_CLIENT_ORGURL": sandbox.url, "OKTA_CLIENT_TOKEN": "demo"}
        )
        snapshot = export_tenant(credentials, ExportOptions())
    store_snapshot(snapshot, path)
    result = prepared.evaluate(dump_snapshot(snapshot), path)
    prepared.publish(result)
    print_document(coloured(short_summary(result, reader())))
    print_line(f"Open {folder / REPORTS['html']} in a browser.")
    print_line(f"With your own org: {program()} run")
    ctx.exit(ExitCode.INCOMPLETE if result.incomplete else ExitCode.CLEAN)


def _options(folder: Path) -> AuditOptions:
    outputs = tuple(f"{name}={folder / file}" for name, file in REPORTS.items())
    return AuditOptions(output=outputs, no_config=True)
