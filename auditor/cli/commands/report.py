"""`okta-auditor report`: render saved results again, in any format."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path

import click

from auditor.cli.audit.report_outputs import choose_outputs, write_reports
from auditor.cli.audit.saved_results import read_saved_results
from auditor.cli.options import FILE, output_options, verbose_option
from auditor.errors import UsageError
from auditor.lint.presentation import Presentation
from auditor.lint.result import AuditResult
from auditor.plugins import load_rules


@click.command("report")
@click.argument("path", metavar="RESULTS", type=FILE)
@output_options
@verbose_option
@click.option(
    "--show-suppressed/--no-show-suppressed",
    default=None,
    help="List findings that are accepted, instead of counting them. [default: as the audit]",
)
@click.option(
    "--snapshot",
    type=FILE,
    metavar="SNAPSHOT",
    help="The snapshot that was audited, which pictures of access in the HTML are made of.",
)
@click.option(
    "--rules",
    "folders",
    multiple=True,
    type=FILE,
    metavar="DIR",
    help="Load local rules (Python code) from a folder, for their pages. Repeatable.",
)
def command(
    path: Path,
    *,
    output: tuple[str, ...],
    template: tuple[str, ...],
    show_suppressed: bool | None,
    snapshot: Path | None,
    folders: tuple[Path, ...],
    verbose: bool,
) -> None:
    """Render the JSON results of an audit again, in any format. Audits nothing.

    Every format comes out as the audit itself would have written it. Reads no configuration.

    Exits with 0 whatever the results say: the audit's own exit code has told that.
    """
    outputs = choose_outputs(output or (() if template else ("text",)), template)
    result = read_saved_results(path, load_rules(folders))
    if snapshot is not None:
        result = _with_access(result, snapshot)
    if show_suppressed is not None:
        result = replace(result, show_accepted=show_suppressed)
    result = replace(result, presentation=Presentation(show_ids=verbose))
    write_reports(outputs, result)


def _with_access(result: AuditResult, path: Path) -> AuditResult:
    """The result with the overview of access, which needs the snapshot.

    Raises:
        SnapshotError: the file is no snapshot.
        UsageError: it is not the snapshot that was audited.
    """
    from auditor.access_overview.overview import access_overview  # noqa: PLC0415 - with a snapshot
    from auditor.cli.garbage_collection import without_garbage_collection  # noqa: PLC0415
    from auditor.lint.sensitive_scopes import sensitive_scopes  # noqa: PLC0415
    from auditor.snapshot.document import read_snapshot  # noqa: PLC0415
    from auditor.snapshot.org import Org  # noqa: PLC0415

    with without_garbage_collection():
        snapshot = read_snapshot(path)
        org = Org.of(snapshot)
    for part, same in (
        ("org", snapshot.capture.org_url == result.capture.org_url),
        ("time of capture", snapshot.capture.finished_at == result.capture.finished_at),
        ("header", snapshot.capture == result.capture),
        ("coverage", org.ledger.entries == result.coverage),
        ("content", result.snapshot_digest == snapshot.digest),
    ):
        if not same:
            raise UsageError(
                f"{path} is not the snapshot that was audited: its {part} is another.",
                remedy=f"Name the one of {result.capture.org_url} that was captured at "
                f"{result.capture.finished_at.isoformat()}, or audit this one.",
            )
    overview = partial(access_overview, org, sensitive_scopes(result.rules))
    return replace(result, overview=overview)
