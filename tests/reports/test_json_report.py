"""The JSON results: a versioned shape that loses nothing."""

from __future__ import annotations

import json
import re
import shlex
from typing import Any

import jsonschema
import pytest
from audits import (
    ANSI,
    BIDI,
    HOSTILE,
    TAGGED,
    audited,
    clean,
    hostile,
    rendered,
    snapshot_of,
    tenant,
)

from auditor.plugins import load_reports


@pytest.fixture(scope="module")
def text() -> str:
    return rendered("json", hostile())


@pytest.fixture(scope="module")
def results(text: str) -> Any:
    return json.loads(text)


def schema() -> dict[str, Any]:
    made = load_reports()["json"].schema
    assert made is not None
    return made()


def test_each_finding_is_a_line(text: str, results: Any) -> None:
    lines = text.splitlines()
    first = lines.index('"findings": [') + 1
    found = lines[first : lines.index("],", first)]

    assert [json.loads(line.removesuffix(",")) for line in found] == results["findings"]


def test_the_top_level_is_the_contract(results: Any) -> None:
    assert list(results) == [
        "schema",
        "tool",
        "tenant",
        "captured_at",
        "capture",
        "snapshot_digest",
        "source",
        "show_accepted",
        "summary",
        "rules",
        "deselected",
        "reproduce",
        "frameworks",
        "home_page",
        "rule_page",
        "as_of",
        "baseline",
        "weakenings",
        "accepted_gaps",
        "findings",
        "accepted",
        "fixed",
        "notices",
        "not_evaluated",
        "crashed",
        "coverage",
        "since",
        "history",
    ]
    assert results["schema"] == "okta-auditor/results/1"
    assert results["tool"].keys() == {"name", "version"}
    assert results["tenant"] == {
        "id": "00o1",
        "name": "Example",
        "url": "https://example.okta.com",
    }
    assert results["captured_at"] == "2026-01-01T00:00:00Z"


def test_the_summary_counts(results: Any) -> None:
    summary = results["summary"]

    assert summary["complete"] is False
    assert summary["findings"] == 10
    assert summary["by_severity"] == {
        "critical": 1,
        "high": 8,
        "medium": 0,
        "low": 0,
        "info": 1,
    }
    assert summary["rules"] == {
        "selected": 8,
        "evaluated": 4,
        "not_evaluated": 3,
        "crashed": 1,
        "not_selected": 0,
    }
    assert summary["objects"]["authorization_servers"] == len(HOSTILE)


def test_a_finding_has_everything(results: Any) -> None:
    finding = results["findings"][0]

    assert re.fullmatch("[0-9a-f]{32}", finding["fingerprint"])
    assert finding == {
        "code": "OAM102",
        "name": "servers-alike",
        "severity": "critical",
        "impact": "risky",
        "confidence": "medium",
        "message": 'Server "<script>alert(1)</script>" looks like "\ufffd[31mred\ufffd[0m"',
        "object": {"type": "authorization_server", "id": "aus1", "name": HOSTILE[0]},
        "server": {"type": "authorization_server", "id": "aus1", "name": HOSTILE[0]},
        "field": "audiences.0",
        "related": [
            {
                "object": {"type": "authorization_server", "id": "aus2", "name": ANSI},
                "role": "the other one",
                "location": finding["related"][0]["location"],
            }
        ],
        "related_more": 0,
        "location": {
            "file": "okta-audit/snapshot.json",
            "line": finding["location"]["line"],
            "column": finding["location"]["column"],
            "end_line": finding["location"]["line"],
            "end_column": finding["location"]["column"] + len('"api://1"'),
        },
        "fingerprint": finding["fingerprint"],
        "content": finding["content"],
        "status": "open",
        "remark": "",
        "new": None,
        "lapsed": False,
        "acceptance": None,
        "key": "",
        "fix": 'Rename "<script>alert(1)</script>"',
        "evidence": 'audiences.0: "api://1"',
        "witness": {
            "server": "aus1",
            "client": "0oa1; reboot",
            "grant": "authorization_code",
            "user": "00u1",
            "scopes": ["\x1b[2J", "$(reboot)"],
            "assertion_scopes": ["a", "b"],
            "response_type": None,
            "redirect_uri": "https://a.example/'",
            "resource": "https://mcp.example/a",
            "subject_server": "aus2",
            "prompt": "login",
            "pkce": False,
            "dpop": None,
            "command": finding["witness"]["command"],
        },
        "answer": {
            "error": "access_denied",
            "description": "It is <script>alert(1)</script>.",
            "forms": ["redirect", "400"],
            "log_filter": 'outcome.reason eq "no_matching_policy"',
        },
    }
    assert shlex.split(finding["witness"]["command"]) == [
        *("okta-auditor", "explain", "okta-audit/snapshot.json", "--server", "aus1"),
        *("--client", "0oa1; reboot", "--grant", "authorization_code", "--user", "00u1"),
        *("--scope", "\x1b[2J", "--scope", "$(reboot)"),
        *("--assertion-scope", "a", "--assertion-scope", "b"),
        *("--redirect-uri", "https://a.example/'", "--resource", "https://mcp.example/a"),
        *("--subject-server", "aus2", "--prompt", "login", "--no-pkce"),
    ]
    assert finding["related"][0]["location"]["line"] > finding["location"]["line"]


