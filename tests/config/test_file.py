"""The configuration file: where it is looked for, and what is wrong with it."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from helpers import Outcome, okta_auditor

from auditor.config import discovery, merge_settings
from auditor.config.discovery import find_config
from auditor.errors import UsageError

PYPROJECT = "[tool.okta-auditor]\n"


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with a folder in a folder, which is the working folder."""
    root = tmp_path / "repository"
    (root / "a" / "b").mkdir(parents=True)
    (root / ".git").mkdir()
    monkeypatch.chdir(root / "a" / "b")
    return root


def config(*words: str, **environment: str) -> dict[str, Any]:
    """What `okta-auditor config` says, by key: value and origin."""
    outcome = okta_auditor("config", "--format", "json", *words, **environment)
    assert outcome.exit_code == 0, outcome.shown
    document = json.loads(outcome.stdout)
    return {".".join(row["key"]): row for row in document["settings"]} | {"file": document["file"]}


def refused(*words: object, **environment: str) -> str:
    outcome = okta_auditor("config", *words, **environment)
    assert outcome.exit_code == 2, outcome.shown
    assert not outcome.stdout
    return outcome.stderr


def test_the_nearest_file_wins(repository: Path) -> None:
    (repository / "okta-auditor.toml").write_text('fail_on = "low"\nignore = ["OAM1"]')
    assert config()["fail_on"]["value"] == "low"

    (repository / "a" / "pyproject.toml").write_text(PYPROJECT + 'fail_on = "info"')
    nearest = config()
    assert nearest["fail_on"]["value"] == "info"
    assert nearest["fail_on"]["origin"]["line"] == 2
    assert nearest["ignore"]["value"] == [], "files are not merged"


def test_the_search_ends_at_the_root_of_the_repository(repository: Path) -> None:
    (repository.parent / "okta-auditor.toml").write_text('fail_on = "low"')
    assert config()["file"] is None

    (repository / ".git").rmdir()
    assert config()["file"] is not None

    (repository / ".git").write_text("gitdir: elsewhere")
    assert config()["file"] is None, "a worktree has a file for .git"


@pytest.mark.parametrize(
    "data", [b"", b"[tool.ruff]\nline-length = 100", b"not TOML [", b"\xff", b"#" * 2_000_000]
)
def test_a_pyproject_without_a_table_for_us_is_none_of_ours(repository: Path, data: bytes) -> None:
    (repository / "okta-auditor.toml").write_text('fail_on = "low"')
    (repository / "a" / "pyproject.toml").write_bytes(data)

    assert config()["fail_on"]["value"] == "low"


def test_both_in_one_folder_is_told(repository: Path) -> None:
    (repository / "okta-auditor.toml").write_text('fail_on = "low"')
    (repository / "pyproject.toml").write_text(PYPROJECT + 'fail_on = "info"')

    outcome = okta_auditor("config", "--format", "json")

    assert '"low"' in outcome.stdout
    assert "okta-auditor.toml is used; the table in" in outcome.stderr


def test_no_config_is_isolated(repository: Path) -> None:
    (repository / "okta-auditor.toml").write_text("nonsense = 1")

    assert config("--no-config")["file"] is None
    assert config(OKTA_AUDITOR_NO_CONFIG="1")["file"] is None
    assert "contradict" in refused("--no-config", "--config", "x.toml")


def test_a_named_file_ends_the_search(repository: Path) -> None:
    (repository / "okta-auditor.toml").write_text("nonsense = 1")
    (repository / "ci.toml").write_text('fail_on = "low"')
    named = str(repository / "ci.toml")

    assert config("--config", named)["fail_on"]["value"] == "low"
    assert config(OKTA_AUDITOR_CONFIG=named)["fail_on"]["value"] == "low"
    assert "none.toml cannot be read" in refused(OKTA_AUDITOR_CONFIG="none.toml")
    (repository / "pyproject.toml").write_text("[tool.ruff]")
    assert "no table [tool.okta-auditor]" in refused("--config", repository / "pyproject.toml")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("\nselct = []", ":2: unknown key 'selct'; did you mean select?"),
        ("fail-on = 'low'", "unknown key 'fail-on'; did you mean fail_on?"),
        ("a = 1\nfail-on = 'low'", ":1: unknown key 'a'"),
        ("fail_on = 'terrible'", ":1: fail_on: must be 'critical', 'high'"),
        ("# x\nselect = 3", ":2: select: "),
        ("select = [\n'OAM1',\n3]", ":1: select.1: must be text, in quotes"),
        ("select = ['']", ":1: select: an entry is empty"),
        ("strict = 'false'", ":1: strict: must be true or false"),
        ("strict = 1", ":1: strict: must be true or false"),
        ("profile = 'PR'", ":1: profile: must be 'pr', 'nightly' or 'audit'"),
        ("[severity]\nOAM1 = 'low'\nOAM2 = 'off'", ":3: severity.OAM2: must be"),
        ("severity = 'low'", ":1: severity: "),
        ("[options]\nOAM702 = 3", ":2: options.OAM702: "),
        (
            "select = ['OAM1']\nselect = ['OAM1']",
            ":2: this is not valid TOML: Cannot overwrite a value.",
        ),
        ("select = [\n\n", ":3: this is not valid TOML: Invalid value."),
        ("a = " + "[" * 100_000, "is not valid TOML"),
        ("as_of = 2020-01-01", ":1: as_of can be set by the command line and the environment only"),
        ("local_rules = true", ":1: local_rules can be set by the command line"),
        ("<<<<<<< HEAD\nstrict = true\n=======", ":1: an unresolved merge conflict"),
        ('"\\u001b[31m" = 1', "unknown key"),
    ],
)
def test_what_is_wrong_is_told_with_file_line_and_key(
    repository: Path, text: str, said: str
) -> None:
    (repository / "a" / "b" / "okta-auditor.toml").write_text(text)

    told = refused()

    assert told.startswith("error: okta-auditor.toml")
    assert said in told
    assert "\x1b" not in told
    *problems, remedy = told.splitlines()
    assert remedy.startswith("  ")
    assert all(line.startswith("error: ") for line in problems)


