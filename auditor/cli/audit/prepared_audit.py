"""What `audit`, `run`, `demo` and others share: settings, rules, reports, exit code."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from auditor.cli.audit.acceptance_files import (
    AcceptanceFile,
    AcceptanceInputs,
    read_acceptance,
)
from auditor.cli.audit.findings_per_rule import findings_per_rule
from auditor.cli.audit.gap_advice import print_gap_advice
from auditor.cli.audit.policy_changes import policy_changes
from auditor.cli.audit.report_outputs import (
    STANDARD_OUTPUT,
    ReportOutput,
    choose_outputs,
    write_reports,
)
from auditor.cli.audit.reproduce_command import reproduce_command
from auditor.cli.audit.rule_choice import RuleChoice, choose_rules
from auditor.cli.audit.run_history import check_history_folder, with_history
from auditor.cli.audit.source_path import source_path
from auditor.cli.audit.weakenings import weakenings
from auditor.cli.framework_files import choose_frameworks
from auditor.cli.garbage_collection import without_garbage_collection
from auditor.cli.merged_settings import read_settings
from auditor.cli.options import AuditOptions
from auditor.cli.printing import print_document, print_line
from auditor.config import EffectiveSettings, Settings
from auditor.config.origin import Layer
from auditor.errors import ExitCode, UsageError
from auditor.lint.engine import audit, audit_org
from auditor.lint.framework import Framework
from auditor.lint.presentation import Presentation
from auditor.lint.result import AuditResult
from auditor.lint.since import Earlier, compare
from auditor.lint.weakening import Weakening
from auditor.snapshot.document import Source, parse_snapshot, read_document
from auditor.snapshot.org import Org
from auditor.text import counted, quoted


@dataclass(frozen=True)
class PreparedAudit:
    """An audit whose settings, rules, files and outputs were checked before anything is read."""

    rules: RuleChoice
    outputs: tuple[ReportOutput, ...]
    templates: tuple[Path, ...]
    effective: EffectiveSettings
    acceptance: AcceptanceInputs
    changes: tuple[Weakening, ...] = ()
    """What the checkout changes of the commit that the settings are taken from."""
    frameworks: tuple[Framework, ...] | None = None
    """Those of the settings and those that come with okta-auditor; None if there are no others."""
    keeps_history: bool = True
    """Whether the run goes into the history, and a log is read: not where findings are accepted."""
    show_ids: bool = False
    """Whether a text names each finding by id and fingerprint."""

    @property
    def settings(self) -> Settings:
        """The settings of this run."""
        return self.effective.settings

    @property
    def depends_on(self) -> list[Path]:
        """Files and folders, other than the snapshot, that the outcome depends on.

        A key of the settings whose values are paths names such files.
        """
        paths = [
            *self.effective.candidates,
            self.acceptance.path,
            self.acceptance.baseline_path,
            *self.templates,
        ]
        for value in dict(self.settings).values():
            items = value if isinstance(value, tuple) else (value,)
            paths += [item for item in items if isinstance(item, Path)]
        return paths

    def evaluate(self, document: bytes, path: Path) -> AuditResult:
        """Audit a snapshot document.

        Args:
            document: its bytes, decompressed.
            path: where it is, for messages and reports.

        Raises:
            SnapshotError: it is not a snapshot.
            UsageError: the baseline or the log is another org's, the log cannot be read, or the
                snapshot is outside the source root.
            OutputError: the history could not be written.
        """
        source = Source(source_path(path, self.settings.source_root), document)
        with without_garbage_collection():
            snapshot = parse_snapshot(document, path)
            org = Org.of(snapshot, source)
            result = self.acceptance.apply(audit_org(org, self.rules.selected))
            if self.settings.logs and self.keeps_history:
                result = self._with_log(result, org, self.settings.logs)
        day_was_set = self.effective.origins["as_of"].layer is not Layer.DEFAULT
        as_of = self.effective.as_of if day_was_set else result.as_of
        result = replace(
            result,
            as_of=as_of,
            show_accepted=self.settings.show_suppressed,
            presentation=Presentation(show_ids=self.show_ids),
            weakenings=(
                *self.changes,
                *weakenings(self.effective, self.rules, self.acceptance),
            ),
            deselected=self.rules.deselected,
            frameworks=self.frameworks,
            home_page=self.settings.home_page or "",
            rule_page=self.settings.rule_page or "",
            reproduce=reproduce_command(self.effective, path, as_of),
        )
        if self.acceptance.baseline and result.baseline:
            result = compare(result, Earlier.of_baseline(self.acceptance.baseline, result))
        result = with_history(result, self.settings.history if self.keeps_history else None)
        if self.settings.since:
            result = compare(result, self._earlier(self.settings.since, result))
        return result

    def _earlier(self, path: Path, result: AuditResult) -> Earlier:
        """What the selected rules find in an earlier snapshot.

        Raises:
            SnapshotError: it is not a snapshot.
            UsageError: it is another org's.
        """
        document = read_document(path)
        source = Source(path.as_posix(), document)
        with without_garbage_collection():
            earlier = audit(parse_snapshot(document, path), self.rules.selected, source)
        if earlier.tenant.id != result.tenant.id:
            raise UsageError(
                f"The earlier snapshot {path} is of another org: {quoted(earlier.tenant.id)}, and "
                f"this one of {quoted(result.tenant.id)}.",
                remedy="Name an earlier snapshot of the same org for --since.",
            )
        return Earlier.of_result(earlier, source_path(path, None))

    def _with_log(self, result: AuditResult, org: Org, path: Path) -> AuditResult:
        """The result with what the log of the same org says.

        Raises:
            UsageError: it is no log, or another org's.
        """
        from auditor.system_log.analysis import analysed  # noqa: PLC0415 - if there is a log
        from auditor.system_log.audited_log import with_log  # noqa: PLC0415

        analysis = analysed(path, org, (*result.findings, *result.accepted))
        return with_log(result, analysis, source_path(path, None))

    def publish(self, result: AuditResult, changes: str = "") -> None:
        """Write the reports; name the files on standard error.

        Args:
            result: what they are of.
            changes: what the Markdown report says first, in Markdown.

        Raises:
            OutputError: a file could not be written.
            UsageError: a template failed.
        """
        try:
            write_reports(self.outputs, result, changes)
        finally:
            if self.settings.statistics:
                print_document(findings_per_rule(result), err=self.prints_document)

    @property
    def prints_document(self) -> bool:
        """Whether standard output is for a program, which a table would confuse."""
        formats = [output.report.name for output in self.outputs if output.path == STANDARD_OUTPUT]
        return any(name != "text" for name in formats)

    @property
    def annotates(self) -> bool:
        """Whether standard output takes annotations of GitHub's."""
        return any(
            output.report.annotates for output in self.outputs if output.path == STANDARD_OUTPUT
        )

    def exit_code(self, result: AuditResult) -> ExitCode:
        """The exit code for a result. An incomplete audit beats findings, unless accepted."""
        if result.unaccepted:
            print_gap_advice(result.coverage, self.acceptance)
            return ExitCode.INCOMPLETE
        if self.settings.strict and result.not_evaluated:
            rules = counted(len(result.not_evaluated), "rule")
            why = "because the org does not have what they read"
            if result.unread:
                why = "for want of what is accepted as a gap or the org does not have"
            print_line(f"strict: {rules} not evaluated, {why}.", err=True)
            return ExitCode.INCOMPLETE
        failing = result.failing(self.settings.fail_on) and not self.settings.exit_zero
        return ExitCode.FINDINGS if failing else ExitCode.CLEAN


