"""Along which axis a command gets slow: time, memory, and how steeply both grow.

    python tests/benchmarks/axes.py [--axis NAME]... [--command NAME]... [--quick]

For each axis of `axis_tenants.py` three tenants of 1, 2 and 4 times the size are made, and each
command runs on each of them in a process of its own. The seconds are the CPU's, in user mode,
which tell most on a machine that has other work to do. The exponent is that of the growth from the
second size to the third, after what the command takes on a tiny tenant is taken off; below a
quarter of a second of work there is none. The worst rule is the one that takes most of an audit of
the largest tenant, by itself and with its findings made ready for a report.

A process may take 4 GiB and 300 s; `!` says that it wanted more. `--quick` takes a quarter of all
sizes. What is asked for: no exponent above 1.2, and the largest joint case in 20 s, 1 GiB and
30 MiB of reports.
"""

from __future__ import annotations

import argparse
import gc
import math
import os
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

MOST_SECONDS, MOST_BYTES = 300, 4 << 30
MOST_EXPONENT = 1.2
LEAST_SECONDS = 0.25
KEY = "no secret, but as long as the key of a redaction must be"
ENDINGS = {0, 1, 3}
COMMANDS = {
    "audit": ("audit", "NEW", "--no-config", "-O", "json=OUT"),
    "html": ("audit", "NEW", "--no-config", "-O", "html=OUT"),
    "access": ("access", "NEW", "--format", "csv"),
    "access table": ("access", "NEW"),
    "diff": ("diff", "OLD", "NEW", "--format", "json"),
    "controls": ("controls", "NEW", "--format", "json"),
    "baseline": ("baseline", "NEW", "-o", "OUT"),
    "evidence": ("evidence", "export", "NEW", "--no-config", "-o", "OUT", "--redact", "people"),
    "explain": (
        *("explain", "NEW", "--server", "api0", "--client", "app 1"),
        *("--grant", "client_credentials", "--scope", "api0.n0:read"),
    ),
}


class Cost(NamedTuple):
    """What a process takes."""

    seconds: float
    mib: float
    out_mib: float
    """What it writes."""
    ended: bool
    """Whether it came to its end within the bounds."""


@dataclass(frozen=True)
class Files:
    """One tenant."""

    new: Path
    old: Path

    @property
    def mib(self) -> float:
        """The size of the snapshot."""
        return self.new.stat().st_size / 2**20


# In processes that are measured


def make(file: Path, axis: str, size: int, *, old: bool) -> None:
    """Write a tenant."""
    from axis_tenants import AXES, BASE, tenant  # noqa: PLC0415

    from auditor.snapshot.document import write_snapshot  # noqa: PLC0415

    shape = AXES[axis][1](size) if size else BASE
    write_snapshot(tenant(shape, without_last_rules=old), file)


def worst_rule(file: Path) -> str:
    """The rule that takes most of an audit."""
    from auditor.lint.engine import audit_org  # noqa: PLC0415
    from auditor.plugins import load_rules  # noqa: PLC0415
    from auditor.snapshot.document import Source, parse_snapshot, read_document  # noqa: PLC0415
    from auditor.snapshot.org import Org  # noqa: PLC0415

    gc.disable()
    document = read_document(file)
    org = Org.of(parse_snapshot(document, file), Source(file.name, document))
    times = []
    for rule in sorted(load_rules(), key=lambda rule: rule.code):
        start = time.process_time()
        audit_org(org, [rule])
        times.append((time.process_time() - start, rule.code))
    seconds, code = max(times)
    return f"{code} {seconds:.2f} s"


# In the process that measures


def run(words: tuple[str, ...]) -> Cost:
    """Run okta-auditor with some words."""
    return _run([sys.executable, "-m", "auditor", *words])[0]


def _run(command: list[str]) -> tuple[Cost, str]:
    with tempfile.TemporaryFile() as out:
        process = subprocess.Popen(
            command,
            stdout=out,
            stderr=subprocess.DEVNULL,
            env=os.environ | {"OKTA_AUDITOR_REDACTION_KEY": KEY},
        )
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        # Linux counts in KiB, macOS in bytes.
        peak = usage.ru_maxrss / (1024 if sys.platform == "linux" else 1024**2)
        written = out.tell() / 2**20
        out.seek(0)
        ended = process.returncode in ENDINGS
        return Cost(usage.ru_utime, peak, written, ended), out.read(200).decode()


