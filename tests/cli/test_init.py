"""`init` writes files to start from, and never over somebody's work."""

import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
from helpers import okta_auditor

from auditor.cli.package_source import source_of
from auditor.cli.starter_files import SYSTEMS, ignored_lines, starters

PACKAGE = "okta-auditor==1.2.3"


def files(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def test_it_writes_what_it_lists_and_says_what_to_do_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    outcome = okta_auditor("init", "--package", PACKAGE)

    assert outcome.exit_code == 0
    written = starters("github", PACKAGE)
    assert files(tmp_path) == {".gitignore", *(str(starter.path) for starter in written)}
    for starter in written:
        assert f"{starter.path} written: {starter.about}" in outcome.stdout
    assert "okta-auditor config" in outcome.stdout.partition("Next:")[2]
    assert tomllib.loads(Path("okta-auditor.toml").read_text()) == {}
    assert okta_auditor("config").exit_code == 0


def test_it_keeps_what_is_there(tmp_path: Path) -> None:
    mine = tmp_path / "okta-auditor.toml"
    mine.write_text("strict = true")

    kept = okta_auditor("init", tmp_path)
    assert mine.read_text() == "strict = true"
    assert f"{mine} exists and stays as it is" in kept.stdout

    again = okta_auditor("init", tmp_path)
    assert again.exit_code == 2
    assert "Nothing was written" in again.stderr

    assert okta_auditor("init", tmp_path, "--force").exit_code == 0
    assert mine.read_text() == starters("github", PACKAGE)[0].content


def test_it_does_not_write_through_a_dangling_link(tmp_path: Path) -> None:
    (tmp_path / "repository").mkdir()
    (tmp_path / "repository" / "okta-auditor.toml").symlink_to(tmp_path / "elsewhere")

    okta_auditor("init", tmp_path / "repository")

    assert not (tmp_path / "elsewhere").exists()


def test_the_list_of_files_is_data(tmp_path: Path) -> None:
    (tmp_path / "ci").mkdir()
    (tmp_path / "ci" / "nightly.yml").write_text("on: schedule")
    (tmp_path / "ci" / "change.yml").write_text("on: pull_request")
    (tmp_path / "files.toml").write_text(
        '[[folder]]\ntemplate = "ci"\npath = ".github/workflows"\nabout = "a workflow"'
    )
    settings, *workflows = starters("github", PACKAGE, tmp_path)

    assert str(settings.path) == "okta-auditor.toml"
    assert [(str(each.path), each.content, each.about) for each in workflows] == [
        (".github/workflows/change.yml", "on: pull_request", "a workflow"),
        (".github/workflows/nightly.yml", "on: schedule", "a workflow"),
    ]


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    outcome = okta_auditor("init", tmp_path / "none")
    assert outcome.exit_code == 2
    assert "is not a folder" in outcome.stderr


@pytest.mark.parametrize("system", SYSTEMS)
def test_what_pip_installs_is_in_the_pipelines(system: str, tmp_path: Path) -> None:
    assert okta_auditor("init", tmp_path, "--ci", system, "--package", PACKAGE).exit_code == 0

    pipelines = [path for path in tmp_path.rglob("*.yml") if "okta-auditor" in path.name]
    assert pipelines
    for path in pipelines:
        text = path.read_text()
        assert f'"{PACKAGE}"' in text
        assert "@INSTALL@" not in text


@pytest.mark.parametrize("system", SYSTEMS)
def test_a_pipeline_for_plans_names_the_root_module(system: str, tmp_path: Path) -> None:
    (tmp_path / "infra/org").mkdir(parents=True)
    (tmp_path / "infra/org/main.tf").write_text('provider "okta" {}\n')
    call = ("init", tmp_path, "--ci", system, "--package", PACKAGE)
    offered = okta_auditor(*call)
    assert f"okta-auditor init --ci {system} --terraform infra/org" in offered.stdout
    assert not (tmp_path / "okta/ci/plan.sh").exists()

    done = okta_auditor(*call, "--terraform", "./infra/org/")

    assert done.exit_code == 0, done.stderr
    (pipeline,) = tmp_path.rglob("okta-auditor-terraform.yml")
    assert 'ROOT_MODULE: "infra/org"' in pipeline.read_text()
    assert "@TERRAFORM@" not in pipeline.read_text()
    assert (tmp_path / "okta/ci/plan.sh").exists()
    include = "- local: .gitlab/okta-auditor-terraform.yml"
    assert (f"add to its include: {include}" in done.stdout) is (system == "gitlab")
    assert "--terraform" not in okta_auditor(*call, "--force").stdout


@pytest.mark.parametrize(
    ("root", "words"),
    [
        ("nowhere", "There is no Terraform configuration in"),
        ("../infra", "cannot be the folder"),
        ("/infra", "cannot be the folder"),
        ("$HOME", "cannot be the folder"),
        ("a${{ x }}", "cannot be the folder"),
        ("-x", "cannot be the folder"),
        ("a\nb", "cannot be the folder"),
    ],
)
def test_what_is_no_root_module_is_refused(root: str, words: str, tmp_path: Path) -> None:
    outcome = okta_auditor("init", tmp_path, "--package", PACKAGE, "--terraform", root)
    assert outcome.exit_code == 2
    assert words in outcome.stderr
    assert files(tmp_path) == set()


def test_only_configuration_of_okta_is_offered(tmp_path: Path) -> None:
    texts = {
        "a/main.tf": 'resource "aws_instance" "okta_x" {}\n',
        ".terraform/b/main.tf": 'resource "okta_group" "g" {}\n',
        "c$d/main.tf": 'resource "okta_group" "g" {}\n',
        "e/main.tf": '# resource "okta_group"\n',
        "f/main.txt": 'resource "okta_group" "g" {}\n',
    }
    for name, text in texts.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)

    assert "--terraform" not in okta_auditor("init", tmp_path, "--package", PACKAGE).stdout


