"""`audit --watch` as a process of its own: what changes is audited again."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Empty, Queue

import pytest
from helpers import snapshot_file, tenant
from test_gate import RULE

from auditor.cli.audit.file_changes import file_states, wait_for_change

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals")


class Watcher:
    """A running `audit --watch`."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process = process
        self.lines: Queue[str] = Queue()
        self.seen: list[str] = []
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.put(line)

    def until(self, words: str, seconds: float = 30) -> str:
        """What it printed up to a line with these words."""
        printed = ""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            try:
                printed += self.lines.get(timeout=0.1)
            except Empty:
                continue
            if words in printed:
                return printed
        raise AssertionError(f"{words!r} did not come after: {printed}")


@contextmanager
def watching(folder: Path, *words: str, **environment: str) -> Iterator[Watcher]:
    command = [sys.executable, "-m", "auditor", "audit", "example.json", "--watch", *words]
    process = subprocess.Popen(
        command, cwd=folder, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        env={**os.environ, "TERM": "dumb", **environment},
    )  # fmt: skip
    try:
        yield Watcher(process)
    finally:
        process.kill()
        process.wait()
        assert process.stdout is not None
        process.stdout.close()


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / ".git").mkdir()
    (tmp_path / "rules").mkdir()
    rule = RULE.format(number=1, severity="LOW", confidence="HIGH")
    (tmp_path / "rules" / "every_group.py").write_text(rule)
    snapshot_file(tmp_path, tenant())
    return tmp_path


def test_snapshot_rules_and_configuration_are_watched(place: Path) -> None:
    with watching(place, "--rules", "rules", "--select", "TST") as watcher:
        assert "A group." in watcher.until("exit code 0; waiting")

        rule = place / "rules" / "every_group.py"
        rule.write_text(rule.read_text().replace("A group.", "A GROUP."))  # of the same size
        printed = watcher.until("exit code 0; waiting")
        assert "--- changed ---" in printed
        assert "A GROUP." in printed
        assert "\x1b" not in printed, "a dumb terminal is not cleared"

        (place / "okta-auditor.toml").write_text('fail_on = "low"')
        watcher.until("exit code 1; waiting")

        (place / "okta-auditor.toml").write_text("fail_on = ")
        assert "okta-auditor.toml:1: this is not valid TOML" in watcher.until("waiting")

        (place / "okta-auditor.toml").unlink()
        watcher.until("exit code 0; waiting")

        whole = (place / "example.json").read_bytes()
        (place / "example.json").write_bytes(whole[:100])
        assert "is not a usable snapshot" in watcher.until("waiting")
        (place / "example.json").write_bytes(whole)
        watcher.until("exit code 0; waiting")


@pytest.mark.parametrize(("name", "code"), [("SIGINT", 130), ("SIGTERM", 143)])
def test_a_signal_is_how_it_ends(place: Path, name: str, code: int) -> None:
    with watching(place) as watcher:
        watcher.until("waiting for changes")
        watcher.process.send_signal(getattr(signal, name))

        assert "watching ended" in watcher.until("watching ended")
        assert watcher.process.wait(timeout=10) == code


def test_a_file_that_is_still_being_written_is_waited_for(tmp_path: Path) -> None:
    file = tmp_path / "file"
    seen = file_states([file])
    contents = iter(["a", "ab", "abc"])
    pauses = []

    def sleep(seconds: float) -> None:
        pauses.append(seconds)
        if text := next(contents, None):
            file.write_text(text)

    now = wait_for_change([file], seen, sleep)

    assert file.read_text() == "abc"
    assert now == file_states([file])
    assert len(pauses) == 4, "the fourth saw it quiet"


def test_a_lost_and_a_new_file_are_changes(tmp_path: Path) -> None:
    (tmp_path / "rules").mkdir()
    before = file_states([tmp_path / "rules", tmp_path / "none"])
    (tmp_path / "rules" / "new.py").touch()

    assert file_states([tmp_path / "rules", tmp_path / "none"]) != before
    (tmp_path / "rules" / "new.py").unlink()
    assert file_states([tmp_path / "rules", tmp_path / "none"]) == before
    assert before[tmp_path / "none"] is None
