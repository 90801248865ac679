"""The reports for CI services: what their own readers make of them, whatever a tenant says."""

from __future__ import annotations

import csv
import io
import json
import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from datetime import date
from typing import Any

import audits
import pytest
from audits import NAMES, SILENT, audited, clean, hostile, many, rendered, snapshot_of, tenant

from auditor import AuditResult, ReportedFinding, Severity
from auditor.lint.reported_finding import Acceptance, AcceptedBy, FindingStatus
from auditor.lint.result import Notice
from auditor.log_commands import without_commands
from auditor.text import one_line

NEW_FORMATS = ("csv", "github", "gitlab", "junit", "markdown")
SUPPRESSED = Acceptance(
    by=AcceptedBy.SUPPRESSION,
    where="suppressions.toml:3",
    reason='known | <b>"it"</b>',
    owner="=cmd",
    ticket="SEC-1",
    expires=date(2027, 1, 31),
)


def accepted() -> AuditResult:
    """The hostile audit with its first finding accepted, and a notice."""
    result = hostile()
    first, *others = result.findings
    quiet = replace(first, status=FindingStatus.SUPPRESSED, acceptance=SUPPRESSED)
    notice = Notice("suppressions.toml:9", "This entry, 100% of it: unused", "Remove it")
    return replace(result, findings=tuple(others), accepted=(quiet,), notices=(notice,))


def named(*names: str) -> AuditResult:
    return audited(snapshot_of(tenant(*names)), NAMES)


@pytest.mark.parametrize("name", NEW_FORMATS)
@pytest.mark.parametrize("make", [hostile, accepted, clean])
def test_same_input_same_bytes_and_nothing_invisible(name: str, make: Any) -> None:
    text = rendered(name, make())

    assert text == rendered(name, make())
    assert not {"\x1b", "\u202e", "\U000e0041", "\x9b", "\x00"} & set(text)


# JUnit


ATTRIBUTES = {
    # Jenkins' xunit plugin, junit-10.xsd: what each element may and must carry.
    "testsuites": ({"name", "time", "tests", "failures", "errors"}, set()),
    "testsuite": (
        {"name", "tests", "failures", "errors", "group", "time", "skipped", "timestamp"}
        | {"hostname", "id", "package", "file", "log", "url"},
        {"name", "tests", "failures", "errors"},
    ),
    "testcase": ({"name", "time", "classname", "group"}, {"name"}),
    "failure": ({"type", "message"}, set()),
    "error": ({"type", "message"}, set()),
    "skipped": ({"type", "message"}, set()),
}
CHILDREN = {
    "testsuites": {"testsuite"},
    "testsuite": {"testcase"},
    "testcase": {"failure", "error", "skipped"},
}


def junit(result: AuditResult) -> ET.Element:
    """The document, with the shape that Jenkins demands."""
    root = ET.fromstring(rendered("junit", result))
    assert root.tag == "testsuites"
    for element in root.iter():
        allowed, needed = ATTRIBUTES[element.tag]
        assert needed <= element.attrib.keys() <= allowed, element.tag
        assert {child.tag for child in element} <= CHILDREN.get(element.tag, set())
    for suite in (root, *root):
        for kind, tag in (("failures", "failure"), ("errors", "error")):
            assert int(suite.attrib[kind]) == len(list(suite.iter(tag)))
        assert int(suite.attrib["tests"]) == len(list(suite.iter("testcase")))
    return root


def test_junit_has_a_suite_for_each_rule_and_a_case_for_each_finding() -> None:
    result = accepted()
    root = junit(result)

    suites = {suite.attrib["name"]: suite for suite in root}
    assert list(suites) == [f"{rule.code} {rule.name}" for rule in result.rules]
    assert len(list(root.iter("failure"))) == len(result.findings)
    assert [case.tag for case in suites["OAM104 silent"].iter()] == ["testsuite", "testcase"]
    (skipped,) = suites["OAM102 servers-alike"].iter("skipped")
    assert skipped.attrib["message"].startswith(
        'suppressed: known | <b>"it"</b>; owner =cmd; ticket SEC-1; until 2027-01-31 (suppressions'
    )
    names = [case.attrib["name"] for case in root.iter("testcase")]
    assert len(names) - len(set(names)) == sum(name == "the rule" for name in names) - 1


def seen_in_gitlab(result: AuditResult) -> dict[tuple[str, str], tuple[str, str]]:
    """What GitLab makes of the document: status and output of each test by suite and name.

    As its parser does it: the first of these elements that is there tells the status, and of an
    element that has a text the text is all that is shown.
    """
    seen = {}
    for case in ET.fromstring(rendered("junit", result)).iter("testcase"):
        status, output = "success", ""
        for tag in ("failure", "error", "skipped"):
            if status == "success" and (element := case.find(tag)) is not None:
                status, output = tag, element.text or ""
        seen[case.attrib["classname"], case.attrib["name"]] = (status, output)
    return seen