def test_a_requirement_of_two_lines_is_refused(tmp_path: Path) -> None:
    outcome = okta_auditor("init", tmp_path, "--package", "a\n- run: evil")
    assert outcome.exit_code == 2
    assert files(tmp_path) == set()


def test_a_gitignore_keeps_its_lines_and_gets_those_that_it_lacks(tmp_path: Path) -> None:
    ignored = tmp_path / ".gitignore"
    ignored.write_text("build/\n*.pem")

    okta_auditor("init", tmp_path)

    lines = ignored.read_text().splitlines()
    assert lines[:2] == ["build/", "*.pem"]
    assert sorted(lines[1:]) == sorted(ignored_lines())
    again = okta_auditor("init", tmp_path)
    assert f"{ignored} exists and stays as it is" in again.stdout
    assert ignored.read_text().splitlines() == lines


def git(folder: Path, *words: str) -> str:
    command = ["git", "-c", "user.name=a", "-c", "user.email=a@b.example", *words]
    return subprocess.run(
        command, cwd=folder, check=True, capture_output=True, text=True
    ).stdout.strip()


@pytest.mark.parametrize(
    ("noted", "requirement"),
    [
        (None, "okta-auditor==1.2.3"),
        (
            {
                "url": "https://name:secret@git.example/okta-auditor.git",
                "vcs_info": {"vcs": "git", "requested_revision": "main", "commit_id": "abc123"},
            },
            "okta-auditor @ git+https://git.example/okta-auditor.git@abc123",
        ),
        (
            {
                "url": "ssh://git@git.example/tools.git",
                "subdirectory": "okta",
                "vcs_info": {"vcs": "git", "commit_id": "abc123"},
            },
            "okta-auditor @ git+ssh://git@git.example/tools.git@abc123#subdirectory=okta",
        ),
        (
            {
                "url": "https://files.example/okta_auditor-1.2.3-py3-none-any.whl",
                "archive_info": {"hashes": {"sha256": "ab12"}},
            },
            "okta-auditor @ https://files.example/okta_auditor-1.2.3-py3-none-any.whl#sha256=ab12",
        ),
    ],
    ids=["index", "vcs", "vcs-part", "archive"],
)
def test_the_requirement_is_where_this_copy_came_from(
    noted: dict[str, Any] | None, requirement: str
) -> None:
    source = source_of(noted, "1.2.3")
    assert source.requirement == requirement
    assert source.warning == ""


def test_a_folder_is_fetched_from_where_it_was_cloned(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "commit", "--quiet", "--allow-empty", "-m", "Begin")
    commit = git(tmp_path, "rev-parse", "HEAD")
    noted = {"url": tmp_path.as_uri(), "dir_info": {"editable": True}}

    alone = source_of(noted, "1.2.3")
    assert alone.requirement == f"okta-auditor @ {tmp_path.as_uri()}"
    assert "--package" in alone.warning

    git(tmp_path, "remote", "add", "origin", "git@git.example:acme/okta-auditor.git")
    cloned = source_of(noted, "1.2.3")
    where = f"git+ssh://git@git.example/acme/okta-auditor.git@{commit}"
    assert cloned.requirement == f"okta-auditor @ {where}"
    assert commit[:12] in cloned.warning
