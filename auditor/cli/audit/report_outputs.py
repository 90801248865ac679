"""Which reports are made, and where they go."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from auditor.cli.printing import print_line, print_report
from auditor.cli.reader import reader
from auditor.cli.terminal_colour import coloured
from auditor.errors import UsageError
from auditor.files import append_to_file, check_writable, is_stream, write_file
from auditor.lint.report import Report
from auditor.lint.result import AuditResult
from auditor.plugins import load_reports
from auditor.report_marks import MARK, check_replaceable, is_step_summary, remember
from auditor.text import closest, did_you_mean

STANDARD_OUTPUT = Path("-")

_MARKED_AT_THE_END = frozenset({"text", "github"})
"""Formats in which nothing else would show that okta-auditor wrote the file."""


@dataclass(frozen=True)
class ReportOutput:
    """One report to make, and where it goes."""

    report: Report
    path: Path


def choose_outputs(
    outputs: Iterable[str], templates: Iterable[str] = ()
) -> tuple[ReportOutput, ...]:
    """The reports that are asked for, checked before any is made.

    Args:
        outputs: `FORMAT[=PATH]`.
        templates: `FILE[=PATH]`.

    Raises:
        UsageError: a format, a template or a path cannot work.
    """
    formats = load_reports()
    chosen = []
    for output in outputs:
        name, _, path = output.partition("=")
        if name not in formats:
            raise UsageError(
                f"There is no report format {name!r}{did_you_mean(closest(name, formats)) or '.'}",
                remedy=f"Formats: {', '.join(formats)}.",
            )
        chosen.append(ReportOutput(formats[name], _target(path, name)))
    for template in templates:
        from auditor.custom_report import template_report  # noqa: PLC0415 - only where it is asked

        name, _, path = template.partition("=")
        chosen.append(
            ReportOutput(template_report(Path(name), formats["json"]), _target(path, name))
        )
    paths = [output.path for output in chosen]
    if repeated := [path for path in paths if paths.count(path) > 1]:
        where = "standard output" if STANDARD_OUTPUT in repeated else repeated[0]
        raise UsageError(
            f"Two reports would go to {where}.", remedy="Give one of them a path: FORMAT=PATH."
        )
    return tuple(chosen)


def write_reports(outputs: Iterable[ReportOutput], result: AuditResult, changes: str = "") -> None:
    """Write the reports; name the files on standard error.

    Every report is tried, so that one full disk does not cost the others.

    Args:
        outputs: which ones.
        result: what they are of.
        changes: what the Markdown report says first, in Markdown.

    Raises:
        OutputError: a file could not be written.
        UsageError: a template failed.
    """
    failed: UsageError | None = None
    for output in outputs:
        try:
            if output.path == STANDARD_OUTPUT:
                shown = reader(show_ids=result.presentation.show_ids)
                shown_to = replace(result, presentation=shown)
                print_report(coloured(_rendered(output.report, shown_to, changes)))
                continue
            _write(output, _rendered(output.report, result, changes))
            print_line(f"{output.path} written", err=True)
        except UsageError as error:
            failed = error
    if failed:
        raise failed


def _rendered(report: Report, result: AuditResult, changes: str) -> str:
    """A report; Markdown has the changes beneath its first line, by which a bot knows it."""
    if report.name != "markdown" or not changes:
        return report.render(result)
    taken = len(changes.encode("utf-16-le", "replace")) // 2 + 1
    presentation = replace(result.presentation, taken=taken)
    first, _, rest = report.render(replace(result, presentation=presentation)).partition("\n")
    return f"{first}\n{changes}\n{rest}"


def _write(output: ReportOutput, text: str) -> None:
    """Write a report, unless a file that is not ours has appeared meanwhile."""
    name, path = output.report.name, output.path
    end = f"\n{MARK}.\n" if name in _MARKED_AT_THE_END and not is_stream(path) else ""
    data = f"{text}{end}".encode()
    if is_step_summary(path) and path.exists():
        append_to_file(path, data)
        return
    check_replaceable(path, name)
    write_file(path, data)
    remember(path, name)


def _target(path: str, name: str) -> Path:
    target = Path(path) if path else STANDARD_OUTPUT
    if target != STANDARD_OUTPUT:
        check_writable(target)
        check_replaceable(target, name)
    return target
