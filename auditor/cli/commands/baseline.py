"""`okta-auditor baseline`: accept today's findings, so that only new ones count."""

from __future__ import annotations

import shlex
from datetime import datetime
from pathlib import Path

import click

from auditor.cli.audit.acceptance_files import AcceptanceFile, baseline_path
from auditor.cli.audit.prepared_audit import PreparedAudit, prepare_audit
from auditor.cli.merged_settings import read_settings
from auditor.cli.options import FILE, AuditOptions, accepting_options
from auditor.cli.printing import print_line
from auditor.config import EffectiveSettings
from auditor.errors import AuditorError, UsageError
from auditor.files import check_writable, write_file
from auditor.lint.acceptance.baseline import Baseline, make_baseline
from auditor.lint.acceptance.baseline_file import dump_baseline, read_baseline
from auditor.lint.completeness import unchecked
from auditor.lint.result import AuditResult
from auditor.snapshot.document import read_document
from auditor.text import counted, one_line


@click.command("baseline")
@click.argument("path", metavar="SNAPSHOT", type=FILE)
@click.option(
    "-o",
    "--output",
    "output",
    type=FILE,
    metavar="FILE",
    help="Where to write it. [default: the configuration's, or okta-auditor-baseline.json "
    "beside it or here]",
)
@click.option("--update", is_flag=True, help="Replace a baseline that is there.")
@click.option(
    "--allow-incomplete",
    is_flag=True,
    help="Write it although not everything could be checked; it names the rules.",
)
@accepting_options
def command(
    *,
    path: Path,
    output: Path | None,
    update: bool,
    allow_incomplete: bool,
    suppressions: Path | None,
    as_of: datetime | None,
    folders: tuple[Path, ...],
    config: Path | None,
) -> None:
    """Accept today's findings, so that only new ones count.

    Writes a file for version control with a line for each finding that no suppression accepts.
    `audit` finds it by that name, or takes `--baseline FILE`, and counts what is not in it, and
    what is but whose object has changed. The file is never changed by an audit; `--update` draws
    the line anew.
    """
    options = AuditOptions(
        output=("text",), rules=folders, config=config, suppressions=suppressions, as_of=as_of
    )
    settings = read_settings(options)
    target = output or baseline_path(settings)
    check_writable(target)
    previous = _previous(target, update=update)
    prepared = prepare_audit(options, writes=AcceptanceFile.BASELINE, effective=settings)
    result = prepared.evaluate(read_document(path), path)
    if result.unaccepted and not allow_incomplete:
        raise AuditorError(
            f"The audit is incomplete ({unchecked(result)}), and a baseline of it would be too.",
            remedy="Make a complete snapshot, or accept that what was not checked counts "
            "as new: --allow-incomplete. Nothing was written.",
        )
    if previous:
        previous.check_tenant(result.tenant)
    baseline = make_baseline(result, prepared.acceptance.forbidden, previous)
    write_file(target, dump_baseline(baseline).encode())
    _print_counts(target, baseline, previous)
    _print_next(path, target, settings)
    _warn(prepared, result)


def _previous(target: Path, *, update: bool) -> Baseline | None:
    if not target.exists() and not target.is_symlink():
        return None
    if not update:
        raise UsageError(
            f"{target} is there already.",
            remedy="Draw the line anew with --update, or write elsewhere: -o FILE.",
        )
    return read_baseline(target)


def _print_counts(target: Path, baseline: Baseline, previous: Baseline | None) -> None:
    accepted = f"accepts {counted(len(baseline.entries), 'finding')}"
    if previous is None:
        print_line(f"{target} written: it {accepted}")
        return
    new = baseline.entries.keys() - previous.entries.keys()
    gone = previous.entries.keys() - baseline.entries.keys()
    changed = [
        key
        for key in baseline.entries.keys() & previous.entries.keys()
        if baseline.entries[key].content != previous.entries[key].content
    ]
    print_line(
        f"{target} updated: it {accepted}, {len(new):,} of them new and {len(changed):,} changed; "
        f"{len(gone):,} are gone"
    )


def _print_next(snapshot: Path, target: Path, settings: EffectiveSettings) -> None:
    """Print the audit that counts what is new only, and whether it finds the file by itself."""
    words = ["okta-auditor", "audit", snapshot.as_posix()]
    if settings.file and not settings.file.searched:
        words += ["--config", settings.file.path.as_posix()]
    found = target.resolve() == baseline_path(settings).resolve()
    words += [] if found else ["--baseline", target.as_posix()]
    does = "finds it and counts only what is new" if found else "counts only what is new"
    print_line(f"Next: commit it. This {does}: {shlex.join(map(one_line, words))}")


def _warn(prepared: PreparedAudit, result: AuditResult) -> None:
    """Print what the baseline does not accept, and what could not be checked."""
    lapsed = sum(item.lapsed for item in result.findings)
    forbidden = sum(item.rule.code in prepared.acceptance.forbidden for item in result.findings)
    for number, why in (
        (lapsed, "a suppression of it has expired; fix it, or decide on that entry first"),
        (forbidden, "`never` in the configuration forbids it"),
    ):
        if number:
            print_line(f"warning: {counted(number, 'finding')} not accepted: {why}", err=True)
    if result.incomplete:
        print_line(f"warning: the baseline is incomplete: {unchecked(result)}", err=True)
