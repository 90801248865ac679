"""The history: what is kept of a run, what reports make of it, and what damage does to it."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from helpers import okta_auditor, served, snapshot_file, tenant, write_document

from auditor.errors import OutputError, UsageError
from auditor.history import MOST_RUNS, check_history

SERVERS = "/api/v1/authorizationServers"
FIRST = datetime(2026, 11, 1, 3, 0, tzinfo=UTC)


def night(folder: Path, number: int, **changes: Any) -> Path:
    """The snapshot of a night, with resources put in its place; None takes one away."""
    path = snapshot_file(folder, tenant(**changes))
    document = json.loads(path.read_text())
    moment = (FIRST + timedelta(days=number)).isoformat().replace("+00:00", "Z")
    document["capture"] |= {"started_at": moment, "finished_at": moment}
    write_document(path, document)
    return path


def open_rule() -> dict[str, Any]:
    """A policy for all clients, which is one finding more."""
    policy = json.loads(json.dumps(tenant()[f"{SERVERS}/aus1/policies"]))
    policy[0]["conditions"]["clients"]["include"] = ["ALL_CLIENTS"]
    return {f"{SERVERS}/aus1/policies": policy}


def audit(snapshot: Path, history: Path, *words: object) -> Any:
    """The JSON report of a run that keeps a history."""
    done = okta_auditor("audit", snapshot, "--history", history, "--output", "json", *words)
    assert done.exit_code in {0, 1}, done.stderr
    return json.loads(done.stdout)


def text(snapshot: Path, history: Path, *words: object) -> str:
    done = okta_auditor("audit", snapshot, "--history", history, *words)
    return " ".join(done.stdout.split())


def test_the_first_run_says_so_and_leaves_a_record(tmp_path: Path) -> None:
    history = tmp_path / "kept" / "history"

    said = text(night(tmp_path, 0), history)

    assert "This is the first run in the history." in said
    (record,) = history.iterdir()
    assert record.name == "00o1_20261101T030000Z.json"
    kept = json.loads(record.read_text())
    assert kept["tenant"] == "00o1"
    assert kept["findings"] == sum(kept["by_rule"].values()) == sum(kept["by_severity"].values())
    assert sum(map(len, kept["fingerprints"].values())) == kept["findings"]
    assert "Acme" not in record.read_text()
    assert "Billing" not in record.read_text()


def test_what_changed_since_yesterday(tmp_path: Path) -> None:
    history = tmp_path / "history"
    before = audit(night(tmp_path, 0), history)["summary"]["findings"]

    snapshot = night(tmp_path, 1, **open_rule())
    said = text(snapshot, history)

    report = audit(snapshot, history)
    after = report["summary"]["findings"]
    assert after > before
    assert f"Since yesterday: {after - before} new, 0 fixed. {before} → {after} findings" in said
    assert "over 2 runs since 2026-11-01." in said
    assert [run["findings"] for run in report["history"]] == [before, after]
    back = text(night(tmp_path, 4), history)
    assert f"Since 2026-11-02: 0 new, {after - before} fixed." in back


def test_the_same_audit_again_changes_nothing(tmp_path: Path) -> None:
    history = tmp_path / "history"
    audit(night(tmp_path, 0), history)
    snapshot = night(tmp_path, 1)
    first = audit(snapshot, history)
    kept = {path.name: path.read_bytes() for path in history.iterdir()}

    assert audit(snapshot, history) == first
    assert {path.name: path.read_bytes() for path in history.iterdir()} == kept


def test_an_older_snapshot_is_compared_with_what_was_before_it(tmp_path: Path) -> None:
    history = tmp_path / "history"
    audit(night(tmp_path, 5, **open_rule()), history)

    assert "This is the first run in the history." in text(night(tmp_path, 1), history)


def test_rules_that_only_one_run_evaluated_prove_nothing(tmp_path: Path) -> None:
    history = tmp_path / "history"
    audit(night(tmp_path, 0), history, "--select", "OAM201")

    said = text(night(tmp_path, 1, **open_rule()), history, "--select", "OAM201,OAM2,OAM3")

    assert "by the 1 rule that ran in both." in said
    assert "nothing to compare" in text(night(tmp_path, 2), history, "--select", "OAM7")


def damaged(kind: str, good: str) -> str:
    record = json.loads(good)
    changes: dict[str, dict[str, Any]] = {
        "a newer version": {"version": 2},
        "another format": {"format": "something"},
        "an unknown key": {"surprise": 1},
        "a negative count": {"findings": -1},
        "another tenant": {"tenant": "00o2"},
        "another moment": {"captured_at": "2026-11-01T03:00:01Z"},
        "a moment without a zone": {"captured_at": "2026-11-01T03:00:00"},
        "a forged fingerprint": {"fingerprints": {"OAM201": ["\x1b[2J"]}},
        "a forged severity": {"by_severity": {"<script>": 1}},
    }
    whole = {
        "cut off": good[: len(good) // 2],
        "empty": "",
        "a list": "[]",
        "huge": " " * 1_000_001,
    }
    return whole[kind] if kind in whole else json.dumps(record | changes[kind])


DAMAGE = """cut off, empty, a list, huge, a newer version, another format, an unknown key,
a negative count, another tenant, another moment, a moment without a zone, a forged fingerprint,
a forged severity"""


@pytest.mark.parametrize("kind", [" ".join(words.split()) for words in DAMAGE.split(",")])
def test_a_damaged_record_is_named_and_kept(kind: str, tmp_path: Path) -> None:
    history = tmp_path / "history"
    audit(night(tmp_path, 0), history)
    (record,) = history.iterdir()
    record.write_text(damaged(kind, record.read_text()))
    before = record.read_bytes()

    done = okta_auditor("audit", night(tmp_path, 1), "--history", history)

    assert f"{record.name}: This is not a usable history record: " in done.stderr
    assert "Move it elsewhere" in done.stderr
    assert "\x1b" not in done.stderr
    assert "This is the first run in the history." in done.stdout
    assert record.read_bytes() == before


@pytest.mark.parametrize("name", ["notes.txt", "00o1_yesterday.json", "00o1_20261399T030000Z.json"])
def test_a_foreign_file_is_named_and_kept(name: str, tmp_path: Path) -> None:
    (tmp_path / "history").mkdir()
    (tmp_path / "history" / name).write_text("{}")

    done = okta_auditor("audit", night(tmp_path, 1), "--history", tmp_path / "history")

    assert f"{name}: This is not a usable history record: its name is not" in done.stderr
    assert (tmp_path / "history" / name).read_text() == "{}"


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    (tmp_path / "history").mkdir()
    os.mkfifo(tmp_path / "history" / "00o1_20261101T030000Z.json")

    done = okta_auditor("audit", night(tmp_path, 1), "--history", tmp_path / "history")

    assert "it is not a file." in done.stderr


def test_tenants_share_a_folder(tmp_path: Path) -> None:
    history = tmp_path / "history"
    audit(night(tmp_path, 0), history)
    org = {"/api/v1/org": {"id": "00o2", "companyName": "Other"}}

    done = okta_auditor("audit", night(tmp_path, 1, **org), "--history", history)

    assert "This is the first run in the history." in done.stdout
    assert "warning" not in done.stderr
    assert len(list(history.iterdir())) == 2


def test_only_the_newest_records_are_read(tmp_path: Path) -> None:
    history = tmp_path / "history"
    audit(night(tmp_path, 0), history)
    (record,) = history.iterdir()
    kept = json.loads(record.read_text())
    for number in range(1, 150):
        moment = FIRST + timedelta(hours=number)
        content = json.dumps(kept | {"captured_at": moment.isoformat(), "findings": number})
        (history / f"00o1_{moment:%Y%m%dT%H%M%SZ}.json").write_text(content)

    report = audit(night(tmp_path, 9), history)

    assert len(report["history"]) == MOST_RUNS
    assert report["history"][0]["findings"] == 150 - MOST_RUNS + 1
    assert len(list(history.iterdir())) == 151, "nothing is deleted"


def test_an_incomplete_run_is_told(tmp_path: Path) -> None:
    history = tmp_path / "history"
    path = snapshot_file(tmp_path, tenant(), unread=("groups",))
    okta_auditor("audit", path, "--history", history)

    (record,) = history.iterdir()
    assert json.loads(record.read_text())["complete"] is False
    said = text(night(tmp_path, 400), history)
    assert "1 of these runs could not check everything." in said


def test_a_path_that_is_no_folder_ends_the_run(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    done = okta_auditor("audit", night(tmp_path, 0), "--history", tmp_path / "file")

    assert done.exit_code == 2
    assert "file is not a folder." in done.stderr
    with pytest.raises(UsageError):
        check_history(tmp_path / "file")
    with pytest.raises(OutputError):
        check_history(tmp_path / "file" / "below")


# The source root


def test_reports_name_files_relative_to_the_source_root(tmp_path: Path) -> None:
    root = tmp_path / "repository"
    (root / "okta").mkdir(parents=True)
    snapshot = night(root / "okta", 0)

    done = okta_auditor("audit", snapshot, "--source-root", root, "--output", "sarif")

    results = json.loads(done.stdout)["runs"][0]["results"]
    places = {
        item["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for item in results
    }
    assert places == {"okta/example.json"}


def test_nothing_is_read_for_a_snapshot_outside_the_source_root(tmp_path: Path) -> None:
    (tmp_path / "repository").mkdir()
    with served(tenant()) as sandbox:
        done = okta_auditor(
            "run", "-o", tmp_path / "s.json", "--source-root", tmp_path / "repository",
            url=sandbox.url,
        )  # fmt: skip

    assert done.exit_code == 2
    assert "is outside the source root" in done.stderr
    assert not (tmp_path / "s.json").exists()


def test_a_snapshot_outside_the_source_root_is_an_error(tmp_path: Path) -> None:
    snapshot = night(tmp_path, 0)
    (tmp_path / "repository").mkdir()

    done = okta_auditor("audit", snapshot, "--source-root", tmp_path / "repository")

    assert done.exit_code == 2
    assert f"{snapshot} is outside the source root" in done.stderr
    assert "Keep the snapshot in the repository" in done.stderr
    missing = okta_auditor("audit", snapshot, "--source-root", tmp_path / "nowhere")
    assert missing.exit_code == 2
    assert "nowhere is not a folder." in missing.stderr
