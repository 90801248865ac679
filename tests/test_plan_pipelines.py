"""The pipelines that `init --terraform` writes: a plan is made, checked, and told of."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from gitlab_jobs import TOKEN, Project, project
from helpers import SERVERS, okta_auditor, packed_tenant, snapshot_file
from terraform_runs import KEY, MODULE, SECRET, write_configuration, write_terraform
from test_gitlab_pipelines import push
from test_pipelines import pull_request
from workflow_jobs import Hosted, JobRun, program_wheel

WORKFLOW = "okta-auditor-terraform.yml"
SCRIPT = Path(__file__).parents[1] / "auditor/templates/terraform-scripts/plan.sh"

pytestmark = pytest.mark.slow


def write_base(folder: Path) -> None:
    """The snapshot that is merged."""
    document = packed_tenant()
    document[f"{SERVERS}/aus1/scopes"] += [{"id": "scp2", "name": "billing:write"}]
    (folder / "okta").mkdir(exist_ok=True)
    snapshot_file(folder / "okta", document).rename(folder / "okta/snapshot.json")


@pytest.fixture
def hosted(tmp_path: Path) -> Hosted:
    """A repository with HCL in which nothing was done but `init`."""
    hosted = Hosted(tmp_path)
    write_terraform(tmp_path / "tools")
    write_configuration(hosted.clone)
    call = ("init", hosted.clone, "--terraform", "infra", "--package", hosted.wheel)
    done = okta_auditor(*call)
    assert done.exit_code == 0, done.stderr
    hosted.push("Begin")
    hosted.installs = False
    return hosted


def widen(hosted: Hosted) -> None:
    (hosted.clone / "README.md").write_text("Wider")
    hosted.push("Widen a rule", "wider")


def check(hosted: Hosted, *, fork: bool = False) -> JobRun:
    secrets = {} if fork else {"OKTA_API_PRIVATE_KEY": KEY}
    return pull_request(hosted, "wider", fork=fork, workflow=WORKFLOW, secrets=secrets)


def test_a_plan_that_widens_a_rule_in_a_module_is_told_of_on_its_line(hosted: Hosted) -> None:
    write_base(hosted.clone)
    hosted.push("Take a snapshot")
    widen(hosted)

    for _ in range(2):
        done = check(hosted)

    assert done.outcomes["Check what the plan makes"] == "failure", "billing:write is gained"
    assert done.outcomes["Show the findings in the pull request"] == "success"
    assert f"::warning file={MODULE},line=3,col=3" in done.log
    comment = hosted.comment("plan")
    assert "gained billing&#58;write" in comment
    assert "1 failing: scopes that must not be gained" in comment
    assert comment in done.summary
    assert hosted.read("calls").count("pr comment") == 1, "the second run changes it"

    other = pull_request(hosted, "wider")
    assert other.green, other.log
    assert hosted.comment("plan") == comment, "each workflow has its own comment"
    assert hosted.comment("snapshot")


def test_the_plan_s_secrets_stay_in_the_job(hosted: Hosted) -> None:
    write_base(hosted.clone)
    hosted.push("Take a snapshot")
    widen(hosted)

    done = check(hosted)

    assert done.outcomes["Remove the plan"] == "success"
    assert {path.name for path in done.uploaded} == {"comment.md", "results.sarif"}
    kept = "".join(path.read_text() for path in (hosted.folder / "artifacts").rglob("*.*"))
    for secret in (SECRET, KEY):
        assert secret not in done.log + done.summary + kept + hosted.comment("plan")
    stopped = done.log.partition("::stop-commands::")[2].partition("\n")
    assert "::error::owned by a name" in stopped[2].partition(f"::{stopped[0]}::")[0]


def test_without_a_snapshot_the_plan_is_audited_and_the_rest_is_not_known(hosted: Hosted) -> None:
    widen(hosted)

    done = check(hosted)

    assert done.outcomes["Check what the plan makes"] == "failure", done.log
    assert "No snapshot is merged that the plan could be laid over" in hosted.comment("plan")
    assert "as Terraform 1.11.4 plans it" in " ".join(hosted.comment("plan").split())


def test_a_fork_s_pull_request_is_red_and_sees_nothing(hosted: Hosted) -> None:
    widen(hosted)

    done = check(hosted, fork=True)

    assert "a fork gets no secrets" in done.log
    assert {name for name, ended in done.outcomes.items() if ended != "skipped"} == {
        "Refuse a fork",
        "Remove the plan",
    }


def test_a_change_cannot_bring_its_own_base_or_settings(hosted: Hosted) -> None:
    write_base(hosted.clone)
    hosted.push("Take a snapshot")
    (hosted.clone / "okta/snapshot.json").unlink()
    (hosted.clone / "okta-auditor.toml").write_text("exit_zero = true\n")
    widen(hosted)

    done = check(hosted)

    assert done.outcomes["Check what the plan makes"] == "failure"
    assert "this change changes exit_zero from false to true" in " ".join(done.log.split())
    assert "gained billing&#58;write" in hosted.comment("plan")


def test_the_script_says_what_it_takes() -> None:
    for words in ((), ("make", "infra"), ("check", "HEAD", "infra"), ("plan",)):
        done = subprocess.run(["bash", SCRIPT, *words], capture_output=True, text=True, check=False)
        assert done.returncode == 2
        assert "plan.sh make DIR PLAN" in done.stderr


@pytest.mark.skipif(not shutil.which("terraform"), reason="Terraform is not installed")
def test_the_real_terraform_takes_these_words(tmp_path: Path) -> None:
    (tmp_path / "infra").mkdir()
    (tmp_path / "infra/main.tf").write_text('resource "terraform_data" "a" {\n  input = 1\n}\n')

    done = subprocess.run(
        ["bash", SCRIPT, "make", "infra", "plan.json"],
        cwd=tmp_path,
        capture_output=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    plan = json.loads((tmp_path / "plan.json").read_text())
    assert plan["resource_changes"][0]["address"] == "terraform_data.a"
    assert (tmp_path / "plan.json").stat().st_mode & 0o077 == 0
    assert not (tmp_path / "infra/terraform.tfstate").exists()


JOB = "okta-auditor plan"


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Project]:
    """A project on GitLab with HCL in which nothing was done but `init`."""
    with project(tmp_path) as lab:
        clone = tmp_path / "clone"
        write_configuration(clone)
        call = ("init", clone, "--ci", "gitlab", "--terraform", "infra")
        done = okta_auditor(*call, "--package", program_wheel(tmp_path))
        assert done.exit_code == 0, done.stderr
        write_base(clone)
        push(lab, "main")
        (clone / "README.md").write_text("Wider")
        push(lab, "wider")
        yield lab


def merge_request(lab: Project, **variables: str) -> tuple[int, str]:
    common = {"CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main", "CI_MERGE_REQUEST_IID": "1"}
    return lab.job(JOB, "wider", **common, OKTA_API_PRIVATE_KEY=KEY, **variables)


def test_on_gitlab_a_plan_is_checked_and_told_of(lab: Project) -> None:
    (lab.folder / "tools").mkdir()
    write_terraform(lab.folder / "tools")
    lab.notes.append({"id": 1, "author": {"id": 5}, "body": "<!-- okta-auditor: snapshot -->\nx"})

    for _ in range(2):
        code, log = merge_request(lab, AUDIT_COMMENT_TOKEN=TOKEN)

    assert code == 1, log
    assert f"{MODULE}:3:3" in log
    other, note = lab.notes
    assert other["body"].endswith("x")
    assert "gained billing&#58;write" in note["body"]
    assert SECRET not in log + note["body"]
    reports = yaml.safe_load((lab.folder / "work/.gitlab/okta-auditor-terraform.yml").read_text())
    kept = reports[JOB]["artifacts"]
    for name in (*kept["paths"], *kept["reports"].values()):
        assert SECRET not in (lab.folder / "work" / name).read_text()
    assert list(lab.temporary.iterdir()) == [], "the plan is gone"


def test_on_gitlab_terraform_is_fetched_and_held_against_its_digest(lab: Project) -> None:
    releases = lab.folder / "releases"
    folder = releases / "1.11.4"
    folder.mkdir(parents=True)
    write_terraform(folder)
    archive = "terraform_1.11.4_linux_amd64.zip"
    subprocess.run(["python3", "-m", "zipfile", "-c", archive, "terraform"], cwd=folder, check=True)
    sums = folder / "terraform_1.11.4_SHA256SUMS"
    digest = subprocess.run(
        ["sha256sum", archive], cwd=folder, check=True, capture_output=True, text=True
    )
    sums.write_text(digest.stdout)
    code, log = merge_request(lab, TERRAFORM_RELEASES=releases.as_uri())
    assert code == 1, log
    assert "1 more person obtain" in log

    sums.write_text(f"{'0' * 64}  {archive}\n")
    code, log = merge_request(lab, TERRAFORM_RELEASES=releases.as_uri())
    assert code != 0
    assert "did NOT match" in log


def test_on_gitlab_a_fork_s_merge_request_is_red(lab: Project) -> None:
    code, log = merge_request(
        lab, CI_MERGE_REQUEST_SOURCE_PROJECT_ID="8", CI_MERGE_REQUEST_PROJECT_ID="7"
    )
    assert code == 1
    assert "a fork gets no secrets" in log
