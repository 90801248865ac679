"""Whatever an org answers, `logs` keeps what it read, says what is missing, and goes on."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from faulty import HASTE, NO_LIMIT
from helpers import TOKEN, okta_auditor, served, tenant
from processes import command
from pulled_logs import LOGS, event, events_of, lines, many, uuids

from auditor.collect.fetch import bounds
from auditor.collect.system_log import pull


@pytest.fixture(autouse=True)
def _haste(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, "DEFAULT_BOUNDS", HASTE)


def log_tenant(events: list[Any], *faults: dict[str, Any], **changes: Any) -> dict[str, Any]:
    aimed = [{"path": "^/api/v1/logs", **fault} for fault in faults]
    return tenant(faults=aimed, **changes) | {LOGS: events}


PASSING = [
    {"status": 500},
    {"status": 503, "headers": {"Retry-After": "0"}},
    {"status": 429, "headers": {**NO_LIMIT, "Retry-After": "0"}},
    {"truncate": True},
    {"reset": True},
    {"drop": True},
    {"body": "<html>maintenance</html>"},
    {"not_utf8": True},
]


@pytest.mark.parametrize("fault", PASSING, ids=str)
def test_what_passes_is_waited_for(tmp_path: Path, fault: dict[str, Any]) -> None:
    events = many(2500)
    path = tmp_path / "log.jsonl"
    with served(log_tenant(events, {**fault, "times": 2, "after": 1})) as sandbox:
        outcome = okta_auditor("logs", "-o", path, url=sandbox.url)
    assert outcome.exit_code == 0, outcome.stderr
    assert uuids(path) == [each["uuid"] for each in events]
    assert lines(path)[-1]["complete"]


ELSEWHERE = '<https://evil.example/api/v1/logs?after=x>; rel="next"'
LASTING = [
    ({"status": 500}, "500"),
    ({"status": 403}, "403"),
    ({"truncate": True}, "cut off"),
    ({"headers": {"Link": ELSEWHERE}}, "another host (evil.example), refused"),
    ({"body": {"errorCode": "E0000009"}}, "an object, not a list"),
    ({"status": 401}, "refused the credentials"),
]


@pytest.mark.parametrize(("fault", "why"), LASTING, ids=str)
def test_what_lasts_is_a_gap_that_the_next_run_fills(
    tmp_path: Path, fault: dict[str, Any], why: str
) -> None:
    events = many(2500)
    path, whole = tmp_path / "log.jsonl", tmp_path / "whole.jsonl"
    with served(log_tenant(events, {**fault, "after": 1, "times": 60})) as sandbox:
        outcome = okta_auditor("logs", "-o", path, url=sandbox.url)
        assert outcome.exit_code == 3, outcome.shown
        assert "could not be read completely: " in outcome.stderr
        assert why in outcome.stderr
        assert f"Next: okta-auditor logs -o {path} --resume" in outcome.stderr
        assert f"{path} written, incomplete" in outcome.stderr
        assert len(uuids(path)) >= 1000
        assert all("complete" not in line for line in lines(path))
        okta_auditor("logs", "-o", path, "--resume", "--max-time", "1", url=sandbox.url)
    with served(log_tenant(events)) as sound:
        path.write_bytes(path.read_bytes().replace(sandbox.url.encode(), sound.url.encode()))
        outcome = okta_auditor("logs", "-o", path, "--resume", url=sound.url)
        assert outcome.exit_code == 0, outcome.shown
        okta_auditor("logs", "-o", whole, url=sound.url)
    assert events_of(path) == events_of(whole)


@pytest.mark.parametrize("status", [403, 500])
def test_a_log_that_cannot_be_read_at_all_leaves_no_file(tmp_path: Path, status: int) -> None:
    path = tmp_path / "log.jsonl"
    with served(log_tenant([event(1)], {"status": status})) as sandbox:
        outcome = okta_auditor("logs", "-o", path, url=sandbox.url)
    assert outcome.exit_code == 3
    assert "error: The System Log could not be read" in outcome.stderr
    assert "Nothing was written." in outcome.stderr
    assert ("Read-only Administrator" in outcome.stderr) == (status == 403)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("status", [403, 500])
def test_a_complete_file_stays_so_where_nothing_can_be_added(tmp_path: Path, status: int) -> None:
    path = tmp_path / "log.jsonl"
    with served(log_tenant([event(1)], {"status": status, "after": 1})) as sandbox:
        okta_auditor("logs", "-o", path, url=sandbox.url)
        before = path.read_bytes()
        outcome = okta_auditor("logs", "--append", "-o", path, url=sandbox.url)
    assert outcome.exit_code == 3
    assert "Nothing was written." in outcome.stderr
    assert path.read_bytes() == before


@pytest.mark.parametrize("odd", [7, "text", None, [], {}, {"uuid": "x"}, {"published": "now"}])
def test_an_event_that_is_none_is_counted_and_never_clean(tmp_path: Path, odd: Any) -> None:
    events = [event(1, 200), odd, event(2, 100)]
    path = tmp_path / "log.jsonl"
    with served(log_tenant([], {"body": events, "headers": {"Link": None}})) as sandbox:
        outcome = okta_auditor("logs", "-o", path, url=sandbox.url)
        assert outcome.exit_code == 3
        assert "warning: 1 event could not be read" in outcome.stderr
        assert lines(path)[-1] == {"complete": True, "events": 2, "unreadable": 1}
        okta_auditor("logs", "-o", path, "--append", url=sandbox.url)
        assert lines(path)[-1] == {"complete": True, "events": 2, "unreadable": 1}


def test_the_time_that_it_may_take_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    with served(log_tenant(many(3500), latency_ms=600)) as sandbox:
        outcome = okta_auditor("logs", "-o", path, "--max-time", "1", url=sandbox.url)
    assert outcome.exit_code == 3
    assert "the time was over that --max-time allows (0:00:01)" in outcome.stderr
    assert len(uuids(path)) == 1000


def test_okta_may_think_longer_about_a_query_than_about_a_list() -> None:
    assert pull.LIMITS.silence_s > 30  # "Individual queries have a timeout of 30 seconds"


def wait_until(true: Callable[[], object], seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.001)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
@pytest.mark.parametrize("pages", [1, 3])
def test_killed_and_resumed_it_is_the_same_file(tmp_path: Path, pages: int) -> None:
    events = many(4800)
    path, whole, log = tmp_path / "log.jsonl", tmp_path / "whole.jsonl", tmp_path / "said"
    with served(log_tenant(events, latency_ms=30)) as sandbox:
        process = command(sandbox.url, log, "logs", "-o", path)
        wait_until(lambda: len(sandbox.requests) > pages)
        process.kill()
        process.join()
        assert 1000 <= len(uuids(path)) < len(events)
        outcome = okta_auditor("logs", "-o", path, "--resume", url=sandbox.url)
        assert outcome.exit_code == 0, outcome.stderr
        okta_auditor("logs", "-o", whole, url=sandbox.url)
    assert events_of(path) == events_of(whole)


@pytest.mark.parametrize("cut", range(1, 400, 37))
def test_wherever_a_dead_process_stopped_writing_it_goes_on(tmp_path: Path, cut: int) -> None:
    path, whole = tmp_path / "log.jsonl", tmp_path / "whole.jsonl"
    with served(log_tenant(many(30, 20_000))) as sandbox:
        okta_auditor("logs", "-o", whole, url=sandbox.url)
        path.write_bytes(whole.read_bytes()[:-cut])
        outcome = okta_auditor("logs", "-o", path, "--resume", url=sandbox.url)
        assert outcome.exit_code == 0, outcome.stderr
    assert path.read_bytes() == whole.read_bytes()


def test_a_file_without_a_whole_first_line_is_begun(tmp_path: Path) -> None:
    path, whole = tmp_path / "log.jsonl", tmp_path / "whole.jsonl"
    with served(log_tenant(many(3))) as sandbox:
        okta_auditor("logs", "-o", whole, url=sandbox.url)
        for size in (0, 9, 200):
            path.write_bytes(whole.read_bytes()[:size])
            assert okta_auditor("logs", "-o", path, url=sandbox.url).exit_code == 0
            assert events_of(path) == events_of(whole)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
@pytest.mark.parametrize(("sent", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_it_with_the_command_that_goes_on(
    tmp_path: Path, sent: signal.Signals, code: int
) -> None:
    path, log = tmp_path / "log.jsonl", tmp_path / "said"
    with served(log_tenant(many(4500), latency_ms=200)) as sandbox:
        process = command(sandbox.url, log, "logs", "-o", path)
        wait_until(lambda: path.exists() and path.stat().st_size > 1000)
        os.kill(process.pid or 0, sent)
        process.join(20)
        assert process.exitcode == code
    again = f"okta-auditor logs -o {path} --resume"
    assert f"interrupted; what was read is kept; go on with: {again}\n" in log.read_text()


def test_two_pulls_never_write_the_same_file(tmp_path: Path) -> None:
    path, log = tmp_path / "log.jsonl", tmp_path / "said"
    with served(log_tenant(many(4500), latency_ms=200)) as sandbox:
        process = command(sandbox.url, log, "logs", "-o", path)
        wait_until(lambda: path.exists() and path.stat().st_size > 1000)
        outcome = okta_auditor("logs", "--append", "-o", path, url=sandbox.url)
        process.kill()
        process.join()
    assert outcome.exit_code == 2
    assert f"Another okta-auditor is writing {path}." in outcome.stderr
    assert TOKEN not in path.read_text()
