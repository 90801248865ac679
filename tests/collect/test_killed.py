"""A run that is killed, told to end or cut off from the org loses nothing that it has read."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from helpers import TOKEN, ledger, okta_auditor, served
from processes import asked, body, command, medium_tenant, noted

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")

KILLS = 20


def wait_until(true: Callable[[], object], seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.0005)


@pytest.mark.slow
def test_killed_at_any_moment_and_resumed_it_is_the_same_snapshot(tmp_path: Path) -> None:
    path, journal, log = tmp_path / "s.json", tmp_path / "s.json.partial", tmp_path / "log"
    interrupted = 0
    with served(medium_tenant(latency_ms=3)) as sandbox:

        def run(*words: object) -> int:
            process = command(sandbox.url, log, "snapshot", "-o", path, *words)
            process.join(30)
            assert process.exitcode is not None
            return process.exitcode

        assert run() == 0
        whole, necessary = body(path), len(sandbox.requests)
        assert len(asked(sandbox.requests)) == len(set(asked(sandbox.requests)))
        for seed in range(KILLS):
            dice = random.Random(seed)
            path.unlink()
            start = len(sandbox.requests)
            process = command(sandbox.url, log, "snapshot", "-o", path)
            moment = start + dice.randint(1, necessary)
            wait_until(lambda p=process, m=moment: not p.is_alive() or len(sandbox.requests) >= m)
            time.sleep(dice.uniform(0, 0.004))
            process.kill()
            process.join()

            # An answer that was under way is not waited for: the process is dead.
            wait_until(lambda: not sandbox._server._in_flight)
            had = noted(journal) if journal.exists() else set()
            middle = len(sandbox.requests)
            if had:
                interrupted += 1
                assert run("--resume") == 0, log.read_text()
                again = asked(sandbox.requests[middle:])
                assert not had & set(again), seed
                assert len(again) == len(set(again)), seed
            elif not path.exists():
                assert run() == 0
            assert body(path) == whole, seed
            assert {item.name for item in tmp_path.iterdir()} <= {"s.json", "log"}, seed
    assert interrupted >= KILLS / 2


@pytest.mark.parametrize(
    ("sent", "code", "background"),
    [(signal.SIGINT, 130, False), (signal.SIGTERM, 143, False), (signal.SIGTERM, 143, True)],
    ids=["Ctrl-C", "SIGTERM", "SIGTERM while SIGINT is ignored"],
)
def test_a_signal_ends_it_with_a_line_that_says_how_to_go_on(
    tmp_path: Path, sent: signal.Signals, code: int, *, background: bool
) -> None:
    path, journal = tmp_path / "s.json", tmp_path / "s.json.partial"
    words = ["snapshot", "-o", str(path)]
    ignoring = "trap '' INT; " if background else ""  # as for what a shell starts with &
    with served(medium_tenant(latency_ms=20)) as sandbox:
        process = subprocess.Popen(
            ["sh", "-c", ignoring + 'exec "$@"', "sh", sys.executable, "-m", "auditor", *words],
            env={
                **os.environ,
                "OKTA_CLIENT_ORGURL": sandbox.url,
                "OKTA_CLIENT_TOKEN": TOKEN,
                "CI": "true",
            },
            stderr=subprocess.PIPE,
            text=True,
        )
        wait_until(lambda: journal.exists() and len(noted(journal)) > 5)
        if background:
            process.send_signal(signal.SIGINT)  # without effect, or the exit code would be 130
        process.send_signal(sent)
        said = process.communicate(timeout=20)[1]

        assert process.returncode == code
        again = f"okta-auditor snapshot -o {path} --resume"
        assert said == f"interrupted; what was read is kept; go on with: {again}\n"
        assert not path.exists()
        had, middle = noted(journal), len(sandbox.requests)
        outcome = okta_auditor("snapshot", "-o", path, "--resume", url=sandbox.url)
        assert outcome.exit_code == 0, outcome.stderr
        assert f"{len(had)} pages will not be asked for again" in outcome.stderr
        assert not had & set(asked(sandbox.requests[middle:]))
    assert {entry["status"] for entry in ledger(path).values()} == {"complete"}
