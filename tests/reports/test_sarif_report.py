"""SARIF: valid, within GitHub's limits, and deaf to what a tenant's names say."""

from __future__ import annotations

import gzip
import json
import random
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from audits import (
    ABSENT_FIELD,
    ANSWERED,
    NAMES,
    PAIRS,
    SEARCHED,
    SILENT,
    audited,
    clean,
    hostile,
    make_rule,
    many,
    rendered,
    snapshot_of,
    tenant,
)
from multitool import sarif_schema, validate
from sarif.loader import load_sarif_file

from auditor import AuditResult, Severity
from auditor.lint.reported_finding import Acceptance, AcceptedBy, FindingStatus
from auditor.lint.result import Notice, Tenant
from auditor.plugins import load_reports


def run_of(result: AuditResult) -> Any:
    document = json.loads(rendered("sarif", result))
    assert document["version"] == "2.1.0"
    (run,) = document["runs"]
    return run


@pytest.fixture(scope="module")
def run() -> Any:
    return run_of(hostile())


AUDITS = [
    pytest.param(hostile, id="hostile"),
    pytest.param(clean, id="clean"),
    pytest.param(lambda: audited(snapshot_of(tenant("Payments"))), id="no-rules"),
    pytest.param(lambda: hostile("a folder/100% #1?[x]{0}.json"), id="odd-file-name"),
]


@pytest.mark.parametrize("make", AUDITS)
def test_the_official_schema_accepts_it(make: Any) -> None:
    jsonschema.validate(json.loads(rendered("sarif", make())), sarif_schema())


@pytest.mark.parametrize("make", AUDITS)
def test_the_multitool_has_no_objections(make: Any, tmp_path: Path) -> None:
    said = [line for line in validate(rendered("sarif", make()), tmp_path) if line[:4] != "note"]

    # Without the setting, the driver names no home page. (SARIF2005)
    assert [line for line in said if "ProvideToolnformationUri" not in line] == []


def test_with_addresses_that_are_set_the_multitool_misses_none(tmp_path: Path) -> None:
    home, page = "https://acme.example/okta-auditor", "https://acme.example/rules/{code}.md?x=1#top"
    result = replace(hostile(), home_page=home, rule_page=page)
    document = rendered("sarif", result)

    driver = json.loads(document)["runs"][0]["tool"]["driver"]
    assert driver["informationUri"] == home
    assert {rule["helpUri"] for rule in driver["rules"]} == {
        page.replace("{code}", rule.code) for rule in result.rules
    }
    jsonschema.validate(json.loads(document), sarif_schema())
    said = validate(document, tmp_path)
    assert [line for line in said if line[:4] != "note" or "Uri" in line] == []
    assert any("Uri" in line for line in validate(rendered("sarif", hostile()), tmp_path))


def test_the_multitool_is_really_asked(tmp_path: Path) -> None:
    document = json.loads(rendered("sarif", hostile()))
    document["runs"][0]["results"][0]["locations"] = []

    said = validate(json.dumps(document), tmp_path)

    assert any(line.startswith("error GH1015 ") for line in said)


def test_all_selected_rules_are_described(run: Any) -> None:
    rules = run["tool"]["driver"]["rules"]

    assert [rule["id"] for rule in rules] == [
        "OAM101",
        "OAM102",
        "OAM103",
        "OAM104",
        "OAM201",
        "OAM601",
        "OAM602",
        "XYZ801",
    ]
    assert rules[1] == {
        "id": "OAM102",
        "name": "ServersAlike",
        "shortDescription": {"text": "The summary of servers-alike."},
        "fullDescription": {"text": "The summary of servers-alike. The reason for servers-alike."},
        "help": {
            "text": "The summary of servers-alike.\n\nThe reason for servers-alike.\n\n"
            "Fix: The fix for servers-alike.\n\nSee:\n- A book, chapter [2]",
            "markdown": PAIRS.markdown(),
        },
        "defaultConfiguration": {"level": "error"},
        "properties": {
            "tags": ["security", "okta", "oauth2", "risky", "authorization-servers"],
            "precision": "medium",
            "problem.severity": "error",
            "security-severity": "9.5",
        },
    }
    assert rules[7]["properties"]["tags"] == ["security", "okta", "oauth2", "risky"]


