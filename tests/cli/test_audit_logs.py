"""`audit --logs`: findings say how often they hurt, and nothing else of an audit changes."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest
from helpers import okta_auditor

sys.path.append(str(Path(__file__).parents[1] / "system_log"))

from small_log import HEADER, changed, granted, log, machine, refused, snapshot

from auditor.snapshot.document import write_snapshot

FORMATS = ("text", "json", "html", "sarif", "markdown", "csv", "junit", "github", "gitlab")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    write_snapshot(snapshot(), tmp_path / "s.json")
    events = [
        *[machine("pay:audit")] * 3,
        refused(),
        granted("openid pay:read"),
        changed("0pr2", "PolicyRule", "2025-12-23T14:03:00Z"),
    ]
    (tmp_path / "l.jsonl").write_bytes(log(*events))
    return tmp_path


def results(*options: str) -> dict[str, Any]:
    shown = okta_auditor("audit", "s.json", "--no-config", "--format", "json", *options)
    assert shown.exit_code == 0, shown.stderr
    return dict(json.loads(shown.stdout))


def test_findings_that_hurt_come_first_and_the_rest_stays_as_it_was() -> None:
    plain, logged = results("--exit-zero"), results("--exit-zero", "--logs", "l.jsonl")
    first = logged["findings"][0]
    assert first["name"] == "scope-no-rule-allows"
    assert first["rejections"]["count"] == 3
    assert plain["findings"][0]["code"] != first["code"]
    assert logged.pop("log")["tied"] == 3
    assert "--logs" in logged.pop("reproduce")
    del plain["reproduce"]
    for document in (plain, logged):
        document["findings"].sort(key=lambda item: item["fingerprint"])
    assert [item.pop("rejections", None) for item in logged["findings"]].count(None) == len(
        plain["findings"]
    ) - 1
    assert logged == plain


def test_every_format_shows_it_and_saved_results_lose_nothing(folder: Path) -> None:
    outputs = [f"--output={name}=direct.{name}" for name in FORMATS]
    okta_auditor("audit", "s.json", "--no-config", "--logs", "l.jsonl", "--exit-zero", *outputs)
    again = [f"--output={name}=again.{name}" for name in FORMATS if name != "html"]
    shown = okta_auditor("report", "direct.json", *again)
    assert shown.exit_code == 0, shown.stderr
    for name in FORMATS:
        if name != "html":  # it has pictures of the snapshot
            assert (folder / f"direct.{name}").read_bytes() == (
                folder / f"again.{name}"
            ).read_bytes(), name
    for name in ("text", "html", "markdown"):
        text = " ".join((folder / f"direct.{name}").read_text().split())
        assert "3 requests rejected, 2025-12-23 14:05 UTC." in text, name
        if name != "markdown":  # of so few findings it has no causes
            assert ", 3 times in the log" in text, name
        assert "Not used in that time: 1 client" in text, name
        assert "App 0oa2" in text
    markdown = (folder / "direct.markdown").read_text()
    assert markdown.index("** OAM401 ") < markdown.index("** OAM310 ")
    sarif = json.loads((folder / "direct.sarif").read_text())
    counts = [item["properties"].get("rejections") for item in sarif["runs"][0]["results"]]
    assert counts[0] == 3
    assert set(counts[1:]) == {None}


def test_exit_codes_do_not_depend_on_it() -> None:
    for options in ([], ["--fail-on", "medium"], ["--fail-on", "critical"]):
        plain = okta_auditor("audit", "s.json", "--no-config", *options)
        logged = okta_auditor("audit", "s.json", "--no-config", *options, "--logs", "l.jsonl")
        assert plain.exit_code == logged.exit_code


def test_accepted_findings_keep_their_rejections() -> None:
    shown = okta_auditor("baseline", "s.json")
    assert shown.exit_code == 0, shown.stderr
    document = json.loads(
        okta_auditor("audit", "s.json", "--format", "json", "--logs", "l.jsonl").stdout
    )
    assert document["findings"] == []
    hits = [item["rejections"]["count"] for item in document["accepted"] if "rejections" in item]
    assert hits == [3]
    text = okta_auditor("audit", "s.json", "--logs", "l.jsonl").stdout
    assert "3 of them bear on accepted findings." in text


def test_the_settings_name_the_log(folder: Path) -> None:
    (folder / "okta-auditor.toml").write_text('logs = "l.jsonl"\n')
    text = okta_auditor("audit", "s.json").stdout
    assert "System Log l.jsonl" in text
    # Whoever accepts findings does not depend on it.
    (folder / "l.jsonl").unlink()
    assert okta_auditor("baseline", "s.json").exit_code == 0
    assert okta_auditor("audit", "s.json").exit_code == 2


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (log(refused(), header={**HEADER, "org": "https://other.okta.com"}), "of another org"),
        (b"", "is empty"),
        (b"{}", "holds no event"),
    ],
)
def test_what_is_no_log_of_this_org_is_refused(folder: Path, content: bytes, words: str) -> None:
    (folder / "l.jsonl").write_bytes(content)
    shown = okta_auditor("audit", "s.json", "--no-config", "--logs", "l.jsonl")
    assert shown.exit_code == 2
    assert words in shown.stderr
    assert "Traceback" not in shown.stderr


def test_an_export_does_not_tell_what_was_not_used(folder: Path) -> None:
    (folder / "export.json").write_text(json.dumps([refused(), granted("pay:read")]))
    text = okta_auditor("audit", "s.json", "--no-config", "--logs", "export.json").stdout
    whole = " ".join(text.split())
    assert "Whether it holds all events of that time is not known." in whole
    assert "What was not used is not known: the file does not say" in whole
    assert "No finding is tied to any of them" in whole
