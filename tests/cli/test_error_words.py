"""Errors: all begin with the same word, and say what to do next."""

from __future__ import annotations

import sys

import pytest
from terminals import on_terminal, without_terminal

WRONG = {
    "audit --nonsense": "No such option '--nonsense'.",
    "adit": "There is no command 'adit'; did you mean audit?",
    "suppress": "Missing argument 'SNAPSHOT'.",
    "evidence verify --nonsense": "No such option '--nonsense'.",
    "audit x.json --fail-on much": "Invalid value for '--fail-on': 'much' is not one of",
    "audit nothing.json": "There is no file nothing.json.",
    "rules OAM999": "There is no rule 'OAM999'.",
    "frobnicate": "There is no command 'frobnicate'.",
    "--debug": "Option '--debug' requires an argument.",
}


@pytest.mark.parametrize("words", WRONG)
def test_every_error_begins_with_the_same_word(words: str) -> None:
    done = without_terminal(*words.split())

    first, *others = done.stderr.splitlines()
    assert first.startswith(f"error: {WRONG[words]}")
    assert others or words == "--debug"
    assert all(line.startswith("  ") for line in others)
    assert done.returncode == 2


@pytest.mark.skipif(sys.platform == "win32", reason="needs a Unix terminal")
def test_a_wrong_option_says_how_the_command_is_called() -> None:
    _, usage, more = on_terminal("evidence", "verify", "--nonsense").splitlines()

    assert usage.startswith("  Usage: ")
    assert usage.endswith(" evidence verify [OPTIONS] DIR|ZIP…")
    assert more.endswith(" evidence verify --help says more.")
