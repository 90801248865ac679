"""Each event of `findings.ocsf.jsonl`, against the schema that OCSF publishes."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from helpers import okta_auditor, snapshot_file, tenant, write_document
from ocsf_schema import objections, required

from auditor.config.model import OCSF_VERSIONS

Json = dict[str, Any]

CRASHES = '''"""Every app.

Why it matters.

Fix: nothing.

Flagged:

    {"/api/v1/apps": [{"id": "a"}]}

Accepted:

    {"/api/v1/apps": []}
"""
from auditor import Finding, Impact, Severity, rule


@rule("TST001", severity=Severity.LOW, impact=Impact.DEAD, reads=["apps"])
def check(org):
    raise ValueError("boom")
    yield
'''


def exported(snapshot: Path, target: Path, *options: object) -> list[Json]:
    done = okta_auditor(
        "evidence",
        "export",
        snapshot,
        "-o",
        target,
        "--no-config",
        "--as-of",
        "2026-01-02",
        *options,
    )
    assert done.exit_code in {0, 3}, done.shown
    return [json.loads(line) for line in (target / "findings.ocsf.jsonl").read_bytes().splitlines()]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> list[Json]:
    """The events of the demo tenant, in which every built-in rule finds something."""
    folder = tmp_path_factory.mktemp("demo")
    assert okta_auditor("demo", "-o", folder).exit_code == 0
    return exported(folder / "snapshot.json", folder / "out")


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> list[Json]:
    """Events of every other kind: passed, accepted, not evaluated, not applicable, crashed."""
    folder = tmp_path_factory.mktemp("mixed")
    (folder / "rules").mkdir()
    (folder / "rules" / "every_app.py").write_text(CRASHES)
    (folder / "accepted.toml").write_text(
        '[[suppression]]\nrule = "OAM705"\ntarget = "0pr1"\nowner = "Ada"\n'
        'reason = "=Ada\'s \\u202Eown"\nexpires = 2026-02-01\n'
    )
    given = tenant()
    policy_rule = given["/api/v1/authorizationServers/aus1/policies/00p1/rules"][0]
    policy_rule["conditions"]["scopes"]["include"] = ["*"]
    client = given["/api/v1/apps"][0]["settings"]["oauthClient"]
    client["grant_types"].append("refresh_token")
    snapshot = snapshot_file(folder, given, unread=("groups",))
    document = json.loads(snapshot.read_text())
    for row in document["ledger"]:
        if row["collection"] == "network_zones":
            row |= {"status": "absent", "reason": "404 E0000007", "lists": 0}
    del document["resources"]["/api/v1/zones"]
    write_document(snapshot, document)
    options = ("--rules", folder / "rules", "--suppressions", folder / "accepted.toml")
    return exported(snapshot, folder / "out", *options)


def test_the_schema_accepts_every_event_of_the_demo_tenant(demo: list[Json]) -> None:
    assert len(demo) > 100
    assert [line for event in demo for line in objections(event)] == []


def test_the_schema_accepts_events_of_every_kind(mixed: list[Json]) -> None:
    kinds = {(event["compliance"]["status"], event["status"]) for event in mixed}
    assert kinds == {
        ("Pass", "New"),
        ("Fail", "New"),
        ("Fail", "Suppressed"),
        ("Warning", "New"),
        ("Not applicable", "New"),
        ("Unknown", "New"),
    }
    assert [line for event in mixed for line in objections(event)] == []


@pytest.mark.parametrize("version", OCSF_VERSIONS)
def test_each_version_that_is_offered_accepts_every_event(
    demo: list[Json], mixed: list[Json], version: str
) -> None:
    for event in (*demo, *mixed):
        other = event | {"metadata": event["metadata"] | {"version": version}}
        assert objections(other, version) == []


def test_the_version_that_is_asked_for_is_written_and_replayed(tmp_path: Path) -> None:
    snapshot, newest = snapshot_file(tmp_path, tenant()), OCSF_VERSIONS[-1]

    usual = exported(snapshot, tmp_path / "usual")
    asked = exported(snapshot, tmp_path / "asked", "--ocsf-version", newest)

    assert {event["metadata"].pop("version") for event in usual} == {"1.5.0"}
    assert {event["metadata"].pop("version") for event in asked} == {newest}
    assert asked == usual
    done = okta_auditor("evidence", "verify", tmp_path / "asked", "--replay")
    assert done.exit_code == 0, done.shown
    assert okta_auditor("evidence", "export", snapshot, "--ocsf-version", "1.4.0").exit_code == 2


def test_the_schema_rejects_an_event_that_lacks_what_it_requires(mixed: list[Json]) -> None:
    event = next(item for item in mixed if item["status"] == "Suppressed")
    paths = sorted(required(event), key=str)
    assert ("class_uid",) in paths
    assert ("finding_info", "analytic", "type_id") in paths
    assert ("remediation", "desc") in paths

    for path in paths:
        changed = copy.deepcopy(event)
        del _holder(changed, path)[path[-1]]
        assert any("is a required property" in line for line in objections(changed)), path


@pytest.mark.parametrize(
    ("path", "value", "objection"),
    [
        (("type_uid",), 200304, "is not one of"),
        (("type_uid",), 200302, "beside it stands 'Compliance Finding: Create'"),
        (("class_uid",), 2004, "2003 was expected"),
        (("status_id",), 6, "is not one of"),
        (("severity_id",), "4", "is not of type 'integer'"),
        (("severity",), "High", "beside it stands 'High', not 'Medium'"),
        (("time",), "2026-01-01T00:00:00Z", "is not of type 'integer'"),
        (("tenant",), "Acme", "Additional properties are not allowed"),
        (("resources",), {"uid": "0pr1"}, "is not of type 'array'"),
        (("resources",), [{"type": "policy_rule"}], "is not valid under any of"),
        (("metadata", "product"), {"version": "1"}, "is not valid under any of"),
        (("compliance", "status_id"), 4, "is not one of"),
        (("compliance", "status_id"), 1, "beside it stands 'Fail', not 'Pass'"),
        (("compliance", "status_detail"), "findings", "is deprecated since 1.4.0"),
        (("compliance", "requirements"), [], "says nothing"),
        (("finding_info", "types"), [7], "is not of type 'string'"),
    ],
)
def test_the_schema_rejects_what_it_does_not_define(
    mixed: list[Json], path: tuple[str, ...], value: object, objection: str
) -> None:
    changed = copy.deepcopy(next(item for item in mixed if item["status"] == "Suppressed"))
    _holder(changed, path)[path[-1]] = value

    assert objection in "\n".join(objections(changed))


def test_time_is_the_end_of_the_capture_in_milliseconds(
    mixed: list[Json], demo: list[Json]
) -> None:
    assert {event["time"] for event in mixed} == {1_767_225_600_000}
    assert len({event["time"] for event in demo}) == 1


def test_what_only_bears_on_a_control_is_no_requirement_that_fails(demo: list[Json]) -> None:
    found = {event["compliance"]["control"]: event for event in demo}

    direct = found["OAM805"]
    assert "NIST SP 800-53 Revision 5: AC-6(5)" in direct["compliance"]["requirements"]
    assert "PCI DSS 4.0" in direct["compliance"]["standards"]
    only_related = found["OAM204"]
    assert "requirements" not in only_related["compliance"]
    assert "standards" not in only_related["compliance"]
    assert "NIST SP 800-53 Revision 5: AC-3" in only_related["unmapped"]["related_requirements"]
    assert "unmapped" not in found["OAM101"], "no framework asks for it"


def test_each_event_has_an_id_of_its_own(demo: list[Json], mixed: list[Json]) -> None:
    for events in (demo, mixed):
        assert len({event["finding_info"]["uid"] for event in events}) == len(events)


def _holder(event: Json, path: tuple[str | int, ...]) -> Any:
    for step in path[:-1]:
        event = event[step]  # type: ignore[index]
    return event
