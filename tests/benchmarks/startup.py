"""How long commands take as whole processes, from the shell's point of view.

Prints the time of `okta-auditor --version` beside that of `python -c "import click"`, and the
time of auditing the demo snapshot, with every report format. Bounds: a ratio of 1.5, and 0.7 s
for the text report. Exits with 1 if one is exceeded.

Processes take turns, so that a load that comes and goes meets all alike; of each the best time
counts, since whatever else the machine does can only add to it.
"""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

import click

PROGRAM = str(Path(sys.executable).with_name("okta-auditor"))
CLICK = [sys.executable, "-c", "import click"]
RATIO, SECONDS = 1.5, 0.7
ROUNDS = 15


def elapsed(command: list[str]) -> float:
    """Seconds that a process takes."""
    start = time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    return time.perf_counter() - start


def best(commands: dict[str, list[str]], rounds: int = ROUNDS) -> dict[str, float]:
    """The best time of each command."""
    times: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(rounds):
        for name, command in commands.items():
            times[name].append(elapsed(command))
    return {name: min(values) for name, values in times.items()}


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([PROGRAM, "demo", "-o", folder], capture_output=True, check=True)
        snapshot = str(Path(folder) / "snapshot.json")
        audit = [PROGRAM, "audit", snapshot, "--no-config"]
        formats = ("text", "json", "sarif", "html")
        commands = {
            'python -c "import click"': CLICK,
            "okta-auditor --version": [PROGRAM, "--version"],
            "okta-auditor --help": [PROGRAM, "--help"],
            "okta-auditor config": [PROGRAM, "config", "--no-config"],
            **{f"audit of the demo, {name}": [*audit, "-O", name] for name in formats},
        }
        times = best(commands)
    unit = times['python -c "import click"']
    for name, seconds in times.items():
        click.echo(f"{name:28} {seconds:6.3f} s   {seconds / unit:5.2f} times click")
    ratio, audited = times["okta-auditor --version"] / unit, times["audit of the demo, text"]
    click.echo(
        f"--version: {ratio:.2f} of at most {RATIO}; audit: {audited:.2f} s of at most {SECONDS}"
    )
    return int(ratio > RATIO or audited > SECONDS)


if __name__ == "__main__":
    sys.exit(main())
