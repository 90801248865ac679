"""Every rule's documented examples are its first tests."""

import pytest

from auditor import Rule
from auditor.lint.engine import audit
from auditor.lint.examples import example_snapshot
from auditor.lint.result import AuditResult
from auditor.plugins import load_rules
from auditor.snapshot.document import Source, dump_snapshot

RULES = load_rules()

FLAGGED = [
    pytest.param(rule, example, id=f"{rule.code}-{number}")
    for rule in RULES
    for number, example in enumerate(rule.page.flagged)
]
ACCEPTED = [
    pytest.param(rule, example, id=f"{rule.code}-{number}")
    for rule in RULES
    for number, example in enumerate(rule.page.accepted)
]


def audited(rule: Rule, example: dict[str, object]) -> AuditResult:
    snapshot = example_snapshot(example)
    result = audit(snapshot, [rule], Source("example.json", dump_snapshot(snapshot)))
    assert not result.crashed, result.crashed[0].error
    assert not result.not_evaluated
    return result


@pytest.mark.parametrize(("rule", "example"), FLAGGED)
def test_flagged_example_is_flagged(rule: Rule, example: dict[str, object]) -> None:
    result = audited(rule, example)

    assert result.findings
    fingerprints = [finding.fingerprint for finding in result.findings]
    assert len(set(fingerprints)) == len(fingerprints)


@pytest.mark.parametrize(("rule", "example"), ACCEPTED)
def test_accepted_example_is_accepted(rule: Rule, example: dict[str, object]) -> None:
    assert not [finding.message for finding in audited(rule, example).findings]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_findings_point_into_the_file(rule: Rule) -> None:
    for example in rule.page.flagged:
        for finding in audited(rule, example).findings:
            assert finding.location.region.line > 1
            first, *others = finding.evidence.split("\n")
            if "conditions" not in first or finding.field:  # or related objects are the proof
                assert first.startswith(f"{finding.field or 'id'}: ")
            assert all(" conditions" in line for line in others)


def test_the_evidence_of_a_finding_about_several_rules_shows_them() -> None:
    rules = {rule.code: rule for rule in RULES}

    together = audited(rules["OAM312"], rules["OAM312"].page.flagged[0]).findings[0]
    assert together.evidence.split("\n") == [
        'policy rule "Readers": conditions.scopes.include: ["openid", "payments:read"]',
        'policy rule "Writers": conditions.scopes.include: ["payments:write"]',
    ]
    never = audited(rules["OAM318"], rules["OAM318"].page.flagged[0]).findings[0]
    own, taker = never.evidence.split("\n")[:2]
    assert own.startswith("conditions: {")
    assert taker.startswith('policy rule "')
    assert ": conditions: {" in taker


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_a_page_has_both_kinds_of_example(rule: Rule) -> None:
    assert rule.page.flagged
    assert rule.page.accepted
    assert rule.markdown().startswith(f"# {rule.code} {rule.name}\n")