def test_gitlab_and_jenkins_show_every_rule_and_why_it_did_not_pass() -> None:
    result = accepted()
    seen = seen_in_gitlab(result)

    assert len(seen) == len(list(junit(result).iter("testcase"))), "two tests of one name"
    passed = {suite for (suite, _), (status, _) in seen.items() if status == "success"}
    without = result.evaluated_codes - {
        item.rule.code for item in (*result.findings, *result.accepted)
    }
    assert {suite.split()[0].removeprefix("okta-auditor.") for suite in passed} == without
    assert without
    for finding in result.findings:
        texts = [text for (status, text) in seen.values() if status == "failure"]
        assert any(one_line(finding.message) in text for text in texts)
    status, why = seen["okta-auditor.OAM103 crashing", "the rule"]
    assert status == "error"
    assert "ValueError" in why
    for case in junit(result).iter("testcase"):
        # Jenkins takes what stands before the last full stop for a package.
        assert case.attrib["classname"].count(".") == 1
        for element in case:
            assert element.attrib["message"] == (element.text or "").split("\n")[0]


def test_junit_says_what_okta_answers() -> None:
    texts = [failure.text or "" for failure in junit(hostile()).iter("failure")]

    (text,) = [text for text in texts if "Okta answers" in text]
    assert {audits.ANSWERED, audits.SEARCHED} <= set(text.splitlines())


def test_junit_errors_are_what_was_not_checked() -> None:
    root = junit(hostile())

    errors = [
        case.attrib["classname"] for case in root.iter("testcase") if case.find("error") is not None
    ]
    assert errors == [
        "okta-auditor.OAM103 crashing",
        "okta-auditor.OAM601 group-rule",
        "okta-auditor.OAM602 other-group-rule",
    ]
    (absent,) = root.iter("skipped")
    assert absent.attrib["message"].startswith("Not evaluated: ")
    assert junit(replace(clean(), rules=())).attrib["errors"] == "1"


def test_junit_survives_what_xml_cannot_hold() -> None:
    (failure,) = junit(named("a\x00b\ufffe\uffff]]>&\ud800")).iter("failure")

    assert failure.attrib["message"] == 'Server "a\ufffdb\ufffd\ufffd]]>&\ufffd" has a name.'


# GitHub's workflow commands


def commands(text: str) -> list[tuple[str, dict[str, str], str]]:
    """The commands as the runner reads them: properties split first, then unescaped."""
    found = []
    for line in text.splitlines():
        if match := re.fullmatch(r"::(\w+) (.*?)::(.*)", line):
            pairs = dict(part.split("=", 1) for part in match[2].split(","))
            unescaped = {key: _unescaped(value) for key, value in pairs.items()}
            found.append((match[1], unescaped, _unescaped(match[3])))
    return found


def _unescaped(text: str) -> str:
    for sign, code in (("\r", "%0D"), ("\n", "%0A"), (":", "%3A"), (",", "%2C"), ("%", "%25")):
        text = text.replace(code, sign)
    return text


def test_github_annotates_the_line() -> None:
    result = named("Payments")
    (kind, properties, message), *rest = commands(rendered("github", result))

    assert (kind, rest) == ("error", [])
    line = str(result.findings[0].location.region.line)
    assert properties == {
        "file": "okta-audit/snapshot.json",
        "line": line,
        "endLine": line,
        "title": "OAM101 server-with-name",
    }
    assert message == 'Server "Payments" has a name.\nFix: The fix for server-with-name.'


@pytest.mark.parametrize("name", ["csv", "github", "gitlab"])
def test_what_okta_answers_is_in_what_goes_elsewhere(name: str) -> None:
    text = rendered(name, hostile())

    assert "access_denied" in text
    assert text.count("no_matching_policy") == 1


def test_github_commands_cannot_be_forged() -> None:
    name = "a%0A::error::forged\r\n::stop-commands::x"
    text = rendered("github", audited(snapshot_of(tenant(name)), NAMES, file="a,b:c%/s.json"))

    ((kind, properties, message),) = commands(text)
    assert (kind, properties["file"]) == ("error", "a,b:c%/s.json")
    assert message.startswith(f'Server "{without_commands(one_line(name))}" has')
    assert [line for line in text.splitlines() if line.startswith("::")] == text.splitlines()[:1]


def test_github_shows_the_most_severe_and_counts_the_rest() -> None:
    text = rendered("github", many(40))

    assert [kind for kind, *_ in commands(text)] == ["error"] * 10 + ["notice"]
    assert "Without an annotation, because GitHub shows 10 of a kind: 29 errors." in text


