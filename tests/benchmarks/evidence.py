"""How long evidence takes to export and to verify, and how much memory.

    python tests/benchmarks/evidence.py [SCALE]

Exports a generated tenant of that scale (1 by default, see `generator.py`), as it is and with
people redacted, and verifies it; then verifies a chain of thirty nights of the demo tenant,
for which 5 s are asked. Every command is a fresh process.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

NIGHTS = 30
MOST_SECONDS = 5
KEY = "no secret, but as long as the key of a redaction must be"


def run(*words: object, **environment: str) -> tuple[float, float, float]:
    """Run okta-auditor: seconds, CPU seconds, peak MiB."""
    command = [sys.executable, "-m", "auditor", *map(str, words)]
    start = time.perf_counter()
    process = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=os.environ | environment
    )
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    # 1: findings at or above --fail-on, which `demo` has.
    assert process.returncode in {0, 1}, f"{command} failed"
    # Linux counts in KiB, macOS in bytes.
    peak = usage.ru_maxrss / (1024 if sys.platform == "linux" else 1024**2)
    return seconds, usage.ru_utime + usage.ru_stime, peak


def show(name: str, cost: tuple[float, float, float]) -> None:
    """Print a row."""
    seconds, cpu, peak = cost
    sys.stdout.write(f"{name:<36}{seconds:>8.2f} s{cpu:>8.2f} CPU{peak:>8,.0f} MiB\n")
    sys.stdout.flush()


def make(file: Path, scale: float) -> None:
    """Write a tenant of that scale."""
    from generator import generated_tenant  # noqa: PLC0415

    from auditor.snapshot.document import write_snapshot  # noqa: PLC0415

    write_snapshot(generated_tenant(scale), file)


def large(folder: Path, scale: float) -> None:
    """Export and verify a large tenant."""
    snapshot, plain, redacted = (folder / name for name in ("snapshot.json", "plain", "redacted"))
    # Elsewhere, or its memory would be counted as that of the commands.
    subprocess.run([sys.executable, __file__, "--make", snapshot, str(scale)], check=True)
    size = snapshot.stat().st_size / 1024**2
    sys.stdout.write(f"A tenant of scale {scale:g}, {size:,.0f} MiB\n")
    export = ("evidence", "export", snapshot, "--no-config", "-o")
    show("  export", run(*export, plain))
    show("  verify", run("evidence", "verify", plain))
    show(
        "  export --redact people",
        run(*export, redacted, "--redact", "people", OKTA_AUDITOR_REDACTION_KEY=KEY),
    )


def chain(folder: Path) -> None:
    """Make and verify a month of nights of the demo tenant."""
    run("demo", "-o", folder)
    text = (folder / "snapshot.json").read_text()
    _, _, rest = text.partition('"finished_at": "')
    captured = rest.partition('"')[0]
    nights: list[Path] = []
    for number in range(NIGHTS):
        snapshot = folder / "night.json"
        snapshot.write_text(text.replace(captured, f"2027-03-{number + 1:02}T02:00:00Z"))
        target = folder / f"night-{number:02}"
        before = ("--previous", nights[-1]) if nights else ()
        run("evidence", "export", snapshot, "-o", target, "--no-config", *before)
        nights.append(target)
    size = sum(file.stat().st_size for night in nights for file in night.iterdir()) / 1024**2
    sys.stdout.write(f"{NIGHTS} nights of the demo tenant, {size:,.0f} MiB\n")
    cost = run("evidence", "verify", *reversed(nights))
    show("  verify", cost)
    sys.stdout.write(f"  {cost[0] / MOST_SECONDS:.2f} times what is allowed\n")


def show_all(scale: float) -> None:
    """Measure and print everything."""
    with tempfile.TemporaryDirectory() as folder:
        large(Path(folder), scale)
    with tempfile.TemporaryDirectory() as folder:
        chain(Path(folder))


def main() -> None:
    """Measure and print."""
    match sys.argv[1:]:
        case ["--make", file, scale]:
            make(Path(file), float(scale))
        case arguments:
            show_all(float(arguments[0]) if arguments else 1)


if __name__ == "__main__":
    main()
