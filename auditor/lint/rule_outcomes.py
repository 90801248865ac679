"""What became of each rule of an audit, for whatever lists rules: reports, controls, evidence."""

from __future__ import annotations

from enum import StrEnum

from auditor.lint.reported_finding import ReportedFinding
from auditor.lint.result import AuditResult
from auditor.lint.shown_gaps import gaps_by_rule


class RuleOutcome(StrEnum):
    """What became of one rule."""

    CLEAN = "no findings"
    FINDINGS = "findings"
    """Some of them may be accepted: that says who bears the risk, not that it is gone."""
    NOT_EVALUATED = "not evaluated"
    ABSENT = "not applicable"
    """The org does not have what the rule reads."""
    CRASHED = "crashed"
    NOT_SELECTED = "not selected"


class RuleOutcomes:
    """What became of every rule of an audit."""

    def __init__(self, result: AuditResult) -> None:
        self._outcomes = dict.fromkeys((rule.code for rule in result.rules), RuleOutcome.CLEAN)
        self._findings: dict[str, list[ReportedFinding]] = {}
        for finding in (*result.findings, *result.accepted):
            self._findings.setdefault(finding.rule.code, []).append(finding)
            self._outcomes[finding.rule.code] = RuleOutcome.FINDINGS
        for item in result.not_evaluated:
            absent, unread = RuleOutcome.ABSENT, RuleOutcome.NOT_EVALUATED
            self._outcomes[item.rule.code] = absent if item.absent else unread
        self._gaps = gaps_by_rule(result)
        for crash in result.crashed:
            self._outcomes[crash.rule.code] = RuleOutcome.CRASHED

    def of(self, code: str) -> RuleOutcome:
        """What became of a rule, whether there is such a one or not."""
        return self._outcomes.get(code, RuleOutcome.NOT_SELECTED)

    def findings(self, code: str) -> list[ReportedFinding]:
        """A rule's findings: those that count, and then accepted ones."""
        return self._findings.get(code, [])

    def gaps(self, code: str) -> tuple[str, ...]:
        """The accepted gaps because of which a rule was not evaluated, by collection."""
        return tuple(gap.gap.collection for gap in self._gaps.get(code, ()))
