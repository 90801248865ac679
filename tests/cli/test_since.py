"""What is new since the last time and what is fixed is named in every format."""

from __future__ import annotations

import csv
import io
import json
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest
from helpers import okta_auditor, snapshot_file, tenant, write_document

SERVERS = "/api/v1/authorizationServers"
POLICIES = f"{SERVERS}/aus1/policies"


def snapshot(folder: Path, name: str, day: int, *, for_all: bool, **changes: Any) -> Path:
    """The small tenant on a day, whose policy is for all clients or not."""
    policies = json.loads(json.dumps(tenant()[POLICIES]))
    if for_all:
        policies[0]["conditions"]["clients"]["include"] = ["ALL_CLIENTS"]
    path = snapshot_file(folder, tenant(**{POLICIES: policies} | changes))
    document = json.loads(path.read_text())
    moment = f"2026-11-{day:02}T03:00:00Z"
    document["capture"] |= {"started_at": moment, "finished_at": moment}
    path.rename(folder / name)
    write_document(folder / name, document)
    return folder / name


@pytest.fixture(autouse=True)
def _place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)
    snapshot(tmp_path, "narrow.json", 1, for_all=False)
    snapshot(tmp_path, "wide.json", 2, for_all=True)


def report(path: str, name: str, *words: object) -> str:
    done = okta_auditor("audit", path, "-O", name, *words)
    assert done.exit_code in {0, 1}, done.stderr
    return done.stdout


def results(path: str, *words: object) -> dict[str, Any]:
    return dict(json.loads(report(path, "json", *words)))


SINCE = ("--since", "narrow.json")


def test_json_marks_each_finding_and_names_what_is_fixed() -> None:
    shown = results("wide.json", *SINCE)

    new = {item["code"] for item in shown["findings"] if item["new"]}
    assert "OAM201" in new
    assert {item["new"] for item in shown["findings"]} == {True, False}
    assert shown["since"]["kind"] == "snapshot"
    assert shown["since"]["captured_at"] == "2026-11-01T03:00:00Z"

    back = results("narrow.json", "--since", "wide.json")
    assert new <= {item["code"] for item in back["since"]["fixed"]}
    assert not any(item["new"] for item in back["findings"] if item["code"] in new)
    (gone,) = [item for item in back["since"]["fixed"] if item["code"] == "OAM201"]
    assert gone["object"]["name"] == tenant()[POLICIES][0]["name"]


def test_the_history_names_the_same_without_keeping_a_name(tmp_path: Path) -> None:
    report("narrow.json", "text", "--history", "kept")

    by_history = results("wide.json", "--history", "kept")
    by_snapshot = results("wide.json", *SINCE)

    assert by_history["findings"] == by_snapshot["findings"]
    assert by_history["since"]["kind"] == "run before"
    assert by_history["since"]["fixed"] == by_snapshot["since"]["fixed"]
    name = tenant()[POLICIES][0]["name"]
    assert all(name not in path.read_text() for path in (tmp_path / "kept").iterdir())


def test_what_a_rule_finds_that_did_not_run_then_is_not_called_new() -> None:
    report("narrow.json", "text", "--history", "kept", "--ignore", "OAM2")

    shown = results("wide.json", "--history", "kept")

    assert {item["new"] for item in shown["findings"] if item["code"] == "OAM201"} == {None}
    assert "OAM201" in shown["since"]["uncompared"]
    text = " ".join(report("wide.json", "text", "--history", "kept").split())
    assert "new is not known: the rules did not run then." in text


def test_text_has_a_section_and_marks() -> None:
    shown = report("wide.json", "text", *SINCE)

    section = shown.partition(" new since the snapshot of 2026-11-01 03:00 UTC (narrow.json):")[2]
    assert section.lstrip().startswith("- ")
    assert "  - New: " in shown

    back = report("narrow.json", "text", "--since", "wide.json")
    assert "No finding is known to be new since the snapshot of 2026-11-02" in back
    assert "fixed since the snapshot of 2026-11-02 03:00 UTC (wide.json): - OAM201 " in (
        " ".join(back.split())
    )


def test_html_has_a_section_a_filter_and_marks() -> None:
    shown = report("wide.json", "html", *SINCE)

    assert '<a href="#new">New</a>' in shown
    assert 'value="new">New <b>' in shown
    assert 'data-since="new"' in shown
    assert '<b class="mark">new</b>' in shown
    back = report("narrow.json", "html", "--since", "wide.json")
    assert " fixed since then.</p>" in back
    assert 'data-since="new"' not in back


def test_markdown_names_the_new_ones_first_and_tables_the_fixed_ones() -> None:
    shown = report("wide.json", "markdown", *SINCE)
    assert " new since the snapshot of 2026-11-01" in shown
    assert "- **New, " in shown
    assert "**New: **" in shown

    back = report("narrow.json", "markdown", "--since", "wide.json")
    assert "fixed since the snapshot of 2026-11-02 03:00 UTC (wide.json)</summary>" in back


def test_sarif_says_it_in_its_own_words() -> None:
    (run,) = json.loads(report("wide.json", "sarif", *SINCE))["runs"]
    states = {item["ruleId"]: item["baselineState"] for item in run["results"]}
    assert states["OAM201"] == "new"
    assert set(states.values()) == {"new", "unchanged"}

    (back,) = json.loads(report("narrow.json", "sarif", "--since", "wide.json"))["runs"]
    assert "OAM201" in {item["ruleId"] for item in back["properties"]["since"]["fixed"]}


