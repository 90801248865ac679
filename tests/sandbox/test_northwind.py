"""Northwind Robotics is sound but for its flaws, and has one flaw for every built-in rule."""

import json
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import pytest

from auditor.lint.engine import audit
from auditor.lint.examples import CAPTURED_AT, example_snapshot
from auditor.lint.result import AuditResult
from auditor.plugins import load_rules
from auditor.sandbox.northwind import northwind
from auditor.sandbox.northwind.flaws import FLAWS
from auditor.sandbox.tenant import TenantFile
from auditor.snapshot.collections import Collection, match
from auditor.snapshot.document import Snapshot, Source, dump_snapshot
from auditor.snapshot.org import Org

RULES = {rule.code: rule for rule in load_rules() if rule.module.startswith("auditor.rules.")}


def packed(row: Collection, records: list[Any]) -> list[Any]:
    records = row.with_ids(records)
    kept = sorted(filter(row.keep, records), key=lambda record: str(record.get("id")))
    return row.pack(kept) if row.pack else kept


def snapshot_of(tenant: dict[str, Any], now: datetime = CAPTURED_AT) -> Snapshot:
    """The tenant as the collector would leave it, without going over HTTP."""
    resources: dict[str, Any] = {}
    for path, value in tenant.items():
        matched = match(path)
        assert matched, path
        row = matched[0]
        resources[path] = value if row.single else packed(row, value)
    empty = example_snapshot({})
    capture = empty.capture.model_copy(update={"started_at": now, "finished_at": now})
    return empty.model_copy(update={"resources": resources, "capture": capture})


def found(*flaws: str) -> dict[str, list[str]]:
    """What each rule says about the company with these flaws, for rules that say something."""
    org = Org.of(snapshot_of(northwind(CAPTURED_AT, flaws=flaws)))
    said = {
        code: [finding.message for finding in rule.findings(org)] for code, rule in RULES.items()
    }
    return {code: messages for code, messages in said.items() if messages}


@cache
def audited_with_all_flaws(now: datetime = CAPTURED_AT) -> AuditResult:
    snapshot = snapshot_of(northwind(now), now)
    source = Source("northwind.json", dump_snapshot(snapshot))
    result = audit(snapshot, RULES.values(), source)
    assert not result.crashed, result.crashed[0].error
    assert not result.not_evaluated
    return result


def fingerprints(result: AuditResult) -> list[str]:
    return sorted(finding.fingerprint for finding in result.findings)


def test_the_sound_company_is_silent() -> None:
    assert found() == {}


def test_every_flaw_is_one_that_a_rule_finds() -> None:
    assert FLAWS.keys() <= RULES.keys()


@pytest.mark.parametrize("code", FLAWS)
def test_a_flaw_fires_its_rule_and_no_other(code: str) -> None:
    assert found(code).keys() == {code, *FLAWS[code].also}


def test_every_flaw_has_a_story_of_one_line() -> None:
    odd = [
        flaw.code for flaw in FLAWS.values() if "\n" in flaw.story or not flaw.story.endswith(".")
    ]

    assert odd == []


def test_all_flaws_together_fire_their_rules() -> None:
    findings = audited_with_all_flaws().findings

    assert {finding.rule.code for finding in findings} >= FLAWS.keys()
    assert 80 <= len(findings) <= 170
    assert len({finding.fingerprint for finding in findings}) == len(findings)
    assert sum(finding.severity.value == "critical" for finding in findings) <= 5


def test_it_is_a_company_of_some_size() -> None:
    org = Org.of(snapshot_of(northwind(CAPTURED_AT, flaws=())))

    assert len(org.servers) >= 6
    assert len([app for app in org.apps if app.configurable]) >= 25
    assert len(org.users) >= 40
    assert len(org.groups) >= 12
    assert not [entry for entry in org.ledger.entries if entry.quarantined]


def test_everyone_is_everyone() -> None:
    org = Org.of(snapshot_of(northwind(CAPTURED_AT)))
    (everyone,) = [group for group in org.groups if group.built_in]

    assert org.members(everyone.id) == {user.id for user in org.users}


def test_the_same_moment_makes_the_same_company() -> None:
    assert northwind(CAPTURED_AT) == northwind(CAPTURED_AT)


def test_findings_stay_the_same_over_time() -> None:
    later = audited_with_all_flaws(CAPTURED_AT + timedelta(days=500, hours=7, seconds=13))

    assert fingerprints(later) == fingerprints(audited_with_all_flaws())


def test_it_is_a_tenant_file() -> None:
    document = northwind(CAPTURED_AT)

    assert TenantFile.from_document(document).resources.keys() == document.keys()
    assert '"client_secret":' not in json.dumps(document)


def test_an_unknown_flaw_is_refused() -> None:
    with pytest.raises(ValueError, match="no flaw for OAM000"):
        northwind(CAPTURED_AT, flaws=["OAM000"])
