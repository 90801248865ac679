"""A release whose version, tag, changelog or documentation disagree is refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from release_scripts import ROOT, run_script

CHANGELOG = (
    "# Changelog\n\n## 1.2.0 (2026-01-31)\n\n- New.\n- Newer.\n\n## 1.1.0 (2025-12-01)\n\n- Old.\n"
)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project that is ready to be released as 1.2.0."""
    root = tmp_path / "project"
    (root / "auditor").mkdir(parents=True)
    (root / "docs/tutorials").mkdir(parents=True)
    (root / "pyproject.toml").write_text('[project]\nname = "okta-auditor"\nversion = "1.2.0"\n')
    (root / "auditor/version.py").write_text('"""The version."""\n\n__version__ = "1.2.0"\n')
    (root / "CHANGELOG.md").write_text(CHANGELOG)
    (root / "README.md").write_text("pipx install okta-auditor==1.2.0\n\nNot okta-auditor 1.0.\n")
    (root / "docs/ci.md").write_text("    rev: v1.2.0\n")
    (root / "docs/tutorials/nightly.md").write_text(
        "uses: OWNER/okta-auditor/.github/actions/okta-auditor@v1.2.0\n"
        "docker run ghcr.io/OWNER/okta-auditor:1.2.0 demo\n"
    )
    return root


def test_what_agrees_is_accepted_and_its_notes_are_written(project: Path, tmp_path: Path) -> None:
    notes = tmp_path / "notes.md"

    done = run_script("check_version.py", "--root", project, "--tag", "v1.2.0", "--notes", notes)

    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    assert notes.read_text() == "- New.\n- Newer.\n"


@pytest.mark.parametrize("tag", ["v1.2.1", "1.2.0", "v1.2", "v1.2.0-rc1", ""])
def test_another_tag_is_refused(tag: str, project: Path, tmp_path: Path) -> None:
    notes = tmp_path / "notes.md"

    done = run_script("check_version.py", "--root", project, "--tag", tag, "--notes", notes)

    assert done.returncode == 1
    assert done.stdout == f"the tag is {tag}, not v1.2.0\n"
    assert not notes.exists()


@pytest.mark.parametrize(
    ("file", "was", "becomes", "said"),
    [
        ("pyproject.toml", "1.2.0", "1.3.0", "auditor/version.py: has not the version 1.3.0"),
        ("auditor/version.py", "1.2.0", "1.2.1", "auditor/version.py: has not the version 1.2.0"),
        ("CHANGELOG.md", "1.2.0", "1.1.9", "CHANGELOG.md: begins with 1.1.9, not with 1.2.0"),
        ("CHANGELOG.md", "2026-01-31", "unreleased", "CHANGELOG.md: 1.2.0 has no day but (unrel"),
        ("CHANGELOG.md", "2026-01-31", "2026-02-31", "CHANGELOG.md: 1.2.0 has no day but (2026-"),
        ("CHANGELOG.md", "2026-01-31", "20260131", "CHANGELOG.md: 1.2.0 has no day but (2026013"),
        ("CHANGELOG.md", "## ", "### ", "CHANGELOG.md: no heading of the form"),
        ("README.md", "1.2.0", "1.1.0", "README.md:1: tells to install 1.1.0, not 1.2.0"),
        ("docs/ci.md", "v1.2.0", "v1.1.0", "docs/ci.md:1: tells to install 1.1.0, not 1.2.0"),
        ("README.md", "==1.2.0", "@1.1.0", "README.md:1: tells to install 1.1.0, not 1.2.0"),
        ("README.md", "okta-auditor==1.2.0", "okta_auditor-1.1.0.tar.gz", "README.md:1: tells to"),
        ("README.md", "pipx install okta-auditor==1.2.0", "Version 1.1.0 is", "README.md:1: tells"),
        ("docs/tutorials/nightly.md", "@v1.2.0", "@v1.1.0", "docs/tutorials/nightly.md:1: tells"),
        ("docs/tutorials/nightly.md", ":1.2.0", ":1.1.0", "docs/tutorials/nightly.md:2: tells"),
    ],
)
def test_what_disagrees_is_refused_and_named(
    file: str, was: str, becomes: str, said: str, project: Path
) -> None:
    path = project / file
    assert was in path.read_text()
    path.write_text(path.read_text().replace(was, becomes))

    done = run_script("check_version.py", "--root", project, "--tag", "v1.2.0")

    assert done.returncode == 1
    assert any(line.startswith(said) for line in done.stdout.splitlines()), done.stdout


def test_before_a_release_the_changelog_may_say_so(project: Path) -> None:
    (project / "CHANGELOG.md").write_text(CHANGELOG.replace("2026-01-31", "unreleased"))

    assert run_script("check_version.py", "--root", project).returncode == 0


def test_this_project_agrees_with_itself() -> None:
    done = run_script("check_version.py", "--root", ROOT)

    assert (done.returncode, done.stdout) == (0, "")
