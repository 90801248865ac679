"""`logs` says what failed and why: of a file, of standard input, and of what it pulls."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from helpers import okta_auditor, served
from terminals import widest, without_terminal

sys.path.append(str(Path(__file__).parents[1] / "system_log"))

from small_log import HEADER, changed, granted, log, machine, refused, snapshot, tenant

from auditor.snapshot.document import write_snapshot


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    write_snapshot(snapshot(), tmp_path / "s.json")
    (tmp_path / "l.jsonl").write_bytes(log(refused(), refused(), granted("pay:read")))
    return tmp_path


def test_a_file_is_explained_without_network_or_credentials() -> None:
    shown = okta_auditor("logs", "l.jsonl", "--snapshot", "s.json")
    assert shown.exit_code == 0, shown.stderr
    assert "2 rejections since Tuesday 2025-12-23 14:05 UTC" in shown.stdout
    assert "The snapshot rejects them for this reason" in shown.stdout
    assert widest(without_terminal("logs", "l.jsonl", "--snapshot", "s.json").stdout) <= 80
    alone = okta_auditor("logs", "l.jsonl")
    assert alone.exit_code == 0
    assert "2 rejections since Tuesday 2025-12-23 14:05 UTC" in alone.stdout
    assert "The snapshot" not in alone.stdout


def test_the_command_that_it_shows_explains_a_request() -> None:
    document = json.loads(
        okta_auditor("logs", "l.jsonl", "--snapshot", "s.json", "--format", "json").stdout
    )
    words = document["groups"][0]["decisions"][0]["command"].split()
    assert words[:2] == ["okta-auditor", "explain"]
    shown = okta_auditor(
        "explain", "s.json", "--server", "Pay", "--client", "0oa1", *words[words.index("--grant") :]
    )
    assert "REJECTED" in shown.stdout


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (log(refused()), 0),
        (json.dumps([refused()]).encode(), 0),
        (log(refused(), complete=False), 3),
        (log(refused()) + b"{\n", 3),
        (b"", 2),
        (b"\x1b[31mno log", 2),
        (log(refused(), header={**HEADER, "org": "https://other.okta.com"}), 2),
    ],
)
def test_exit_codes_tell_what_is_missing(folder: Path, content: bytes, code: int) -> None:
    (folder / "log").write_bytes(content)
    shown = okta_auditor("logs", "log", "--snapshot", "s.json")
    assert shown.exit_code == code, shown.stderr
    assert "Traceback" not in shown.stderr
    assert "\x1b" not in shown.stderr


def test_what_is_pulled_is_explained(folder: Path) -> None:
    now = datetime.now(UTC)

    def at(event: dict[str, Any], minutes: int) -> dict[str, Any]:
        moment = (now - timedelta(minutes=minutes)).isoformat(timespec="milliseconds")
        return {**event, "uuid": f"{minutes:032}", "published": moment.replace("+00:00", "Z")}

    change = changed("0pr2", "PolicyRule", "")
    events = [at(change, 47), *(at(refused(), minutes) for minutes in (45, 30, 15))]
    users = [{"id": user, "scope": "USER", "status": "ACTIVE"} for user in ("00u1", "00u2")]
    org = {**tenant(), "/api/v1/apps/0oa1/users": users, "/api/v1/logs": events}
    with served(org) as sandbox:
        again = okta_auditor("snapshot", "-o", "read.json", url=sandbox.url)
        assert again.exit_code in {0, 3}, again.stderr
        shown = okta_auditor("logs", "--snapshot", "read.json", url=sandbox.url)
    assert shown.exit_code == 0, shown.stderr
    whole = " ".join(shown.stdout.split())
    assert "3 rejections since" in whole
    assert "nearest to rule" in whole, shown.stdout
    assert "2 minutes earlier" in whole
    assert "because" not in whole
    assert sorted(path.name for path in folder.iterdir()) == ["l.jsonl", "read.json", "s.json"]


def test_two_snapshots_prove_that_a_change_is_the_cause(folder: Path) -> None:
    org = tenant()
    rule = org["/api/v1/authorizationServers/aus1/policies/00p1/rules"][0]
    rule["conditions"]["scopes"]["include"].append("pay:audit")
    older = snapshot(org)
    moment = datetime(2025, 12, 22, 9, tzinfo=UTC)
    capture = older.capture.model_copy(update={"started_at": moment, "finished_at": moment})
    write_snapshot(older.model_copy(update={"capture": capture}), folder / "old.json")
    change = changed("0pr1", "PolicyRule", "2025-12-23T14:03:00Z")
    header = {**HEADER, "until": "2026-01-02T00:00:00Z"}
    (folder / "l.jsonl").write_bytes(log(change, machine("pay:audit"), header=header))
    words = ["logs", "l.jsonl", "--snapshot", "s.json", "--base", "old.json"]
    shown = okta_auditor(*words)
    assert shown.exit_code == 0, shown.stderr
    whole = " ".join(shown.stdout.split())
    assert "The snapshot of Monday 2025-12-22 09:00 UTC gives them the token" in whole
    assert 'so the cause: policy.rule.update of "The 0pr1" by "root@acme.example"' in whole
    assert widest(without_terminal(*words).stdout) <= 80
    group = json.loads(okta_auditor(*words, "--format", "json").stdout)["groups"][0]
    assert group["base"]["verdict"] == "changed"
    swapped = okta_auditor("logs", "l.jsonl", "--snapshot", "old.json", "--base", "s.json")
    assert swapped.exit_code == 2
    assert "not before the newer one" in swapped.stderr
    alone = okta_auditor("logs", "l.jsonl", "--base", "old.json")
    assert alone.exit_code == 2
    assert "--snapshot SNAPSHOT" in alone.stderr
