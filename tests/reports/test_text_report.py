"""The text report: the answer first, everything said, nothing forged."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from audits import (
    ABSENT,
    ANSI,
    ANSWERED,
    NAMES,
    ON_GROUPS,
    ON_HOOKS,
    REFUSED,
    SEARCHED,
    SILENT,
    audited,
    clean,
    hostile,
    make_rule,
    rendered,
    snapshot_of,
    tenant,
)

from auditor import AuditResult, Impact, Severity, command_lines
from auditor.oauth import Answer
from auditor.results import Presentation
from auditor.snapshot.ledger import CollectionStatus, LedgerEntry
from auditor.text import one_line


def text_of(result: AuditResult, width: int = 100, **shown: Any) -> str:
    return rendered("text", replace(result, presentation=Presentation(width=width, **shown)))


@pytest.fixture(scope="module")
def text() -> str:
    return text_of(hostile())


def section(text: str, heading: str) -> str:
    """What follows a heading, up to the next blank line, its lines joined."""
    block = next(part for part in text.split("\n\n") if part.startswith(heading))
    return " ".join(line.strip() for line in block.splitlines()[1:])


def test_it_opens_with_the_answer(text: str) -> None:
    opening, _, counts, *_ = text.split("\n\n")

    assert opening.replace("\n", " ") == (
        '"Example" (https://example.okta.com) has 10 findings, 9 of them critical or high, as read '
        "on 2026-01-01 at 00:00 UTC. By impact: 10 risky. Not everything was checked: 2 of 8 "
        "rules could not be evaluated and 1 crashed. 1 rule did not apply: the org does not have "
        "what it reads."
    )
    assert counts == (
        "  CRITICAL 1   HIGH 8   MEDIUM 0   LOW 0   INFO 1        "
        "4 rules ran, 3 not evaluated, 1 crashed"
    )


def test_sections_come_in_order(text: str) -> None:
    opening, _, _, *sections, again, _ = text.split("\n\n")

    assert again == opening
    assert [part.partition("\n")[0] for part in sections] == [
        "CRITICAL  OAM102 servers-alike",
        "HIGH  OAM101 server-with-name (8)",
        "INFO  OAM201 policy-without-end",
        "Not evaluated",
        "Crashed",
        "Not applicable",
        "Not completely read",
    ]


def test_a_finding_with_its_own_fix_and_another_object() -> None:
    result = hostile()
    line = result.findings[0].location.region.line
    other = result.findings[0].related[0].location.region.line
    red = 'authorization server "\ufffd[31mred\ufffd[0m"'
    witness = result.findings[0].witness
    assert witness is not None
    first, *others = command_lines(witness.command, 91)

    (block,) = [part for part in text_of(result).split("\n\n") if part.startswith("CRITICAL  OAM")]

    assert block.splitlines() == [
        "CRITICAL  OAM102 servers-alike",
        '  - Server "<script>alert(1)</script>" looks like "\ufffd[31mred\ufffd[0m".',
        f'    authorization server "<script>alert(1)</script>" · okta-audit/snapshot.json:{line}',
        f"    the other one: {red} · okta-audit/snapshot.json:{other}",
        f"    Try: {one_line(first)}",
        *(f"         {one_line(line)}" for line in others),
        '  Fix: Rename "<script>alert(1)</script>".',
        f"  {ANSWERED}",
        f"  {SEARCHED}",
    ]


def test_a_fix_that_all_share_is_said_once(text: str) -> None:
    assert text.count("Fix: The fix for server-with-name.") == 1


def test_fixes_that_differ_stand_with_their_findings() -> None:
    result = hostile()
    findings = tuple(
        replace(item, fix=f"Do this for {item.object.id}")
        for item in result.findings
        if item.rule is NAMES
    )

    text = text_of(replace(result, findings=findings))

    assert text.count("    Fix: Do this for aus") == len(findings)


def test_every_finding_is_there(text: str) -> None:
    for item in hostile().findings:
        place = f" · okta-audit/snapshot.json:{item.location.region.line}\n"
        assert place in text.replace(" ·\n      ", " · ")


def test_rules_that_miss_the_same_are_one_paragraph(text: str) -> None:
    assert section(text, "Not evaluated") == (
        "- groups: the service app lacks the scope okta.groups.read. "
        "2 rules: OAM601, OAM602. "
        "Next: grant okta.groups.read and an admin role that may view groups."
    )
    assert section(text, "Not applicable") == (
        "- inline hooks: the org does not have the feature. 1 rule: XYZ801 hook-rule. "
        "Next: nothing, unless the org should have the feature: then ask Okta to enable it."
    )


def test_crashes_and_gaps_are_told(text: str) -> None:
    crash = section(text, "Crashed")

    assert crash.startswith("- OAM103 crashing: ValueError: cannot read \ufffd[31mred\ufffd[0m (")
    assert crash.endswith("Next: report this to whoever maintains pack.crashing.")
    assert section(text, "Not completely read") == (
        "- network zones: 1 list unread, first /api/v1/zones: 500 on page 2. "
        "No selected rule reads this. Next: run the snapshot again."
    )


def test_nothing_of_a_tenant_reaches_the_margin_or_the_terminal() -> None:
    result = hostile()
    name = "one\nHIGH  OAM999 forged " + ANSI + " HIGH  OAM998 forged" * 9
    forged = replace(result, tenant=replace(result.tenant, name=name))

    text = text_of(forged)

    assert not re.search(r"^[A-Z]+  OAM99", text, re.MULTILINE)
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]", text)


def test_lines_are_no_wider_than_asked_but_for_words_that_are(text: str) -> None:
    wide = [line.split() for line in text.splitlines() if len(line) > 100]

    assert [words for words in wide if len(words) > 2 or len(words[-1]) < 90] == []


def test_a_clean_audit_says_what_was_checked() -> None:
    assert text_of(clean()) == (
        '"Example" (https://example.okta.com) has no findings, as read on '
        "2026-01-01 at 00:00 UTC.\n"
        "\n"
        "  CRITICAL 0   HIGH 0   MEDIUM 0   LOW 0   INFO 0        "
        "2 rules ran, 0 not evaluated\n"
        "\n"
        "Checked: 2 rules over 1 object: authorization servers (1). "
        "All of that was read completely.\n"
    )


@pytest.mark.parametrize(
    ("result", "opening"),
    [
        pytest.param(
            audited(snapshot_of(tenant("Payments"), REFUSED), SILENT, ON_GROUPS),
            'Nothing was found in the part of "Example" (https://example.okta.com) that could be '
            "checked, as read on 2026-01-01 at 00:00 UTC. Not everything was checked: 1 of 2 rules "
            "could not be evaluated.",
            id="refused",
        ),
        pytest.param(
            audited(snapshot_of(tenant("Payments"), REFUSED), ON_GROUPS),
            'Nothing was checked in "Example" (https://example.okta.com), as read on 2026-01-01 at '
            "00:00 UTC. Not everything was checked: 1 of 1 rule could not be evaluated.",
            id="all-refused",
        ),
        pytest.param(
            audited(snapshot_of(tenant("Payments"))),
            'Nothing was checked in "Example" (https://example.okta.com), as read on 2026-01-01 at '
            "00:00 UTC. No rule was selected.",
            id="no-rules",
        ),
        pytest.param(
            audited(snapshot_of(tenant("Payments"), ABSENT), ON_HOOKS),
            'Nothing was checked in "Example" (https://example.okta.com), as read on 2026-01-01 at '
            "00:00 UTC. No rule could be evaluated. 1 rule did not apply: the org does not have "
            "what it reads.",
            id="all-absent",
        ),
    ],
)
def test_what_was_not_checked_is_never_called_clean(result: AuditResult, opening: str) -> None:
    text = text_of(result)

    assert text.split("\n\n")[0].replace("\n", " ") == opening
    assert "no findings" not in text
    assert "Checked:" not in text


def test_an_absent_feature_does_not_make_an_audit_incomplete() -> None:
    text = text_of(audited(snapshot_of(tenant("Payments"), ABSENT), SILENT, ON_HOOKS))

    assert "has no findings" in text
    assert "Checked: 1 rule over 1 object: authorization servers (1)." in text
    assert "Not applicable\n" in text


@pytest.mark.parametrize(
    ("severities", "answer"),
    [
        ([Severity.LOW], "has 1 finding, of low severity,"),
        ([Severity.HIGH, Severity.CRITICAL], "has 2 findings, all of them critical or high,"),
        ([Severity.LOW, Severity.INFO], "has 2 findings, none of them critical or high,"),
        ([Severity.HIGH, Severity.INFO], "has 2 findings, 1 of them critical or high,"),
    ],
)
def test_the_answer_counts_what_matters(severities: list[Severity], answer: str) -> None:
    rules = [
        make_rule(f"OAM10{number}", f"rule-{number}", NAMES.check, severity=severity)
        for number, severity in enumerate(severities)
    ]

    text = text_of(audited(snapshot_of(tenant("Payments")), *rules))

    assert text.startswith(f'"Example" (https://example.okta.com) {answer}')


def test_causes_lead_with_number_harm_and_an_example() -> None:
    assert text_of(hostile(), 80).split("\n\n")[1].splitlines() == [
        "3 causes make 10 findings, the most harmful first:",
        "  CRITICAL      1  The summary of servers-alike (OAM102): risky. For example",
        '                   authorization server "<script>alert(1)</script>".',
        "  HIGH          8  The summary of server-with-name (OAM101): risky. For example",
        '                   authorization server "\ufffd[31mred\ufffd[0m".',
        "  INFO          1  The summary of policy-without-end (OAM201): risky. For",
        '                   example access policy "Default".',
    ]


def test_where_findings_are_few_the_list_is_enough() -> None:
    three = audited(snapshot_of(tenant("A", "B", "C")), NAMES)
    four = audited(snapshot_of(tenant("A", "B", "C", "D")), NAMES)

    assert "make" not in text_of(three)
    assert "1 cause makes 4 findings" in text_of(four)


@pytest.mark.parametrize(
    ("errors", "harm"),
    [
        (["access_denied"] * 4, "requests fail with access_denied."),
        (["access_denied", "access_denied", "invalid_client", None], "requests fail."),
    ],
)
def test_a_cause_names_an_error_only_where_all_its_requests_fail_with_it(
    errors: list[str | None], harm: str
) -> None:
    broken = replace(NAMES, impact=Impact.BROKEN)
    result = audited(snapshot_of(tenant("A", "B", "C", "D")), broken)
    answers = [Answer(error=error) if error else None for error in errors]
    pairs = zip(result.findings, answers, strict=True)
    findings = tuple(replace(item, answer=answer) for item, answer in pairs)

    summary = text_of(replace(result, findings=findings)).split("\n\n")[1]

    assert f"(OAM101): {harm} For example" in " ".join(summary.split())


def test_many_causes_are_cut_and_the_rest_counted() -> None:
    rules = [make_rule(f"OAM1{number:02}", f"rule-{number}", NAMES.check) for number in range(33)]

    block = text_of(audited(snapshot_of(tenant("A", "B")), *rules), 80).split("\n\n")[1]

    assert block.splitlines()[0].startswith("33 causes make 66 findings")
    assert block.splitlines()[-1] == "                6  of 3 more causes."
    assert max(map(len, block.splitlines())) <= 80


def test_many_kinds_of_object_are_cut() -> None:
    kinds = ("apps", "claims", "groups", "policies", "policy_rules", "scopes", "users")
    entries = [
        LedgerEntry(collection=kind, status=CollectionStatus.COMPLETE, objects=1_000)
        for kind in kinds
    ]
    rule = make_rule("OAM901", "everything", SILENT.check, reads=kinds)

    text = text_of(audited(snapshot_of(tenant("Payments"), *entries), rule))

    assert "Checked: 1 rule over 7,001 objects: authorization servers (1), claims (1,000)," in text
    assert "and 2 more." in text.replace("\n", " ")


@pytest.mark.parametrize(
    ("message", "line"),
    [
        ('It fails with "No access"', '  - It fails with "No access".'),
        ('It fails with "No access."', '  - It fails with "No access."'),
    ],
)
def test_a_finding_ends_with_one_full_stop(message: str, line: str) -> None:
    result = audited(snapshot_of(tenant("A")), NAMES)
    findings = (replace(result.findings[0], message=message),)

    assert line in text_of(replace(result, findings=findings)).splitlines()


def test_same_input_same_bytes(text: str) -> None:
    assert text_of(hostile()) == text
    assert text.endswith("1 crashed\n")


def test_ids_and_fingerprints_stand_with_findings_where_they_are_asked_for() -> None:
    result = hostile()
    plain, whole = text_of(result), text_of(result, show_ids=True)

    for item in result.findings:
        assert f"fingerprint {item.fingerprint}" in " ".join(whole.split())
        assert item.fingerprint not in plain
    assert re.search(r"\n    id aus\d+ · (?:field \S+ · )?fingerprint [0-9a-f]{32}\n", whole)


def test_a_short_report_says_its_answer_once() -> None:
    assert text_of(clean()).count("has no findings") == 1
    assert text_of(hostile()).count("has 10 findings") == 2


@pytest.mark.parametrize("width", [60, 80, 200])
def test_every_width_says_the_same_words(width: int) -> None:
    def words(text: str) -> list[str]:
        return [word for word in text.split() if word != "\\"]

    assert words(text_of(hostile(), width)) == words(text_of(hostile(), 100))
