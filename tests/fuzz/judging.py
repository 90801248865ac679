"""One case: files of which one is spoiled, a command, and what was wrong with its end."""

from __future__ import annotations

import json
import os
import shutil
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from answers import answering
from click.testing import CliRunner
from helpers import TOKEN
from kinds import Command, Kind, Spoil
from log_readers import commands
from mutations import Mutation

from auditor.cli import main

CASE_S = 20
"""No command on a few kilobytes may take longer."""

Pairs = list[tuple[str, object]]
Entries = Callable[[Pairs], Pairs]

_INCOMPLETE = (
    *("Not everything was checked", "could not be read completely", "No rule could be evaluated"),
    *("No rule was selected", '"complete": false'),
)


class Overtime(BaseException):
    """A case took too long; of a type that no `except Exception` catches."""


@dataclass(frozen=True, slots=True)
class Case:
    """What makes a case; the same case has the same outcome."""

    kind: Kind
    file: str
    spoil: Spoil
    command: Command
    changes: tuple[Mutation, ...]

    def written(self, samples: Path, folder: Path) -> bool:
        """Write its files; says whether the spoiled one still says what it said."""
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(samples, folder)
        (folder / "command.txt").write_text(f"okta-auditor {' '.join(self.command)}\n")
        (folder / "changes.txt").write_text(f"{self.file} {self.spoil}\n{self.changes}\n")
        if not self.file:
            return True
        before = (samples / self.file).read_bytes()
        after = _spoiled(self.spoil, before, self.changes)
        (folder / self.file).write_bytes(after)
        # One answer stands on what it names, so a member that is there twice may be another's.
        return _same(before, after, _last if self.command[0] in {"explain", "test"} else _all)


def fault_of(case: Case, samples: Path, folder: Path) -> str:
    """What was wrong with the end of a case, in one line; empty if nothing was."""
    unchanged = case.written(samples, folder)
    record = folder / "answer.txt"
    server = nullcontext("") if case.file else answering(case.spoil, case.changes, record)
    with server as url, _inside(folder), _in_time():
        try:
            result = CliRunner().invoke(main, case.command, env=_environment(url))
        except Overtime:
            return f"no end after {CASE_S} s"
    (folder / "output.txt").write_text(result.output, errors="backslashreplace")
    if result.exception and not isinstance(result.exception, SystemExit):
        return f"raised {type(result.exception).__name__}"
    if result.exit_code not in {0, 1, 2, 3}:
        return f"exit code {result.exit_code}"
    if forbidden := _forbidden(result.output):
        return forbidden
    return _unproven(case, folder, result.output, unchanged) if result.exit_code == 0 else ""


def _forbidden(output: str) -> str:
    """What no output may hold."""
    for text in ("this is a bug in it", "Traceback"):
        if text in output:
            return f"said {text!r}"
    if TOKEN in output:
        return "showed the token"
    obeyed = commands(output)
    return f"a CI system would obey {obeyed[0]!r}" if obeyed else ""


def _unproven(case: Case, folder: Path, output: str, unchanged: bool) -> str:  # noqa: FBT001
    """Why the exit code 0 says too much."""
    if case.kind.proves and not unchanged:
        return "exit code 0 for what was changed"
    if case.command[0] not in {"report", "config"}:  # which say nothing by their exit codes
        for text in _INCOMPLETE:
            if text in output:
                return f"exit code 0 with {text!r}"
    if case.command[:2] == ("snapshot", "-o"):
        ledger = json.loads((folder / "new.json").read_bytes())["ledger"]
        unread = [e["collection"] for e in ledger if e["status"] not in {"complete", "absent"}]
        if unread:
            return f"exit code 0 without {unread[0]}"
    return ""


def _spoiled(spoil: Spoil, data: bytes, changes: Sequence[Mutation]) -> bytes:
    try:
        return spoil(data, changes)
    except ValueError:  # the file is no JSON
        return data[:-1]


def _same(before: bytes, after: bytes, entries: Entries) -> bool:
    """Whether two JSON files say the same, whatever their layout; of others, whether they are."""
    try:
        first, second = (json.loads(data, object_pairs_hook=entries) for data in (before, after))
        return json.dumps(first) == json.dumps(second)  # which tell `1` from `true`
    except (ValueError, RecursionError):
        return before == after


def _all(pairs: Pairs) -> Pairs:
    """The entries of an object, those that are there twice included."""
    return sorted(pairs, key=lambda pair: (pair[0], json.dumps(pair[1])))


def _last(pairs: Pairs) -> Pairs:
    """The entries of an object, of those that are there twice the last."""
    return sorted(dict(pairs).items())


def _environment(url: str) -> dict[str, str | None]:
    return {
        "OKTA_CLIENT_ORGURL": url or None,
        "OKTA_CLIENT_TOKEN": TOKEN if url else None,
        "OKTA_CLIENT_CLIENTID": None,
        "OKTA_CLIENT_PRIVATEKEY": None,
        "CI": "true",
    }


@contextmanager
def _inside(folder: Path) -> Iterator[None]:
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


@contextmanager
def _in_time() -> Iterator[None]:
    def ring(_number: int, _frame: FrameType | None) -> None:
        raise Overtime

    before = signal.signal(signal.SIGALRM, ring)
    signal.alarm(CASE_S)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
