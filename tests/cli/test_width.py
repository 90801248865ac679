"""What is printed fits 80 columns and uses 200, on a terminal and in a log."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from helpers import Outcome, okta_auditor, write_document
from terminals import COMMAND, on_terminal, unstyled, widest, without_terminal

needs_a_terminal = pytest.mark.skipif(sys.platform == "win32", reason="needs a Unix terminal")


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a demo that has run."""
    folder = tmp_path_factory.mktemp("demo")
    okta_auditor("demo", "-o", folder / "d")
    return folder / "d"


@pytest.fixture
def snapshot(demo: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The demo's snapshot, by a name of a usual length."""
    monkeypatch.chdir(demo)
    return "snapshot.json"


def test_a_log_gets_80_columns(snapshot: str) -> None:
    shown = without_terminal("audit", snapshot, "-v").stdout

    assert widest(shown) <= 80
    assert widest(shown) > 70


@needs_a_terminal
@pytest.mark.parametrize(("columns", "least"), [(80, 70), (200, 180)])
def test_a_terminal_gets_what_it_has(snapshot: str, columns: int, least: int) -> None:
    shown = on_terminal("audit", snapshot, "-v", columns=columns)

    assert least < widest(shown) <= columns


def test_columns_is_believed_and_files_are_the_same_everywhere(
    snapshot: str, tmp_path: Path
) -> None:
    wide = without_terminal("audit", snapshot, COLUMNS="200")
    for columns in ("80", "200"):
        file = f"text={tmp_path / columns}"
        without_terminal("audit", snapshot, "-O", file, COLUMNS=columns)

    assert 180 < widest(wide.stdout) <= 200
    assert (tmp_path / "80").read_bytes() == (tmp_path / "200").read_bytes()
    assert widest((tmp_path / "80").read_text()) <= 80


def test_the_end_says_what_the_beginning_says(snapshot: str) -> None:
    lines = without_terminal("audit", snapshot).stdout.splitlines()

    assert " ".join(lines[:3]).startswith('"Northwind Robotics" (')
    assert " ".join(lines[-8:]).count('"Northwind Robotics" (') == 1
    assert re.search(r"^  CRITICAL \d+   HIGH \d+", "\n".join(lines[-3:]), re.MULTILINE)


def test_a_log_holds_all_that_a_suppression_takes(snapshot: str, tmp_path: Path) -> None:
    shown = without_terminal("audit", snapshot, "-v").stdout
    fingerprint = re.search(r"fingerprint\s+([0-9a-f]{32})", shown)
    assert fingerprint

    outcome = okta_auditor(
        *("suppress", snapshot, fingerprint[1][:8], "--reason", "known", "--owner", "ada"),
        *("--days", "30", "--suppressions", tmp_path / "s.toml"),
    )

    assert outcome.exit_code == 0, outcome.shown


@needs_a_terminal
def test_the_demo_says_what_matters_and_its_commands_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    shown = unstyled(on_terminal("demo"))

    assert re.search(
        r"\n  \d+ clients cannot get a token that they are set up for$", shown, re.MULTILINE
    )
    assert re.search(r"^  1 policy rule can never be reached: ", shown, re.MULTILINE)
    assert re.search(r"^  1 rule gives every scope to everyone: ", shown, re.MULTILINE)
    commands = re.findall(r"Try: ((?:.*\\\n)*.*)", shown)
    assert commands
    for command in commands:
        program, *words = shlex.split(command.replace("\\\n", " "))
        assert program == "okta-auditor"
        assert okta_auditor(*words).exit_code == 0, command


def test_an_error_is_one_line_in_a_log() -> None:
    shown = without_terminal("audit", "x.json", "--fail-on", "much").stderr

    assert widest(shown) > 80


@needs_a_terminal
def test_an_error_fits_a_terminal() -> None:
    assert widest(on_terminal("audit", "x.json", "--fail-on", "much")) <= 80


@pytest.mark.parametrize(
    "words",
    [
        ("access", "snapshot.json"),
        ("rules",),
        ("controls",),
        ("controls", "snapshot.json"),
        ("config",),
        ("access", "snapshot.json", "--client", "weather-station"),
        ("access", "snapshot.json", "--client", "weather-station", "--server", "Hackathon 2023"),
    ],
)
def test_other_commands_fit_a_log(snapshot: str, words: tuple[str, ...]) -> None:
    assert snapshot
    lines = without_terminal(*words).stdout.splitlines()
    assert widest("\n".join(line for line in lines if len(line.split()) > 1)) <= 80


@needs_a_terminal
@pytest.mark.parametrize(("columns", "least"), [(80, 60), (200, 100)])
def test_access_uses_the_terminal(snapshot: str, columns: int, least: int) -> None:
    shown = on_terminal("access", snapshot, "--server", "Payments", columns=columns)

    assert least < widest(shown) <= columns
    assert ("policy" in shown.splitlines()[0]) is (columns == 200)
    assert "authorization_code" in shown


def test_an_answer_fits_but_for_the_filter_to_copy(snapshot: str) -> None:
    request = ("--server", "Payments", "--client", "checkout-web", "--grant", "authorization_code")
    scopes = ("--scope", "openid", "--scope", "payments:write")
    shown = without_terminal("explain", snapshot, *request, "--user", "ada", *scopes).stdout

    assert shown.startswith("REJECTED  ")
    lines = shown.replace("\n          System Log: ", "\n").splitlines()
    assert [line for line in lines if len(line) > 80 and "eventType" not in line] == []


EXPECTATION = """
- server: Payments
  client: checkout-web
  grant: authorization_code
  user: ada@northwind.example
  scopes: [openid, "payments:write"]
  expect: minted
  name: "An expectation of a name that is as long as those who write such names want it to be"
"""


def widened(snapshot: str) -> str:
    """A snapshot in which rules of a server give every scope."""
    document = json.loads(Path(snapshot).read_text())
    path = next(key for key in sorted(document["resources"]) if key.endswith("/rules"))
    for rule in document["resources"][path]:
        rule["conditions"]["scopes"]["include"] = ["*"]
    write_document(Path("wider.json"), document)
    return "wider.json"


def told(snapshot: str, command: str) -> tuple[str, ...]:
    """The words of `diff` or `test` with much to say."""
    if command == "diff":
        return ("diff", snapshot, widened(snapshot))
    Path("expectations.yaml").write_text(EXPECTATION)
    return ("test", snapshot, "expectations.yaml")


@pytest.mark.parametrize("command", ["diff", "test"])
def test_comparisons_and_expectations_fit_a_log(snapshot: str, command: str) -> None:
    shown = without_terminal(*told(snapshot, command)).stdout

    assert 60 < widest(shown) <= 80


@needs_a_terminal
@pytest.mark.parametrize(("columns", "least"), [(80, 60), (200, 120)])
@pytest.mark.parametrize("command", ["diff", "test"])
def test_comparisons_and_expectations_use_a_terminal(
    snapshot: str, command: str, columns: int, least: int
) -> None:
    shown = on_terminal(*told(snapshot, command), columns=columns)

    assert least < widest(shown) <= columns


def test_the_command_that_an_expectation_names_works(snapshot: str) -> None:
    shown = without_terminal(*told(snapshot, "test")).stdout
    (command,) = re.findall(r"Try: ((?:.*\\\n)*.*)", shown)

    assert "\\\n" in command
    program, *words = shlex.split(command.replace("\\\n", " "))
    assert program == "okta-auditor"
    explained = okta_auditor(*words)
    assert explained.exit_code == 0
    assert explained.stdout.startswith("REJECTED")


def test_nobody_is_said_with_what_and_why(snapshot: str) -> None:
    def said(*words: str) -> list[str]:
        outcome = okta_auditor("access", snapshot, *words, COLUMNS="200")
        return outcome.stdout.splitlines()

    first, why, _ = said("--client", "weather-station", "--server", "Fleet Telemetry")
    place = 'authorization server "Fleet Telemetry"'
    assert first == f'Nobody can obtain anything from {place} through client "weather-station".'
    assert why == f"Why: it has no active key to authenticate with ({place})."
    # No policy there names it, and whether that is why is for `explain` to say.
    assert not any(
        line.startswith("Why:") for line in said("--client", "fleet-cli", "--server", "Payments")
    )


def test_csv_is_written_the_same_everywhere(snapshot: str) -> None:
    for words in (
        ("access", snapshot, "--server", "Payments", "--format", "csv"),
        ("audit", snapshot, "-O", "csv"),
        ("controls", "--format", "csv"),
    ):
        done = subprocess.run([*COMMAND, *words], capture_output=True, check=False)
        assert done.stdout.startswith(b"\xef\xbb\xbf"), words
        assert done.stdout.endswith(b"\r\n"), words
        lines = len(done.stdout.decode().splitlines())
        assert done.stdout.count(b"\r\n") == done.stdout.count(b"\n") == lines, words


def test_a_suppression_takes_a_name(snapshot: str, tmp_path: Path) -> None:
    def suppress(*words: str) -> Outcome:
        why = ("--reason", "known", "--owner", "ada", "--days", "30")
        file = ("--suppressions", tmp_path / "s.toml")
        return okta_auditor("suppress", snapshot, *words, *why, *file)

    taken = suppress("--rule", "OAM303", "--target", "Go")
    assert taken.exit_code == 0, taken.shown
    entry = (tmp_path / "s.toml").read_text()
    assert re.search(r'target = "0pr\w+"', entry)
    assert 'name = "Go"' in entry
    unknown = suppress("--rule", "OAM303", "--target", "Gone")
    assert unknown.exit_code == 2
    assert 'Its findings are on: "Go" (0pr' in unknown.stderr
