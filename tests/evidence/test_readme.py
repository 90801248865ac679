"""README.txt of a bundle: true of the evidence beside it, and safe to read in a terminal."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest
from helpers import Outcome, okta_auditor, served, snapshot_file, tenant


def exported(snapshot: Path, target: Path, *options: object, **environment: str) -> Outcome:
    command = ("evidence", "export", snapshot, "-o", target, "--no-config", *options)
    return okta_auditor(*command, **environment)


def readme(bundle: Path) -> str:
    return (bundle / "README.txt").read_text()


def section(text: str, title: str) -> str:
    return text.partition(f"\n{title}\n{'-' * len(title)}\n")[2].partition("\n\n\n")[0]


def test_it_lists_the_files_that_are_there(tmp_path: Path) -> None:
    (tmp_path / "s.toml").write_text(
        '[[suppression]]\nrule = "OAM705"\ntarget = "0pr1"\nowner = "Ada"\nreason = "r"\n'
        "expires = 2026-02-01\n"
    )
    okta_auditor("evidence", "keygen", "-o", tmp_path / "key")
    options = ("--suppressions", tmp_path / "s.toml", "--as-of", "2026-01-02")
    made = exported(
        snapshot_file(tmp_path, tenant()), tmp_path / "out", *options, "--key", tmp_path / "key"
    )
    assert made.exit_code == 0, made.shown

    listed = re.findall(r"(?m)^([\w.-]+\.\w+)  ", section(readme(tmp_path / "out"), "The files"))
    assert sorted([*listed, "README.txt"]) == sorted(
        item.name for item in (tmp_path / "out").iterdir()
    )


def test_the_command_that_it_names_verifies_the_evidence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    okta_auditor("evidence", "keygen", "-o", tmp_path / "evidence.key")
    snapshot = snapshot_file(tmp_path, tenant())
    exported(snapshot, tmp_path / "out", "--key", tmp_path / "evidence.key")
    monkeypatch.chdir(tmp_path / "out")

    (command,) = re.findall(r"(?m)^    (okta-auditor .*)$", readme(tmp_path / "out"))
    program, *words = shlex.split(command)
    assert program == "okta-auditor"
    done = okta_auditor(*words, "--replay")
    assert done.exit_code == 0, done.shown


def test_whole_evidence_says_that_nothing_is_missing(tmp_path: Path) -> None:
    exported(snapshot_file(tmp_path, tenant()), tmp_path / "out")
    text = readme(tmp_path / "out")

    assert section(text, "What was not evaluated").strip() == (
        "Nothing: every collection was read and every rule evaluated."
    )
    assert re.search(r"(?m)^Complete   yes$", text)
    (count,) = re.findall(r"(?m)^(\d+) findings?", section(text, "What was found"))
    results = json.loads((tmp_path / "out" / "results.json").read_text())
    assert int(count) == len(results["findings"])


def test_what_was_not_evaluated_is_named_by_code_and_reason(tmp_path: Path) -> None:
    snapshot = snapshot_file(tmp_path, tenant(), unread=("groups",))
    made = exported(snapshot, tmp_path / "out", "--ignore", "OAM1")
    assert made.exit_code == 3
    text = readme(tmp_path / "out")
    missing = " ".join(section(text, "What was not evaluated").split())

    results = json.loads((tmp_path / "out" / "results.json").read_text())
    for item in results["not_evaluated"]:
        assert item["code"] in missing
    for item in results["deselected"]:
        assert f"Not selected by {item['by']}: {', '.join(item['codes'])}" in missing
    assert "Not completely read: groups" in missing
    assert "Complete   NO. Not everything was checked: " in text
    assert "Nothing: every" not in text


def test_accepted_gaps_are_named_with_whoever_answers_for_them(tmp_path: Path) -> None:
    (tmp_path / "gaps.toml").write_text(
        '[[accepted_gaps]]\ncollection = "groups"\nreason = "Nobody may."\nowner = "Ada"\n'
        "expires = 2026-02-01\n"
    )
    options = ("--suppressions", tmp_path / "gaps.toml", "--as-of", "2026-01-02")
    snapshot = tmp_path / "snapshot.json"
    with served(tenant(faults=[{"path": "/api/v1/groups", "status": 403}])) as sandbox:
        okta_auditor("snapshot", "-o", snapshot, url=sandbox.url)
    made = exported(snapshot, tmp_path / "out", *options)
    assert made.exit_code in {0, 3}, made.shown

    missing = " ".join(section(readme(tmp_path / "out"), "What was not evaluated").split())
    assert "Accepted gap: groups (groups) were not read completely" in missing
    assert "owner Ada (suppressions.toml:1): Nobody may." in missing
    assert "Complete   NO." in readme(tmp_path / "out")
    page = (tmp_path / "out" / "controls.html").read_text()
    assert "Accepted gap: groups (<code>groups</code>)" in page
    assert okta_auditor("evidence", "verify", tmp_path / "out", "--replay").exit_code == 0


def test_words_of_the_tenant_stay_words(tmp_path: Path) -> None:
    odd = tenant()
    odd["/api/v1/org"]["companyName"] = "Acme\x1b[2J\u202e\n::error::x" + "y" * 200
    exported(snapshot_file(tmp_path, odd), tmp_path / "out", "--redact", "people",
             OKTA_AUDITOR_REDACTION_KEY="a" * 64)  # fmt: skip
    text = readme(tmp_path / "out")

    assert not {"\x1b", "\u202e", "\r"} & set(text)
    assert "\n::error" not in text
    assert "Redacted   ids, logins and addresses of people are keyed hashes" in text
    assert "ada@acme.example" not in text
    own = [line for line in text.split("\n") if not line.startswith(("    ", "Snapshot"))]
    assert max(len(line) for line in own[2:]) <= 80
