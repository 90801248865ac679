"""Declaring a rule: what is refused, and what makes a finding the same finding tomorrow."""

import dataclasses
from collections.abc import Iterator

import pytest

from auditor import Finding, Impact, Org, Rule, Severity, rule
from auditor.lint.engine import audit
from auditor.lint.examples import example_snapshot
from auditor.lint.rule_page import read_page
from auditor.oauth import NOT_ASSIGNED, Answer
from auditor.plugins import load_rules
from auditor.snapshot.document import Source, dump_snapshot
from auditor.snapshot.ledger import CollectionStatus, Ledger

PAGE = """Something is wrong.

Because of this.

Fix: mend it.

Flagged:

    {"/api/v1/groups": [{"id": "g"}]}

Accepted:

    {"/api/v1/groups": []}
"""


def every_group(message: str = "A group.", key: str = "") -> Rule:
    def check(org: Org) -> Iterator[Finding]:
        for group in org.groups:
            yield Finding(group, message, field="profile.name", key=key)

    return dataclasses.replace(
        load_rules()[0], code="TST001", reads=frozenset({"groups"}), check=check
    )


def fingerprints(example: dict[str, object], tested: Rule) -> list[str]:
    snapshot = example_snapshot(example)
    result = audit(snapshot, [tested], Source("s.json", dump_snapshot(snapshot)))
    return [finding.fingerprint for finding in result.findings]


def test_fingerprints_survive_rewording_renaming_and_moving() -> None:
    group = {"id": "00g1", "profile": {"name": "Staff"}}
    renamed = {"id": "00g1", "profile": {"name": "Employees"}}
    before = fingerprints({"/api/v1/groups": [group]}, every_group())

    assert fingerprints({"/api/v1/groups": [renamed]}, every_group("Other words.")) == before[::-1]
    moved = fingerprints({"/api/v1/groups": [{"id": "00g00"}, group]}, every_group())
    assert len(set(before)) == 2
    assert set(before) < set(moved)
    assert len(set(moved)) == 3


def test_fingerprints_differ_by_key() -> None:
    example = {"/api/v1/groups": [{"id": "00g1"}]}
    assert fingerprints(example, every_group(key="a")) != fingerprints(
        example, every_group(key="b")
    )


@pytest.mark.parametrize(
    ("code", "reads"),
    [("oam101", ["apps"]), ("OAM1", ["apps"]), ("OAM101", ["nonsense"]), ("OAM101", [])],
)
def test_an_unusable_declaration_is_refused(code: str, reads: list[str]) -> None:
    with pytest.raises(ValueError, match=code):
        rule(code, severity=Severity.LOW, impact=Impact.DEAD, reads=reads)


@pytest.mark.parametrize("consults", ["nonsense", "apps", "app_jwks"])
def test_an_unusable_consultation_is_refused(consults: str) -> None:
    with pytest.raises(ValueError, match=consults):
        rule(
            "OAM101",
            severity=Severity.LOW,
            impact=Impact.DEAD,
            reads=["app_jwks"],
            consults=[consults],
        )


@pytest.mark.parametrize("known", [True, False])
def test_a_rule_is_evaluated_without_what_it_merely_consults(known: bool) -> None:  # noqa: FBT001
    def check(org: Org) -> Iterator[Finding]:
        zones = len(org.network_zones) if org.known("network_zones") else "unknown"
        yield from (Finding(group, f"Zones: {zones}.") for group in org.groups)

    tested = dataclasses.replace(
        load_rules()[0],
        code="TST001",
        reads=frozenset({"groups"}),
        consults=frozenset({"network_zones"}),
        check=check,
    )
    everyone = {"id": "g", "type": "BUILT_IN", "profile": {"name": "Everyone"}}
    snapshot = example_snapshot({"/api/v1/groups": [everyone], "/api/v1/zones": [{"id": "z"}]})
    if not known:
        entries = [
            entry.model_copy(update={"status": CollectionStatus.REFUSED, "reason": "403"})
            if entry.collection == "network_zones"
            else entry
            for entry in snapshot.ledger.entries
        ]
        left = {p: v for p, v in snapshot.resources.items() if p != "/api/v1/zones"}
        update = {"ledger": Ledger(entries=tuple(entries)), "resources": left}
        snapshot = snapshot.model_copy(update=update)

    result = audit(snapshot, [tested], Source("s.json", dump_snapshot(snapshot)))

    assert not result.not_evaluated
    assert not result.crashed
    assert [found.message for found in result.findings] == [f"Zones: {1 if known else 'unknown'}."]
    assert "- **Consults:** network_zones (if they were read)" in tested.markdown()


@pytest.mark.parametrize(
    ("of_rule", "of_finding", "holds"),
    [
        (Severity.HIGH, None, Severity.HIGH),
        (Severity.HIGH, Severity.LOW, Severity.LOW),
        (Severity.INFO, Severity.LOW, Severity.INFO),
    ],
)
def test_of_a_rules_severity_and_a_findings_the_milder_holds(
    of_rule: Severity, of_finding: Severity | None, holds: Severity
) -> None:
    def check(org: Org) -> Iterator[Finding]:
        yield from (Finding(group, "It is.", severity=of_finding) for group in org.groups)

    tested = dataclasses.replace(
        load_rules()[0], severity=of_rule, reads=frozenset({"groups"}), check=check, options=None
    )
    snapshot = example_snapshot({"/api/v1/groups": [{"id": "g", "type": "BUILT_IN"}]})

    result = audit(snapshot, [tested], Source("s.json", dump_snapshot(snapshot)))

    assert {finding.severity for finding in result.findings} == {holds}


def test_a_page_says_what_okta_answers_and_how_to_find_it() -> None:
    tested = load_rules()[0]

    page = dataclasses.replace(tested, answer=Answer.of(NOT_ASSIGNED, "password")).markdown()

    words = 'access_denied, "User is not assigned to the client application." (400)'
    assert f"- **Okta answers:** {words}\n" in page
    assert '- **System Log:** `outcome.reason eq "user_not_assigned"`\n' in page
    assert "Okta answers" not in dataclasses.replace(tested, answer=None).markdown()


def test_an_answer_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match=r"TST001: answer must be an Answer"):
        rule(
            "TST001",
            severity=Severity.LOW,
            impact=Impact.BROKEN,
            reads=["apps"],
            answer=NOT_ASSIGNED,  # type: ignore[arg-type]  # what an author may confuse
        )


@pytest.mark.parametrize("missing", ["Fix:", "Flagged:", "Accepted:"])
def test_a_page_without_a_part_is_refused(missing: str) -> None:
    with pytest.raises(ValueError, match=missing):
        read_page(PAGE.replace(missing, "Also"))


def test_a_page_that_does_not_say_why_is_refused() -> None:
    with pytest.raises(ValueError, match="why"):
        read_page(PAGE.replace("Because of this.\n\n", ""))


def test_a_page_is_taken_apart() -> None:
    page = read_page(PAGE + "\nSee:\n- RFC 9700, section 2.1\n- a guide\n  in two lines\n")

    assert page.title == "Something is wrong"
    assert page.why == "Because of this."
    assert page.fix == "Mend it."
    assert page.see == ("RFC 9700, section 2.1", "a guide in two lines")
