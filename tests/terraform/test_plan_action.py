"""The GitHub action over a plan, as a pull request of a repository with HCL runs it."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from actions import BIN, run_step
from helpers import SERVERS, packed_tenant, snapshot_file
from plan_documents import RULE, plan, update
from workflow_jobs import git, write_tool

HCL = 'resource "okta_auth_server_policy_rule" "readers" {\n  scope_whitelist = ["*"]\n}\n'


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    work = tmp_path / "repository"
    (work / "okta").mkdir(parents=True)
    document = packed_tenant()
    document[f"{SERVERS}/aus1/scopes"] += [{"id": "scp2", "name": "billing:write"}]
    snapshot_file(work / "okta", document).rename(work / "okta/snapshot.json")
    (work / "main.tf").write_text(HCL)
    widened = update("okta_auth_server_policy_rule.readers", RULE, scope_whitelist=["*"])
    (work / "plan.json").write_text(json.dumps(plan(widened)))
    subprocess.run(["git", "init", "-q"], cwd=work, check=True)
    return work


def test_a_plan_is_annotated_on_its_lines_and_summed_up(repository: Path) -> None:
    inputs = {"command": "plan", "snapshot": "okta/snapshot.json"}
    step = run_step("Audit", repository, inputs | {"arguments": "--fail-on-gain\n*:write"})
    assert step.code == 1, step.errors
    assert re.search(
        r"^::warning file=main.tf,line=2,col=3.*1 more person obtain", step.log, re.MULTILINE
    )
    assert step.summary.startswith("<!-- okta-auditor:00o1 -->\n## okta-auditor diff\n")
    assert "- main&#46;tf&#58;2&#58;3&#58; This change lets 1 more person obtain" in step.summary
    assert "billing:write" in step.summary
    assert "### okta-auditor: " in step.summary
    results = json.loads((repository / step.outputs["sarif"]).read_text())["runs"][0]["results"]
    places = {
        item["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for item in results
    }
    assert "main.tf" in places


def test_the_pipelines_of_the_guide_are_yaml_and_name_inputs_that_there_are() -> None:
    root = Path(__file__).parents[2]
    guide = (root / "docs/terraform.md").read_text()
    action = yaml.safe_load((root / ".github/actions/okta-auditor/action.yml").read_text())
    github, gitlab, atlantis = (
        yaml.safe_load(text) for text in re.findall(r"```yaml\n(.*?)```", guide, re.DOTALL)
    )
    (step,) = (item for item in github if "uses" in item)
    assert step["with"].keys() <= action["inputs"].keys()
    assert "okta plan" in gitlab
    assert "okta" in atlantis["workflows"]


def guide_scripts() -> Iterator[str]:
    """What the guide has GitLab and Atlantis run."""
    guide = (Path(__file__).parents[2] / "docs/terraform.md").read_text()
    _, gitlab, atlantis = map(yaml.safe_load, re.findall(r"```yaml\n(.*?)```", guide, re.DOTALL))
    yield "\n".join(gitlab["okta plan"]["script"])
    steps = atlantis["workflows"]["okta"]["plan"]["steps"]
    yield next(step["run"] for step in steps if isinstance(step, dict))


@pytest.mark.parametrize("script", list(guide_scripts()), ids=["gitlab", "atlantis"])
def test_what_the_guide_runs_checks_the_plan(repository: Path, script: str) -> None:
    (repository / "plan.json").rename(repository.parent / "made.json")
    tools = repository.parent / "tools"
    tools.mkdir()
    write_tool(
        tools / "terraform",
        f'#!/bin/sh\n[ "$1" = plan ] || cat {repository.parent / "made.json"}\n',
    )
    git(repository, "add", "--all")
    git(repository, "commit", "--quiet", "-m", "Begin")
    environment = {
        "PATH": os.pathsep.join([str(tools), str(BIN), "/usr/bin", "/bin"]),
        "CI_MERGE_REQUEST_DIFF_BASE_SHA": "HEAD",
        "PLANFILE": "plan.bin",
    }

    done = subprocess.run(
        ["bash", "-eo", "pipefail", "-c", script],
        cwd=repository, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert done.returncode == 1, done.stderr
    assert "main.tf:2:3: This change lets 1 more person obtain" in done.stdout
