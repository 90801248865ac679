"""What `evidence export` writes, through the real command line."""

from __future__ import annotations

import csv
import io
import json
import stat
import time
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from conftest import night, series
from helpers import okta_auditor, snapshot_file, tenant


def files(bundle: Path) -> dict[str, bytes]:
    return {item.name: item.read_bytes() for item in bundle.iterdir()}


def export(snapshot: Path, target: Path, *options: object, **environment: str) -> dict[str, bytes]:
    done = okta_auditor(
        "evidence", "export", snapshot, "-o", target, "--no-config", *options, **environment
    )
    assert done.exit_code in {0, 3}, done.shown
    return files(target) if target.is_dir() else {}


def predicate(bundle: dict[str, bytes]) -> dict[str, Any]:
    return dict(json.loads(bundle["manifest.json"])["predicate"])


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo")
    assert okta_auditor("demo", "-o", folder).exit_code == 0
    return folder / "snapshot.json"


def test_the_demo_tenant_s_evidence_verifies_and_holds_what_audit_reports(
    demo: Path, tmp_path: Path
) -> None:
    made = export(demo, tmp_path / "out")

    assert okta_auditor("evidence", "verify", tmp_path / "out").exit_code == 0
    assert made["snapshot.json"] == demo.read_bytes()
    audited = json.loads(okta_auditor("audit", demo, "-O", "json", "--no-config").stdout)
    results = json.loads(made["results.json"])
    prints = [item["fingerprint"] for item in results["findings"]]
    assert prints == [item["fingerprint"] for item in audited["findings"]]
    assert {item["location"]["file"] for item in results["findings"]} == {"snapshot.json"}
    read = {row["collection"]: row for row in json.loads(made["ledger.json"])["ledger"]}
    for row in json.loads(demo.read_text())["ledger"]:
        assert row.items() <= read[row["collection"]].items()
    rules = {row["code"]: row for row in json.loads(made["tool.json"])["rules"]}
    assert all(len(row["sha256"]) == 64 for row in rules.values())
    assert len({row["sha256"] for row in rules.values()}) == len(rules)


