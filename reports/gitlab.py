"""The findings as a GitLab Code Quality report, for the merge request's widget.

The keys are those of GitLab's documentation, "Code Quality report format". A rule that
crashed or could not be evaluated is an entry too: the widget has no other place for what was
not checked, and an empty list would say that all is well.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

from auditor import AuditResult, Rule, Severity, one_line, report
from auditor.results import (
    NO_RULES,
    deselected_words,
    empty_org,
    evaluated_words,
    gaps_by_rule,
    planned,
    shown_gaps,
)

from ._output import file_name, json_document, with_identity
from ._wording import answer_lines, crash_notice, sentence

_SEVERITY = {
    Severity.CRITICAL: "blocker",
    Severity.HIGH: "critical",
    Severity.MEDIUM: "major",
    Severity.LOW: "minor",
    Severity.INFO: "info",
}


@report("gitlab", filename="gl-code-quality-report.json")
def render(result: AuditResult) -> str:
    """A JSON list of what counts and of what could not be checked."""
    parts = (_planned, _weakened, _not_selected, _unchecked, _findings)
    return json_document([row for part in parts for row in part(result)])


def _planned(result: AuditResult) -> Iterator[dict[str, Any]]:
    if words := planned(result.capture):
        identity = hashlib.sha256(f"planned\0{result.tenant.id}".encode()).hexdigest()[:32]
        yield _entry(None, words, severity="info", identity=identity, file=result.source, line=1)


def _weakened(result: AuditResult) -> Iterator[dict[str, Any]]:
    for item in result.weakenings:
        parts = f"weakened\0{result.tenant.id}\0{item.setting}\0{item.where}"
        identity = hashlib.sha256(parts.encode("utf-8", "replace")).hexdigest()[:32]
        text = f"{item.label}: {item.sentence}"
        yield _entry(None, text, severity="info", identity=identity, file=result.source, line=1)


def _not_selected(result: AuditResult) -> Iterator[dict[str, Any]]:
    if deselected_words(result):
        text = f"{evaluated_words(result)}."
        identity = hashlib.sha256(f"not selected\0{result.tenant.id}".encode()).hexdigest()[:32]
        yield _entry(None, text, severity="info", identity=identity, file=result.source, line=1)


def _findings(result: AuditResult) -> Iterator[dict[str, Any]]:
    for item, identity in with_identity(result.findings):
        yield _entry(
            item.rule,
            " ".join(
                [sentence(item.message), f"Fix: {sentence(item.fix)}", *answer_lines(item.answer)]
            ),
            severity=_SEVERITY[item.severity],
            identity=identity,
            file=item.location.file,
            line=item.location.region.line,
        )


def _unchecked(result: AuditResult) -> Iterator[dict[str, Any]]:
    if not result.rules:
        yield _failure(result, None, NO_RULES)
    if empty := empty_org(result.coverage):
        identity = hashlib.sha256(f"empty org\0{result.tenant.id}".encode()).hexdigest()[:32]
        yield _entry(None, empty, severity="minor", identity=identity, file=result.source, line=1)
    for crash in result.crashed:
        yield _failure(result, crash.rule, crash_notice(crash.error))
    accepted = gaps_by_rule(result)
    for item in result.unread:
        text = f"Not evaluated: {sentence(item.reason)} Next: {sentence(item.remedy)}"
        severity = "info" if item.rule.code in accepted else "major"
        yield _failure(result, item.rule, text, severity)
    for gap in shown_gaps(result):
        parts = f"accepted gap\0{result.tenant.id}\0{gap.gap.collection}"
        identity = hashlib.sha256(parts.encode("utf-8", "replace")).hexdigest()[:32]
        yield _entry(
            None,
            sentence(gap.sentence),
            severity="info",
            identity=identity,
            file=result.source,
            line=1,
        )


def _failure(
    result: AuditResult, rule: Rule | None, text: str, severity: str = "major"
) -> dict[str, Any]:
    code = rule.code if rule else "audit"
    identity = hashlib.sha256(f"not checked\0{result.tenant.id}\0{code}".encode()).hexdigest()[:32]
    return _entry(rule, text, severity=severity, identity=identity, file=result.source, line=1)


def _entry(
    rule: Rule | None, text: str, *, severity: str, identity: str, file: str, line: int
) -> dict[str, Any]:
    return {
        "description": one_line(text),
        "check_name": f"{rule.code} {rule.name}" if rule else "audit",
        "fingerprint": identity,
        "severity": severity,
        "location": {"path": one_line(file_name(file)), "lines": {"begin": line}},
    }
