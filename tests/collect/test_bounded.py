"""A run stays bounded whatever comes: in tasks, in memory, and in the time that it takes to end."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from helpers import okta_auditor, served, tenant, with_everyone
from in_process import InProcessOrg
from processes import command

from auditor.collect.tenant import memory_ceiling
from auditor.collect.tenant.memory_ceiling import resident_bytes


def tenant_with_many_groups(groups: int, **directives: Any) -> dict[str, Any]:
    return tenant(**directives) | {
        "/api/v1/groups": with_everyone(
            [{"id": f"00g{n}", "profile": {"name": "G"}} for n in range(groups)]
        )
    }


def test_many_lists_are_read_by_few_tasks() -> None:
    most = 0

    def look() -> None:
        nonlocal most
        most = max(most, len(asyncio.all_tasks()))

    document = tenant_with_many_groups(1000)
    ledger, _, _ = InProcessOrg(document, "/users$", look).export(all_members=True)

    assert not {entry.collection for entry in ledger.incomplete} & {"groups", "group_members"}
    assert most <= 15 * 5 + 5, "as many for each bucket as requests may be in flight"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_a_run_with_many_lists_within_two_seconds(
    number: signal.Signals, tmp_path: Path
) -> None:
    document = tenant_with_many_groups(4000, latency_ms=20)
    with served(document) as sandbox:
        log = tmp_path / "log"
        process = command(sandbox.url, log, "snapshot", "-o", tmp_path / "s.json", "--all-members")
        end = time.monotonic() + 60
        while len(sandbox.requests) < 100 and time.monotonic() < end:
            time.sleep(0.05)
        assert process.pid is not None
        os.kill(process.pid, number)
        began = time.monotonic()
        process.join(30)
        took = time.monotonic() - began

    assert process.exitcode == 128 + number
    assert "go on with: okta-auditor snapshot" in log.read_text()
    assert took < 4, "two seconds, and room for a busy machine"


def test_memory_without_an_end_ends_the_run_and_keeps_what_was_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory_ceiling, "resident_bytes", lambda: 65 << 20)
    path = tmp_path / "s.json"
    with served(tenant_with_many_groups(30)) as sandbox:
        words = ("snapshot", "-o", path, "--all-members")
        outcome = okta_auditor(*words, "--max-memory", 64, url=sandbox.url)
        assert outcome.exit_code == 3
        assert "more than the 64 MiB of memory that --max-memory allows" in outcome.stderr
        assert "--resume" in outcome.stderr
        assert not path.exists()
        assert path.with_suffix(".json.partial").exists()

        again = okta_auditor(*words, "--max-memory", 66, "--resume", url=sandbox.url)

    assert again.exit_code == 0


def test_a_process_that_ends_looks_for_no_garbage() -> None:
    # Callbacks run in reverse order, so this one runs last.
    program = (
        "import atexit, gc; atexit.register(lambda: print(gc.get_freeze_count() > 1000)); "
        "import auditor.cli.interrupts"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)

    assert done.stdout.split() == [b"True"]


@pytest.mark.skipif(sys.platform == "win32", reason="nothing is known there")
def test_the_memory_of_the_process_is_known() -> None:
    assert 10 << 20 < resident_bytes() < 64 << 30
