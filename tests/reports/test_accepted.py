"""Accepted findings are in every report, and hostile words are as harmless there as elsewhere."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import audits
import jsonschema
import pytest

from auditor import AuditResult
from auditor.lint.acceptance.accept import accept
from auditor.lint.acceptance.suppression import Suppressions
from auditor.plugins import load_reports

EVERYTHING = audits.EVERYTHING


@pytest.fixture(scope="module")
def result() -> AuditResult:
    return audits.accepted()


def test_the_text_counts_them_and_says_what_to_do(result: AuditResult) -> None:
    text = " ".join(audits.rendered("text", result).split())

    assert "2 suppressed (1 expires within 14 days); since the baseline 3 new findings" in text
    assert f"{len(result.unchanged)} unchanged, 1 fixed" in text
    assert "has 3 new findings" in text
    assert "Fixed since the baseline - OAM101 client" in text
    assert "ends in 9 days, on 2026-11-30" in text
    assert "expired on 2026-11-20" in text
    assert "the object, or what takes part, has changed since" in text
    assert "matches no finding" in text
    assert "but the object is called" in text
    assert "1 rule could not be evaluated (OAM104)" in text


def test_the_text_lists_them_only_if_asked(result: AuditResult) -> None:
    shown = " ".join(audits.rendered("text", replace(result, show_accepted=True)).split())

    assert "Reason" not in audits.rendered("text", result)
    assert shown.count("Accepted: ") == len(result.accepted)
    assert "; until 2026-11-30 (" in shown


def test_the_json_has_all_of_them_and_fits_its_schema(result: AuditResult) -> None:
    document = json.loads(audits.rendered("json", result))
    made = load_reports()["json"].schema
    assert made is not None
    jsonschema.validate(document, made())

    statuses = [item["status"] for item in document["accepted"]]
    assert statuses.count("suppressed") == document["summary"]["suppressed"] == 2
    assert statuses.count("unchanged") == document["summary"]["unchanged"]
    first = next(item for item in document["accepted"] if item["status"] == "suppressed")
    assert first["acceptance"]["reason"] == f"Reason {EVERYTHING}"
    assert {item["status"] for item in document["findings"]} == {"open"}
    assert document["summary"]["by_severity"]["high"] == 3, "only those that count are counted"
    assert document["as_of"] == "2026-11-21"


def test_the_html_lists_them_with_reason_owner_ticket_and_end(result: AuditResult) -> None:
    html = audits.rendered("html", result)
    section = html.partition('<section id="accepted"')[2].partition("</section>")[0]

    assert section.count("<dt>Reason</dt>") == 2
    for word in ("Owner", "Ticket", "Expires", "Decided in"):
        assert section.count(f"<dt>{word}</dt>") == 2
    assert "<dd>2026-11-30</dd>" in section
    assert "<code>s.toml:1</code>" in section
    assert f"<summary>{len(result.unchanged)} unchanged</summary>" in section
    assert "<summary>1 fixed</summary>" in section
    assert "Expiry was judged by 2026-11-21." in section
    findings = html.partition('<section id="findings"')[2].partition("</section>\n\n<")[0]
    assert findings.count("<dt>Accepted once</dt>") == 2


@pytest.mark.parametrize("name", ["text", "json", "html", "sarif"])
def test_hostile_words_are_harmless(result: AuditResult, name: str) -> None:
    text = audits.rendered(name, result)

    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\U000e0000-\U000e007f]", text)
    if name == "html":
        assert audits.SCRIPT not in text
    if name == "text":
        assert not re.search("^HIGH  OAM999", text, re.MULTILINE)
    assert audits.rendered(name, result) == text


@pytest.mark.parametrize("name", ["text", "html"])
def test_an_audit_with_nothing_but_accepted_findings_does_not_say_that_nothing_was_found(
    result: AuditResult, name: str
) -> None:
    incomplete = replace(result, findings=())
    complete = replace(incomplete, not_evaluated=(), crashed=(), coverage=())

    assert "Nothing was found" not in audits.rendered(name, incomplete)
    assert "Nothing that counts was found" in audits.rendered(name, incomplete)
    assert "Nothing was found." not in audits.rendered(name, complete)
    assert f"{len(result.accepted)} accepted findings" in audits.rendered(name, complete)


def test_without_suppressions_no_day_is_in_the_result() -> None:
    found = audits.clean()
    assert accept(found, Suppressions(), None, as_of=audits.TODAY) == found
