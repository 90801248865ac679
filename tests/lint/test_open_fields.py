"""What a rule finds while a field is not known, it finds whatever the field will be."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from typing import Any
from zlib import crc32

import pytest

from auditor.lint.engine import audit
from auditor.lint.examples import example_snapshot
from auditor.lint.result import AuditResult
from auditor.lint.rule import Rule
from auditor.models import PolicyRule
from auditor.plugins import load_rules
from auditor.snapshot.collections import BY_NAME, match
from auditor.snapshot.dependence import dependent
from auditor.snapshot.document import Snapshot, Source
from auditor.snapshot.ledger import CollectionStatus, Gap
from auditor.snapshot.models.base import Record
from auditor.snapshot.models.directory import User
from auditor.snapshot.open_fields import OpenFieldError, open_attribute, whole
from auditor.snapshot.org import Org

Json = dict[str, Any]
WHY = "okta_x.y: field is known after apply"
SOURCE = Source("planned.json", b"{}")
SHARE = 6
"""One in so many fields is tried here. All of them were, once: it takes a minute."""

RULES = {rule.code: rule for rule in load_rules()}


def fields(record: Json, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Leaves of a record that a plan may not know, with their values."""
    for name, value in record.items():
        if isinstance(value, dict) and value:
            yield from fields(value, f"{prefix}{name}.")
        elif f"{prefix}{name}" not in {"id", "name", "label", "priority", "created"}:
            yield f"{prefix}{name}", value


def others(value: Any) -> list[Any]:
    """What the field may be instead."""
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, int):
        return [0, value + 100_000]
    if isinstance(value, list):
        return [
            [],
            *([["ALL_CLIENTS"], ["*"], ["EVERYONE"]] if not value or "" not in value else []),
        ]
    return ["ACTIVE", "INACTIVE", "implicit"] if isinstance(value, str) else []


def changed(snapshot: Snapshot, path: str, position: int, field: str, value: Any) -> Snapshot:
    resources = {**snapshot.resources, path: deepcopy(snapshot.resources[path])}
    part = resources[path][position]
    *outer, last = field.split(".")
    for name in outer:
        part = part[name]
    part[last] = value
    return snapshot.model_copy(update={"resources": resources})


def opened(snapshot: Snapshot, path: str, record: str, field: str) -> Snapshot:
    """The snapshot of which one field of one record is not known, as a plan leaves it open."""
    matched = match(path)
    assert matched is not None
    row = matched[0]
    entries = {entry.collection: entry for entry in snapshot.ledger.entries}
    gaps = [Gap(path=path, reason=WHY, record=record, attribute=WHY, field=field)]
    if row.parent == "authorization_servers" or row.name == "policy_rules":
        gaps.append(Gap(path=path, reason=WHY, attribute=WHY, field=field))
    update = {"status": CollectionStatus.PARTIAL, "gaps": tuple(gaps)}
    entries[row.name] = entries[row.name].model_copy(update=update)
    return snapshot.model_copy(update={"ledger": dependent(entries)})


def fingerprints(result: AuditResult) -> set[str]:
    assert not result.crashed, result.crashed
    return {finding.fingerprint for finding in result.findings}


def guarded_fields(snapshot: Snapshot) -> Iterator[tuple[str, int, Json]]:
    """Records whose fields can be guarded."""
    for path, value in snapshot.resources.items():
        matched = match(path)
        assert matched is not None
        model = matched[0].model
        if matched[0].single or model is None or not issubclass(model, Record) or model is User:
            continue
        for position, record in enumerate(value):
            if isinstance(record, dict) and isinstance(record.get("id"), str):
                yield path, position, record


def tried(rule: Rule, example: Json, share: int) -> Iterator[bool]:
    """Opens fields of an example; yields whether the rule was evaluated all the same."""
    snapshot = example_snapshot(example, people=False)
    for path, position, record in guarded_fields(snapshot):
        for field, value in fields(record):
            if crc32(f"{rule.code} {path} {record['id']} {field}".encode()) % share:
                continue
            result = audit(opened(snapshot, path, record["id"], field), [rule], SOURCE)
            found = fingerprints(result)
            for other in (value, *others(value)):
                world = audit(changed(snapshot, path, position, field, other), [rule], SOURCE)
                if world.not_evaluated or world.crashed:
                    continue
                there = fingerprints(world)
                assert found <= there, (rule.code, path, field, other)
                assert result.not_evaluated or found == there, (rule.code, path, field, other)
            yield not result.not_evaluated


