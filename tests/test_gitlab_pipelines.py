"""GitLab's pipelines that `init` writes: each job's own script, from an empty repository."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from collect.service_app import KEY, pem
from gitlab_jobs import TOKEN, Project, project
from helpers import okta_auditor, served
from test_pipelines import SNAPSHOT, SUPPRESSIONS, accepted, changed, evidence, opened, org
from workflow_jobs import git, program_wheel

NIGHTLY = "okta-auditor nightly"
CHANGE = "okta-auditor merge request"


@pytest.fixture
def hosted(tmp_path: Path) -> Iterator[Project]:
    """A project in which nothing was done but `init`."""
    with project(tmp_path) as hosted:
        clone = tmp_path / "clone"
        wheel = program_wheel(tmp_path)
        done = okta_auditor("init", clone, "--ci", "gitlab", "--package", wheel)
        assert done.exit_code == 0, done.stderr
        push(hosted, "main")
        (tmp_path / "key.pem").write_text(pem(KEY))
        yield hosted


def push(hosted: Project, branch: str) -> None:
    clone = hosted.folder / "clone"
    git(clone, "add", "--all")
    git(clone, "commit", "--quiet", "-m", "Change")
    git(clone, "push", "--quiet", "origin", f"HEAD:{branch}")


def merge(hosted: Project) -> None:
    clone = hosted.folder / "clone"
    git(clone, "fetch", "--quiet", "origin")
    git(clone, "checkout", "--quiet", "-B", "main", "origin/main")
    git(clone, "merge", "--quiet", "--no-ff", "-m", "Merge", f"origin/{SNAPSHOT}")
    git(clone, "push", "--quiet", "origin", "main")
    hosted.requests[-1]["state"] = "merged"


def night(hosted: Project, document: dict[str, Any], **variables: str) -> tuple[int, str]:
    with served(document) as sandbox:
        return hosted.job(
            NIGHTLY,
            "main",
            OKTA_CLIENT_ORGURL=sandbox.url,
            OKTA_CLIENT_CLIENTID="0oaS",
            OKTA_CLIENT_PRIVATEKEY=str(hosted.folder / "key.pem"),
            AUDIT_TOKEN=TOKEN,
            **variables,
        )


def change(hosted: Project, branch: str, **variables: str) -> tuple[int, str]:
    return hosted.job(
        CHANGE,
        branch,
        CI_MERGE_REQUEST_TARGET_BRANCH_NAME="main",
        CI_MERGE_REQUEST_IID="1",
        **variables,
    )


@pytest.mark.slow
def test_from_an_empty_repository_to_a_night_that_names_what_is_new(
    hosted: Project, tmp_path: Path
) -> None:
    hosted.installs = True
    code, log = night(hosted, org())
    hosted.installs = False
    assert code == 0, log
    assert "The first snapshot" in hosted.requests[-1]["description"]
    merge(hosted)

    code, log = night(hosted, changed(org()))
    assert code == 0, log
    assert len(hosted.requests) == 2
    assert 'gained billing&#58;write through rule "Readers"' in hosted.requests[1]["description"]

    for _ in range(2):
        code, log = change(hosted, SNAPSHOT, AUDIT_COMMENT_TOKEN=TOKEN)
        assert code == 1, log
    (note,) = hosted.notes
    assert "1 failing: scopes that must not be gained" in note["body"]
    merge(hosted)

    code, log = night(hosted, opened(changed(org())))
    assert code == 1
    assert 'New: Policy "Apps"' in log
    assert "OAM201" in hosted.requests[2]["description"]

    code, log = night(hosted, changed(org()))
    assert code == 0, log
    assert hosted.requests[2]["state"] == "closed"

    nights = evidence(hosted, tmp_path / "records")
    assert len(nights) == 4
    assert okta_auditor("evidence", "verify", *nights).exit_code == 0


@pytest.mark.slow
def test_a_right_that_nobody_gives_makes_no_night_red_once_somebody_answers_for_it(
    hosted: Project,
) -> None:
    refused = [{"path": "/principal-rate-limits", "status": 403}]
    code, log = night(hosted, org(faults=refused))
    assert code == 3, log
    assert hosted.requests == []

    (hosted.folder / "clone" / SUPPRESSIONS).write_text(accepted("client_rate_limits"))
    push(hosted, "main")
    code, log = night(hosted, org(faults=refused))
    assert code == 0, log
    assert "The first snapshot" in hosted.requests[-1]["description"]


@pytest.mark.slow
def test_a_public_project_shows_no_org(hosted: Project) -> None:
    code, log = night(hosted, org(), CI_PROJECT_VISIBILITY="public")
    assert code == 1
    assert "names and logins" in log
    assert hosted.requests == []


@pytest.mark.slow
def test_a_merge_request_cannot_weaken_its_own_gate(hosted: Project) -> None:
    clone = hosted.folder / "clone"
    code, log = change(hosted, "main")
    assert code == 0, "before the first night there is nothing to check"
    with served(opened(org())) as sandbox:
        okta_auditor("snapshot", "-o", clone / "okta/snapshot.json", url=sandbox.url)
    push(hosted, "main")
    git(clone, "checkout", "--quiet", "-b", "milder")
    (clone / "okta-auditor.toml").write_text("exit_zero = true\n")
    push(hosted, "milder")

    code, log = change(hosted, "milder")

    assert code == 1
    assert "this change changes exit_zero from false to true" in " ".join(log.split())


def test_a_pipeline_of_the_project_stays_and_is_told_what_to_include(tmp_path: Path) -> None:
    (tmp_path / ".gitlab-ci.yml").write_text("stages: [test]\n")
    done = okta_auditor("init", tmp_path, "--ci", "gitlab", "--package", "okta-auditor==1.2.3")
    assert "add to its include: - local: .gitlab/okta-auditor.yml" in done.stdout
    assert (tmp_path / ".gitlab-ci.yml").read_text() == "stages: [test]\n"


def test_merge_requests_see_no_secret_of_the_org(tmp_path: Path) -> None:
    okta_auditor("init", tmp_path, "--ci", "gitlab", "--package", "okta-auditor==1.2.3")
    pipelines = yaml.safe_load((tmp_path / ".gitlab/okta-auditor.yml").read_text())

    text = str(pipelines[CHANGE])

    assert "OKTA_CLIENT" not in text
    assert "AUDIT_TOKEN" not in text
    assert pipelines[CHANGE]["rules"] == [{"if": '$CI_PIPELINE_SOURCE == "merge_request_event"'}]
