"""The findings as GitHub's workflow commands, which become annotations of files.

GitHub shows ten errors, ten warnings and ten notices of a step (github/docs, "Workflow
commands for GitHub Actions" and the limits of check runs), so the most severe come first
and the rest is counted.
"""

from __future__ import annotations

from collections.abc import Iterator

from auditor import AuditResult, ReportedFinding, Severity, counted, listed, one_line, report
from auditor.results import (
    Crashed,
    Weakening,
    carried_over,
    deselected_words,
    empty_org,
    evaluated_words,
    incompleteness,
    planned,
    shown_gaps,
    workflow_command,
)

from ._output import file_name
from ._since import mark
from ._trend import trend
from ._wording import answer_lines, crash_notice, sentence, severities

MOST = 10

_KIND = {
    Severity.CRITICAL: "error",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "notice",
    Severity.INFO: "notice",
}


@report("github", filename="annotations.txt", annotates=True)
def render(result: AuditResult) -> str:
    """Workflow commands, then a line that says what they do not show."""
    shown: dict[str, list[str]] = {"error": [], "warning": [], "notice": []}
    left_out = dict.fromkeys(shown, 0)
    for kind, line in _annotations(result):
        if len(shown[kind]) < MOST:
            shown[kind].append(line)
        else:
            left_out[kind] += 1
    lines = [line for kind in shown for line in shown[kind]]
    return "\n".join([*lines, *_summary(result, left_out), ""])


def _altered(item: Weakening) -> str:
    return "This change alters the audit" if item.decided_by else "The audit is weakened"


def _annotations(result: AuditResult) -> Iterator[tuple[str, str]]:
    if words := planned(result.capture):
        yield "notice", _command("notice", "", words, title="Planned")
    for weakening in result.weakenings:
        text = one_line(weakening.sentence)
        yield "warning", _command("warning", "", text, title=_altered(weakening))
    if reason := incompleteness(result):
        kind = "error" if result.unaccepted else "warning"
        yield kind, _command(kind, result.source, reason, title="The audit is incomplete")
    if empty := empty_org(result.coverage):
        yield "warning", _command("warning", result.source, empty, title="Nothing to audit")
    if words := carried_over(result.coverage):
        yield "notice", _command("notice", "", words, title="Not all was read again")
    for crash in result.crashed:
        yield "error", _command("error", result.source, _crash(crash), title=_title(crash))
    for finding in result.findings:
        kind = _KIND[finding.severity]
        yield kind, _finding(kind, finding)
    for notice in result.notices:
        text = f"{sentence(notice.message)} {sentence(notice.remedy)} ({notice.where})"
        yield "warning", _command("warning", "", one_line(text), title="Accepted findings")
    for gap in shown_gaps(result):
        yield "notice", _command("notice", "", sentence(gap.sentence), title="Accepted gap")


def _finding(kind: str, finding: ReportedFinding) -> str:
    region = finding.location.region
    lines = [sentence(finding.message), f"Fix: {sentence(finding.fix)}"]
    text = "\n".join(map(one_line, [*lines, *answer_lines(finding.answer)]))
    return _command(
        kind,
        finding.location.file,
        text,
        title=_title(finding),
        line=region.line,
        end=region.end_line,
    )


def _title(item: ReportedFinding | Crashed) -> str:
    new = mark(item) if isinstance(item, ReportedFinding) else ""
    return f"{new}{item.rule.code} {item.rule.name}"


def _crash(item: Crashed) -> str:
    return crash_notice(one_line(item.error))


def _command(
    kind: str, file: str, text: str, *, title: str, line: int | None = None, end: int | None = None
) -> str:
    return workflow_command(
        kind,
        text,
        file=one_line(file_name(file)) or None,
        line=line,
        endLine=end,
        title=one_line(title),
    )


def _summary(result: AuditResult, left_out: dict[str, int]) -> Iterator[str]:
    """Plain lines for the log, without a word of the tenant's."""
    by_severity = listed(severities(result), most=len(Severity))
    yield f"{counted(len(result.findings), 'finding')}: {by_severity}."
    rest = [counted(number, kind) for kind, number in left_out.items() if number]
    if rest:
        yield f"Without an annotation, because GitHub shows {MOST} of a kind: {listed(rest)}."
    if deselected_words(result):
        yield f"{evaluated_words(result)}."
    if result.accepted:
        yield f"Accepted and not shown: {counted(len(result.accepted), 'finding')}."
    if result.since:
        number = len(result.since.fixed)
        yield f"{counted(len(result.new), 'new finding')} since the last time, {number:,} fixed."
    if line := trend(result):
        yield line
