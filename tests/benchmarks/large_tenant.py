"""How long an audit of a large tenant takes, and how much memory.

    python tests/benchmarks/large_tenant.py [SCALE]

Audits a generated tenant of that scale (1 by default, see `generator.py`) and one of twice
the size. Every row is the best of three fresh processes on two cores, in which what comes
before the timed step has happened already; the peak is that of the whole process. CPU
seconds that are far fewer than seconds say that the machine had other work to do.

What is asked for at scale 1: the whole command in 3 s of CPU and 0.6 GiB, in five times what
`orjson.loads` alone takes on the same file with the garbage collector off, as the command has it,
and 2.1 times as much for twice the tenant. Times are the CPU's, since a machine has other work.
"""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

RUNS = 3
CORES = 2
PARSING = "orjson.loads alone"
WHOLE = "okta-auditor audit FILE -O json=OUT"
MOST = {
    "CPU seconds": 3,
    "peak MiB": 614,
    f"{PARSING}, times": 5,
    "twice the tenant, times": 2.1,
}


class Cost(NamedTuple):
    """What a step takes."""

    seconds: float
    cpu: float
    """Seconds of it in which the process ran."""
    peak_mib: float


# In the processes that are measured. They import what they need and no more, because
# imports count as memory.


def make(file: Path, scale: float) -> None:
    """Write a tenant of that scale."""
    from generator import generated_tenant  # noqa: PLC0415

    from auditor.snapshot.document import write_snapshot  # noqa: PLC0415

    write_snapshot(generated_tenant(scale), file)


def parse(file: Path) -> Iterator[tuple[str, Callable[[], Any]]]:
    """Parse as any program would; the file is read already."""
    import orjson  # noqa: PLC0415

    document = file.read_bytes()
    gc.disable()  # as the command does
    yield PARSING, lambda: orjson.loads(document)


def steps(file: Path) -> Iterator[tuple[str, Callable[[], Any]]]:
    """The steps of the command, one after the other."""
    from auditor.lint.engine import audit  # noqa: PLC0415
    from auditor.plugins import load_reports, load_rules  # noqa: PLC0415
    from auditor.snapshot.document import (  # noqa: PLC0415
        Source,
        parse_snapshot,
        read_document,
    )
    from auditor.snapshot.org import Org  # noqa: PLC0415

    rules, render = load_rules(), load_reports()["json"].render
    gc.disable()  # as the command does
    done: dict[str, Any] = {}

    def load() -> None:
        done["document"] = read_document(file)
        done["snapshot"] = parse_snapshot(done["document"], file)

    def check() -> None:
        source = Source(file.name, done["document"])
        done["result"] = audit(done["snapshot"], rules, source)

    yield "load: read and parse", load
    yield "index", lambda: Org.of(done["snapshot"])
    yield "index, all rules, locations", check
    yield "JSON report", lambda: render(done["result"])


def step(name: str, file: Path) -> tuple[float, float]:
    """Do what comes before a step, then the step; the seconds and CPU seconds that it takes."""
    for found, action in parse(file) if name == PARSING else steps(file):
        if found != "index" or name == "index":  # a step on its own, and part of the next
            start, cpu = time.perf_counter(), time.process_time()
            action()
            if found == name:
                return time.perf_counter() - start, time.process_time() - cpu
    raise KeyError(name)


# In the process that measures


def measured(name: str, file: Path) -> Cost:
    """What a step takes at best."""
    return min((_run(name, file) for _ in range(RUNS)), key=lambda cost: cost.cpu)


def _run(name: str, file: Path) -> Cost:
    command = [sys.executable, __file__, "--step", name, str(file)]
    if name == WHOLE:
        out = f"json={file}.results"
        command = [sys.executable, "-m", "auditor", "audit", str(file), "-O", out]
    with tempfile.TemporaryFile() as answer:
        start = time.perf_counter()
        process = subprocess.Popen(command, stdout=answer, stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        assert process.returncode in {0, 1}, f"{command} failed"
        answer.seek(0)
        # Linux counts in KiB, macOS in bytes.
        peak = usage.ru_maxrss / (1024 if sys.platform == "linux" else 1024**2)
        if name == WHOLE:
            return Cost(seconds, usage.ru_utime + usage.ru_stime, peak)
        return Cost(*map(float, answer.read().split()), peak)


def table(scale: float, sizes: list[float], costs: dict[str, list[Cost]]) -> str:
    """The figures and their ratios; the sizes are in MiB."""
    heads = (f"scale {scale:g}", f"scale {2 * scale:g}")
    rows = [f"{'':<36}" + "".join(f"{head:>26}" for head in heads) + f"{'ratio':>7}"]
    rows.append(f"{'file':<36}" + "".join(f"{size:>22,.0f} MiB" for size in sizes))
    for name, (one, two) in costs.items():
        cells = "".join(
            f"{cost.seconds:>6.2f} s{cost.cpu:>6.2f} CPU{cost.peak_mib:>6,.0f} MiB"
            for cost in (one, two)
        )
        rows.append(f"{name:<36}{cells}{two.cpu / one.cpu:>7.2f}")
    whole, twice = costs[WHOLE]
    ratios = (whole.cpu / costs[PARSING][0].cpu, twice.cpu / whole.cpu)
    figures = (whole.cpu, whole.peak_mib, *ratios)
    rows += ["", f"{'the whole command, scale ' + f'{scale:g}':<36}{'measured':>14}{'at most':>10}"]
    for (name, most), figure in zip(MOST.items(), figures, strict=True):
        rows.append(f"{name:<36}{figure:>14,.2f}{most:>10,}{figure / most:>8.0%}")
    return "\n".join(rows)


def main() -> None:
    """Measure and print."""
    match sys.argv[1:]:
        case ["--make", file, scale]:
            make(Path(file), float(scale))
        case ["--step", name, file]:
            sys.stdout.write("{} {}".format(*step(name, Path(file))))
        case arguments:
            benchmark(float(arguments[0]) if arguments else 1.0)


def benchmark(scale: float) -> None:
    """Measure a tenant of a scale and one of twice the size."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:CORES])
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder, f"{size:g}.json") for size in (scale, 2 * scale)]
        for file in files:
            command = [sys.executable, __file__, "--make", str(file), file.stem]
            subprocess.run(command, check=True)
        names = (PARSING, *(name for name, _ in steps(files[0])), WHOLE)
        costs = {name: [measured(name, file) for file in files] for name in names}
        sizes = [file.stat().st_size / 1024**2 for file in files]
    sys.stdout.write(table(scale, sizes, costs) + "\n")


if __name__ == "__main__":
    main()
