"""Saved results come back whole: every format is rendered from them as from the audit itself."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import fields, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from audits import (
    ABSENT_FIELD,
    ALSO_ON_GROUPS,
    CRASHING,
    HOSTILE,
    NAMES,
    ON_GROUPS,
    ON_HOOKS,
    PAIRS,
    SILENT,
    accepted,
    audited,
    clean,
    hostile,
    many,
    rendered,
    snapshot_of,
    tenant,
)

from auditor import AuditResult, Severity
from auditor.history import remember
from auditor.lint.option_settings import apply_options
from auditor.lint.report import Saved
from auditor.plugins import load_reports, load_rules
from auditor.snapshot.document import Effort

RULES = (NAMES, PAIRS, ABSENT_FIELD, CRASHING, SILENT, ON_GROUPS, ALSO_ON_GROUPS, ON_HOOKS)


def read(document: str | bytes, rules: Any = RULES) -> Saved:
    reader = load_reports()["json"].read
    assert reader is not None
    return reader(document if isinstance(document, bytes) else document.encode(), rules)


def with_history(tmp_path: Path) -> AuditResult:
    """The fourth run over a tenant, each with other findings."""
    result = hostile()
    for day in range(1, 4):
        capture = result.capture.model_copy(
            update={"finished_at": datetime(2025, 12, day, 3, tzinfo=UTC)}
        )
        remember(replace(result, capture=capture, findings=result.findings[day:]), tmp_path)
    return remember(result, tmp_path)


def laborious() -> AuditResult:
    """An audit with all that a snapshot's header can say."""
    result = accepted()
    capture = result.capture.model_copy(
        update={
            "authentication": f"private_key_jwt {HOSTILE[1]}",
            "requests": 1234,
            "retries": 5,
            "waited_s": 0.1 + 0.2,
            "rate_limits": {"/api/v1/apps": 100},
            "resumed_pages": 7,
            "efforts": {"applications": Effort(requests=3, retries=1, seconds=1e-7)},
        }
    )
    return replace(result, capture=capture, show_accepted=True)


MADE: dict[str, Callable[[Path], AuditResult]] = {
    "hostile": lambda _: hostile(),
    "accepted": lambda _: accepted(),
    "shown": lambda _: replace(accepted(), show_accepted=True),
    "laborious": lambda _: laborious(),
    "clean": lambda _: clean(),
    "many": lambda _: many(300),
    "history": with_history,
    "earlier version": lambda _: replace(hostile(), selection_known=False),
    "no rules": lambda _: replace(
        clean(), rules=(), findings=(), not_evaluated=(), crashed=(), source=""
    ),
    "absolute path": lambda _: hostile(file="/srv/a b/\u202e.json"),
    "another severity": lambda _: audited(
        snapshot_of(tenant(*HOSTILE)), replace(NAMES, severity=Severity.LOW), SILENT
    ),
}


@pytest.mark.parametrize("name", MADE)
def test_every_format_is_as_the_audit_would_have_written_it(name: str, tmp_path: Path) -> None:
    result = MADE[name](tmp_path)

    saved = read(rendered("json", result))

    assert saved.remarks == ()
    # Pictures of access need the snapshot; the page says that it does not show them.
    whole = replace(result, overview=None)
    for form in load_reports():
        assert rendered(form, saved.result) == rendered(form, whole), form


def test_every_member_of_a_finding_comes_back(tmp_path: Path) -> None:
    """Formats of other packs may show what no built-in one does."""
    for result in (laborious(), with_history(tmp_path)):
        again = read(rendered("json", result)).result

        for one, other in zip(
            (*result.findings, *result.accepted), (*again.findings, *again.accepted), strict=True
        ):
            for item in fields(one):
                if item.name != "rule":
                    assert getattr(one, item.name) == getattr(other, item.name), item.name
        for item in fields(result):
            if item.name not in {
                "rules", "overview", "title_of", "findings", "accepted", "not_evaluated", "crashed",
                "history",
            }:  # fmt: skip
                assert getattr(result, item.name) == getattr(again, item.name), item.name
        assert again.history[-2:] == result.history[-2:]


def test_rules_that_are_not_installed_are_named_and_their_findings_shown() -> None:
    text = rendered("json", hostile())
    changed = replace(NAMES, page=replace(NAMES.page, why="Another reason."))

    saved = read(text, [changed, *RULES[2:]])

    assert saved.remarks == (
        "1 rule is not installed, so that their pages are missing: OAM102.",
        "1 rule is installed in another version, whose pages are shown: OAM101.",
    )
    assert rendered("text", saved.result) == rendered("text", hostile())
    assert rendered("csv", saved.result) == rendered("csv", hostile())
    page = rendered("html", saved.result)
    assert "Another reason." in page
    assert "The rule is not installed here" in page


