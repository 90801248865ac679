"""The outcome of an audit in a dozen lines."""

from __future__ import annotations

import textwrap

from auditor.lint.causes import causes
from auditor.lint.deselection import evaluated_words
from auditor.lint.reported_finding import ReportedFinding
from auditor.lint.result import AuditResult
from auditor.log_commands import without_commands
from auditor.text import counted, printable

_SHOWN = 4
_INDENTED = textwrap.TextWrapper(96, initial_indent="    ", subsequent_indent="    ")


def short_summary(result: AuditResult) -> str:
    """The counts, the worst findings, and what could not be checked."""
    counts = "   ".join(f"{s.upper()} {n}" for s, n in result.by_severity.items() if n)
    checked = f"{counted(result.evaluated, 'rule')} ran, {len(result.not_evaluated)} not evaluated"
    lines = ["", f"{counts or 'No findings'}        {checked}"]
    lines += [f"{evaluated_words(result)}."] if result.deselected else []
    lines += [f"rule {item.rule.code} crashed: {item.error}" for item in result.crashed]
    # The first finding of each cause: variety says more than repetition.
    shown = [cause.example for cause in causes(result.findings)[:_SHOWN]]
    for finding in shown:
        lines += ["", *_entry(finding)]
    more = len(result.findings) - len(shown)
    if more > 0:
        lines += ["", f"… and {counted(more, 'more finding')}"]
    return printable("\n".join([*lines, ""]))


def _entry(finding: ReportedFinding) -> list[str]:
    where = f'  authorization server "{finding.server.name}"' if finding.server else ""
    place = f"{finding.location.file}:{finding.location.region.line}"
    return [
        f"{finding.severity.upper():8}  {finding.rule.code} {finding.rule.name}{where}",
        *_INDENTED.wrap(without_commands(finding.message)),
        *_INDENTED.wrap(without_commands(f"Fix: {finding.fix}")),
        *([f"    Try: {finding.witness.command}"] if finding.witness else []),
        f"    {place}",
    ]