def test_github_says_first_what_was_not_checked() -> None:
    kinds = commands(rendered("github", accepted()))

    assert kinds[0][1]["title"] == "The audit is incomplete"
    assert kinds[1][1]["title"] == "OAM103 crashing"
    warning = next(found for found in kinds if found[0] == "warning")
    assert warning[2] == "This entry, 100% of it: unused. Remove it. (suppressions.toml:9)"
    assert "Accepted and not shown: 1 finding." in rendered("github", accepted())


# GitLab's code quality


def test_gitlab_has_the_keys_that_its_widget_reads() -> None:
    result = accepted()
    entries = json.loads(rendered("gitlab", result))

    for entry in entries:
        assert set(entry) == {"description", "check_name", "fingerprint", "severity", "location"}
        assert entry["severity"] in {"info", "minor", "major", "critical", "blocker"}
        assert not entry["location"]["path"].startswith(("./", "/"))
        assert entry["location"]["lines"]["begin"] >= 1
    fingerprints = [entry["fingerprint"] for entry in entries]
    assert len(set(fingerprints)) == len(fingerprints)
    unchecked = [entry["check_name"] for entry in entries[:3]]
    assert unchecked == ["OAM103 crashing", "OAM601 group-rule", "OAM602 other-group-rule"]
    assert fingerprints[3:] == [finding.fingerprint for finding in result.findings]


def test_gitlab_tells_findings_with_one_fingerprint_apart() -> None:
    result = named("Payments")
    twice = replace(result, findings=result.findings * 2)

    one, two = (entry["fingerprint"] for entry in json.loads(rendered("gitlab", twice)))
    assert two == f"{one}-2"


def test_gitlab_is_an_empty_list_only_if_all_is_well() -> None:
    assert json.loads(rendered("gitlab", clean())) == []
    assert len(json.loads(rendered("gitlab", replace(clean(), rules=())))) == 1


# CSV


def rows(result: AuditResult) -> list[dict[str, str]]:
    text = rendered("csv", result)
    assert text.startswith("\ufeff")
    assert text.count("\n") == text.count("\r\n"), "RFC 4180"
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


def test_csv_has_a_row_for_everything() -> None:
    result = accepted()
    found = rows(result)

    expected = len(result.findings) + len(result.accepted)
    assert len(found) == expected + len(result.crashed) + len(result.not_evaluated)
    by_status = {row["status"]: row for row in found}
    assert set(by_status) == {"open", "suppressed", "crashed", "not evaluated", "not applicable"}
    assert by_status["suppressed"]["expires"] == "2027-01-31"
    assert by_status["suppressed"]["owner"] == "'=cmd"
    assert by_status["suppressed"]["accepted_by"] == "suppression (suppressions.toml:3)"


@pytest.mark.parametrize(
    ("name", "cell"),
    [
        ("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@SUM(1)", "'@SUM(1)"),
        (" =1", " '=1"),
        ("\t=1", "\ufffd=1"),
        ("\uff1d1", "'\uff1d1"),
        ("a;=1", "a;'=1"),
        ('a;"=1', "a;\"'=1"),
        ("plain, or so", "plain, or so"),
        ('say "hi"', 'say "hi"'),
        ("payments:write", "payments:write"),
    ],
)
def test_csv_cells_are_no_formulas(name: str, cell: str) -> None:
    assert rows(named(name))[0]["object_name"] == cell


def test_csv_cells_are_no_formulas_in_any_dialect() -> None:
    text = rendered("csv", named("=1", "+1", "a;=1", 'b";=1', "c;\t@x", "d\n-1", "e\r=1"))

    for separator in ",;\t":
        for row in csv.reader(io.StringIO(text.removeprefix("\ufeff")), delimiter=separator):
            assert [cell for cell in row if cell.strip().startswith(tuple("=+-@"))] == []


# SARIF


def test_findings_of_all_severities_have_a_kind_everywhere() -> None:
    result = named("Payments")
    every = tuple(
        replace(result.findings[0], severity=severity, fingerprint=f"{number:032x}")
        for number, severity in enumerate(Severity)
    )
    result = replace(result, findings=every)

    kinds = [kind for kind, *_ in commands(rendered("github", result))]
    assert kinds == ["error", "error", "warning", "notice", "notice"]
    grades = [entry["severity"] for entry in json.loads(rendered("gitlab", result))]
    assert grades == ["blocker", "critical", "major", "minor", "info"]


def crowded(number: int) -> AuditResult:
    """Findings with long messages."""
    result = audited(snapshot_of(tenant("Payments")), NAMES, SILENT)
    one: ReportedFinding = result.findings[0]
    rest = [
        replace(one, message=f"{audits.LONG}|{position}", fingerprint=f"{position:032x}")
        for position in range(number)
    ]
    return replace(result, findings=tuple(rest))