def test_same_inputs_same_bytes_wherever_and_whenever(
    demo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    okta_auditor("evidence", "keygen", "-o", tmp_path / "key")
    key = ("--key", tmp_path / "key")
    here = export(demo, tmp_path / "a", *key)
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    moved = tmp_path / "elsewhere" / "moved.json"
    moved.write_bytes(demo.read_bytes())
    there = export(moved, tmp_path / "b", *key)

    assert here == there
    for name in ("one.zip", "two.zip"):
        export(demo, tmp_path / name, "--zip", *key)
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()
    assert str(tmp_path).encode() not in b"".join(here.values())


def test_expiry_is_judged_by_the_capture_s_day_unless_a_call_says_another(tmp_path: Path) -> None:
    snapshot = night(tmp_path / "s", 0)

    assert predicate(export(snapshot, tmp_path / "a"))["as_of"] == "2026-01-01"
    asked = export(snapshot, tmp_path / "b", "--as-of", "2026-02-03")
    assert predicate(asked)["as_of"] == "2026-02-03"
    epoch = export(snapshot, tmp_path / "c", SOURCE_DATE_EPOCH="0")
    assert predicate(epoch)["as_of"] == str(date(1970, 1, 1))


def test_evidence_is_for_its_owner_s_eyes_and_never_replaced(tmp_path: Path) -> None:
    snapshot = night(tmp_path / "s", 0)
    export(snapshot, tmp_path / "out")

    assert stat.S_IMODE((tmp_path / "out").stat().st_mode) == 0o700
    assert {stat.S_IMODE(item.stat().st_mode) for item in (tmp_path / "out").iterdir()} == {0o600}
    again = okta_auditor("evidence", "export", snapshot, "-o", tmp_path / "out")
    assert again.exit_code == 2
    assert "is there already" in again.stderr


def test_what_could_not_be_checked_is_said_and_never_satisfied(tmp_path: Path) -> None:
    path = snapshot_file(tmp_path, tenant(), unread=("policies", "policy_rules", "apps"))
    done = okta_auditor("evidence", "export", path, "-o", tmp_path / "out", "--no-config")

    assert done.exit_code == 3
    made = files(tmp_path / "out")
    assert predicate(made)["complete"] is False
    assert okta_auditor("evidence", "verify", tmp_path / "out").exit_code == 0
    unread = {item["code"] for item in json.loads(made["results.json"])["not_evaluated"]}
    assert unread
    rows = list(csv.DictReader(io.StringIO(made["controls.csv"].decode("utf-8-sig"))))
    blind = {
        (row["framework"], row["control"])
        for row in rows
        if row["strength"] == "direct" and row["rule"] in unread
    }
    assert blind
    for row in rows:
        if (row["framework"], row["control"]) in blind:
            assert row["status"] in {"not evaluated", "not satisfied"}
    events = [json.loads(line) for line in made["findings.ocsf.jsonl"].splitlines()]
    unknown = [e for e in events if e["compliance"]["control"] in unread]
    assert {event["compliance"]["status"] for event in unknown} == {"Warning"}
    assert {event["class_uid"] for event in events} == {2003}


def test_a_satisfied_control_has_a_finding_that_says_so(demo: Path, tmp_path: Path) -> None:
    made = export(demo, tmp_path / "out")
    rows = csv.DictReader(io.StringIO(made["controls.csv"].decode("utf-8-sig")))
    states = [
        state
        for _, state in sorted(
            {(row["framework"], row["control"]): row["status"] for row in rows}.items()
        )
        if state in {"satisfied", "not satisfied"}
    ]
    document = json.loads(made["assessment-results.json"])["assessment-results"]
    told = [
        finding["target"]["status"]["state"]
        for result in document["results"]
        for finding in result.get("findings", ())
    ]
    assert sorted(told) == sorted(state.replace(" ", "-") for state in states)
    assert told


def test_a_framework_of_one_s_own_is_judged_in_every_file(tmp_path: Path) -> None:
    own = tmp_path / "acme.yaml"
    own.write_text(
        "id: acme\ntitle: Acme IAM\nversion: '7'\nsource: https://acme.example\n"
        "beyond: [Approvals.]\ncontrols:\n  - id: IAM-4\n    title: No passwords in clients\n"
        "    direct: {OAM305: The rule allows the password grant.}\n"
    )
    document = tenant()
    rule = document["/api/v1/authorizationServers/aus1/policies/00p1/rules"][0]
    rule["conditions"]["grantTypes"]["include"] = ["password"]
    snapshot = snapshot_file(tmp_path, document)

    made = export(snapshot, tmp_path / "out", "--framework", own, "--framework", "rfc-9700")

    rows = list(csv.DictReader(io.StringIO(made["controls.csv"].decode("utf-8-sig"))))
    assert {row["framework"] for row in rows} == {"acme", "rfc-9700"}
    assert (rows[0]["control"], rows[0]["status"]) == ("IAM-4", "not satisfied")
    first, _ = json.loads(made["assessment-results.json"])["assessment-results"]["results"]
    assert first["title"] == "Acme IAM 7"
    assert first["findings"][0]["target"]["status"]["state"] == "not-satisfied"
    assert [item["id"] for item in json.loads(made["tool.json"])["frameworks"]] == [
        "acme",
        "rfc-9700",
    ]
    assert b"Acme IAM 7: IAM-4" in made["findings.ocsf.jsonl"]
    assert okta_auditor("evidence", "verify", tmp_path / "out").exit_code == 0


def test_the_matrix_is_text_to_a_spreadsheet(demo: Path, tmp_path: Path) -> None:
    made = export(demo, tmp_path / "out")
    for row in csv.reader(io.StringIO(made["controls.csv"].decode("utf-8-sig"))):
        assert not [cell for cell in row if cell.lstrip().startswith(("=", "+", "-", "@"))]


def test_previous_must_be_able_to_come_before(tmp_path: Path) -> None:
    one, _ = series(tmp_path, 2)
    earlier = night(tmp_path / "s", 0)
    done = okta_auditor("evidence", "export", earlier, "-o", tmp_path / "x", "--previous", one)
    assert done.exit_code == 2
    assert "it was captured no earlier" in done.stderr

    (one / "controls.csv").write_text("")
    later = night(tmp_path / "s", 2)
    done = okta_auditor("evidence", "export", later, "-o", tmp_path / "x", "--previous", one)
    assert done.exit_code == 2
    assert "is no intact evidence: controls.csv was changed" in done.stderr
    assert not (tmp_path / "x").exists()


def test_keys_come_from_files_or_variables_and_are_never_shown(tmp_path: Path) -> None:
    snapshot = night(tmp_path / "s", 0)
    made = okta_auditor("evidence", "keygen", "-o", tmp_path / "key")
    assert made.exit_code == 0
    assert stat.S_IMODE((tmp_path / "key").stat().st_mode) == 0o600
    assert okta_auditor("evidence", "keygen", "-o", tmp_path / "key").exit_code == 2
    pem = (tmp_path / "key").read_text()
    secret = pem.splitlines()[1]
    assert secret not in made.shown

    one = export(snapshot, tmp_path / "a", "--key", tmp_path / "key")
    other = export(snapshot, tmp_path / "b", OKTA_AUDITOR_EVIDENCE_KEY=pem)

    assert one == other
    assert secret.encode() not in b"".join(one.values())
    bad = okta_auditor(
        "evidence", "export", snapshot, "-o", tmp_path / "c", OKTA_AUDITOR_EVIDENCE_KEY=secret
    )
    assert bad.exit_code == 2
    assert secret not in bad.shown


@pytest.mark.slow
def test_thirty_nights_verify_within_five_seconds(tmp_path: Path) -> None:
    nights = series(tmp_path, 30, "--select", "OAM2")

    start = time.perf_counter()
    done = okta_auditor("evidence", "verify", *reversed(nights))
    took = time.perf_counter() - start

    assert done.exit_code == 0, done.shown
    assert "30 bundles consistent with themselves" in done.stdout
    assert took < 5  # tests/benchmarks/evidence.py has nights of a larger tenant