def test_rules_come_back_with_the_options_that_they_ran_with() -> None:
    (rule,) = (rule for rule in load_rules() if rule.name == "privileged-scope-for-everyone")
    (set_,) = apply_options([rule], {"ALL": {"privileged_scopes": ["x", "y*"]}})
    text = rendered("json", audited(snapshot_of(tenant("Payments")), set_))

    (again,) = read(text, [rule]).result.rules
    assert again.options == set_.options != rule.options

    with pytest.raises(ValueError, match=r"^rules: OAM[0-9]+ takes no such options$"):
        read(text.replace("privileged_scopes", "invented"), [rule])
    other = replace(rule, page=replace(rule.page, why="Another version."))
    assert read(text.replace("privileged_scopes", "invented"), [other]).remarks


@cache
def document_of_all() -> str:
    return rendered("json", accepted())


def changed(*keys: Any, to: Any) -> str:
    """The document with one member changed; `...` takes it out."""
    document = json.loads(document_of_all())
    place = document
    for key in keys[:-1]:
        place = place[key]
    if to is ...:
        del place[keys[-1]]
    else:
        place[keys[-1]] = to
    return json.dumps(document)


@pytest.mark.parametrize(
    ("keys", "to", "said"),
    [
        (["schema"], "okta-auditor/results/2", "schema: its version is 2"),
        (["schema"], "okta-auditor/results/one", 'schema: it is not "okta-auditor/results/1"'),
        (["schema"], ..., 'it does not say "schema"'),
        (["tool", "name"], "other", "tool.name: "),
        (["findings"], ..., "findings: Field required"),
        (["findings", 0, "message"], 7, "findings.0.message: "),
        (["findings", 0, "severity"], "fatal", "findings.0.severity: "),
        (["findings", 0, "code"], "OAM999", "findings.0.code: OAM999 is not among the rules"),
        (["findings", 0, "code"], '"><script>', "findings.0.code: "),
        (["findings", 0, "name"], "other", "findings.0.name: OAM"),
        (["findings", 0, "impact"], "dead", "findings.0.impact: "),
        (["findings", 0, "fingerprint"], "x' onclick='", "findings.0.fingerprint: "),
        (["findings", 0, "status"], "suppressed", "findings.0.status: "),
        (["findings", 0, "location", "line"], 0, "findings.0.location.line: "),
        (["findings", 0, "location", "line"], "1", "findings.0.location.line: "),
        (["accepted", 0, "acceptance"], None, "accepted.0.status: "),
        (["accepted", 0, "acceptance", "by"], "suppression", "accepted.0.status: "),
        (["accepted", 0, "acceptance", "expires"], "soon", "accepted.0.acceptance.expires: "),
        (["captured_at"], "2026-01-01T00:00:01Z", "captured_at: "),
        (["captured_at"], "2026-01-01T00:00:00", "captured_at: "),
        (["capture", "requests"], "many", "capture.requests: "),
        (["coverage", 0, "collection"], "secrets", "coverage.0.collection: "),
        (["rules", 0, "reads"], ["secrets"], "rules.0.reads: "),
        (["rules", 0, "consults"], ["secrets"], "rules.0.consults: "),
        (["rules", 1, "code"], "OAM101", "rules: they are not in the order"),
        (["rules", 0, "options"], ["x"], "rules.0.options: "),
        (["summary", "findings"], 0, "summary: "),
        (["summary", "complete"], True, "summary: "),
        (["crashed"], [], "summary: "),
        (["not_evaluated", 0, "code"], "OAM999", "not_evaluated.0.code: "),
    ],
)
def test_what_does_not_hold_together_is_refused(keys: list[Any], to: Any, said: str) -> None:
    with pytest.raises(ValueError, match="^" + re.escape(said)) as refused:
        read(changed(*keys, to=to))

    assert str(refused.value).isprintable()


def test_every_cut_off_document_is_refused() -> None:
    data = rendered("json", clean()).encode()

    for length in range(0, len(data.rstrip()), 29):
        with pytest.raises(ValueError, match=r"it is empty|not valid JSON, or cut off"):
            read(data[:length])


@pytest.mark.parametrize("text", ["[]", "null", "7", '"x"', "{}", '{"schema": 1}', "[" * 100_000])
def test_other_documents_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"it does not say|not valid JSON"):
        read(text)


def test_keys_of_later_releases_are_passed_over() -> None:
    assert rendered("json", read(changed("invented", to=1)).result) == document_of_all()


def test_whatever_a_member_is_replaced_by_is_read_or_refused() -> None:
    document = json.loads(document_of_all())
    refused = 0
    for key in document:
        for odd in (None, 1, -1, "", "\x1b", [], [[]], [{}], {}, {"a": None}, True):
            try:
                read(json.dumps(document | {key: odd}))
            except ValueError:
                refused += 1
    assert refused > len(document)
