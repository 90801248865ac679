"""What the sandbox refuses, it logs; `logs` names the rule that refused it, or that it cannot."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from helpers import okta_auditor, served
from token_calls import ask_code, ask_portal, ask_robot, tenant_document

from auditor.sandbox import Sandbox


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A snapshot and a log of the same sandbox: refusals of several kinds, and tokens."""
    folder = tmp_path_factory.mktemp("refusals")
    document = tenant_document()
    del document["@now"]  # the log is read by this machine's clock
    with served(document) as sandbox:
        requests(sandbox)
        shown = okta_auditor("snapshot", "-o", folder / "s.json", url=sandbox.url)
        assert shown.exit_code in {0, 3}, shown.stderr
        shown = okta_auditor(
            "logs", "--with-grants", "-o", folder / "l.jsonl", "--since", "1h", url=sandbox.url
        )
        assert shown.exit_code == 0, shown.stderr
    return folder


def requests(sandbox: Sandbox) -> None:
    for _ in range(3):
        assert ask_robot(sandbox, scope="bills:write").status == 400
    assert ask_robot(sandbox).status == 200
    ask_code(sandbox, login_hint="bob@acme.example")
    ask_code(sandbox, client_id="spa", login_hint="bob@acme.example", code_challenge="x" * 43)
    ask_portal(sandbox, grant_type="password", username="ada@acme.example", password="wrong")


@pytest.fixture(scope="module")
def report(folder: Path) -> dict[str, Any]:
    shown = okta_auditor(
        "logs", folder / "l.jsonl", "--snapshot", folder / "s.json", "--format", "json"
    )
    assert shown.exit_code == 0, shown.stderr
    return dict(json.loads(shown.stdout))


def decisions(report: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for group in report["groups"]:
        for decision in group["decisions"]:
            yield group["client"]["id"], group["reason"], decision


def test_a_machine_that_no_rule_lets_have_a_scope(report: dict[str, Any]) -> None:
    group = report["groups"][0]
    assert (group["count"], group["client"]["id"]) == (3, "robot")
    assert group["reason"] == "no_matching_policy"
    (decision,) = group["decisions"]
    assert decision["agreement"] == "confirmed"
    assert decision["rule"]["id"] == "robots"
    assert [item["name"] for item in group["findings"]] == ["scope-no-rule-allows"]


def test_a_person_whom_no_rule_names(report: dict[str, Any]) -> None:
    found = [d for client, _, d in decisions(report) if client == "portal" and d["rule"]]
    assert [(d["agreement"], d["rule"]["id"]) for d in found] == [("confirmed", "people")]


def test_a_person_who_is_not_assigned(report: dict[str, Any]) -> None:
    found = [(reason, d) for client, reason, d in decisions(report) if client == "spa"]
    assert [(reason, d["agreement"], d["failed"]) for reason, d in found] == [
        ("user_not_assigned", "confirmed", "assignment")
    ]


def test_a_wrong_password_is_not_laid_at_the_configuration(report: dict[str, Any]) -> None:
    others = [d for _, _, d in decisions(report) if d["agreement"] == "confirmed"]
    assert sum(d["count"] for d in others) == 5
    assert report["log"]["failed"] == 6


def test_what_was_granted_counts_as_used(report: dict[str, Any]) -> None:
    assert report["usage_unknown"] is None
    unused = {rule["id"] for rule in report["usage"]["rules"]}
    assert "robots" not in unused
    assert {scope["name"] for scope in report["usage"]["scopes"]} == {"bills:write"}
    assert {client["id"] for client in report["usage"]["clients"]} == {"portal", "spa"}
