"""A commit gives the same sdist and wheel wherever and whenever it is built."""

from __future__ import annotations

import hashlib
import re
import subprocess
import tarfile
import zipfile
from email.parser import HeaderParser
from pathlib import Path

import pytest
from release_scripts import ROOT, run_script

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The last commit in a checkout of its own, in which somebody has worked since."""
    folder = tmp_path_factory.mktemp("somewhere") / "a clone"
    subprocess.run(["git", "clone", "--quiet", ROOT, folder], check=True)
    (folder / "auditor/not_committed.py").write_text("raise SystemExit\n")
    with (folder / "auditor/version.py").open("a") as file:
        file.write("# changed, and not committed\n")
    return folder


@pytest.fixture(scope="module")
def built(clone: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(clone, tmp_path_factory.mktemp("built"), umask=0o022)


def build(clone: Path, out: Path, *, umask: int, **variables: str) -> Path:
    done = run_script("build.py", out, "--repository", clone, umask=umask, **variables)
    assert done.returncode == 0, done.stderr
    return out


def contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_the_same_commit_gives_the_same_bytes_elsewhere_and_later(
    built: Path, clone: Path, tmp_path: Path
) -> None:
    other = tmp_path / "elsewhere"
    subprocess.run(["git", "clone", "--quiet", clone, other], check=True)

    again = build(
        other,
        tmp_path / "again",
        umask=0o077,
        TZ="Asia/Tokyo",
        LC_ALL="C.UTF-8",
        TMPDIR=str(tmp_path),
    )

    first, second = contents(built), contents(again)
    assert sorted(first) == sorted(second)
    assert len(first) == 3
    for name in first:
        assert hashlib.sha256(first[name]).digest() == hashlib.sha256(second[name]).digest(), name


def test_every_file_has_the_moment_of_the_commit_and_no_owner(built: Path, clone: Path) -> None:
    said = subprocess.run(
        ["git", "log", "-1", "--format=%ct"], cwd=clone, check=True, capture_output=True
    )
    moment = int(said.stdout)
    (sdist,) = built.glob("packages/*.tar.gz")
    with tarfile.open(sdist) as archive:
        members = archive.getmembers()
    assert {(item.mtime, item.uid, item.gid, item.uname, item.gname) for item in members} == {
        (moment, 0, 0, "", "")
    }
    assert {item.mode for item in members if item.isfile()} <= {0o644, 0o755}
    (wheel,) = built.glob("packages/*.whl")
    dates = {item.date_time for item in zipfile.ZipFile(wheel).infolist()}
    assert len(dates) == 1


def test_only_what_is_committed_is_built(built: Path) -> None:
    (wheel,) = built.glob("packages/*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        version = archive.read("auditor/version.py").decode()
    assert "auditor/not_committed.py" not in names
    assert "not committed" not in version


def test_the_sdist_has_what_building_takes_and_no_half_of_the_tests(built: Path) -> None:
    (sdist,) = built.glob("packages/*.tar.gz")
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    wanted = {"pyproject.toml", "README.md", "LICENSE", "CHANGELOG.md", "PKG-INFO"}
    assert wanted | {"requirements/build.txt", "requirements/runtime.txt"} <= names
    assert not any(name.startswith(("tests", ".github", "docs")) for name in names)


def test_the_requirements_accept_these_files_only_and_pin_all_others(built: Path) -> None:
    text = (built / "requirements.txt").read_text()
    (wheel,) = built.glob("packages/*.whl")
    metadata = next(name for name in zipfile.ZipFile(wheel).namelist() if name.endswith("METADATA"))
    version = HeaderParser().parsestr(zipfile.ZipFile(wheel).read(metadata).decode())["Version"]

    own, rest = re.split(r"\n(?=\w)", text, maxsplit=1)

    assert own.startswith(f"okta-auditor=={version} \\\n")
    digests = {hashlib.sha256(path.read_bytes()).hexdigest() for path in built.glob("packages/*")}
    assert set(re.findall(r"sha256:(\w+)", own)) == digests
    assert rest == (ROOT / "requirements/runtime.txt").read_text()


def test_a_commit_that_is_not_there_builds_nothing(clone: Path, tmp_path: Path) -> None:
    done = run_script("build.py", tmp_path / "out", "--repository", clone, "--commit", "v9.9.9")

    assert done.returncode != 0
    assert not (tmp_path / "out").exists()
