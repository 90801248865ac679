"""What makes the findings of an audit: one cause for each rule and severity."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from auditor.lint.finding import Impact, Severity
from auditor.lint.reported_finding import ReportedFinding
from auditor.lint.rule import Rule
from auditor.tokens.answers import Answer


@dataclass(frozen=True, slots=True)
class Cause:
    """The findings of one rule that are equally severe: at least one, in the audit's order."""

    findings: tuple[ReportedFinding, ...]

    @property
    def example(self) -> ReportedFinding:
        """The finding that stands for all."""
        return self.findings[0]

    @property
    def rule(self) -> Rule:
        """The rule that they are of."""
        return self.example.rule

    @property
    def severity(self) -> Severity:
        """How bad each of them is."""
        return self.example.severity

    @property
    def answer(self) -> Answer | None:
        """What Okta answers to all of them; None where that differs, or no source tells."""
        same = len({item.answer for item in self.findings}) == 1
        return self.example.answer if same else None


def causes(findings: Iterable[ReportedFinding]) -> list[Cause]:
    """The causes of findings, the most harmful first.

    With a log, those whose findings bear on real rejections come before all others. Of causes that
    are equally severe, what makes requests fail comes before what is only risky, and that before
    what has no effect; then those of most findings come first.
    """
    by_rule: dict[tuple[str, Severity], list[ReportedFinding]] = {}
    for item in findings:
        by_rule.setdefault((item.rule.code, item.severity), []).append(item)
    return sorted((Cause(tuple(items)) for items in by_rule.values()), key=_harm)


def _harm(cause: Cause) -> tuple[bool, int, int, int, str]:
    unhurt = all(item.rejections is None for item in cause.findings)
    impact = list(Impact).index(cause.rule.impact)
    return unhurt, cause.severity.rank, impact, -len(cause.findings), cause.rule.code
