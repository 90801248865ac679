"""How much memory it takes to export a large tenant, and how long.

    python tests/benchmarks/large_export.py [SCALE]

A generated tenant of that scale (1 by default, see `generator.py`: 200,000 users and 5,000,000
group members and app users) is served by the sandbox in another process; the measured one is
the command itself. Asked for at scale 1: at most 700 MiB. The seconds are those of the two
processes together on this machine, without any latency or rate limit. While it reads, the
journal's size is noted: at most the snapshot's is asked for.
"""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, SupportsIndex

MOST_MIB = 700


class Members(list[Any]):
    """Ids that are users as soon as somebody asks for a page of them."""

    def __getitem__(self, which: SupportsIndex | slice) -> Any:
        if not isinstance(which, slice):
            return _user(super().__getitem__(which))
        return [_user(one) for one in super().__getitem__(which)]


class Assigned(list[Any]):
    """Pairs of id and way that are app users as soon as somebody asks for a page of them."""

    def __getitem__(self, which: SupportsIndex | slice) -> Any:
        if not isinstance(which, slice):
            raise TypeError
        return [
            {**_user(identity), "scope": scope, "syncState": "SYNCHRONIZED"}
            for identity, scope in super().__getitem__(which)
        ]


def _user(identity: str) -> dict[str, Any]:
    """About as much as Okta tells of a user."""
    return {
        "id": identity,
        "status": "ACTIVE",
        "created": "2026-01-01T00:00:00.000Z",
        "lastUpdated": "2026-01-01T00:00:00.000Z",
        "profile": {"login": f"{identity}@large.example", "email": f"{identity}@large.example"},
        "_links": {"self": {"href": f"https://large.okta.example/api/v1/users/{identity}"}},
    }


def tenant(scale: float) -> Any:
    """The generated tenant as a server has it."""
    from generator import generated_tenant  # noqa: PLC0415

    from auditor.sandbox import TenantFile  # noqa: PLC0415
    from auditor.sandbox.tenant import RateLimit  # noqa: PLC0415
    from auditor.snapshot.collections import match  # noqa: PLC0415

    resources: dict[str, Any] = {}
    for path, value in generated_tenant(scale).resources.items():
        found = match(path)
        assert found is not None
        if found[0].name == "group_members":
            resources[path] = Members(value)
        elif found[0].name == "app_users":
            resources[path] = Assigned((one, way["scope"]) for way in value for one in way["ids"])
        else:
            resources[path] = value
    limitless = RateLimit(path="", limit=1_000_000, window_s=60)
    return TenantFile(resources={}, rate_limits=(limitless,)).model_copy(
        update={"resources": resources}
    )


def serve(scale: float, ready: Any, end: Any) -> None:
    """Serve until told to end; in a process of its own."""
    from auditor.sandbox import Sandbox  # noqa: PLC0415

    with Sandbox(tenant(scale)) as sandbox:
        ready.put(sandbox.url)
        end.wait()


def main() -> None:
    """Measure and print."""
    scale = float(sys.argv[1]) if len(sys.argv) > 1 else 1.0
    context = multiprocessing.get_context("spawn")
    ready, end = context.Queue(), context.Event()
    server = context.Process(target=serve, args=(scale, ready, end))
    server.start()
    url = ready.get()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "snapshot.json")
        start = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, "-m", "auditor", "snapshot", "-o", str(file), "--all-members"],
            env={**os.environ, "OKTA_CLIENT_ORGURL": url, "OKTA_CLIENT_TOKEN": "x", "CI": "true"},
        )
        journal = 0
        while not (ended := os.wait4(process.pid, os.WNOHANG))[0]:
            time.sleep(0.05)
            if (partial := file.with_name("snapshot.json.partial")).exists():
                journal = max(journal, partial.stat().st_size)
        seconds = time.perf_counter() - start
        _, status, usage = ended
        process.returncode = os.waitstatus_to_exitcode(status)
        size = file.stat().st_size
    end.set()
    server.join()
    # Linux counts in KiB, macOS in bytes.
    peak = usage.ru_maxrss / (1024 if sys.platform == "linux" else 1024**2)
    cpu = usage.ru_utime + usage.ru_stime
    sys.stdout.write(
        f"exit code {process.returncode}, {seconds:.1f} s, {cpu:.1f} s CPU\n"
        f"snapshot {size / 2**20:,.0f} MiB, journal {journal / 2**20:,.0f} MiB at most\n"
        f"peak {peak:,.0f} MiB, at most {MOST_MIB} at scale 1\n"
    )


if __name__ == "__main__":
    main()
