"""What killed processes leave is gone after the next run, and nothing that is in use is touched."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from helpers import okta_auditor, snapshot_file, tenant

from auditor.files import check_writable, write_file
from auditor.scratch_files import remove_unused, scratch_folder

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such locks")

FILE = """
import sys, time
from pathlib import Path
from auditor.files import write_file
def pieces():
    yield b"half of it"
    print("writing", flush=True)
    time.sleep(60)
write_file(Path(sys.argv[1]), pieces())
"""
FOLDER = """
import sys, time
from pathlib import Path
from auditor.scratch_files import scratch_folder
with scratch_folder(Path(sys.argv[1]).parent) as folder:
    (folder / "manifest.json").write_text("half of it")
    print("writing", flush=True)
    time.sleep(60)
"""


@contextmanager
def writing(program: str, path: Path) -> Iterator[subprocess.Popen[str]]:
    """A process that is in the middle of writing; it is killed at the end."""
    with subprocess.Popen(
        [sys.executable, "-c", program, str(path)], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == "writing\n"
        try:
            yield process
        finally:
            process.kill()


def scratch(folder: Path) -> list[str]:
    return [item.name for item in folder.iterdir() if item.name.startswith(".okta-auditor-")]


@pytest.mark.parametrize("program", [FILE, FOLDER], ids=["file", "folder"])
@pytest.mark.parametrize("step", ["check", "write", "folder", "another name"])
def test_what_a_killed_process_left_is_removed_by_the_next(
    program: str, step: str, tmp_path: Path
) -> None:
    with writing(program, tmp_path / "s.json"):
        pass
    assert len(scratch(tmp_path)) == 1

    match step:
        case "check":
            check_writable(tmp_path / "s.json")
        case "write":
            write_file(tmp_path / "s.json", b"whole")
        case "folder":
            with scratch_folder(tmp_path) as folder:
                assert scratch(tmp_path) == [folder.name]
        case _:
            write_file(tmp_path / "tomorrow.json", b"whole")

    assert not scratch(tmp_path)


@pytest.mark.parametrize("program", [FILE, FOLDER], ids=["file", "folder"])
def test_what_another_process_is_writing_stays(program: str, tmp_path: Path) -> None:
    with writing(program, tmp_path / "s.json"):
        names = scratch(tmp_path)
        write_file(tmp_path / "s.json", b"whole")

        assert scratch(tmp_path) == names
        assert (tmp_path / "s.json").read_bytes() == b"whole"


def test_many_writers_at_once_all_succeed(tmp_path: Path) -> None:
    failures: list[BaseException] = []

    def write(number: int) -> None:
        try:
            for _ in range(20):
                write_file(tmp_path / f"{number}.json", b"x" * number)
        except BaseException as error:  # noqa: BLE001 - to be shown by the test
            failures.append(error)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert not failures
    assert not scratch(tmp_path)
    assert sorted(item.name for item in tmp_path.iterdir()) == [
        f"{number}.json" for number in range(8)
    ]


def test_only_ours_is_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    name = ".okta-auditor-0123456789abcdef.tmp"
    (tmp_path / "precious").mkdir()
    (tmp_path / "precious" / "notes").write_text("mine")
    (tmp_path / name).symlink_to(tmp_path / "precious")
    others = [".s.json.swp", ".okta-auditor-x.tmp", "okta-auditor-0123456789abcdef.tmp", f"{name}2"]
    for other in others:
        (tmp_path / other).touch()
    os.mkfifo(tmp_path / ".okta-auditor-ffffffffffffffff.tmp")

    write_file(tmp_path / "s.json", b"whole")

    assert (tmp_path / "precious" / "notes").read_text() == "mine"
    assert {*others, name} <= {item.name for item in tmp_path.iterdir()}
    (tmp_path / name).unlink()
    (tmp_path / name).touch()
    monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)
    remove_unused(tmp_path)
    assert (tmp_path / name).exists(), "another user's"


def test_evidence_removes_what_a_killed_run_left(tmp_path: Path) -> None:
    snapshot = snapshot_file(tmp_path, tenant())
    with writing(FOLDER, tmp_path / "evidence"):
        pass

    done = okta_auditor("evidence", "export", snapshot, "-o", tmp_path / "evidence", "--no-config")

    assert done.exit_code == 0, done.shown
    assert not scratch(tmp_path)


def test_a_long_name_can_be_written(tmp_path: Path) -> None:
    path = tmp_path / ("n" * 250 + ".json")

    check_writable(path)
    write_file(path, b"whole")

    assert path.read_bytes() == b"whole"
