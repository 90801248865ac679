"""How long an export takes, beside what limits and latency demand, and the SDK's typed calls.

    python tests/benchmarks/export.py [--big [SCALE]]

Exports a tenant of 100 OIDC apps, 5 servers, 20 policies and 60 rules, from a sandbox that
answers after 50 ms, with the whole command in a fresh process: without limits that bind, and
with limits that do, alone and while 1 and 3 other clients spend a quarter of each limit. The
limits have Okta's proportions; their windows are 20 s instead of 60 s. With `--big`, one of
200,000 users and 5,000,000 group members and app users (times the scale), which takes minutes.

The bound of a run is the larger of two. The limits': for each bucket, as many whole windows as
its requests take before the last one, a window giving the share (half of its limit) or what
the others leave if that is less. The latency's: requests times 50 ms over 15 in flight. So a
run's time over the bound counts Python's start and the import, too. The necessary minimum of
requests is one for each page of each list that the snapshot holds.

What is asked for: 2.5 s without limits and 8 times faster than the SDK's calls one by one, 1.15
times the bound with them and no 429, 700 MiB with --big.
"""

from __future__ import annotations

import math
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import orjson
from export_tenants import LATENCY_MS, Json, big_tenant, bound_s, limited, usual_tenant

from auditor.collect.options import ExportOptions
from auditor.sandbox import Sandbox, TenantFile
from auditor.snapshot.collections import match

WINDOW_S = 20
OPTIONS = ExportOptions()
TOKEN = "00benchmark"


class Run(NamedTuple):
    """What one export took."""

    seconds: float
    peak_mib: float
    requests: int
    necessary: int
    bound_s: float
    throttled: int
    in_flight: int


def exported(document: Json, *arguments: str) -> Run:
    """Export a tenant with the command line."""
    tenant = TenantFile.from_document(document)
    with tempfile.TemporaryDirectory() as folder, Sandbox(tenant) as sandbox:
        path = Path(folder, "snapshot.json")
        command = [sys.executable, "-m", "auditor", "snapshot", "-o", str(path), *arguments]
        seconds, peak = _measured(command, sandbox.url)
        paths = [request.path for request in sandbox.requests]
        latency = len(paths) * LATENCY_MS / 1000 / OPTIONS.concurrency
        return Run(
            seconds,
            peak,
            len(paths),
            necessary(document, orjson.loads(path.read_bytes())["resources"]),
            max(bound_s(tenant.rate_limits, paths, OPTIONS.share or 1.0), latency),
            sandbox.throttled,
            sandbox.peak_in_flight,
        )


def necessary(document: Json, resources: Iterable[str]) -> int:
    """Requests that the lists of a snapshot take: one for each page."""
    pages = 0
    for path in resources:
        found = match(path)
        assert found is not None, path
        limit = int(found[0].query.get("limit", 200))
        records = 1 if found[0].single else len(document.get(path, ()))
        pages += max(1, math.ceil(records / limit))
    return pages


def _measured(command: list[str], url: str) -> tuple[float, float]:
    """Seconds and peak MiB of a process that ends well."""
    environment = {**os.environ, "OKTA_CLIENT_ORGURL": url, "OKTA_CLIENT_TOKEN": TOKEN}
    start = time.perf_counter()
    process = subprocess.Popen(
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    assert process.stderr is not None
    said = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, f"{command} failed: {said.decode()[-2000:]}"
    # Linux counts in KiB, macOS in bytes.
    return seconds, usage.ru_maxrss / (1024 if sys.platform == "linux" else 1024**2)


def sdk(document: Json, how: str) -> Run:
    """Read the same lists with the SDK's typed calls."""
    with Sandbox(TenantFile.from_document(document)) as sandbox:
        command = [
            sys.executable,
            str(Path(__file__).with_name("sdk_reading.py")),
            how,
            sandbox.url,
        ]
        seconds, peak = _measured(command, sandbox.url)
        sent = len(sandbox.requests)
        return Run(seconds, peak, sent, sent, 0, sandbox.throttled, sandbox.peak_in_flight)


HEAD = (
    f"{'':<34}{'seconds':>9}{'bound':>8}{'times':>7}{'requests':>10}{'over':>6}"
    f"{'429s':>6}{'in flight':>11}{'peak':>10}"
)


def row(name: str, run: Run) -> str:
    """One line of the table."""
    bound = f"{run.bound_s:>8.2f}{run.seconds / run.bound_s:>7.2f}" if run.bound_s else f"{'':>15}"
    return (
        f"{name:<34}{run.seconds:>9.2f}{bound}{run.requests:>10,}"
        f"{run.requests - run.necessary:>6}{run.throttled:>6}{run.in_flight:>11}"
        f"{run.peak_mib:>6,.0f} MiB"
    )


def benchmark() -> None:
    """Measure the usual tenant and print."""
    document = usual_tenant()
    write(f"{HEAD}\n")
    exported(document)  # so that the files are in the system's cache
    free = min((exported(document) for _ in range(3)), key=lambda run: run.seconds)
    write(row("no limit binds", free))
    typed = {how: sdk(document, how) for how in ("one", "gathered")}
    write(row("the SDK's calls, one at a time", typed["one"]))
    write(row("the SDK's calls, gathered", typed["gathered"]))
    # They wait most of the time, so they can do it side by side.
    with ThreadPoolExecutor() as pool:
        others = (0, 1, 3)
        runs = pool.map(lambda n: exported(limited(document, WINDOW_S, n)), others)
        for count, run in zip(others, runs, strict=True):
            write(row(f"limits, and {count} other clients", run))
    for how, run in typed.items():
        write(f"{run.seconds / free.seconds:.1f} times as fast as the SDK's calls, {how}")


def big(scale: float) -> None:
    """Measure a tenant of a size and print."""
    document, users, edges = big_tenant(scale)
    document["@rate_limits"] = [{"path": "", "limit": 10**9}]
    write(f"{HEAD}\n")
    run = exported(document, "--all-members")._replace(bound_s=0)
    write(row(f"{users:,} users, {edges:,} edges", run))


def write(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["--big", *rest]:
            big(float(rest[0]) if rest else 1.0)
        case _:
            benchmark()
