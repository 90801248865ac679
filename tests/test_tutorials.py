"""The tutorials work as printed, from an empty folder."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from documented_commands import differs, run_in_order, sessions
from helpers import TOKEN, unhurried

from auditor.sandbox import Sandbox
from auditor.sandbox.northwind import northwind

TUTORIALS = Path(__file__).parents[1] / "docs/tutorials"

ELSEWHERE = {
    # What only a reader with an org has; here it is the demo tenant on this machine.
    "export OKTA_CLIENT_ORGURL=https://your-org.okta.com": "true",
    "export OKTA_CLIENT_TOKEN=…": "true",
}


@pytest.mark.slow
@pytest.mark.parametrize("path", sorted(TUTORIALS.glob("*.md")), ids=lambda path: path.stem)
def test_each_command_prints_what_the_page_shows(path: Path, tmp_path: Path) -> None:
    commands = sessions(path.read_text())
    assert len(commands) >= 5
    with Sandbox(unhurried(northwind(datetime.now(UTC)))) as sandbox:
        org = {"OKTA_CLIENT_ORGURL": sandbox.url, "OKTA_CLIENT_TOKEN": TOKEN}
        ran = run_in_order(commands, tmp_path, ELSEWHERE, **org)

    for number, one in enumerate(ran):
        where = f"{path.name}:{one.command.line}: {one.command.text}\n{one.printed}"
        assert not differs(one.command.shown, one.printed), where
        said = number + 1 < len(ran) and ran[number + 1].command.text == "echo $?"
        assert one.code == 0 or said, where