def measured(command: str, files: Files, folder: Path) -> Cost:
    """What a command takes on a tenant."""
    target = folder / "out"
    places = {"NEW": str(files.new), "OLD": str(files.old)}
    words = [places.get(word, word.replace("OUT", str(target))) for word in COMMANDS[command]]
    cost = run(tuple(words))
    return cost._replace(out_mib=cost.out_mib + _taken_away(target))


def _taken_away(target: Path) -> float:
    """Remove what a command wrote; how many MiB it was."""
    files = list(target.iterdir()) if target.is_dir() else [target] if target.exists() else []
    size = sum(file.stat().st_size for file in files) / 2**20
    for file in files:
        file.unlink()
    if target.is_dir():
        target.rmdir()
    return size


def exponent(sizes: list[int], amounts: list[float], least: float) -> float | None:
    """How steeply an amount grows from the second size to the third."""
    two, three = amounts[1:]
    if two <= 0 or three < least:
        return None
    return math.log(three / two) / math.log(sizes[2] / sizes[1])


def made(folder: Path, axis: str, size: int, scale: int) -> Files:
    """Make a tenant, in a process of its own: its memory would be counted as the commands'."""
    files = Files(folder / f"new-{size}.json", folder / f"old-{size}.json")
    for file, age in ((files.new, "new"), (files.old, "old")):
        words = ["--make", str(file), axis, str(size // scale), age]
        subprocess.run([sys.executable, __file__, *words], check=True)
    return files


def row(command: str, axis_sizes: list[int], costs: list[Cost], tiny: Cost) -> str:
    """What a command takes along an axis."""
    cells = (
        "".join(f"{cost.seconds:>8.2f}{' ' if cost.ended else '!'}" for cost in costs)
        + f"{costs[-1].mib:>8,.0f} MiB{costs[-1].out_mib:>7,.1f} MiB out"
    )
    work = [cost.seconds - tiny.seconds for cost in costs]
    grown = exponent(axis_sizes, work, LEAST_SECONDS)
    memory = exponent(axis_sizes, [cost.mib - tiny.mib for cost in costs], 50)
    mark = "  too steep" if grown is not None and grown > MOST_EXPONENT else ""
    return f"  {command:<14}{cells}{_shown(grown)}{_shown(memory)}{mark}"


def _shown(figure: float | None) -> str:
    return f"{'-':>6}" if figure is None else f"{figure:>6.2f}"


def benchmark(axes: list[str], commands: list[str], scale: int) -> None:
    """Measure and print."""
    from axis_tenants import AXES  # noqa: PLC0415

    # Whatever is started has the same bounds.
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MOST_BYTES, MOST_BYTES))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        base = made(folder, axes[0], 0, 1)
        tiny = {command: measured(command, base, folder) for command in commands}
        for axis in axes:
            sizes = list(AXES[axis][0])
            files = [made(folder, axis, size, scale) for size in sizes]
            mib = ", ".join(f"{each.mib:,.1f}" for each in files)
            shown = ", ".join(f"{size // scale:,}" for size in sizes)
            head = "s (three sizes), memory and output of the largest, exponents of s and MiB"
            _say(f"{axis}: {shown} ({mib} MiB): {head}")
            for command in commands:
                costs = [measured(command, each, folder) for each in files]
                _say(row(command, sizes, costs, tiny[command]))
            _, worst = _run([sys.executable, __file__, "--worst", str(files[-1].new)])
            _say(f"  worst rule: {worst}")
            for each in files:
                each.new.unlink()
                each.old.unlink()


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main() -> None:
    """Measure and print."""
    match sys.argv[1:]:
        case ["--make", file, axis, size, age]:
            make(Path(file), axis, int(size), old=age == "old")
        case ["--worst", file]:
            sys.stdout.write(worst_rule(Path(file)))
        case _:
            from axis_tenants import AXES  # noqa: PLC0415

            parser = argparse.ArgumentParser()
            parser.add_argument("--axis", action="append", choices=list(AXES))
            parser.add_argument("--command", action="append", choices=list(COMMANDS))
            parser.add_argument("--quick", action="store_true")
            chosen = parser.parse_args()
            benchmark(
                chosen.axis or list(AXES),
                chosen.command or list(COMMANDS),
                4 if chosen.quick else 1,
            )


if __name__ == "__main__":
    main()
