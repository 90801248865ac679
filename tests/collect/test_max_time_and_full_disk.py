"""Exports that run out of time or of room: what was read is kept, and the way on is named."""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Callable
from io import BufferedRandom
from pathlib import Path
from typing import Any

import pytest
from helpers import SERVERS, ledger, okta_auditor, served, tenant
from processes import asked

from auditor.cli.durations import Duration, shown_duration
from auditor.collect.journal import opening

APPS = "/api/v1/apps"


def slow(pattern: str) -> dict[str, Any]:
    return {"path": pattern, "stall_s": 1.5, "times": 1}


# --max-time


@pytest.mark.parametrize("command", ["snapshot", "run"])
def test_when_the_time_is_over_what_is_there_is_written_and_resumed(
    tmp_path: Path, command: str
) -> None:
    path = tmp_path / "s.json"
    words = [command, "-o", path]
    with served(tenant(faults=[slow(f"^{APPS}/0oa1/groups$")])) as sandbox:
        first = okta_auditor(*words, "--max-time", "1s", url=sandbox.url)
        assert first.exit_code == 3
        assert "--resume" in first.stderr
        entries = ledger(path)
        (gap,) = entries["app_groups"]["gaps"]
        assert gap["reason"] == "the time was over that --max-time allows (0:00:01)"
        assert entries["app_groups"]["status"] == "partial"
        assert entries["policies"]["status"] == "complete"
        before = len(sandbox.requests)

        second = okta_auditor("snapshot", "-o", path, "--resume", url=sandbox.url)

        assert second.exit_code == 0
        again = [one for one, _ in asked(sandbox.requests[before:])]
    assert f"{SERVERS}/aus1/policies" not in again
    assert f"{APPS}/0oa1/groups" in again
    assert not path.with_name("s.json.partial").exists()
    with served(tenant()) as sandbox:
        okta_auditor("snapshot", "-o", tmp_path / "whole.json", url=sandbox.url)
    whole, resumed = (
        {key: json.loads((tmp_path / name).read_text())[key] for key in ("ledger", "resources")}
        for name in ("whole.json", "s.json")
    )
    assert resumed == whole


def test_a_time_that_is_over_at_once_is_an_error_in_one_line(tmp_path: Path) -> None:
    with served(tenant(faults=[slow("^/api/v1/org$")])) as sandbox:
        outcome = okta_auditor(
            "snapshot", "-o", tmp_path / "s.json", "--max-time", "1", url=sandbox.url
        )

    assert outcome.exit_code == 3
    assert "within 1 s" in outcome.stderr
    assert "--max-time" in outcome.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_plan_ends_in_time_too(tmp_path: Path) -> None:
    with served(tenant(faults=[slow(f"^{SERVERS}/aus1/scopes$")])) as sandbox:
        outcome = okta_auditor(
            "snapshot", "-o", tmp_path / "s.json", "--plan", "--max-time", "1", url=sandbox.url
        )

    assert outcome.exit_code == 3
    assert "--max-time" in outcome.stderr


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("3600", 3600), ("90m", 5400), ("2h", 7200), ("1h30m", 5400), ("45s", 45), ("1D", 86_400)],
)
def test_durations_as_people_write_them(text: str, seconds: int) -> None:
    assert Duration().convert(text, None, None) == seconds
    assert Duration().convert(shown_duration(seconds), None, None) == seconds


@pytest.mark.parametrize(
    "text", ["", "0", "0s", "-1", "1.5h", "soon", "31d", "9" * 50, "m", "5 m", "\u0665m", "1h 2h"]
)
def test_no_other_durations(text: str, tmp_path: Path) -> None:
    outcome = okta_auditor("snapshot", "-o", tmp_path / "s.json", "--max-time", text)

    assert outcome.exit_code == 2
    assert "--max-time" in outcome.stderr


def test_the_help_says_the_default() -> None:
    for command in ("snapshot", "run"):
        shown = " ".join(okta_auditor(command, "--help").stdout.split())
        assert "[default: 12h]" in shown


# A full disk


class FullAfter:
    """A file that takes so many bytes."""

    def __init__(self, file: BufferedRandom, room: int) -> None:
        self.file, self.room = file, room

    def write(self, data: bytes) -> int:
        self.room -= len(data)
        if self.room < 0:
            self.file.write(data[: max(0, len(data) + self.room)])
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return self.file.write(data)

    def close(self) -> None:
        self.file.close()
        if self.room < 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def __getattr__(self, name: str) -> Any:
        return getattr(self.file, name)


def full_after(monkeypatch: pytest.MonkeyPatch, room: int) -> None:
    locked: Callable[[Path], BufferedRandom] = opening._locked
    monkeypatch.setattr(opening, "_locked", lambda path: FullAfter(locked(path), room))


@pytest.mark.parametrize("room", [0, 100, 1000, 2500])
def test_a_disk_that_fills_up_is_named_and_the_run_goes_on_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, room: int
) -> None:
    path = tmp_path / "s.json"
    with served(tenant()) as sandbox:
        with monkeypatch.context() as patch:
            full_after(patch, room)
            outcome = okta_auditor("snapshot", "-o", path, url=sandbox.url)

        assert outcome.exit_code == 2
        assert "s.json.partial could not be written: its disk is full" in outcome.stderr
        assert "bytes are free" in outcome.stderr
        assert not path.exists()
        if room < 1000:
            return
        assert "--resume" in outcome.stderr
        assert "What was read so far takes" in outcome.stderr
        assert okta_auditor("snapshot", "-o", path, "--resume", url=sandbox.url).exit_code == 0


def test_a_disk_that_is_full_when_the_snapshot_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "s.json"

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with served(tenant()) as sandbox:
        with monkeypatch.context() as patch:
            patch.setattr(os, "fsync", full)
            outcome = okta_auditor("snapshot", "-o", path, url=sandbox.url)

        assert outcome.exit_code == 2
        assert f"{path} could not be written: its disk is full" in outcome.stderr
        assert "--resume" in outcome.stderr
        assert [one.name for one in tmp_path.iterdir()] == ["s.json.partial"]
        before = len(sandbox.requests)
        assert okta_auditor("snapshot", "-o", path, "--resume", url=sandbox.url).exit_code == 0
        assert len(sandbox.requests) == before, "everything had been read"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device of Linux")
def test_a_device_that_is_full() -> None:
    with served(tenant()) as sandbox:
        outcome = okta_auditor("snapshot", "-o", "/dev/full", url=sandbox.url)

    assert outcome.exit_code == 2
    assert "/dev/full could not be written: its disk is full" in outcome.stderr
