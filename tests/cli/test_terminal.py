"""What only a real process on a real terminal shows: the bar, Ctrl-C, a reader that leaves."""

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from helpers import TOKEN, served, tenant
from terminals import COMMAND, on_terminal

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs a Unix terminal")


def environment(url: str) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if key != "CI"}
    return {**kept, "OKTA_CLIENT_ORGURL": url, "OKTA_CLIENT_TOKEN": TOKEN, "TERM": "xterm"}


def on_a_terminal(url: str, *arguments: str, **variables: str) -> str:
    """What a command that reads an org shows on a terminal."""
    org = {"OKTA_CLIENT_ORGURL": url, "OKTA_CLIENT_TOKEN": TOKEN}
    return on_terminal(*arguments, **org, **variables)


def test_a_bar_for_each_phase_shows_what_is_being_read(tmp_path: Path) -> None:
    with served(tenant(latency_ms=400)) as sandbox:
        shown = on_a_terminal(sandbox.url, "snapshot", "-o", str(tmp_path / "s.json"))

    for phase in ("Servers and policies", "Clients", "Groups and people"):
        assert f"Reading  {phase}" in shown
    assert "lists" in shown
    assert re.search(r"\d+\.\d/s", shown)
    assert re.search(r"\d\+ requests to go", shown)
    assert "s.json written" in re.sub(r"\s+", " ", shown)
    assert TOKEN not in shown


def test_the_bar_says_until_when_it_waits_for_a_rate_limit(tmp_path: Path) -> None:
    document = tenant(rate_limits=[{"path": "^/api/v1/groups", "limit": 1, "window_s": 2}])
    with served(document) as sandbox:
        shown = on_a_terminal(sandbox.url, "snapshot", "-o", str(tmp_path / "s.json"))

    assert re.search(r"waiting for the rate limit of /api/v1/groups until \d\d:\d\d:\d\d", shown)
    assert re.search(r"Waited \d+ s for rate limits", shown)


def test_several_tenants_have_a_bar_each(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with served(tenant(latency_ms=200)) as prod, served(tenant(latency_ms=200)) as dev:
        (tmp_path / "okta-auditor.toml").write_text(
            "\n".join(
                f'[tenants.{name}]\norg_url = "{url}"\ntoken_env = "OKTA_CLIENT_TOKEN"'
                for name, url in (("prod", prod.url), ("dev", dev.url))
            )
        )
        shown = on_a_terminal(
            prod.url, "snapshot", "--config", "okta-auditor.toml", "--all-tenants"
        )

    assert "Reading  prod" in shown
    assert "Reading  dev" in shown
    assert "dev   complete  snapshots/dev.json" in shown


def test_severities_are_coloured_on_a_terminal_unless_asked_not_to(tmp_path: Path) -> None:
    document = tenant(**{"/api/v1/authorizationServers/aus1/policies": []})
    arguments = ("run", "-o", str(tmp_path / "s.json"))
    with served(document) as sandbox:
        assert "\x1b[31mHIGH\x1b[0m  OAM101" in on_a_terminal(sandbox.url, *arguments)
        plain = on_a_terminal(sandbox.url, *arguments, NO_COLOR="1")
    assert "HIGH  OAM101" in plain
    assert "\x1b[31m" not in plain


@pytest.mark.slow
def test_ctrl_c_ends_it_with_a_word_and_no_file(tmp_path: Path) -> None:
    with served(tenant(latency_ms=60_000)) as sandbox:
        process = subprocess.Popen(
            [*COMMAND, "snapshot", "-o", str(tmp_path / "s.json")],
            env=environment(sandbox.url),
            stderr=subprocess.PIPE,
            text=True,
            # A shell that ran the tests in the background had them ignore SIGINT.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509
        )
        deadline = time.monotonic() + 20
        while not sandbox.requests and time.monotonic() < deadline:
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        try:
            _, said = process.communicate(timeout=10)
        finally:
            process.kill()

    assert process.returncode == 130
    assert said.startswith("interrupted")
    assert "Traceback" not in said
    assert not list(tmp_path.iterdir())


def test_a_reader_that_leaves_is_no_error() -> None:
    done = subprocess.run(
        ["bash", "-c", f"{' '.join(COMMAND)} rules | head -1"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.startswith("OAM101")
    assert done.stderr == ""
