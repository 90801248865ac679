"""An audit of a snapshot with lists from an older one says so wherever it says anything."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from helpers import okta_auditor, served, write_document

from auditor.sandbox.northwind import northwind
from auditor.snapshot.document import parse_snapshot

Json = dict[str, Any]
NOW = datetime.fromisoformat("2026-11-20T00:00:00+00:00")
BEGUN = "2026-11-21T03:17:05Z"
SHOWN = "2026-11-21 at 03:17 UTC"


@dataclass(frozen=True)
class Files:
    old: Path
    new: Path

    @property
    def document(self) -> Json:
        document: Json = json.loads(self.new.read_text())
        return document


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Files:
    """The demo company without flaws, read once in full and once since then."""
    folder = tmp_path_factory.mktemp("since")
    found = Files(folder / "old.json", folder / "new.json")
    with served(northwind(NOW, flaws=())) as sandbox:
        read = ("snapshot", "-o")
        assert okta_auditor(*read, found.old, url=sandbox.url).exit_code == 0
        document = json.loads(found.old.read_text())
        document["capture"] |= {"started_at": BEGUN, "finished_at": "2026-11-21T03:20:00Z"}
        write_document(found.old, document)
        outcome = okta_auditor(
            *(*read, found.new, "--since", found.old, "--full-every", "30d"), url=sandbox.url
        )
        assert outcome.exit_code == 0, outcome.shown
    return found


def audit(files: Files, form: str, snapshot: Path | None = None) -> str:
    outcome = okta_auditor("audit", snapshot or files.new, "--no-config", "--format", form)
    assert outcome.exit_code in {0, 1}, outcome.shown
    return outcome.stdout


@pytest.mark.parametrize(
    "form", ["text", "html", "markdown", "sarif", "github", "junit", "controls"]
)
def test_every_report_says_what_was_carried_over_and_how_old_it_is(files: Files, form: str) -> None:
    text = " ".join(audit(files, form).split())

    assert f"Not read again but carried over, as read on {SHOWN}" in text
    lists = len([p for p in files.document["resources"] if p.endswith("/grants")])
    assert f"scope grants ({lists} lists)" in text
    assert "is not proven: it rests on lastUpdated of their apps alone" in text
    assert "Not read again" not in audit(files, form, files.old)


def test_the_answer_of_the_text_is_qualified_first(files: Files) -> None:
    opening = " ".join(audit(files, "text").split("\n\n")[0].split())

    assert "Not read again but carried over" in opening
    assert "All of that was read completely, some of it earlier." in " ".join(
        audit(files, "text").split()
    )


def test_the_page_does_not_say_that_all_was_read_now(files: Files) -> None:
    page = " ".join(audit(files, "html").split())

    paths = [
        p for e in files.document["ledger"] for i in e.get("carried_over", ()) for p in i["paths"]
    ]
    assert f"every collection was read ({len(paths):,} lists earlier, and carried over)" in page
    assert "as read at 2026-11-21 03:17:05 UTC, sameness not proven" in page
    assert "as read at 2026-11-21 03:17:05 UTC<" in page  # members of groups are proven


def test_the_json_report_names_each_list_and_reads_back(files: Files, tmp_path: Path) -> None:
    text = audit(files, "json")
    coverage = {entry["collection"]: entry for entry in json.loads(text)["coverage"]}

    ledger = {entry["collection"]: entry for entry in files.document["ledger"]}
    for name in ("app_grants", "group_members"):
        (item,), (stated,) = coverage[name]["carried_over"], ledger[name]["carried_over"]
        assert item["paths"] == stated["paths"]
        assert item["proven"] == (name == "group_members")
        assert datetime.fromisoformat(item["read_at"]) == datetime.fromisoformat(BEGUN)
    assert coverage["scopes"]["carried_over"] == []
    (tmp_path / "results.json").write_text(text)
    again = okta_auditor("report", tmp_path / "results.json", "--format", "text")
    assert SHOWN in " ".join(again.stdout.split())


def test_a_comparison_says_that_no_change_is_no_proof(files: Files) -> None:
    text = okta_auditor("diff", files.old, files.new).stdout
    assert f"Note on NEW: Not read again but carried over, as read on {SHOWN}" in text
    assert "Note on OLD" not in text
    markdown = okta_auditor("diff", files.old, files.new, "--format", "markdown").stdout
    assert "Note on NEW&#58; Not read again" in markdown
    document = json.loads(okta_auditor("diff", files.old, files.new, "--format", "json").stdout)
    assert SHOWN in document["new"]["carried_over"]
    assert document["old"]["carried_over"] == ""


@pytest.mark.parametrize(
    "words",
    [
        ("access", "--limit", 1),
        ("explain", "--server", "Payments", "--client", "checkout-web", "--grant",
         "authorization_code", "--user", "ada"),
    ],
    ids=["access", "explain"],
)  # fmt: skip
def test_who_asks_is_told_what_the_answer_may_be_too_old_for(
    files: Files, words: tuple[str, ...]
) -> None:
    command, *options = words
    said = okta_auditor(command, files.new, *options).stderr
    assert f"note: Not read again but carried over, as read on {SHOWN}" in said
    assert "carried over" not in okta_auditor(command, files.old, *options).stderr


def test_evidence_says_how_old_its_oldest_list_is(files: Files, tmp_path: Path) -> None:
    bundle = tmp_path / "bundle"
    outcome = okta_auditor("evidence", "export", files.new, "--no-config", "-o", bundle)
    assert outcome.exit_code in {0, 1}, outcome.shown

    manifest = json.loads((bundle / "manifest.json").read_text())["predicate"]
    assert datetime.fromisoformat(manifest["oldest_reading"]) == datetime.fromisoformat(BEGUN)
    assert manifest["complete"] is True
    oscal = json.loads((bundle / "assessment-results.json").read_text())["assessment-results"]
    assert f"as read on {SHOWN}" in " ".join((bundle / "README.txt").read_text().split())
    assert all(f"as read on {SHOWN}" in item["description"] for item in oscal["results"])
    verified = okta_auditor("evidence", "verify", bundle)
    assert verified.exit_code == 0, verified.shown
    assert "not everything was read again: 1 bundle of 1 carry lists over" in verified.shown
    assert "2026-11-21T03:17:05" in verified.shown


def test_evidence_of_a_full_export_has_no_older_list(files: Files, tmp_path: Path) -> None:
    bundle = tmp_path / "bundle"
    okta_auditor("evidence", "export", files.old, "--no-config", "-o", bundle)

    manifest = json.loads((bundle / "manifest.json").read_text())["predicate"]
    assert manifest["oldest_reading"] is None
    assert "read again" not in okta_auditor("evidence", "verify", bundle).shown


def test_a_ledger_that_names_a_list_that_is_not_there_is_not_believed(
    files: Files, tmp_path: Path
) -> None:
    document = files.document
    entry = next(e for e in document["ledger"] if e["collection"] == "app_grants")
    entry["carried_over"][0]["paths"].append("/api/v1/apps/0oaNobody/grants")
    again = next(e for e in document["ledger"] if e["collection"] == "app_users")
    again["carried_over"].append(again["carried_over"][0])
    path = tmp_path / "s.json"
    write_document(path, document)

    ledger = parse_snapshot(path.read_bytes(), path).ledger
    reasons = {e.collection: e.explanation() for e in ledger.incomplete}
    assert "carried over, and it is not there" in reasons["app_grants"]
    assert "more than once that it was carried over" in reasons["app_users"]
    assert reasons.keys() >= {"app_grants", "app_users"}
