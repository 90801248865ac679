"""`--format`, `--output` and `-O` mean the same in every command."""

from __future__ import annotations

from pathlib import Path

import pytest
from helpers import Outcome, okta_auditor, snapshot_file, tenant

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


def test_a_report_goes_where_any_spelling_says(snapshot: Path, tmp_path: Path) -> None:
    okta_auditor("audit", snapshot, "--format", f"json={tmp_path / 'a.json'}", "-O", "text")

    assert (tmp_path / "a.json").read_text().startswith("{")


def test_a_name_that_a_format_had_goes_on_working_with_a_note(snapshot: Path) -> None:
    old, new = (okta_auditor("access", snapshot, "--format", name) for name in ("table", "text"))

    assert old.stdout == new.stdout
    assert old.stderr == "note: the format table is called text now.\n"
    assert not new.stderr
