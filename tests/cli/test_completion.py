"""Shells complete commands, rule codes, servers, clients and scopes."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from helpers import okta_auditor, snapshot_file, tenant
from terminals import COMMAND

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs a Unix shell")

Completed = Callable[[str], list[str]]
HOSTILE = "$(touch owned)"

BASH = """
eval "$(okta-auditor completion bash)"
COMP_LINE=$LINE COMP_POINT=${#LINE}
read -ra COMP_WORDS <<< "$LINE"
[[ $LINE == *' ' ]] && COMP_WORDS+=('')
COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
compopt() { :; }
_okta_auditor_completion okta-auditor
printf '%s\\n' "${COMPREPLY[@]}"
"""
# Of zsh's completion system just what the script calls, since the real one needs a line editor.
ZSH = """
compdef() { :; }
_describe() { print -l -- ${(P)3%%:*} }
compadd() { print -l -- ${(P)@[-1]} }
eval "$(okta-auditor completion zsh)"
words=(${(z)LINE}) CURRENT=${#words}
[[ $LINE == *' ' ]] && { words+=(''); CURRENT=$((CURRENT + 1)) }
_okta_auditor_completion
"""
FISH = """
okta-auditor completion fish | source
complete --do-complete "$LINE" | string replace -r "\\t.*" ""
"""
SHELLS = {
    "bash": ["bash", "--norc", "-c", BASH],
    "zsh": ["zsh", "-f", "-c", ZSH],
    "fish": ["fish", "--no-config", "-c", FISH],
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a snapshot, and a program of our name."""
    folder = tmp_path_factory.mktemp("completion")
    document = tenant()
    document["/api/v1/authorizationServers"][0]["name"] = "Billing EU"
    document["/api/v1/apps"].append(
        {**document["/api/v1/apps"][0], "id": "0oa9", "label": HOSTILE}
        | {"credentials": {"oauthClient": {"client_id": "0oa9"}}}
    )
    snapshot_file(folder, document)
    program = folder / "bin" / "okta-auditor"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec {" ".join(COMMAND)} "$@"\n')
    program.chmod(0o755)
    return folder


@pytest.fixture(params=SHELLS)
def completed(request: pytest.FixtureRequest, folder: Path) -> Completed:
    """What a shell offers for the end of a line."""
    if shutil.which(request.param) is None:
        pytest.skip(f"{request.param} is not installed")

    def run(line: str) -> list[str]:
        path = f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}"
        done = subprocess.run(
            SHELLS[request.param],
            cwd=folder,
            env={**os.environ, "LINE": line, "PATH": path, "HOME": str(folder)},
            capture_output=True, text=True, check=False, timeout=120,
        )  # fmt: skip
        assert not done.stderr, done.stderr
        return done.stdout.split()

    return run


def test_commands_and_options(completed: Completed) -> None:
    assert completed("okta-auditor su") == ["suppress"]
    assert "--fail-on" in completed("okta-auditor audit example.json --fa")
    assert completed("okta-auditor audit x --fail-on crit") == ["critical"]


def test_rules_by_code_and_by_name(completed: Completed) -> None:
    assert completed("okta-auditor rules OAM31") == [f"OAM31{digit}" for digit in range(10)]
    assert completed("okta-auditor audit x --ignore wide-op") == ["wide-open-rule"]


def test_names_of_the_snapshot(completed: Completed) -> None:
    line = "okta-auditor explain example.json"

    assert "org" in completed(f"{line} --server ")
    assert "aus1" in completed(f"{line} --server ")
    assert completed(f"{line} --client In") == ["Invoices"]
    assert completed(f"{line} --server org --scope bill") in ([], ["billing:read"])
    assert completed(f"{line} --server aus1 --scope bill") == ["billing:read"]


def test_a_name_that_a_shell_would_run_is_never_offered(completed: Completed) -> None:
    offered = completed("okta-auditor explain example.json --client ")

    assert "0oa9" in offered
    assert not any("$" in word or "touch" in word for word in offered)


def test_what_is_no_snapshot_offers_nothing(completed: Completed) -> None:
    assert completed("okta-auditor explain nothing.json --client In") == []


def test_the_scripts_are_printed() -> None:
    for shell in SHELLS:
        outcome = okta_auditor("completion", shell)
        assert outcome.exit_code == 0
        assert "_OKTA_AUDITOR_COMPLETE" in outcome.stdout
    assert okta_auditor("completion", "csh").exit_code == 2
