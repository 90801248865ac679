"""Errors: all begin with the same word, and say what to do next."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from helpers import okta_auditor, snapshot_file, tenant
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


def test_who_wants_a_report_in_a_file_learns_how() -> None:
    hint = "  -O writes a report into a file: -O html=report.html\n"
    for command in ("audit", "report"):
        assert hint in okta_auditor(command, "x.json", "-o", "x.html").stderr
    assert hint not in okta_auditor("explain", "x.json", "-o", "x.html").stderr
    assert hint not in okta_auditor("audit", "x.json", "--nonsense").stderr


@pytest.mark.skipif(sys.platform == "win32", reason="needs a Unix terminal")
def test_a_wrong_option_says_how_the_command_is_called() -> None:
    _, usage, more = on_terminal("evidence", "verify", "--nonsense").splitlines()

    assert usage.startswith("  Usage: ")
    assert usage.endswith(" evidence verify [OPTIONS] DIR|ZIP…")
    assert more.endswith(" evidence verify --help says more.")


FILES = {
    "config": (
        """fail_on = "hgh"\nselct = ["x"]\nmin_confidence = 3\n""",
        ("audit", "SNAPSHOT", "--config"),
        [":1: fail_on: ", ":2: unknown key 'selct'", ":3: min_confidence: "],
    ),
    "suppressions": (
        """[[suppression]]\nrule = "OAM999"\n[[suppression]]\nrule = 3\ntarget = "x"\n""",
        ("audit", "SNAPSHOT", "--suppressions"),
        [":1: target: ", ":1: reason: ", ":3: reason: ", ":4: rule: "],
    ),
    "expectations": (
        (
            """- {server: Nowhere, client: Invoices, grant: implicit, expect: minted}\n"""
            """- {server: Billing, cleint: x, grant: implicit, expect: mintd}\n"""
        ),
        ("test", "SNAPSHOT"),
        [":1: server: ", ":2: client: the key is missing", ":2: expect: must be", "'cleint'"],
    ),
    "framework": (
        (
            """id: own\ntitle: Own\nversion: '1'\nsource: us\nbeyond: [much]\ncontrols:\n"""
            """- {id: a, title: A, direct: {OAM999: why}}\n- {id: b}\n"""
        ),
        ("controls", "--framework"),
        [":7: no rule has the code OAM999", ":8: a control lacks title"],
    ),
    "tenant": (
        """{"@tokens": 3, "@latency_ms": "slow", "a": 1}""",
        ("sandbox", "--tenant"),
        ["a is not a path"],
    ),
}


@pytest.mark.parametrize("kind", FILES)
def test_all_that_is_wrong_with_a_file_is_said_at_once(kind: str, tmp_path: Path) -> None:
    text, words, problems = FILES[kind]
    file = tmp_path / f"file.{'yaml' if kind in {'expectations', 'framework'} else 'toml'}"
    file.write_text(text)
    snapshot = str(snapshot_file(tmp_path, tenant()))

    outcome = okta_auditor(*(word.replace("SNAPSHOT", snapshot) for word in words), file)

    assert outcome.exit_code == 2
    lines = [line for line in outcome.stderr.splitlines() if line.startswith("error: ")]
    for problem in problems:
        assert any(problem in line.replace('"', "'") for line in lines), (problem, lines)
    assert len(lines) >= len(problems)
    assert "more)" not in outcome.stderr


def test_a_file_with_nothing_right_names_the_first_and_counts_the_rest(tmp_path: Path) -> None:
    file = tmp_path / "x.toml"
    file.write_text("".join(f"key_{number} = 1\n" for number in range(100)))

    outcome = okta_auditor("config", "--config", file)

    assert outcome.stderr.count("unknown key") == 21
    assert "error: 79 more problems in the same file.\n" in outcome.stderr
