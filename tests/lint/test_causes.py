"""Causes: what makes the findings, the most harmful first."""

import sys
from dataclasses import replace
from pathlib import Path

from auditor import Impact, ReportedFinding, Severity
from auditor.lint.causes import causes
from auditor.oauth import Answer

sys.path.insert(0, str(Path(__file__).parents[1] / "reports"))
from audits import NAMES, audited, snapshot_of, tenant

NUMBERED = audited(snapshot_of(tenant("A", "B", "C")), NAMES).findings


def of(code: str, number: int, impact: Impact, severity: Severity) -> list[ReportedFinding]:
    made = replace(NAMES, code=code, impact=impact)
    return [replace(item, rule=made, severity=severity) for item in NUMBERED[:number]]


def test_what_fails_comes_before_what_is_risky_and_most_findings_first() -> None:
    found = [
        *of("OAM101", 3, Impact.DEAD, Severity.HIGH),
        *of("OAM102", 3, Impact.RISKY, Severity.HIGH),
        *of("OAM103", 1, Impact.BROKEN, Severity.HIGH),
        *of("OAM104", 2, Impact.BROKEN, Severity.HIGH),
        *of("OAM105", 1, Impact.RISKY, Severity.CRITICAL),
        *of("OAM106", 3, Impact.BROKEN, Severity.LOW),
    ]

    order = [cause.rule.code for cause in causes(found)]

    assert order == ["OAM105", "OAM104", "OAM103", "OAM102", "OAM101", "OAM106"]
    assert sum(len(cause.findings) for cause in causes(found)) == len(found)


def test_milder_findings_of_a_rule_are_a_cause_of_their_own() -> None:
    found = [
        *of("OAM101", 1, Impact.BROKEN, Severity.HIGH),
        *of("OAM101", 2, Impact.BROKEN, Severity.LOW),
    ]

    first, second = causes(found)

    assert (first.severity, len(first.findings)) == (Severity.HIGH, 1)
    assert (second.severity, len(second.findings)) == (Severity.LOW, 2)
    assert first.example is found[0]


def test_a_cause_has_an_answer_only_where_all_of_its_findings_have_the_same() -> None:
    first, second, third = of("OAM101", 3, Impact.BROKEN, Severity.HIGH)
    refused = Answer(error="access_denied")

    (same,) = causes([replace(first, answer=refused), replace(second, answer=refused)])
    (differs,) = causes([replace(first, answer=refused), second, third])

    assert same.answer == refused
    assert differs.answer is None


def test_no_findings_have_no_cause() -> None:
    assert causes([]) == []