def test_what_is_found_holds_whatever_the_field_will_be() -> None:
    evaluated = [
        yes
        for rule in RULES.values()
        for example in (*rule.page.flagged, *rule.page.accepted)
        for yes in tried(rule, example, SHARE)
    ]
    assert len(evaluated) > 150
    assert sum(evaluated) > 50, "examples show the fields that rules look at, and others"


LIFETIME = next(rule for rule in RULES.values() if rule.name == "long-access-lifetime")
PATH = "/api/v1/authorizationServers/aus1/policies/p1/rules"


def rules_snapshot() -> Snapshot:
    def rule(name: str, scopes: list[str]) -> Json:
        grants = {"include": ["client_credentials"]}
        return {
            "id": name, "name": name, "status": "ACTIVE", "priority": int(name[-1]),
            "conditions": {"scopes": {"include": scopes}, "grantTypes": grants},
            "actions": {"token": {"accessTokenLifetimeMinutes": 1440}},
        }  # fmt: skip

    return example_snapshot({PATH: [rule("r1", ["*"]), rule("r2", []), rule("r3", ["*"])]})


def test_a_rule_that_reads_the_field_says_which_one_and_keeps_what_it_found_before() -> None:
    snapshot = opened(rules_snapshot(), PATH, "r2", "actions.token.accessTokenLifetimeMinutes")
    result = audit(snapshot, [LIFETIME], SOURCE)
    assert [finding.object.id for finding in result.findings] == ["r1"]
    (item,) = result.not_evaluated
    assert item.reason == f"policy rules: not known before apply: {WHY}"
    assert item.missing == ("policy_rules",)
    assert "apply the plan" in item.remedy


def test_a_rule_that_reads_another_field_is_evaluated() -> None:
    snapshot = opened(rules_snapshot(), PATH, "r2", "conditions.scopes.include")
    result = audit(snapshot, [LIFETIME], SOURCE)
    assert not result.not_evaluated
    assert {finding.object.id for finding in result.findings} == {"r1", "r2", "r3"}


@pytest.mark.parametrize(
    "update",
    [
        {"reason": "the plan is not all that will happen"},
        {"gaps": (Gap(path=PATH, reason=WHY, attribute=WHY),)},
        {"gaps": (Gap(path=PATH, reason=WHY, attribute=WHY, field="priority", record="r2"),)},
        {"gaps": (), "lacks": ("rule",)},
    ],
)
def test_where_more_is_open_than_a_field_nothing_is_guarded(update: Json) -> None:
    entry = opened(rules_snapshot(), PATH, "r2", "status").ledger.entry("policy_rules")
    assert entry.only_fields_open
    assert not entry.model_copy(update=update).only_fields_open


def guarded_rule(field: str) -> PolicyRule:
    org = Org.of(opened(rules_snapshot(), PATH, "r2", field)).guarded()
    return next(rule for rule in org.rules(org.policies(org.servers[0])[0]) if rule.id == "r2")


def test_a_guarded_record_is_the_record_in_all_else() -> None:
    rule = guarded_rule("conditions.scopes.include")
    plain = whole(rule)
    assert isinstance(rule, PolicyRule)
    assert type(plain) is PolicyRule
    assert open_attribute(rule) == WHY
    assert open_attribute(plain) == ""
    for name in ("id", "kind", "title", "active", "place", "grant_types", "status", "priority"):
        assert getattr(rule, name) == getattr(plain, name), name
    assert rule.conditions.grant_types.include == ("client_credentials",)
    assert len({rule, guarded_rule("status")}) == 1
    assert rule == guarded_rule("status")


@pytest.mark.parametrize(
    "read",
    [
        lambda rule: rule.conditions.scopes.include,
        lambda rule: rule.scopes,
        lambda rule: rule.conditions == whole(rule).conditions,
        lambda rule: whole(rule).conditions == rule.conditions,
        lambda rule: hash(rule.conditions),
        lambda rule: rule.model_dump(),
        lambda rule: rule.conditions.model_copy(),
        lambda rule: rule.model_extra,
        repr,
        str,
        lambda rule: rule.__dict__,
    ],
)
def test_no_way_leads_to_the_field(read: Any) -> None:
    with pytest.raises(OpenFieldError, match=r"okta_x\.y: field is known after apply"):
        read(guarded_rule("conditions.scopes.include"))


def test_the_raw_record_and_a_parent_of_the_field_are_guarded_too() -> None:
    org = Org.of(opened(rules_snapshot(), PATH, "r2", "conditions")).guarded()
    rule = next(one for one in org.rules(org.policies(org.servers[0])[0]) if one.id == "r2")
    with pytest.raises(OpenFieldError):
        org.raw(rule)
    with pytest.raises(OpenFieldError):
        _ = rule.grant_types
    assert BY_NAME["policy_rules"].model is PolicyRule