@pytest.mark.parametrize(
    ("severity", "level", "problem", "score"),
    [
        (Severity.CRITICAL, "error", "error", "9.5"),
        (Severity.HIGH, "error", "error", "8.0"),
        (Severity.MEDIUM, "warning", "warning", "5.5"),
        (Severity.LOW, "note", "recommendation", "2.5"),
        (Severity.INFO, "note", "recommendation", None),
    ],
)
def test_severities(severity: Severity, level: str, problem: str, score: str | None) -> None:
    rule = replace(NAMES, severity=severity)

    run = run_of(audited(snapshot_of(tenant("Payments")), rule))

    (described,) = run["tool"]["driver"]["rules"]
    assert described["defaultConfiguration"] == {"level": level}
    assert described["properties"]["problem.severity"] == problem
    assert described["properties"].get("security-severity") == score
    assert run["results"][0]["level"] == level


def test_descriptions_are_cut() -> None:
    page = replace(NAMES.page, summary="word " * 400, why="why " * 400)

    run = run_of(audited(snapshot_of(tenant("Payments")), replace(NAMES, page=page)))

    (described,) = run["tool"]["driver"]["rules"]
    for key in ("shortDescription", "fullDescription"):
        assert 1000 < len(described[key]["text"]) <= 1024
        assert described[key]["text"].endswith(" ….")


def test_a_result(run: Any) -> None:
    result = run["results"][0]
    fingerprint = hostile().findings[0].fingerprint
    region = result["locations"][0]["physicalLocation"]["region"]

    assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
    assert result["ruleId"] == "OAM102"
    assert result["level"] == "error"
    assert result["locations"] == [
        {
            "physicalLocation": {
                "artifactLocation": {"uri": "okta-audit/snapshot.json"},
                "region": region,
            },
            "logicalLocations": [
                {
                    "name": "<script>alert(1)</script>",
                    "fullyQualifiedName": "authorization_server/aus1",
                    "kind": "object",
                }
            ],
        }
    ]
    assert region["endColumn"] == region["startColumn"] + len('"api://1"')
    assert region["startLine"] == region["endLine"] > 1
    assert result["partialFingerprints"] == {
        "primaryLocationLineHash": f"{fingerprint}:1",
        "oktaAuditor/v1": fingerprint,
    }
    assert result["properties"] == {
        "severity": "critical",
        "confidence": "medium",
        "status": "open",
        "evidence": 'audiences.0: "api://1"',
        "field": "audiences.0",
        "reproduce": result["properties"]["reproduce"],
        "answer": [ANSWERED, SEARCHED],
    }
    assert result["properties"]["reproduce"].startswith("okta-auditor explain ")
    assert "\x1b" not in result["properties"]["reproduce"]
    (related,) = result["relatedLocations"]
    assert related["id"] == 1
    assert related["message"]["text"] == (
        'the other one: authorization server "\ufffd\\[31mred\ufffd\\[0m"'
    )


def test_an_object_within_a_server_has_a_qualified_name(run: Any) -> None:
    (location,) = run["results"][-1]["locations"][0]["logicalLocations"]

    assert location["fullyQualifiedName"] == "authorization_server/aus1/access_policy/00p1"


def test_tenant_text_becomes_neither_link_nor_placeholder(run: Any) -> None:
    texts = [item["message"]["text"] for item in run["results"] if item["ruleId"] == "OAM101"]
    end = " has a name. Fix: The fix for server-with-name."

    assert f'Server "\\[x\\](http://evil)"{end}' in texts
    assert f'Server "{{{{0}}}}"{end}' in texts
    assert f'Server "one\ufffdHIGH  OAM999 forged"{end}' in texts
    assert f'Server "abc\ufffdgnp.exe"{end}' in texts
    assert f'Server "<script>alert(1)</script>"{end}' in texts


def test_a_backslash_does_not_undo_the_escape() -> None:
    result = audited(snapshot_of(tenant("\\[x\\](1)")), NAMES)

    text = run_of(result)["results"][0]["message"]["text"]

    assert text.startswith('Server "\\\\\\[x\\\\\\](1)" has')


def test_nothing_invisible_is_left() -> None:
    text = rendered("sarif", hostile())

    assert not {"\x1b", "\u202e", "\U000e0041", "\x9b"} & set(text)
    assert "\\u202e" not in text
    assert 'name: \\"\\\\u001b[31mred\\\\u001b[0m\\"' in text, "evidence is JSON, quoted as text"


@pytest.mark.parametrize(
    ("file", "uri"),
    [
        ("snapshot.json", "snapshot.json"),
        ("./a//b.json", "a/b.json"),
        ("../b.json", "../b.json"),
        ("a folder/100%.json", "a%20folder/100%25.json"),
        ("a:b#c?d.json", "a%3Ab%23c%3Fd.json"),
        ("é.json", "%C3%A9.json"),
        ("bad\udcff.json", "bad%FF.json"),
        ("okta\\snapshot.json", "okta/snapshot.json"),
        ("/srv/my audit/s.json", "file:///srv/my%20audit/s.json"),
        ("C:\\my audit\\s.json", "file:///C:/my%20audit/s.json"),
        ("\\\\host\\share\\s.json", "file://host/share/s.json"),
    ],
)
def test_file_names_become_uris(file: str, uri: str) -> None:
    result = audited(snapshot_of(tenant("Payments")), NAMES, file=file)

    (found,) = run_of(result)["results"]

    assert found["locations"][0]["physicalLocation"]["artifactLocation"] == {"uri": uri}


