"""`make mutants`: plant faults one by one, and tell which of them no test notices.

Each fault is planted in a copy of the checkout. Exits with 1 if one survives without a reason
in `mutants.toml`, or dies in spite of one.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from queue import SimpleQueue

import click
from mutants import ROOT, Mutant, listed, picked

CPU_S = 120
"""After so much work of the processor, a fault is taken for an endless loop."""

_TESTS_FAILED = 1
_LIMITED = ("sh", "-c", f'ulimit -St {CPU_S}; exec "$@"', "sh")


class Fate(StrEnum):
    """What became of a mutant."""

    KILLED = "killed"
    ENDLESS = "killed as endless"
    SURVIVED = "survived"
    ARGUED = "survived, as argued"
    ARGUED_WRONGLY = "killed, in spite of the argument"
    BROKEN = "not even importable"


GOOD = {Fate.KILLED, Fate.ENDLESS, Fate.ARGUED}


class Checkout:
    """A copy of the checkout, in which one fault at a time is planted."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        names = _git("ls-files", "--cached", "--others", "--exclude-standard").splitlines()
        for name in names:
            if (ROOT / name).is_file():
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / name, folder / name)
        # As the wheel has them; the editable install would bring those of the real checkout.
        for pack in ("rules", "reports"):
            (folder / "auditor" / pack).symlink_to(folder / pack)
        self._writes = 0

    def fate(self, mutant: Mutant) -> Fate:
        """Plant the fault, run its tests, and mend it."""
        source = (self.folder / mutant.file).read_text()
        self._write(mutant.file, mutant.applied(source))
        try:
            code = self.pytest(mutant.tests)
        finally:
            self._write(mutant.file, source)
        if code not in {0, _TESTS_FAILED, -signal.SIGXCPU}:
            return Fate.BROKEN
        if mutant.survives is None:
            return {0: Fate.SURVIVED, _TESTS_FAILED: Fate.KILLED}.get(code, Fate.ENDLESS)
        return Fate.ARGUED if code == 0 else Fate.ARGUED_WRONGLY

    def pytest(self, tests: Iterable[str]) -> int:
        """The exit code of pytest; that of a signal if it took too long."""
        command = [sys.executable, "-m", "pytest", "-x", "-q", "-n0", "-p", "no:cacheprovider"]
        # The working directory comes first on the path of `python -m`, and here for its children.
        environment = os.environ | {"PYTHONPATH": str(self.folder)}
        return subprocess.run(
            [*_LIMITED, *command, *tests],
            cwd=self.folder,
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=False,
        ).returncode

    def _write(self, file: str, text: str) -> None:
        path = self.folder / file
        path.write_text(text)
        # Python goes by size and whole seconds when it decides whether to compile again.
        self._writes += 1
        os.utime(path, (self._writes, self._writes))


def main() -> int:
    """Print the fate of every mutant, and the total."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "words", nargs="*", help="only mutants whose files or names hold one of these"
    )
    parser.add_argument("-j", "--jobs", type=int, default=2)
    options = parser.parse_args()
    mutants = [
        mutant
        for mutant in (*listed(), *picked())
        if not options.words
        or any(word in f"{mutant.file} {mutant.name}" for word in options.words)
    ]
    begun = time.monotonic()
    with checkouts(options.jobs) as free:

        def fate(mutant: Mutant) -> Fate:
            checkout = free.get()
            try:
                return checkout.fate(mutant)
            finally:
                free.put(checkout)

        checkout = free.get()
        sound = checkout.pytest(sorted({path for mutant in mutants for path in mutant.tests}))
        free.put(checkout)
        if sound != 0:
            click.echo("The tests fail without any mutant.")
            return 1
        with ThreadPoolExecutor(options.jobs) as pool:
            fates = []
            for mutant, end in zip(mutants, pool.map(fate, mutants), strict=True):
                fates.append(end)
                click.echo(f"{end:<20}  {mutant.name}")
    for end in Fate:
        if end in fates:
            click.echo(f"{fates.count(end)} {end}")
    click.echo(f"{len(mutants)} mutants in {time.monotonic() - begun:.0f} s")
    return int(not GOOD.issuperset(fates))


@contextmanager
def checkouts(number: int) -> Iterator[SimpleQueue[Checkout]]:
    """So many copies of the checkout, which are removed in the end."""
    free: SimpleQueue[Checkout] = SimpleQueue()
    with tempfile.TemporaryDirectory() as folder:
        for index in range(number):
            free.put(Checkout(Path(folder) / str(index)))
        yield free


def _git(*words: str) -> str:
    return subprocess.run(
        ["git", *words], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout


if __name__ == "__main__":
    sys.exit(main())