def test_lines_count_from_the_top_of_a_pyproject(repository: Path) -> None:
    (repository / "a" / "b" / "pyproject.toml").write_text(
        f"[project]\nname = 'x'\n{PYPROJECT}strict = 1"
    )
    assert "error: pyproject.toml:4: strict: " in refused()


@pytest.mark.parametrize("name", ["okta_auditor", "oktaauditor", "Okta-Auditor", '"okta.auditor"'])
def test_a_mistyped_table_is_not_passed_over(repository: Path, name: str) -> None:
    (repository / "pyproject.toml").write_text(f"[tool.ruff]\n[tool.{name}]\nstrict = true")

    assert "pyproject.toml:2: unknown table" in refused()
    assert "did you mean tool.okta-auditor?" in refused()


@pytest.mark.parametrize(
    ("data", "said"),
    [(b"\n\xff", "okta-auditor.toml:2: this is not UTF-8"), (b"#" * 1_000_001, "larger than")],
)
def test_a_file_that_is_no_text(repository: Path, data: bytes, said: str) -> None:
    (repository / "a" / "b" / "okta-auditor.toml").write_bytes(data)
    assert said in refused()


def test_a_file_that_cannot_be_read_is_not_passed_over(repository: Path) -> None:
    (repository / "okta-auditor.toml").mkdir()
    assert "okta-auditor.toml is a folder, not a file." in refused()
    (repository / "okta-auditor.toml").rmdir()
    (repository / "okta-auditor.toml").symlink_to("nowhere")
    assert "cannot be read" in refused()


def test_a_byte_order_mark_and_a_schema_for_editors_are_accepted(repository: Path) -> None:
    text = '\ufeff"$schema" = "https://example.com/x.json"\nstrict = true'
    (repository / "okta-auditor.toml").write_text(text)

    assert config()["strict"] == {
        "key": ["strict"],
        "value": True,
        "origin": {"kind": "file", "name": str(repository / "okta-auditor.toml"), "line": 2},
    }


def test_a_stranger_s_file_above_is_not_used_unasked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if any((folder / ".git").exists() for folder in tmp_path.parents):
        pytest.skip("temporary files are in a repository")
    (tmp_path / "work").mkdir()
    file = tmp_path / "okta-auditor.toml"
    file.write_text("exit_zero = true")
    owner = file.stat().st_uid
    assert find_config(tmp_path / "work").path == file

    monkeypatch.setattr(discovery.os, "getuid", lambda: owner + 1)
    if owner == 0:  # root is trusted, so the file must be somebody's
        os.chown(file, 12345, -1)
    with pytest.raises(UsageError, match="belongs to another user"):
        find_config(tmp_path / "work")
    assert find_config(tmp_path).path == file, "in the working folder it is as good as asked for"
    (tmp_path / ".git").mkdir()
    assert find_config(tmp_path / "work").path == file, "and so it is in a repository"


def test_every_key_is_watched_for_in_every_folder(repository: Path) -> None:
    from datetime import date  # noqa: PLC0415

    settings = merge_settings({}, {}, folder=Path.cwd(), today=date(2026, 1, 1))

    assert set(settings.candidates) == {
        folder / name
        for folder in (repository, repository / "a", repository / "a" / "b")
        for name in ("okta-auditor.toml", "pyproject.toml")
    }


def test_the_text_is_for_people(repository: Path) -> None:
    (repository / "a" / "b" / "okta-auditor.toml").write_text(
        '[severity]\nOAM702 = "low"\n[options.OAM702]\nceiling_minutes = 30'
    )
    outcome: Outcome = okta_auditor("config")
    lines = [line.split() for line in outcome.stdout.splitlines()]

    assert outcome.stdout.startswith("configuration file: okta-auditor.toml (found)\n\n")
    assert ["severity.OAM702", '"low"', "okta-auditor.toml:2"] in lines
    assert ["options.OAM702.ceiling_minutes", "30", "okta-auditor.toml:4"] in lines
    assert ["exit_zero", "false", "default"] in lines
