"""What `run --plan` does: audits the org that a Terraform plan would leave behind."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from auditor.cli.audit.hcl_fixes import HclFixes
from auditor.cli.audit.ignore_comments import with_ignore_comments
from auditor.cli.audit.planned_places import PlannedPlaces
from auditor.cli.audit.prepared_audit import PreparedAudit, prepare_audit
from auditor.cli.audit.source_path import source_path
from auditor.cli.garbage_collection import without_garbage_collection
from auditor.cli.options import AuditOptions
from auditor.cli.printing import print_document, print_line, print_remark, print_report
from auditor.cli.reader import columns
from auditor.comparison import markdown_report, text_report
from auditor.comparison.accepted_gaps import with_accepted_gaps
from auditor.comparison.compare import SideFiles, compare_snapshots
from auditor.comparison.differences import DiffFilter
from auditor.comparison.result import DiffResult
from auditor.comparison.snapshot_pair import SnapshotPair
from auditor.errors import ExitCode, UsageError
from auditor.files import check_writable, is_stream, write_file
from auditor.lint.result import AuditResult
from auditor.log_commands import keeping_commands
from auditor.report_marks import SNAPSHOT, check_replaceable
from auditor.snapshot.document import (
    Snapshot,
    dump_snapshot,
    parse_snapshot,
    read_document,
    write_snapshot,
)
from auditor.terraform.drift import drifted
from auditor.terraform.plan import Plan
from auditor.terraform.plan_file import read_plan
from auditor.terraform.planned_snapshot import lay_plan
from auditor.terraform.source.field_places import FieldPlaces
from auditor.terraform.source.source_tree import SourceTree, configuration_files
from auditor.terraform.summary import summary_lines
from auditor.text import counted

_MOST_LINES = 10
_MOST_CHARACTERS = 30_000


@dataclass(frozen=True)
class PlanGate:
    """One run over a plan."""

    plan: Path
    base: Path | None
    output: Path
    """Where the planned snapshot goes; reports point into it."""
    patterns: tuple[str, ...]
    """Scopes that nobody may gain."""
    source: Path | None
    """The folder of the configuration; None for the working folder, if there is one in it."""
    fixes: Path | None = None
    """Where exact fixes go, as a unified diff."""

    def run(self, options: AuditOptions) -> ExitCode:
        """Write the planned snapshot and the reports, and say who gains and loses access.

        Raises:
            UsageError: a file, a setting or a rule cannot be used.
        """
        if self.base and options.since is None:
            options = replace(options, since=self.base)
        prepared = prepare_audit(options)
        source_path(self.output, prepared.settings.source_root)
        check_writable(self.output)
        check_replaceable(self.output, SNAPSHOT)
        if self.fixes and not is_stream(self.fixes):
            check_writable(self.fixes)
        with without_garbage_collection():
            plan, before = read_plan(self.plan), self._base()
            source = source_tree(self.source, plan)
            planned = lay_plan(plan, before, source)
            document = dump_snapshot(planned.snapshot)
        for line in summary_lines(planned, str(self.plan), str(self.base) if self.base else ""):
            print_remark(line)
        write_snapshot(planned.snapshot, self.output)
        fields = FieldPlaces(source, planned.addresses) if source else None
        places = None
        if fields:
            places = PlannedPlaces(fields, prepared.settings.source_root)
            prepared = with_ignore_comments(prepared, fields)
        result = prepared.evaluate(document, self.output)
        result = places.relocated(result) if places else result
        changes = self._changes(before, planned.snapshot, prepared) if before else None
        prepared.publish(result, _in_markdown(changes, places) if changes else "")
        if before:
            self._print_drift(prepared, plan, before)
        if changes:
            self._print(prepared, changes, places)
        if self.fixes:
            self._write_fixes(HclFixes(prepared.rules.selected, plan, before, fields), result)
        return self._exit_code(prepared, result, changes)

    def _print_drift(self, prepared: PreparedAudit, plan: Plan, base: Snapshot) -> None:
        """Say who gained and lost what by changes that somebody made by hand."""
        sides = drifted(plan, base)
        if sides is None:
            return
        err = prepared.prints_document
        print_line("Changed by hand since Terraform last ran:", err=err)
        files = SideFiles("what Terraform made", "what is there")
        pair = SnapshotPair.of(*sides)
        result = compare_snapshots(pair, files, DiffFilter(None, None), None)
        print_document(text_report.render(result, columns()), err=err)

    def _write_fixes(self, fixes: HclFixes, result: AuditResult) -> None:
        assert self.fixes is not None
        tried = fixes.tried(result)
        if is_stream(self.fixes):
            print_document(tried.diff)
        else:
            write_file(self.fixes, tried.diff.encode())
        number = counted(len(tried.fixed), "finding")
        how = f"Apply them with: patch -p1 < {self.fixes}" if tried.diff else "There is none."
        cost = f", tried on the plan in {counted(tried.audits, 'audit')}" if tried.audits else ""
        print_remark(f"Exact fixes of {number} in HCL{cost}. {how}")
        if tried.untried:
            more = counted(tried.untried, "more finding")
            print_remark(f"No fix was tried of {more}: apply these, and run it again.")

    def _base(self) -> Snapshot | None:
        return parse_snapshot(read_document(self.base), self.base) if self.base else None

    def _print(
        self, prepared: PreparedAudit, changes: DiffResult, places: PlannedPlaces | None
    ) -> None:
        """Say who gains and loses what, and on which lines."""
        err = prepared.prints_document
        print_document(text_report.render(changes, columns()), err=err)
        if places is None:
            return
        for line in places.gain_lines(changes):
            print_line(line, err=err)
        if prepared.annotates:
            print_report(keeping_commands("\n".join(places.gain_annotations(changes))))

    def _changes(self, before: Snapshot, after: Snapshot, prepared: PreparedAudit) -> DiffResult:
        """Who gains and loses what. Findings are the audit's."""
        assert self.base is not None
        files = SideFiles(self.base.as_posix(), self.output.as_posix())
        with without_garbage_collection():
            sides = SnapshotPair.of(before, after)
            changes = compare_snapshots(sides, files, DiffFilter(None, None), None, self.patterns)
        gaps, as_of = prepared.acceptance.suppressions.gaps, prepared.acceptance.as_of
        return with_accepted_gaps(changes, (before.ledger, after.ledger), gaps, as_of)

    def _exit_code(
        self, prepared: PreparedAudit, result: AuditResult, changes: DiffResult | None
    ) -> ExitCode:
        code = prepared.exit_code(result)
        if code is ExitCode.INCOMPLETE or (changes and changes.unaccepted):
            return ExitCode.INCOMPLETE
        if changes is None:
            return code
        if changes.failing:
            return ExitCode.FINDINGS
        threshold = prepared.settings.fail_on
        new = any(
            item.severity.at_least(threshold) and item.new is not False for item in result.findings
        )
        return code if new else ExitCode.CLEAN


def _in_markdown(changes: DiffResult, places: PlannedPlaces | None) -> str:
    """Who gains and loses what, and on which lines, within half of what a comment holds."""
    lines = places.gain_lines(changes)[:_MOST_LINES] if places else ()
    rows = 100
    while len(text := markdown_report.render(changes, rows, lines)) > _MOST_CHARACTERS and rows:
        rows //= 2
    return text


def source_tree(folder: Path | None, plan: Plan) -> SourceTree | None:
    """The configuration in a folder.

    Args:
        folder: as the person named it; None for the working folder, if it holds any `.tf` file.
        plan: that was made of it.

    Raises:
        UsageError: it is no folder, or there is no configuration in it.
    """
    place = folder or Path.cwd()
    if place.is_dir() and configuration_files(place, tofu=plan.opentofu):
        return SourceTree.of(place, tofu=plan.opentofu)
    if folder is None:
        return None
    raise UsageError(
        f"There is no Terraform configuration in {folder}.",
        remedy="Name the folder of the root module for --source.",
    )
