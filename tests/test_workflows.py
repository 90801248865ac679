"""The workflows that `init` writes, as linters see them."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
import yaml
from actions import BIN
from helpers import okta_auditor

NAMES = ("nightly", "pull-request")


@pytest.fixture
def workflows(tmp_path: Path) -> Path:
    done = okta_auditor("init", tmp_path, "--package", "okta-auditor==1.2.3")
    assert done.exit_code == 0
    return tmp_path / ".github/workflows"


def test_zizmor_accepts_the_workflows(workflows: Path) -> None:
    done = subprocess.run(
        [BIN / "zizmor", "--offline", "--no-progress", "--persona=pedantic", workflows],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", NAMES)
def test_workflows_pin_what_they_use_and_give_little_away(workflows: Path, name: str) -> None:
    text = (workflows / f"okta-auditor-{name}.yml").read_text()
    workflow = yaml.safe_load(text)
    (job,) = workflow["jobs"].values()

    assert workflow["permissions"] == {}
    assert job["permissions"] == {
        "contents": "write" if name == "nightly" else "read",
        "pull-requests": "write",
        "security-events": "write",
        "actions": "read",
    }
    used = re.findall(r"uses: (\S+)(.*)", text)
    assert len(used) >= 3
    for action, comment in used:
        assert re.fullmatch(r"[\w/-]+@[0-9a-f]{40}", action), action
        assert re.fullmatch(r" # v\d+\.\d+\.\d+", comment), action


def test_pull_requests_see_no_secret(workflows: Path) -> None:
    text = (workflows / "okta-auditor-pull-request.yml").read_text()
    triggers = yaml.safe_load(text)[True]  # YAML 1.1 reads the key `on` so

    assert set(triggers) == {"pull_request"}
    assert "secrets." not in text
    assert "vars." not in text


@pytest.mark.parametrize("name", NAMES)
def test_no_script_holds_an_expression(workflows: Path, name: str) -> None:
    """What a pull request says reaches scripts as variables only, and is never run."""
    (job,) = yaml.safe_load((workflows / f"okta-auditor-{name}.yml").read_text())["jobs"].values()

    scripts = [step["run"] for step in job["steps"] if "run" in step]
    assert len(scripts) >= 5
    assert not any("${{" in script for script in scripts)
