"""Whatever lies where a file should be: the run ends at once, in one line that says what it is."""

import gzip
import os
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from helpers import okta_auditor

from auditor.input_files import InputProblem, read_bytes
from auditor.snapshot import document


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Callable[[str], Path]]:
    """Makes something that is no file, and names it."""
    sockets: list[socket.socket] = []

    def make(kind: str) -> Path:
        path = tmp_path / "input"
        match kind:
            case "pipe":
                os.mkfifo(path)
            case "folder":
                path.mkdir()
            case "socket":
                sockets.append(socket.socket(socket.AF_UNIX))
                sockets[0].bind(str(path))
            case "link to a pipe":
                os.mkfifo(tmp_path / "pipe")
                path.symlink_to("pipe")
            case "link to itself":
                path.symlink_to("input")
            case "name too long":
                path = tmp_path / ("x" * 5000)
            case "below a file":
                (tmp_path / "file").write_text("x")
                path = tmp_path / "file" / "input"
            case _:
                path = Path(kind)
        return path

    yield make
    for each in sockets:
        each.close()


NO_FILES = [
    "pipe", "folder", "socket", "link to a pipe", "link to itself", "name too long", "below a file",
    "/dev/zero", "/dev/null", "/dev/tty", "/proc/self/environ", "/proc/kmsg", "/proc/self/mem",
]  # fmt: skip


@pytest.mark.parametrize("kind", NO_FILES)
def test_what_is_no_file_is_refused_at_once(place: Callable[[str], Path], kind: str) -> None:
    with pytest.raises(InputProblem):
        read_bytes(place(kind), 1000)


def test_a_size_is_refused_before_reading(tmp_path: Path) -> None:
    path = tmp_path / "sparse"
    with path.open("wb") as file:
        file.truncate(1 << 40)
    with pytest.raises(InputProblem, match="larger than 1 MB"):
        read_bytes(path, 1_000_000)


@pytest.mark.parametrize("kind", NO_FILES)
def test_a_snapshot_that_is_no_file(place: Callable[[str], Path], kind: str) -> None:
    outcome = okta_auditor("audit", str(place(kind)), "--no-config")

    assert outcome.exit_code == 2
    assert outcome.stderr.startswith("error: ")
    assert "bug" not in outcome.stderr


def test_a_gzip_bomb_is_given_up_early(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(document, "_ANY_RATIO", 1_000_000)
    path = tmp_path / "bomb.json.gz"
    path.write_bytes(gzip.compress(b" " * 8_000_000))

    outcome = okta_auditor("audit", str(path), "--no-config")

    assert outcome.exit_code == 2
    assert "decompressed, it is larger than" in outcome.stderr
