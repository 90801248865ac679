"""Colour: `--color`, `NO_COLOR` and `FORCE_COLOR`, on a terminal and without one."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from helpers import snapshot_file, tenant
from terminals import on_terminal, without_terminal

ON, OFF = ("--color", "always"), ("--color", "never")
FORCED, REFUSED = {"FORCE_COLOR": "1"}, {"NO_COLOR": "1"}
RED = "\x1b[31mHIGH\x1b[0m  OAM101"

needs_a_terminal = pytest.mark.skipif(sys.platform == "win32", reason="needs a Unix terminal")


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Path:
    policies = "/api/v1/authorizationServers/aus1/policies"
    document = tenant(**{policies: []})
    del document[f"{policies}/00p1/rules"]
    return snapshot_file(tmp_path_factory.mktemp("colour"), document)


@pytest.mark.parametrize(
    ("before", "after", "variables", "coloured"),
    [
        ((), (), {}, False),
        ((), ON, {}, True),
        (ON, (), {}, True),
        (ON, OFF, {}, False),
        ((), (), FORCED, True),
        ((), (), {"FORCE_COLOR": ""}, False),
        ((), (), {**FORCED, **REFUSED}, False),
        ((), OFF, FORCED, False),
        ((), ON, REFUSED, True),
        ((), ("--color", "auto"), FORCED, False),
    ],
)
def test_into_a_pipe_goes_colour_only_if_somebody_asks(
    snapshot: Path,
    *,
    before: tuple[str, ...],
    after: tuple[str, ...],
    variables: dict[str, str],
    coloured: bool,
) -> None:
    done = without_terminal(*before, "audit", snapshot, "--select", "OAM101", *after, **variables)

    assert (RED in done.stdout) is coloured
    assert ("\x1b" in done.stdout) is coloured


@needs_a_terminal
@pytest.mark.parametrize(
    ("words", "variables", "coloured"),
    [
        ((), {}, True),
        (OFF, {}, False),
        ((), REFUSED, False),
        (ON, REFUSED, True),
        ((), {"TERM": "dumb"}, False),
    ],
)
def test_a_terminal_has_colour_unless_somebody_refuses(
    snapshot: Path, *, words: tuple[str, ...], variables: dict[str, str], coloured: bool
) -> None:
    shown = on_terminal("audit", snapshot, "--select", "OAM101", *words, **variables)

    assert (RED in shown) is coloured


def test_an_answer_is_coloured_by_the_same_words(snapshot: Path) -> None:
    request = ("--server", "Billing", "--client", "Invoices", "--grant", "authorization_code")
    command = ("explain", snapshot, *request, "--user", "ada@acme.example", "--scope", "openid")

    assert without_terminal(*command, *ON).stdout.startswith("\x1b[31m\x1b[1mREJECTED\x1b[0m")
    assert without_terminal(*command).stdout.startswith("REJECTED  ")


def test_a_file_is_never_coloured(snapshot: Path, tmp_path: Path) -> None:
    file = tmp_path / "results.txt"

    without_terminal("audit", snapshot, "-O", f"text={file}", *ON)

    assert "HIGH  OAM101" in file.read_text()
    assert "\x1b" not in file.read_text()