def test_junit_csv_and_annotations_say_it() -> None:
    suites = ET.fromstring(report("wide.json", "junit", *SINCE))
    failures = [item.get("message") or "" for item in suites.iter("failure")]
    assert any(text.startswith("New: ") for text in failures)
    back = ET.fromstring(report("narrow.json", "junit", "--since", "wide.json"))
    fixed = [p.get("value") or "" for p in back.iter("property") if p.get("name") == "fixed"]
    assert any(text.startswith("OAM201 access policy") for text in fixed)

    rows = list(csv.DictReader(io.StringIO(report("wide.json", "csv", *SINCE))))
    assert {row["new"] for row in rows if row["code"] == "OAM201"} == {"yes"}
    assert "title=New%3A OAM201" in report("wide.json", "github", *SINCE)


def test_saved_results_come_out_as_before(tmp_path: Path) -> None:
    first = report("wide.json", "json", *SINCE)
    (tmp_path / "saved.json").write_text(first)

    assert okta_auditor("report", "saved.json", "-O", "json").stdout == first
    text = okta_auditor("report", "saved.json", "-O", "markdown").stdout
    assert text == report("wide.json", "markdown", *SINCE)


def test_another_org_is_no_earlier_state() -> None:
    other = [{"id": "00o2", "companyName": "Other"}]
    snapshot(Path(), "other.json", 1, for_all=False, **{"/api/v1/org": other[0]})

    done = okta_auditor("audit", "wide.json", "--since", "other.json")

    assert done.exit_code == 2
    assert "of another org" in done.stderr


def test_a_baseline_marks_what_is_new() -> None:
    assert okta_auditor("baseline", "narrow.json").exit_code == 0

    shown = results("wide.json", "--baseline", "okta-auditor-baseline.json")

    assert shown["since"]["kind"] == "baseline"
    assert {item["new"] for item in shown["findings"] if item["code"] == "OAM201"} == {True}


def test_a_baseline_that_was_written_is_found_by_its_name_and_the_next_step_printed() -> None:
    written = okta_auditor("baseline", "narrow.json")
    assert "Next: commit it. This finds it and counts only what is new: okta-auditor audit " in (
        written.stdout
    )
    elsewhere = okta_auditor("baseline", "narrow.json", "-o", "line.json")
    assert elsewhere.stdout.rstrip().endswith("okta-auditor audit narrow.json --baseline line.json")

    assert results("narrow.json")["baseline"] == "okta-auditor-baseline.json"
    assert results("narrow.json")["findings"] == []
    shown = results("wide.json")
    assert shown["findings"]
    assert [item["setting"] for item in shown["weakenings"]] == ["baseline"]
    assert results("narrow.json", "--no-config")["baseline"] is None


def test_a_baseline_of_another_org_that_nobody_named_accepts_nothing() -> None:
    org = {"/api/v1/org": {"id": "00o2", "companyName": "Other"}}
    snapshot(Path(), "other.json", 1, for_all=False, **org)
    assert okta_auditor("baseline", "narrow.json").exit_code == 0

    shown = results("other.json")

    assert shown["baseline"] is None
    assert shown["findings"]
    (notice,) = shown["notices"]
    assert notice["message"].startswith("It accepts nothing here: ")
    named = okta_auditor("audit", "other.json", "--baseline", "okta-auditor-baseline.json")
    assert named.exit_code == 2


def test_diff_says_which_new_findings_are_accepted() -> None:
    def new() -> dict[str, str]:
        done = okta_auditor("diff", "narrow.json", "wide.json", "--format", "json")
        return {i["code"]: i["accepted"] for i in json.loads(done.stdout)["new_findings"]}

    assert set(new().values()) == {""}

    assert okta_auditor("baseline", "wide.json").exit_code == 0
    assert new()["OAM201"].startswith("baseline (okta-auditor-baseline.json:")

    target = tenant()[POLICIES][0]["id"]
    words = ("--owner", "ada@example.com", "--reason", "Known", "--days", "30")
    made = okta_auditor("suppress", "wide.json", "--rule", "OAM201", "--target", target, *words)
    assert made.exit_code == 0, made.stderr
    assert new()["OAM201"].startswith("suppression (okta-auditor-suppressions.toml:")
    text = okta_auditor("diff", "narrow.json", "wide.json").stdout
    assert "accepted by suppression (okta-auditor-suppressions.toml:" in text
    table = okta_auditor("diff", "narrow.json", "wide.json", "--format", "markdown").stdout
    assert "by suppression" in table


def test_diff_takes_the_files_that_are_named_and_judges_expiry_by_a_day() -> None:
    def accepted(*words: str) -> str:
        done = okta_auditor("diff", "narrow.json", "wide.json", "--format", "json", *words)
        found = {i["code"]: i["accepted"] for i in json.loads(done.stdout)["new_findings"]}
        return str(found["OAM201"])

    okta_auditor("baseline", "wide.json", "-o", "elsewhere.json")
    target = tenant()[POLICIES][0]["id"]
    words = ("--owner", "ada@example.com", "--reason", "Known", "--expires", "2026-03-01")
    file = ("--suppressions", "other.toml")
    made = okta_auditor(
        "suppress", "wide.json", "--rule", "OAM201", "--target", target, *words, *file,
        "--as-of", "2026-02-01",
    )  # fmt: skip
    assert made.exit_code == 0, made.stderr

    assert not accepted()
    assert accepted("--baseline", "elsewhere.json").startswith("baseline (elsewhere.json")
    assert accepted(*file, "--as-of", "2026-03-01").startswith("suppression (other.toml")
    assert not accepted(*file, "--as-of", "2026-03-02")
    missing = okta_auditor("diff", "narrow.json", "wide.json", "--baseline", "none.json")
    assert missing.exit_code == 2
    pointless = okta_auditor("diff", "narrow.json", "wide.json", "--no-findings", *file)
    assert pointless.exit_code == 2
    assert "do nothing with --no-findings" in pointless.stderr