def test_fingerprints_survive_moving_and_stay_apart() -> None:
    example = tenant("Payments")
    before = run_of(audited(snapshot_of(example), NAMES))["results"][0]
    example["/api/v1/authorizationServers"].insert(0, {"id": "aus0", "name": "New"})
    after = run_of(audited(snapshot_of(example), NAMES))["results"][1]

    assert before["locations"] != after["locations"]
    assert before["partialFingerprints"] == after["partialFingerprints"]


def test_equal_fingerprints_are_numbered() -> None:
    result = audited(snapshot_of(tenant("Payments")), NAMES)
    twice = replace(result, findings=result.findings * 2)

    hashes = [
        item["partialFingerprints"]["primaryLocationLineHash"] for item in run_of(twice)["results"]
    ]

    assert [value.rpartition(":")[2] for value in hashes] == ["1", "2"]


def test_the_invocation_says_what_was_not_checked(run: Any) -> None:
    (invocation,) = run["invocations"]
    kinds = [kind["id"] for kind in run["tool"]["driver"]["notifications"]]

    assert invocation["executionSuccessful"] is False
    assert invocation["startTimeUtc"] == "2026-01-01T00:00:00.000Z"
    (crash,) = invocation["toolExecutionNotifications"]
    assert crash["level"] == "error"
    assert kinds[crash["descriptor"]["index"]] == crash["descriptor"]["id"] == "rule-crashed"
    assert crash["associatedRule"] == {"id": "OAM103", "index": 2}
    assert crash["message"]["text"].startswith(
        "OAM103 crashing crashed, and nothing that it found is reported: "
        "ValueError: cannot read \ufffd\\[31mred\ufffd\\[0m (audits.py:"
    )
    unread = invocation["toolConfigurationNotifications"]
    assert [(item["associatedRule"]["id"], item["level"]) for item in unread] == [
        ("OAM601", "warning"),
        ("OAM602", "warning"),
        ("XYZ801", "note"),
    ]
    assert unread[0]["message"]["text"] == (
        "OAM601 group-rule was not evaluated: groups: the service app lacks the scope "
        "okta.groups.read. Next: grant okta.groups.read and an admin role that may view groups."
    )


def test_a_complete_audit_was_successful() -> None:
    run = run_of(clean())

    assert run["results"] == []
    assert run["invocations"][0]["executionSuccessful"] is True
    assert run["properties"]["coverage"]["authorization_servers"] == {
        "status": "complete",
        "objects": 1,
    }
    assert run["properties"]["rules"]["evaluated"] == 2


@pytest.mark.parametrize(
    ("identity", "category"),
    [("00o1", "okta-auditor/00o1/"), ("a/b [1]", "okta-auditor/a_b__1_/")],
)
def test_every_tenant_is_a_category_of_its_own(identity: str, category: str) -> None:
    result = replace(clean(), tenant=Tenant(id=identity, name="Example", url="https://x.example"))

    assert run_of(result)["automationDetails"] == {"id": category}


@pytest.mark.slow
def test_more_results_than_github_takes() -> None:
    text = rendered("sarif", many(25_001))
    (run,) = json.loads(text)["runs"]

    assert len(run["results"]) == 25_000
    assert {item["level"] for item in run["results"]} == {"error"}
    (left_out,) = run["invocations"][0]["toolExecutionNotifications"]
    assert left_out["level"] == "warning"
    assert left_out["message"]["text"].startswith("1 result of 25,001, the least severe, left out")
    assert len(gzip.compress(text.encode())) < 10_000_000


def test_exactly_as_many_results_as_github_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    sarif = sys.modules[load_reports()["sarif"].module]
    assert vars(sarif)["MOST_RESULTS"] == 25_000
    monkeypatch.setattr(sarif, "MOST_RESULTS", 250)

    run = run_of(many(250))

    assert len(run["results"]) == 250
    assert run["invocations"][0]["toolExecutionNotifications"] == []


def test_related_objects_that_are_not_shown_are_counted() -> None:
    result = hostile()
    crowded = replace(result, findings=(replace(result.findings[0], related_more=7),))

    (found,) = run_of(crowded)["results"]

    assert [item["id"] for item in found["relatedLocations"]] == [1]
    assert found["properties"]["relatedLeftOut"] == 7


