"""`-O` and `--format` are formats, `-o` and `--output` files, in every command."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from helpers import Outcome, okta_auditor, served, snapshot_file, tenant

WORDS = {
    "audit": ("audit", "SNAPSHOT"),
    "access": ("access", "SNAPSHOT"),
    "controls": ("controls",),
    "diff": ("diff", "SNAPSHOT", "SNAPSHOT"),
    "explain": (
        *("explain", "SNAPSHOT", "--server", "Billing", "--client", "Invoices"),
        *("--grant", "authorization_code", "--user", "ada@acme.example", "--scope", "openid"),
    ),
}


@pytest.fixture
def snapshot(tmp_path: Path) -> Path:
    return snapshot_file(tmp_path, tenant())


@pytest.mark.parametrize("command", WORDS)
def test_each_spelling_gives_the_same(command: str, snapshot: Path) -> None:
    words = [word.replace("SNAPSHOT", str(snapshot)) for word in WORDS[command]]

    def said(spelling: str) -> Outcome:
        return okta_auditor(*words, spelling, "json")

    assert said("--format").stdout.lstrip()[0] in "[{"
    assert said("--format") == said("--output") == said("-O")


EMPTY_PLAN = {
    "format_version": "1.2",
    "terraform_version": "1.11.4",
    "timestamp": "2026-01-02T03:04:05Z",
    "planned_values": {"root_module": {}},
    "resource_changes": [],
    "configuration": {},
}


@pytest.mark.parametrize("spelling", ["-o", "--output"])
def test_each_file_that_a_command_makes_is_named_the_same_way(
    spelling: str, snapshot: Path, tmp_path: Path
) -> None:
    (tmp_path / "plan.json").write_text(json.dumps(EMPTY_PLAN))
    out = tmp_path / "out"
    out.mkdir()

    def made(name: str, *words: object, url: str | None = None) -> None:
        done = okta_auditor(*words, spelling, out / name, url=url)
        assert (out / name).exists(), done.shown
        assert "note:" not in done.stderr

    with served(tenant()) as sandbox:
        made("snapshot.json", "snapshot", url=sandbox.url)
        made("run.json", "run", "-O", "text", url=sandbox.url)
    made("baseline.json", "baseline", snapshot)
    made("bundle", "evidence", "export", snapshot)
    made("key", "evidence", "keygen")
    made("planned.json", "plan", tmp_path / "plan.json", "--base", snapshot)
    made("demo", "demo")


def test_output_goes_on_naming_formats_where_it_did(
    tmp_path: Path, snapshot: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    plan = ("snapshot", "--plan", "--like", snapshot)
    old, new = (okta_auditor(*plan, word, "json") for word in ("--output", "--format"))
    assert old.stdout == new.stdout
    assert old.stderr == "note: --output json is called --format json now.\n"

    with served(tenant()) as sandbox:
        done = okta_auditor(
            "run",
            "--output",
            "s.json",
            "--output",
            "json=r.json",
            "--output",
            "csv",
            url=sandbox.url,
        )
    assert "--format json=r.json now" in done.stderr
    assert (tmp_path / "r.json").exists()
    assert (tmp_path / "s.json").exists()
    assert "status,severity,code" in done.stdout
    assert not (tmp_path / "json").exists()


@pytest.mark.parametrize(
    "words", [("-o", "a.json", "--output", "b.json"), ("--output", "a.json", "--output", "b.json")]
)
def test_a_file_is_named_once(words: tuple[str, ...], snapshot: Path, tmp_path: Path) -> None:
    (tmp_path / "plan.json").write_text(json.dumps(EMPTY_PLAN))

    done = okta_auditor("plan", tmp_path / "plan.json", "--base", snapshot, *words)

    assert done.exit_code == 2
    assert "-o and --output name the same" in done.stderr


def test_help_shows_one_long_spelling_of_each() -> None:
    for command in ("snapshot", "run", "plan", "demo", "baseline"):
        shown = okta_auditor(command, "--help").stdout
        assert "-o, --output " in shown, command
        assert shown.count("--output") == 1, command
    for command in ("audit", "report", "explain", "test", "access", "diff", "controls", "rules"):
        shown = okta_auditor(command, "--help").stdout
        assert "-O, --format " in shown, command
        assert "--output" not in shown, command


def test_a_report_goes_where_any_spelling_says(snapshot: Path, tmp_path: Path) -> None:
    okta_auditor("audit", snapshot, "--format", f"json={tmp_path / 'a.json'}", "-O", "text")

    assert (tmp_path / "a.json").read_text().startswith("{")


def test_a_name_that_a_format_had_goes_on_working_with_a_note(snapshot: Path) -> None:
    old, new = (okta_auditor("access", snapshot, "--format", name) for name in ("table", "text"))

    assert old.stdout == new.stdout
    assert old.stderr == "note: the format table is called text now.\n"
    assert not new.stderr
