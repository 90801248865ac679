"""The steps of our GitHub action, run as a runner does."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import yaml
from workflow_jobs import write_python

ACTION = Path(__file__).parents[1] / ".github/actions/okta-auditor"
BIN = Path(sys.executable).parent


class Step:
    """What a step of the action left behind."""

    def __init__(self, done: subprocess.CompletedProcess[str], runner: Path) -> None:
        self.code, self.log, self.errors = done.returncode, done.stdout, done.stderr
        pairs = (line.split("=", 1) for line in (runner / "output").read_text().splitlines())
        self.outputs = dict(pairs)
        self.summary = (runner / "summary").read_text()
        self.path = (runner / "path").read_text()


def run_step(
    name: str,
    repository: Path,
    inputs: dict[str, str],
    *,
    action_path: Path = ACTION,
    **environment: str,
) -> Step:
    """Run a step of action.yml as the runner does: `bash -eo pipefail`, inputs in `env`.

    Args:
        name: of the step.
        repository: the job's workspace.
        inputs: those that are given.
        action_path: where the runner has put the action.
        environment: further variables.
    """
    action = yaml.safe_load((action_path / "action.yml").read_text())
    given = {key: str(value.get("default", "")) for key, value in action["inputs"].items()} | inputs
    step = next(step for step in action["runs"]["steps"] if step["name"] == name)
    env = {
        key: re.sub(r"\$\{\{ inputs\.([\w-]+) \}\}", lambda found: given[found[1]], value)
        for key, value in step["env"].items()
    }
    runner = repository.parent / "runner"
    runner.mkdir(exist_ok=True)
    tools = repository.parent / "setup-python"
    tools.mkdir(exist_ok=True)
    write_python(tools)
    for file in ("output", "summary", "path"):
        (runner / file).write_text("")
    assert step["shell"] == "bash"
    done = subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
        cwd=repository,
        env=env
        | {
            "PATH": os.pathsep.join([str(tools), str(BIN), os.environ["PATH"]]),
            "HOME": str(repository.parent),
            "GITHUB_ACTION_PATH": str(action_path),
            "GITHUB_WORKSPACE": str(repository),
            "GITHUB_OUTPUT": str(runner / "output"),
            "GITHUB_STEP_SUMMARY": str(runner / "summary"),
            "GITHUB_PATH": str(runner / "path"),
            "RUNNER_TEMP": str(runner),
        }
        | environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    return Step(done, runner)
