"""`make fuzz`: spoil real files of each kind, and see that each command ends as it should.

An exit code of 0 to 3, one line for an error, no traceback, no "this is a bug in it", an end in
time, and never 0 for what could not be checked. Each failure is kept below `.fuzz/`, with the
command, in as few changes as it takes. Exits with 1 if there are any.
"""

from __future__ import annotations

import argparse
import multiprocessing
import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

import click
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from judging import CASE_S, Case, fault_of
from kinds import KINDS, Kind
from mutations import mutations
from samples import ROOT, write_samples

KEPT = ROOT / ".fuzz"
BATCH = 40
KEPT_EACH = 5
"""So many failures of one kind are kept; more of them seldom tell more."""


class Fuzzer:
    """Cases of one kind of files."""

    def __init__(self, kind: Kind, samples: Path) -> None:
        self.kind, self.samples = kind, samples
        self.folder = KEPT / f"running-{_slug(kind)}"
        self.tried = 0
        self.faults: dict[str, Path] = {}

    def batch(self, number: int, cases: int = BATCH, *, until: float = float("inf")) -> None:
        """Try cases that follow from a number, while there is time."""
        draw = st.tuples(
            st.sampled_from(self.kind.files or ("",)),
            st.sampled_from(self.kind.spoils),
            st.sampled_from(self.kind.commands),
            mutations,
        )

        @seed(number)
        @settings(
            max_examples=cases,
            phases=[Phase.generate],
            database=None,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        )
        @given(draw)
        def run(drawn: tuple[object, ...]) -> None:
            if time.monotonic() < until:
                file, spoil, command, changes = drawn
                self.try_case(Case(self.kind, file, spoil, command, tuple(changes)))  # type: ignore[arg-type]

        run()

    def try_case(self, case: Case) -> None:
        """Try one case, and keep it if it fails."""
        self.tried += 1
        fault = fault_of(case, self.samples, self.folder)
        label = f"{case.command[0]}: {fault}"
        if not fault or label in self.faults or len(self.faults) >= KEPT_EACH:
            return
        least = self._least(case, fault)
        fault_of(least, self.samples, self.folder)
        name = f"{_slug(self.kind)}-{sha256(label.encode()).hexdigest()[:8]}"
        shutil.rmtree(KEPT / name, ignore_errors=True)
        self.faults[label] = Path(shutil.copytree(self.folder, KEPT / name))

    def _least(self, case: Case, fault: str) -> Case:
        """The case without the changes that the fault does not need."""
        for change in case.changes:
            fewer = tuple(other for other in case.changes if other is not change)
            smaller = Case(case.kind, case.file, case.spoil, case.command, fewer)
            if fewer and fault_of(smaller, self.samples, self.folder) == fault:
                case = smaller
        return case


def _slug(kind: Kind) -> str:
    return kind.name.replace(" ", "-")


def _fuzz(kind: Kind, samples: Path, number: int, seconds: float, progress: object) -> None:
    """The work of the process of one kind."""
    fuzzer = Fuzzer(kind, samples)
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        fuzzer.batch(number, until=end)
        number += 1
        progress.put((fuzzer.tried, fuzzer.faults))  # type: ignore[attr-defined]


def _of_kind(kind: Kind, samples: Path, number: int, seconds: float) -> tuple[int, dict[str, Path]]:
    """Fuzz one kind in a process of its own, which a crash or a loop in C ends, and not the run."""
    context = multiprocessing.get_context("fork")
    progress = context.SimpleQueue()
    process = context.Process(target=_fuzz, args=(kind, samples, number, seconds, progress))
    process.start()
    tried, faults = 0, {}
    limit = time.monotonic() + seconds + 3 * CASE_S + BATCH
    while process.is_alive() and time.monotonic() < limit:
        process.join(0.2)
        while not progress.empty():
            tried, faults = progress.get()
    while not progress.empty():
        tried, faults = progress.get()
    if process.exitcode != 0:
        process.kill()
        process.join()
        kept = KEPT / f"{_slug(kind)}-ended"
        shutil.rmtree(kept, ignore_errors=True)
        shutil.copytree(KEPT / f"running-{_slug(kind)}", kept)
        faults |= {f"the process did not end well ({process.exitcode})": kept}
    return tried, faults


def main(arguments: Sequence[str] | None = None) -> int:
    """Run; gives the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10, help="in all [default: 10]")
    parser.add_argument("--seed", type=int, help="for the same cases again [default: the time]")
    parser.add_argument("--kind", action="append", help="only this kind of file; repeatable")
    options = parser.parse_args(arguments)
    number = int(time.time()) if options.seed is None else options.seed
    kinds = [kind for kind in KINDS if not options.kind or kind.name in options.kind]
    KEPT.mkdir(exist_ok=True)
    click.echo(f"seed {number}")
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        write_samples(samples := Path(folder) / "samples")
        for kind in kinds:
            tried, faults = _of_kind(kind, samples, number, options.minutes * 60 / len(kinds))
            click.echo(f"{kind.name:16} {tried:6} tried  {len(faults):3} broke")
            for fault, kept in faults.items():
                click.echo(f"    {fault}\n    kept in {kept.relative_to(ROOT)}")
            failed += len(faults)
            shutil.rmtree(KEPT / f"running-{_slug(kind)}", ignore_errors=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