def test_what_could_not_be_checked_is_there(results: Any) -> None:
    assert [(item["code"], item["absent"]) for item in results["not_evaluated"]] == [
        ("OAM601", False),
        ("OAM602", False),
        ("XYZ801", True),
    ]
    assert results["not_evaluated"][0] == {
        "code": "OAM601",
        "name": "group-rule",
        "reason": "groups: the service app lacks the scope okta.groups.read",
        "missing": ["groups"],
        "remedy": "grant okta.groups.read and an admin role that may view groups",
        "absent": False,
    }
    (crashed,) = results["crashed"]
    assert crashed.keys() == {"code", "name", "error"}
    assert crashed["code"] == "OAM103"
    zones = next(e for e in results["coverage"] if e["collection"] == "network_zones")
    assert zones["status"] == "partial"
    gap = {"path": "/api/v1/zones", "reason": "500 on page 2"}
    assert zones["gaps"] == [gap | {"record": "", "attribute": "", "field": ""}]


def test_names_are_exact_and_yet_safe_to_print(text: str, results: Any) -> None:
    names = {item["object"]["name"] for item in results["findings"] if item["code"] == "OAM101"}

    assert names == set(HOSTILE)
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "\\u202egnp.exe" in text
    assert "tag\\udb40\\udc41" in text
    assert {ANSI, BIDI, TAGGED} <= names


def test_the_schema_describes_the_results(results: Any) -> None:
    made = schema()

    jsonschema.Draft202012Validator.check_schema(made)
    jsonschema.validate(results, made)
    jsonschema.validate(json.loads(rendered("json", clean())), made)
    assert set(made["required"]) == set(results)
    assert made["$defs"]["Severity"]["enum"] == ["critical", "high", "medium", "low", "info"]
    assert made["$defs"]["Confidence"]["enum"] == ["high", "medium", "low"]
    assert made["$defs"]["CollectionStatus"]["enum"] == ["complete", "partial", "refused", "absent"]


@pytest.mark.parametrize("key", ["schema", "findings", "captured_at"])
def test_the_schema_refuses_results_without(results: Any, key: str) -> None:
    less = {name: value for name, value in results.items() if name != key}

    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(less, schema())


def test_a_complete_audit_says_so() -> None:
    assert json.loads(rendered("json", clean()))["summary"]["complete"] is True


def test_no_rule_is_not_complete() -> None:
    results = json.loads(rendered("json", audited(snapshot_of(tenant("Payments")))))

    assert results["summary"]["complete"] is False


def test_same_input_same_bytes(text: str) -> None:
    assert rendered("json", hostile()) == text
    assert text.endswith("}\n")