def prepare_audit(
    options: AuditOptions,
    *,
    writes: AcceptanceFile | None = None,
    effective: EffectiveSettings | None = None,
) -> PreparedAudit:
    """Check everything that the command line asks for, before a single request is sent.

    Args:
        options: the command line.
        writes: the file that the command writes; it need not exist yet.
        effective: the settings that the options come to, if they were read already.

    Raises:
        UsageError: the configuration, a rule, a format or a path cannot work.
    """
    settings = effective or read_settings(options)
    check_history_folder(settings.settings.history)
    with without_garbage_collection():  # packs are many modules, which stay
        rules = choose_rules(settings)
        outputs = _outputs(settings, options.template)
    acceptance = read_acceptance(settings, rules.every, writes=writes)
    return PreparedAudit(
        rules=rules,
        outputs=outputs,
        templates=tuple(Path(template.partition("=")[0]) for template in options.template),
        effective=settings,
        acceptance=acceptance,
        changes=policy_changes(options, settings, rules.every, acceptance),
        frameworks=_frameworks(settings, rules),
        keeps_history=writes is None,
        show_ids=options.verbose,
    )


def _frameworks(effective: EffectiveSettings, rules: RuleChoice) -> tuple[Framework, ...] | None:
    """The frameworks by which reports judge controls.

    Files of one's own lie in the checkout, so that they are left out where a commit decides.
    """
    if effective.tree or not effective.settings.frameworks:
        return None
    return choose_frameworks((), effective, {rule.code for rule in rules.every})


def _outputs(effective: EffectiveSettings, templates: tuple[str, ...]) -> tuple[ReportOutput, ...]:
    requested = effective.settings.output or (() if templates else ("text",))
    try:
        outputs = choose_outputs(requested)
    except UsageError as error:
        raise effective.error(("output",), error.message, error.remedy) from error
    return choose_outputs(requested, templates) if templates else outputs
