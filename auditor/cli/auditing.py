"""What `audit`, `run` and `demo` have in common: settings, rules, reports, exit code."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import click

from auditor.cli.colour import coloured
from auditor.cli.options import AuditOptions
from auditor.config import read_config
from auditor.errors import ExitCode, OutputError, UsageError
from auditor.files import check_writable, write_file
from auditor.lint.engine import Source, audit
from auditor.lint.finding import Severity
from auditor.lint.options import apply_options
from auditor.lint.report import Report
from auditor.lint.result import AuditResult
from auditor.lint.rule import Rule
from auditor.lint.selection import select_rules
from auditor.plugins import load_reports, load_rules
from auditor.snapshot.document import parse_snapshot
from auditor.text import suggestion

STANDARD_OUTPUT = Path("-")


@dataclass(frozen=True)
class Output:
    """One report to make, and where it goes."""

    report: Report
    path: Path


@dataclass(frozen=True)
class Plan:
    """An audit as it was asked for, checked before anything is read."""

    rules: tuple[Rule, ...]
    outputs: tuple[Output, ...]
    fail_on: Severity

    def evaluate(self, document: bytes, path: Path) -> AuditResult:
        """Audit a snapshot document.

        Args:
            document: its bytes, decompressed.
            path: the file's name as reports show it.

        Raises:
            SnapshotError: it is not a snapshot.
        """
        with without_collector():
            snapshot = parse_snapshot(document, path)
            return audit(snapshot, self.rules, Source(_shown(path), document))

    def publish(self, result: AuditResult) -> None:
        """Write the reports; name the files on standard error.

        Every report is tried, so that one full disk does not cost the others.

        Raises:
            OutputError: a file could not be written.
        """
        failed: OutputError | None = None
        for output in self.outputs:
            text = output.report.render(result)
            if output.path == STANDARD_OUTPUT:
                click.echo(coloured(text), nl=not text.endswith("\n"))
                continue
            try:
                write_file(output.path, text.encode())
                click.echo(f"{output.path} written", err=True)
            except OutputError as error:
                failed = error
        if failed:
            raise failed

    def exit_code(self, result: AuditResult) -> ExitCode:
        """What the audit's outcome means to a CI job. Incomplete beats findings."""
        if result.incomplete:
            return ExitCode.INCOMPLETE
        return ExitCode.FINDINGS if result.failing(self.fail_on) else ExitCode.CLEAN


def _shown(path: Path) -> str:
    """The path as reports show it: relative where it can be, as code scanning wants it."""
    try:
        return path.resolve().relative_to(Path.cwd()).as_posix()
    except ValueError:
        return path.as_posix()


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


def plan(options: AuditOptions) -> Plan:
    """Check everything that was asked for, before a single request is sent.

    Raises:
        UsageError: the configuration, a rule, a format or a path cannot work.
    """
    settings = read_config(options.config)
    rules = apply_options(load_rules([*settings.rules, *options.folders]), settings.options)
    return Plan(
        rules=select_rules(
            rules, options.select or settings.select, options.ignore or settings.ignore
        ),
        outputs=_outputs(options.output or settings.output or ("text",)),
        fail_on=Severity(options.fail_on) if options.fail_on else settings.fail_on,
    )


def _outputs(wanted: tuple[str, ...]) -> tuple[Output, ...]:
    formats = load_reports()
    outputs = []
    for item in wanted:
        name, _, path = item.partition("=")
        if name not in formats:
            raise UsageError(
                f"There is no report format {name!r}{suggestion(name, list(formats))}",
                remedy=f"Formats: {', '.join(formats)}.",
            )
        target = Path(path) if path else STANDARD_OUTPUT
        if target != STANDARD_OUTPUT:
            check_writable(target)
        outputs.append(Output(formats[name], target))
    paths = [output.path for output in outputs]
    if twice := {str(path) for path in paths if paths.count(path) > 1}:
        where = "standard output" if "-" in twice else twice.pop()
        raise UsageError(
            f"Two reports would go to {where}.", remedy="Give one of them a path: FORMAT=PATH."
        )
    return tuple(outputs)
