"""`okta-auditor plan`: a Terraform plan as the snapshot of the org that it would make."""

from __future__ import annotations

import json
from pathlib import Path

import click

from auditor.cli.audit.plan_gate import source_tree
from auditor.cli.export.accepted_gaps import not_accepted
from auditor.cli.garbage_collection import without_garbage_collection
from auditor.cli.options import FILE, format_option
from auditor.cli.output_option import path_or_format_option
from auditor.cli.printing import print_document, print_line
from auditor.errors import ExitCode
from auditor.files import check_writable
from auditor.report_marks import SNAPSHOT, check_replaceable
from auditor.snapshot.document import parse_snapshot, read_document, write_snapshot
from auditor.terraform.plan_file import read_plan
from auditor.terraform.planned_snapshot import PlannedSnapshot, lay_plan
from auditor.terraform.summary import summary_json, summary_lines

_FORMATS = ("text", "json")


@click.command("plan")
@click.argument("plan", metavar="PLAN", type=FILE)
@click.option(
    "--base",
    type=FILE,
    metavar="SNAPSHOT",
    help="A snapshot of the org as it is, which the plan is laid over. Without one, the plan "
    "stands alone, and what it does not say is not known.",
)
@click.option(
    "--source",
    type=FILE,
    metavar="DIR",
    help="The folder of the root module, which says what a plan leaves out of lists. "
    "[default: the working folder, if it holds .tf files]",
)
@path_or_format_option(
    "path",
    lambda: _FORMATS,
    "form",
    type=FILE,
    default="planned.json",
    show_default=True,
    metavar="FILE",
    help="Where to write the planned snapshot; gzip if the name ends in .gz.",
)
@format_option(*_FORMATS, about="How to print what the plan does.", makes_file=True)
@click.pass_context
def command(
    ctx: click.Context,
    *,
    plan: Path,
    base: Path | None,
    source: Path | None,
    path: Path,
    form: str,
) -> None:
    """Make of a Terraform plan the snapshot of the org that it would leave behind.

    PLAN is what `terraform show -json` (or `tofu show -json`) writes of a saved plan. All other
    commands read the planned snapshot: audit, diff, test, explain, access. What is known after
    apply is named, and decides nothing.

    Exit codes: 0 all of the org after it is known; 2 wrong usage, or no plan; 3 something is not
    known before apply, the plan is not all that will happen, or the base has not read something
    that no accepted gap covers.
    """
    check_writable(path)
    check_replaceable(path, SNAPSHOT)
    with without_garbage_collection():
        before = parse_snapshot(read_document(base), base) if base else None
        read = read_plan(plan)
        planned = lay_plan(read, before, source_tree(source, read))
        write_snapshot(planned.snapshot, path)
    unread = before.ledger.incomplete if before else ()
    if form == "json":
        print_document(json.dumps(summary_json(planned, unread), indent=2))
    else:
        for line in summary_lines(planned, str(plan), str(base) if base else "", unread):
            print_line(line)
        print_line(f"Wrote {path}. Next: {_next(path, base)}")
    ctx.exit(ExitCode.CLEAN if _all_known(planned) else ExitCode.INCOMPLETE)


def _all_known(planned: PlannedSnapshot) -> bool:
    """Whether nothing is missing but what accepted gaps cover."""
    ledger = planned.snapshot.ledger
    opened = any(gap.attribute for entry in ledger.entries for gap in entry.gaps)
    return not (opened or planned.incomplete or not_accepted(ledger.incomplete, None))


def _next(path: Path, base: Path | None) -> str:
    if base is None:
        return f"okta-auditor audit {path}"
    return f"okta-auditor diff {base} {path}"
