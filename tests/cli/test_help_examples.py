"""The examples of `--help` work as they stand, one after another in one folder."""

from __future__ import annotations

import shlex
from datetime import UTC, datetime
from pathlib import Path

import pytest
from helpers import okta_auditor, served

from auditor.cli.commands import COMMANDS
from auditor.cli.examples import EXAMPLES
from auditor.sandbox.northwind import northwind

EXPECTATIONS = """
- server: Payments
  client: checkout-web
  grant: authorization_code
  user: ada
  scopes: [openid, payments:read]
  expect: minted
"""
PLAN = """{"format_version": "1.2", "resource_changes": [], "timestamp": "2026-11-28T08:00:00Z"}"""
FIRST = ("demo", "snapshot")
ENDLESS = {"sandbox"}
FINDINGS = {"audit", "run", "diff", "diagnose", "controls"}
"""Commands whose exit code tells what they found."""


def test_every_command_has_examples_and_its_help_shows_them() -> None:
    assert EXAMPLES.keys() == COMMANDS.keys() - {"evidence"}
    for command, examples in EXAMPLES.items():
        shown = okta_auditor(command, "--help", COLUMNS="80").stdout
        for line in "\n".join(examples).split("\n"):
            assert f"  {line}\n" in shown
            assert len(line) <= 76


def test_examples_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "expectations.yaml").write_text(EXPECTATIONS)
    (tmp_path / "plan.json").write_text(PLAN)
    (tmp_path / "infra").mkdir()
    (tmp_path / "infra/main.tf").touch()
    order = sorted(EXAMPLES, key=lambda name: (name not in FIRST, name))
    with served(northwind(datetime.now(UTC))) as sandbox:
        for name in order:
            if name in ENDLESS:
                continue
            for example in EXAMPLES[name]:
                program, *words = shlex.split(example.replace("\\\n", " "))
                assert program == "okta-auditor"
                outcome = okta_auditor(*words, url=sandbox.url)
                allowed = {0, 1, 3} if name in FINDINGS | {"doctor"} else {0}
                assert outcome.exit_code in allowed, (example, outcome.shown)