def test_same_input_same_bytes() -> None:
    assert rendered("sarif", hostile()) == rendered("sarif", hostile())


def test_names_of_rules() -> None:
    rules = (SILENT, ABSENT_FIELD, make_rule("OAM801", "pkce-off", SILENT.check))

    described = run_of(audited(snapshot_of(tenant("Payments")), *rules))["tool"]["driver"]["rules"]

    assert [item["name"] for item in described] == ["Silent", "PolicyWithoutEnd", "PkceOff"]


def known() -> AuditResult:
    """Four findings: one suppressed, one in the baseline, two that count."""
    result = hostile()
    first, second, *others = result.findings
    suppression = Acceptance(
        by=AcceptedBy.SUPPRESSION,
        where="s.toml:3",
        reason="fixed in [Q2]",
        expires=date(2027, 1, 31),
    )
    baseline = Acceptance(by=AcceptedBy.BASELINE, where="baseline.json:9")
    quiet = (
        replace(first, status=FindingStatus.SUPPRESSED, acceptance=suppression),
        replace(second, status=FindingStatus.UNCHANGED, acceptance=baseline),
    )
    notice = Notice("s.toml:7", "unused {0}", "remove it")
    return replace(result, findings=tuple(others[:2]), accepted=quiet, notices=(notice,))


def test_accepted_findings_are_left_out_but_counted() -> None:
    run = run_of(known())

    assert len(run["results"]) == 2
    assert all("suppressions" not in item for item in run["results"])
    assert run["properties"]["accepted"] == 2


def test_accepted_findings_are_suppressed_results_where_they_are_shown(tmp_path: Path) -> None:
    text = rendered("sarif", replace(known(), show_accepted=True))
    (run,) = json.loads(text)["runs"]

    jsonschema.validate(json.loads(text), sarif_schema())
    assert not [line for line in validate(text, tmp_path) if line.startswith("error")]
    *open_, suppressed, unchanged = run["results"]
    assert [item["baselineState"] for item in run["results"]] == ["new", "new", "new", "unchanged"]
    assert all("suppressions" not in item for item in open_)
    assert suppressed["suppressions"] == [
        {
            "kind": "external",
            "status": "accepted",
            "justification": "fixed in [Q2]; until 2027-01-31 (s.toml:3)",
        }
    ]
    assert unchanged["suppressions"][0]["justification"] == "in the baseline (baseline.json:9)"


def test_without_a_baseline_there_is_no_baseline_state() -> None:
    assert all("baselineState" not in item for item in run_of(hostile())["results"])


def test_notices_are_notifications() -> None:
    (invocation,) = run_of(known())["invocations"]

    said = invocation["toolExecutionNotifications"][-1]
    assert said["message"]["text"] == "s.toml:7: unused {{0}}. Next: remove it."
    assert said["descriptor"]["id"] == "upkeep-notice"


@pytest.mark.slow
def test_a_file_that_is_too_large_when_compressed_loses_the_least_severe() -> None:
    noise = random.Random(7)  # what compresses badly
    result = many(6_000)
    long = [
        replace(item, evidence=f"{noise.getrandbits(8_000):x}{noise.getrandbits(8_000):x}")
        for item in result.findings
    ]

    text = rendered("sarif", replace(result, findings=tuple(long)))

    (run,) = json.loads(text)["runs"]
    assert 8_000_000 < len(gzip.compress(text.encode())) <= 10_000_000
    (left_out,) = run["invocations"][0]["toolExecutionNotifications"]
    missing = 6_000 - len(run["results"])
    assert left_out["message"]["text"].startswith(f"{missing:,} results of 6,000, the least severe")
    assert "10 MB of compressed SARIF" in left_out["message"]["text"]
    assert {item["level"] for item in run["results"]} == {"error"}


def test_a_renamed_object_keeps_its_fingerprints() -> None:
    before = run_of(audited(snapshot_of(tenant("Payments", "Orders")), NAMES))["results"]
    after = run_of(audited(snapshot_of(tenant("Payments", "Aardvark")), NAMES))["results"]

    def hashes(results: Any) -> list[str]:
        return sorted(item["partialFingerprints"]["primaryLocationLineHash"] for item in results)

    assert [item["message"] for item in before] != [item["message"] for item in after]
    assert hashes(before) == hashes(after)


def test_a_consumer_reads_it(tmp_path: Path) -> None:
    path = tmp_path / "results.sarif"
    path.write_text(rendered("sarif", replace(known(), show_accepted=True)))

    read = load_sarif_file(str(path))

    assert read.get_distinct_tool_names() == ["okta-auditor"]
    assert read.get_result_count() == 4
