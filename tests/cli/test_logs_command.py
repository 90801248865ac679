"""`logs` as somebody with an org or a file calls it."""

from __future__ import annotations

import io
import json
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from helpers import okta_auditor, served, snapshot_file, tenant

LOGS = "/api/v1/logs"


def rejection(**members: Any) -> dict[str, Any]:
    return {
        "uuid": "1",
        "published": "2026-11-28T14:05:00.000Z",
        "eventType": "app.oauth2.as.token.grant",
        "outcome": {"result": "FAILURE", "reason": "no_matching_policy"},
        "actor": {"id": "00u1", "type": "User"},
        "client": {"id": "0oa1"},
        "target": [{"id": "aus1", "type": "AuthorizationServer"}],
        "debugContext": {"debugData": {"requestedScopes": "openid", "grantType": "password"}},
        **members,
    }


def test_a_file_of_okta_is_read_and_nothing_is_asked_for(tmp_path: Path) -> None:
    file = tmp_path / "export.json"
    file.write_text(json.dumps([rejection()]))
    with served(tenant()) as sandbox:
        outcome = okta_auditor("logs", file, url=sandbox.url)
        assert not sandbox.requests
    assert outcome.exit_code == 0, outcome.stderr
    assert "1 rejection on Saturday 2026-11-28 14:05 UTC" in outcome.stdout
    assert "not known" in outcome.stdout


def test_standard_input_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    data = io.BytesIO(json.dumps(rejection()).encode() + b"\n")
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(data))
    from auditor.cli.logs.analysis import LogPrinter  # noqa: PLC0415
    from auditor.cli.options import AuditOptions  # noqa: PLC0415

    assert LogPrinter(None, "json", AuditOptions()).print(Path("-"))


def test_a_snapshot_explains_what_was_pulled(tmp_path: Path) -> None:
    snapshot, log = tmp_path / "s.json", tmp_path / "log.jsonl"
    hour = (datetime.now(UTC) - timedelta(hours=1)).isoformat(timespec="milliseconds")
    with served(tenant() | {LOGS: [rejection(published=hour)]}) as sandbox:
        okta_auditor("snapshot", "-o", snapshot, url=sandbox.url)
        words = ["logs", "-o", log, "--snapshot", snapshot]
        pulled = okta_auditor(*words, url=sandbox.url)
        read = okta_auditor("logs", log, "--snapshot", snapshot)
    assert pulled.exit_code == read.exit_code == 0, pulled.stderr
    assert pulled.stdout == read.stdout
    assert 'client "Invoices"' in pulled.stdout
    assert "ada@acme.example" in pulled.stdout


def test_a_pull_that_was_interrupted_is_never_taken_for_all(tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl"
    with served(tenant() | {LOGS: []}) as sandbox:
        okta_auditor("logs", "-o", log, url=sandbox.url)
    log.write_text(log.read_text().splitlines()[0] + "\n" + json.dumps(rejection()) + "\n")
    outcome = okta_auditor("logs", log)
    assert outcome.exit_code == 3
    assert "INCOMPLETE" in outcome.stdout
    assert (
        json.loads(okta_auditor("logs", log, "--format", "json").stdout)["log"]["complete"] is False
    )


@pytest.mark.parametrize(
    "words",
    [["--since", "2h"], ["-o", "x"], ["--append"], ["--with-grants"], ["--share", "0.5"], ["-v"]],
    ids=" ".join,
)
def test_what_says_how_to_pull_does_not_go_with_a_file(tmp_path: Path, words: list[str]) -> None:
    outcome = okta_auditor("logs", tmp_path / "log.jsonl", *words)
    assert outcome.exit_code == 2
    assert "says how to pull, and with FILE nothing is pulled" in outcome.stderr


def test_a_wrong_snapshot_is_told_before_anything_is_pulled(tmp_path: Path) -> None:
    with served(tenant()) as sandbox:
        outcome = okta_auditor("logs", "--snapshot", tmp_path / "none", url=sandbox.url)
        assert outcome.exit_code == 2
        assert not sandbox.requests


def test_the_log_of_another_org_is_refused(tmp_path: Path) -> None:
    snapshot = snapshot_file(tmp_path, tenant())
    log = tmp_path / "log.jsonl"
    with served(tenant() | {LOGS: []}) as sandbox:
        outcome = okta_auditor("logs", "-o", log, "--snapshot", snapshot, url=sandbox.url)
        assert not sandbox.requests
    assert outcome.exit_code == 2
    assert "of another org" in outcome.stderr
    assert not log.exists()


def test_a_tenant_of_the_configuration_file_is_pulled_from(tmp_path: Path) -> None:
    config, log = tmp_path / "okta-auditor.toml", tmp_path / "log.jsonl"
    with served(tenant() | {LOGS: []}) as sandbox:
        config.write_text(f'[tenants.prod]\norg_url = "{sandbox.url}"\ntoken_env = "PROD_TOKEN"\n')
        words = ["logs", "-o", log, "--config", config, "--tenant", "prod"]
        outcome = okta_auditor(*words, PROD_TOKEN="00" + "x" * 40)
    assert outcome.exit_code == 0, outcome.stderr
    assert log.exists()


def test_a_first_line_without_a_period_is_never_complete(tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl"
    log.write_text('{"okta_auditor_log": 1, "org": ""}\n{"complete": true}\n')
    assert (
        "no events; whether it holds all of them is not known" in okta_auditor("logs", log).stdout
    )
    assert json.loads(okta_auditor("logs", log, "-O", "json").stdout)["log"]["complete"] is None
