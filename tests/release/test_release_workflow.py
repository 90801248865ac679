"""The workflow that publishes: who holds which right, and what has to hold before."""

from __future__ import annotations

import re
import shlex
from typing import Any

import pytest
import yaml
from release_scripts import ROOT, SCRIPTS

WORKFLOW = yaml.safe_load((ROOT / ".github/workflows/release.yml").read_text())
JOBS: dict[str, Any] = WORKFLOW["jobs"]
SIGNING = {"attest", "image", "publish"}


def actions(job: str) -> list[str]:
    return [step["uses"].partition("@")[0] for step in JOBS[job]["steps"] if "uses" in step]


def needed(job: str) -> set[str]:
    """The jobs that have to be green before a job begins."""
    named = JOBS[job].get("needs", [])
    direct = {named} if isinstance(named, str) else set(named)
    return direct.union(*(needed(other) for other in direct))


def test_only_a_tag_of_a_version_publishes() -> None:
    assert WORKFLOW[True] == {"push": {"tags": ["v*.*.*"]}}
    assert WORKFLOW["permissions"] == {}


def test_only_jobs_that_sign_have_the_right_to() -> None:
    having = {name for name, job in JOBS.items() if "id-token" in job["permissions"]}
    assert having == SIGNING
    assert JOBS["publish"]["permissions"] == {"id-token": "write"}


@pytest.mark.parametrize("job", sorted(SIGNING | {"announce"}))
def test_jobs_with_rights_run_nothing_of_ours_and_install_nothing(job: str) -> None:
    for step in JOBS[job]["steps"]:
        words = step.get("run", "")
        assert "pip" not in words
        assert ".github/" not in words
        assert "python" not in words
        assert "${{" not in words


def test_publishing_is_trusted_attested_and_last() -> None:
    publish = JOBS["publish"]
    assert publish["environment"]["name"] == "pypi"
    (step,) = (one for one in publish["steps"] if "pypi-publish" in one["uses"])
    assert step["with"] == {"packages-dir": "release/packages", "attestations": True}
    assert needed("publish") == {"build", "try", "attest", "image"}
    assert needed("announce") == set(JOBS) - {"announce"}
    assert "secrets." not in (ROOT / ".github/workflows/release.yml").read_text()


def test_what_is_attested_is_what_is_published() -> None:
    build, bill = (step["with"] for step in JOBS["attest"]["steps"] if "attest@" in step["uses"])
    assert build["subject-path"].split() == [
        "release/packages/*",
        "release/requirements.txt",
        "release/sbom.cdx.json",
    ]
    assert bill == {"subject-path": "release/packages/*", "sbom-path": "release/sbom.cdx.json"}
    assert actions("image").count("actions/attest") == 2
    release = JOBS["announce"]["steps"][-1]["run"]
    assert release.endswith("release/packages/* release/requirements.txt release/sbom.cdx.json")


def test_the_image_is_tried_before_it_is_pushed_for_both_platforms() -> None:
    steps = JOBS["image"]["steps"]
    tried = next(n for n, step in enumerate(steps) if "docker run" in step.get("run", ""))
    pushed = next(n for n, step in enumerate(steps) if step.get("with", {}).get("push"))
    assert tried < pushed
    for option in ("--read-only", "--network none"):
        assert option in steps[tried]["run"]
    assert steps[pushed]["with"]["platforms"] == "linux/amd64,linux/arm64"
    assert steps[pushed]["with"]["file"] == ".github/release/Dockerfile"


def test_every_script_that_it_runs_is_there() -> None:
    text = (ROOT / ".github/workflows/release.yml").read_text()
    named = set(re.findall(r"\.github/release/(\w+\.py)", text))
    assert named == {path.name for path in SCRIPTS.glob("*.py")}
    for job in JOBS.values():
        for step in job["steps"]:
            shlex.split(step.get("run", ""))


def test_it_is_tried_on_each_system_that_the_readme_names() -> None:
    systems = JOBS["try"]["strategy"]["matrix"]["system"]
    assert {system.partition("-")[0] for system in systems} == {"ubuntu", "macos", "windows"}
