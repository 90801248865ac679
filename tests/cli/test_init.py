"""`init` writes files to start from, and never over somebody's work."""

import tomllib
from pathlib import Path

import pytest
from helpers import okta_auditor

from auditor.cli.commands.init import starters


def files(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def test_it_writes_what_it_lists_and_says_what_to_do_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    outcome = okta_auditor("init")

    assert outcome.exit_code == 0
    assert files(tmp_path) == {str(starter.path) for starter in starters()}
    for starter in starters():
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
    assert mine.read_text() == starters()[0].content


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
    settings, *workflows = starters(tmp_path)

    assert str(settings.path) == "okta-auditor.toml"
    assert [(str(each.path), each.content, each.about) for each in workflows] == [
        (".github/workflows/change.yml", "on: pull_request", "a workflow"),
        (".github/workflows/nightly.yml", "on: schedule", "a workflow"),
    ]


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    outcome = okta_auditor("init", tmp_path / "none")
    assert outcome.exit_code == 2
    assert "is not a folder" in outcome.stderr
