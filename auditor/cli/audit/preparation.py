"""What `audit`, `run` and `demo` have in common: settings, rules, reports, exit code."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import click

from auditor.cli.audit.accepted_findings import Accepting, Writing, accepting
from auditor.cli.audit.findings_per_rule import statistics
from auditor.cli.audit.report_outputs import STANDARD_OUTPUT, Output, chosen_outputs, write_reports
from auditor.cli.audit.run_history import kept, prepare_history, shown_path
from auditor.cli.merged_settings import read_settings
from auditor.cli.options import AuditOptions
from auditor.config import Effective, Settings
from auditor.errors import ExitCode, UsageError
from auditor.lint.engine import audit
from auditor.lint.option_settings import OptionError, apply_options
from auditor.lint.result import AuditResult
from auditor.lint.rule import Rule
from auditor.lint.selection import Selector, select_rules
from auditor.lint.severities import apply_severities
from auditor.plugins import load_rules
from auditor.snapshot.document import Source, parse_snapshot
from auditor.text import counted


@dataclass(frozen=True)
class Plan:
    """An audit as it was asked for, checked before anything is read."""

    known: tuple[Rule, ...]
    """All rules there are."""
    rules: tuple[Rule, ...]
    """Those that run."""
    outputs: tuple[Output, ...]
    templates: tuple[Path, ...]
    effective: Effective
    accepting: Accepting
    remembers: bool = True
    """Whether the run goes into the history."""

    @property
    def settings(self) -> Settings:
        """The settings of this run."""
        return self.effective.settings

    @property
    def depends_on(self) -> list[Path]:
        """Files and folders, but for the snapshot, that the outcome depends on.

        A key of the settings whose values are paths names such files.
        """
        paths = [*self.effective.candidates, self.accepting.path, *self.templates]
        for value in dict(self.settings).values():
            items = value if isinstance(value, tuple) else (value,)
            paths += [item for item in items if isinstance(item, Path)]
        return paths

    def evaluate(self, document: bytes, path: Path) -> AuditResult:
        """Audit a snapshot document.

        Args:
            document: its bytes, decompressed.
            path: the file's name as reports show it.

        Raises:
            SnapshotError: it is not a snapshot.
            UsageError: the baseline is another org's, or the snapshot is outside the source root.
            OutputError: the history could not be written.
        """
        shown = shown_path(path, self.settings.source_root)
        with without_collector():
            snapshot = parse_snapshot(document, path)
            result = audit(snapshot, self.rules, Source(shown, document))
            result = self.accepting.apply(result)
        asked = self.effective.origins["as_of"].kind != "default"
        result = replace(
            result,
            as_of=self.effective.as_of if asked else result.as_of,
            show_accepted=self.settings.show_suppressed,
        )
        return kept(result, self.settings.history if self.remembers else None)

    def publish(self, result: AuditResult) -> None:
        """Write the reports; name the files on standard error.

        Raises:
            OutputError: a file could not be written.
            UsageError: a template failed.
        """
        try:
            write_reports(self.outputs, result)
        finally:
            if self.settings.statistics:
                click.echo(statistics(result), err=self._has_document, nl=False)

    @property
    def _has_document(self) -> bool:
        """Whether standard output is for a program, which a table would confuse."""
        formats = [output.report.name for output in self.outputs if output.path == STANDARD_OUTPUT]
        return any(name != "text" for name in formats)

    def exit_code(self, result: AuditResult) -> ExitCode:
        """What the audit's outcome means to a CI job. Incomplete beats findings."""
        if result.incomplete:
            return ExitCode.INCOMPLETE
        if self.settings.strict and result.not_evaluated:
            rules = counted(len(result.not_evaluated), "rule")
            click.echo(
                f"strict: {rules} not evaluated, because the org does not have what they read.",
                err=True,
            )
            return ExitCode.INCOMPLETE
        failing = result.failing(self.settings.fail_on) and not self.settings.exit_zero
        return ExitCode.FINDINGS if failing else ExitCode.CLEAN


@contextmanager
def without_collector() -> Iterator[None]:
    """Let no garbage collection happen in the block.

    An audit makes few cycles and much that lives until it ends, so each collection looks
    at millions of objects and frees none: two fifths of the time for a large tenant.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.freeze()  # or the first collection of the report's would look at all of it
            gc.enable()


def plan(
    options: AuditOptions, *, writing: Writing = "", effective: Effective | None = None
) -> Plan:
    """Check everything that was asked for, before a single request is sent.

    Args:
        options: the command line.
        writing: the file that the command writes; it need not be there yet.
        effective: the settings that the options come to, if they were read already.

    Raises:
        UsageError: the configuration, a rule, a format or a path cannot work.
    """
    settings = effective or read_settings(options)
    prepare_history(settings.settings.history)
    with without_collector():  # packs are many modules, which stay
        known, selected = chosen_rules(settings)
        outputs = _outputs(settings, options.template)
    accepted = accepting(settings, known, writing)
    return Plan(
        known=known,
        rules=selected,
        outputs=outputs,
        templates=tuple(Path(item.partition("=")[0]) for item in options.template),
        effective=settings,
        accepting=accepted,
        remembers=not writing,
    )


def chosen_rules(effective: Effective) -> tuple[tuple[Rule, ...], tuple[Rule, ...]]:
    """All rules, and those that run, with the options and severities that they are given.

    Raises:
        UsageError: an option, a severity or a selector cannot be used, or nothing is left to run.
    """
    settings = effective.settings
    rules = load_rules(settings.rules)
    try:
        rules = apply_options(rules, settings.options)
    except OptionError as error:
        raise effective.blamed(error, "options", *error.key) from error
    for key in ("severity", "select", "ignore"):
        for selector in getattr(settings, key):
            try:
                Selector(selector).among(rules)
            except UsageError as error:
                place = (key, selector) if key == "severity" else (key,)
                raise effective.blamed(error, *place) from error
    try:
        rules = apply_severities(rules, settings.severity)
    except UsageError as error:
        raise effective.blamed(error, "severity") from error
    selected = select_rules(rules, settings.select, settings.ignore)
    sure = tuple(rule for rule in selected if rule.confidence.at_least(settings.min_confidence))
    if not sure:
        raise UsageError(
            f"No selected rule is sure enough for min_confidence {settings.min_confidence.value}, "
            "so there is nothing to check.",
            remedy="Lower it, or select other rules.",
        )
    return tuple(rules), sure


def _outputs(effective: Effective, templates: tuple[str, ...]) -> tuple[Output, ...]:
    wanted = effective.settings.output or (() if templates else ("text",))
    try:
        outputs = chosen_outputs(wanted)
    except UsageError as error:
        raise effective.blamed(error, "output") from error
    return chosen_outputs(wanted, templates) if templates else outputs
