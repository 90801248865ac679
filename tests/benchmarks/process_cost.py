"""What a process takes, from outside: seconds, seconds of CPU and the most memory it ever had."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple


class Cost(NamedTuple):
    """What a process takes."""

    seconds: float
    cpu: float
    """Seconds of it in which the process ran."""
    peak_mib: float


def cost(
    command: Sequence[str],
    *,
    ends_with: Collection[int] = (0,),
    environment: Mapping[str, str] | None = None,
) -> Cost:
    """Run a command to its end.

    Args:
        command: the program and its arguments.
        ends_with: the exit codes that are no failure.
        environment: variables that it gets besides our own.
    """
    # Whoever has installed a program has it compiled.
    ours = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    start = time.perf_counter()
    process = subprocess.Popen(
        command,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**ours, **(environment or {})},
    )
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode in ends_with, f"{command} ended with {process.returncode}"
    # Linux counts in KiB, macOS in bytes.
    peak = usage.ru_maxrss / (1024 if sys.platform == "linux" else 1024**2)
    return Cost(seconds, usage.ru_utime + usage.ru_stime, peak)
