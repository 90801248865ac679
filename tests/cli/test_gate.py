"""Thresholds and profiles: what makes a CI job red, and what it is told."""

import json
from pathlib import Path
from typing import Any

import pytest
from helpers import Outcome, okta_auditor, snapshot_file, tenant, write_document

from auditor.plugins import load_rules

RULE = '''"""Every group.

Why it matters.

Fix: nothing.

Flagged:

    {{"/api/v1/groups": [{{"id": "g"}}]}}

Accepted:

    {{"/api/v1/groups": []}}
"""
from auditor import Confidence, Finding, Impact, Severity, rule


@rule(
    "TST00{number}", severity=Severity.{severity}, impact=Impact.DEAD, reads=["groups"],
    confidence=Confidence.{confidence},
)
def check(org):
    for group in org.groups:
        yield Finding(group, "A group.")
'''

HOOKS = (
    RULE.format(number=4, severity="LOW", confidence="HIGH")
    .replace('reads=["groups"]', 'reads=["inline_hooks"]')
    .replace("org.groups", "org.inline_hooks")
    .replace("/api/v1/groups", "/api/v1/inlineHooks")
)

ONLY = ("--rules", "rules", "--select", "TST")


@pytest.fixture(autouse=True)
def _place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A repository with a snapshot of three groups, and three rules that fire on each."""
    (tmp_path / ".git").mkdir()
    (tmp_path / "rules").mkdir()
    monkeypatch.chdir(tmp_path)
    kinds = {"sure": ("MEDIUM", "HIGH"), "likely": ("HIGH", "MEDIUM"), "unsure": ("HIGH", "LOW")}
    for number, (name, (severity, confidence)) in enumerate(kinds.items(), 1):
        text = RULE.format(number=number, severity=severity, confidence=confidence)
        (tmp_path / "rules" / f"{name}_group.py").write_text(text)
    groups = [{"id": "00g1", "profile": {"name": "Staff"}}, {"id": "00g2"}]
    snapshot_file(tmp_path, tenant(**{"/api/v1/groups": groups}))


def audit(*words: object, **environment: str) -> Outcome:
    return okta_auditor("audit", "example.json", *ONLY, *words, **environment)


def results(*words: object) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(audit(*words, "-O", "json").stdout)
    return document


def absent(*collections: str) -> None:
    """Make the org lack something that it would need a licence for."""
    path = Path("example.json")
    document = json.loads(path.read_text())
    for entry in document["ledger"]:
        if entry["collection"] in collections:
            entry |= {"status": "absent", "reason": "not licensed", "objects": 0, "lists": 0}
    document["resources"].pop("/api/v1/inlineHooks")
    write_document(path, document)


def test_min_confidence_leaves_out_rules_that_are_less_sure() -> None:
    assert results()["summary"]["by_rule"] == {"TST001": 3, "TST002": 3, "TST003": 3}
    assert results("--min-confidence", "medium")["summary"]["by_rule"] == {"TST001": 3, "TST002": 3}
    sure = results("--min-confidence", "high")["summary"]
    assert sure["by_rule"] == {"TST001": 3}
    assert sure["rules"]["selected"] == 1, "what did not run is not counted as having run"


def test_min_confidence_that_leaves_nothing_is_no_clean_audit() -> None:
    outcome = audit("--select", "TST003", "--ignore", "TST", "--min-confidence", "high")

    assert outcome.exit_code == 2
    assert "nothing to check" in outcome.stderr


def test_profiles_fail_on_what_their_occasion_is_for() -> None:
    def code(profile: str, rule: str) -> int:
        return audit("--ignore", "TST", "--select", rule, "--profile", profile).exit_code

    assert [code("pr", rule) for rule in ("TST001", "TST002", "TST003")] == [0, 1, 2]
    assert [code("nightly", rule) for rule in ("TST001", "TST002", "TST003")] == [1, 1, 1]
    assert audit("--profile", "audit").exit_code == 1
    absent("inline_hooks")
    (Path("rules") / "hooks.py").write_text(HOOKS)
    assert audit("--profile", "pr", "--ignore", "TST002").exit_code == 0
    assert audit("--profile", "audit").exit_code == 3


def test_strict_counts_what_was_not_evaluated_as_failure() -> None:
    absent("inline_hooks")
    (Path("rules") / "hooks.py").write_text(HOOKS)

    lenient, strict = audit("--exit-zero"), audit("--strict")

    assert lenient.exit_code == 0
    assert strict.exit_code == 3
    assert "strict: 1 rule not evaluated" in strict.stderr
    assert audit("--strict", "--exit-zero").exit_code == 3, "not checked is never clean"
    nothing = okta_auditor("audit", "example.json", *ONLY[:2], "--select", "TST004")
    assert nothing.exit_code == 3
    assert "No rule could be evaluated." in " ".join(nothing.stdout.split())


def test_exit_zero_forgives_findings_and_nothing_else(tmp_path: Path) -> None:
    assert audit().exit_code == 1
    assert audit("--exit-zero").exit_code == 0
    assert audit(OKTA_AUDITOR_EXIT_ZERO="1").exit_code == 0
    assert audit("--exit-zero", "--select", "nonsense").exit_code == 2

    snapshot_file(tmp_path, tenant(), unread=("groups",))
    assert audit("--exit-zero").exit_code == 3


def test_severities_of_the_configuration_decide() -> None:
    config = Path("okta-auditor.toml")
    config.write_text('[severity]\nTST = "low"\nTST002 = "info"\nunsure-group = "critical"')

    found = {item["code"]: item["severity"] for item in results()["findings"]}

    assert found == {"TST001": "low", "TST002": "info", "TST003": "critical"}
    assert audit("--ignore", "TST003").exit_code == 0
    assert audit("--ignore", "TST003", "--fail-on", "low").exit_code == 1
    sarif = json.loads(audit("-O", "sarif").stdout)
    (rule,) = [r for r in sarif["runs"][0]["tool"]["driver"]["rules"] if r["id"] == "TST002"]
    assert rule["defaultConfiguration"]["level"] == "note"


def test_two_severities_for_one_rule_are_refused() -> None:
    Path("okta-auditor.toml").write_text('[severity]\nTST003 = "low"\nunsure-group = "high"')

    outcome = audit()

    assert outcome.exit_code == 2
    assert "TST003 and unsure-group give TST003 two severities" in outcome.stderr


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("\nselect = [\n'OAM1',\n'OAM20l']", ":2: select: No rule has the code, prefix or name"),
        ("ignore = ['no-such-thing']", ":1: ignore: No rule"),
        (
            "output = ['sarfi=x.sarif']",
            ":1: output: There is no report format 'sarfi'; did you mean",
        ),
        ("[severity]\nOAM101 = 'low'\nTST9 = 'low'", ":3: severity.TST9: No rule has"),
        ("[options.OAM702]\nx = 1", ":2: options.OAM702.x: no such option"),
        ("[options.OAM7]\nceiling_minutes = 1", ":2: options.OAM7.ceiling_minutes: "),
        ("[options.nonsens]\nx = 1", ":1: options.nonsens: No rule has the code"),
    ],
)
def test_what_no_rule_knows_is_told_with_file_line_and_key(text: str, said: str) -> None:
    Path("okta-auditor.toml").write_text(text)

    outcome = okta_auditor("audit", "example.json", "--rules", "rules")

    assert outcome.exit_code == 2
    assert f"okta-auditor.toml{said}" in outcome.stderr


def test_what_a_variable_gets_wrong_names_the_variable() -> None:
    outcome = okta_auditor("audit", "example.json", OKTA_AUDITOR_SELECT="OAM20l")

    assert outcome.exit_code == 2
    assert "environment OKTA_AUDITOR_SELECT: select: A selector means no rule" in outcome.stderr


def test_statistics_follow_the_text_report() -> None:
    table = audit("--statistics", "--ignore", "TST002").stdout.splitlines()[-4:]

    assert [row.split() for row in table] == [
        ["findings", "accepted", "rule", "severity", "name"],
        ["3", "0", "TST001", "medium", "sure-group"],
        ["3", "0", "TST003", "high", "unsure-group"],
        ["6", "0", "total"],
    ]


def test_statistics_do_not_spoil_a_report_for_programs() -> None:
    outcome = audit("--statistics", "-O", "json", "-O", "text=r.txt")

    assert json.loads(outcome.stdout)["summary"]["by_rule"]["TST001"] == 3
    assert "TST001" in outcome.stderr
    assert "findings  accepted" in audit("--statistics", "-O", "json=r.json").stdout


def test_the_confidence_of_the_shipped_rules_leaves_the_pr_profile_most_of_them() -> None:
    rules = load_rules()
    sure = [rule for rule in rules if rule.confidence != "low"]
    selected = json.loads(
        okta_auditor("audit", "example.json", "--profile", "pr", "-O", "json").stdout
    )["summary"]["rules"]["selected"]

    assert len(sure) < len(rules)
    assert selected == len(sure)
