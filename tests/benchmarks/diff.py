"""How long it takes to compare two snapshots of a large tenant, and how much memory.

    python tests/benchmarks/diff.py [SCALE]

Generates a tenant of that scale (1 by default, see `generator.py`) and a copy with a few
edits, and runs the whole command in a fresh process. What is asked for at scale 1: 15 s and
2.5 GiB, the audit of both snapshots included.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

SECONDS, MIB = 15, 2560


def make(old: Path, new: Path, scale: float) -> None:
    """Write a tenant and one in which a few things were changed."""
    from generator import generated_tenant  # noqa: PLC0415

    from auditor.snapshot.document import write_snapshot  # noqa: PLC0415

    snapshot = generated_tenant(scale)
    write_snapshot(snapshot, old)
    edit(snapshot.resources)
    write_snapshot(snapshot, new)


def edit(resources: dict[str, Any]) -> None:
    """A wider rule, a longer lifetime, a smaller group, a suspended user, a deactivated app."""
    rules = [path for path in resources if path.endswith("/rules")]
    resources[rules[3]][1]["conditions"]["scopes"]["include"] = ["*"]
    resources[rules[9]][0]["actions"]["token"]["accessTokenLifetimeMinutes"] = 1440
    groups = [path for path in resources if path.startswith("/api/v1/groups/")]
    resources[groups[100]] = resources[groups[100]][5:]
    resources["/api/v1/users"][7]["status"] = "SUSPENDED"
    resources["/api/v1/apps"][11]["status"] = "INACTIVE"


def measure(name: str, *options: str) -> None:
    """Run the command and print what it took."""
    command = [sys.executable, "-m", "auditor", "diff", *options, "--format", "json"]
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, f"{command} failed"
    # Linux counts in KiB, macOS in bytes.
    peak = usage.ru_maxrss / (1024 if sys.platform == "linux" else 1024**2)
    cpu = usage.ru_utime + usage.ru_stime
    sys.stdout.write(f"{name:<36}{seconds:>8.2f} s{cpu:>8.2f} CPU{peak:>8,.0f} MiB\n")


def main() -> None:
    """Measure and print."""
    match sys.argv[1:]:
        case ["--make", old, new, scale]:
            make(Path(old), Path(new), float(scale))
        case arguments:
            scale = arguments[0] if arguments else "1"
            with tempfile.TemporaryDirectory() as folder:
                old, new = (str(Path(folder, name)) for name in ("old.json", "new.json"))
                subprocess.run([sys.executable, __file__, "--make", old, new, scale], check=True)
                sys.stdout.write(f"okta-auditor diff, scale {scale}\n")
                measure("with findings", old, new)
                measure("without findings", old, new, "--no-findings")
                measure("the same twice, without findings", old, old, "--no-findings")
            sys.stdout.write(f"{'asked for at scale 1, at most':<36}{SECONDS:>8} s{MIB:>20,} MiB\n")


if __name__ == "__main__":
    main()
