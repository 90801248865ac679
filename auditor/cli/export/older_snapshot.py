"""The options for an older snapshot that lists are carried over from, and reading it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import click

from auditor.cli.durations import Duration, shown_duration
from auditor.cli.export.one_tenant import refusal_words, to_stderr
from auditor.collect.since.older_snapshot import FULL_EVERY_S, OlderSnapshot
from auditor.errors import UsageError
from auditor.snapshot.document import read_snapshot

F = TypeVar("F", bound=Callable[..., object])


def older_options(*names: str) -> Callable[[F], F]:
    """The options; the function gets them as `older` and `full_every`.

    Args:
        names: of the first. In `run`, `--since` is about findings.
    """

    def decorate(function: F) -> F:
        function = click.option(
            "--full-every",
            type=Duration(),
            metavar="DURATION",
            help=f"With {names[0]}: how old what is carried over may be at most, such as 1d or "
            f"12h. [default: {shown_duration(FULL_EVERY_S)}]",
        )(function)
        return click.option(
            *names,
            "older",
            type=click.Path(path_type=Path),
            metavar="SNAPSHOT",
            help="Do not read again what this older snapshot of the org has and nothing says has "
            "changed: what belongs to apps (keys, grants, assignments) and members of groups. "
            "What is carried over is marked, with its age.",
        )(function)

    return decorate


def older_words(path: Path | None, full_every_s: int | None) -> list[str]:
    """The options again, for a command that goes on; both commands know the name."""
    if path is None:
        return []
    age = shown_duration(FULL_EVERY_S if full_every_s is None else full_every_s)
    return ["--read-since", str(path), "--full-every", age]


def read_older(path: Path | None, full_every_s: int | None, org_url: str) -> OlderSnapshot | None:
    """The older snapshot, if there is to be one. If nothing may be taken from it, that is said.

    Raises:
        UsageError: there is none, and an age is given.
        SnapshotError: the file holds none.
    """
    if path is None:
        if full_every_s is not None:
            raise UsageError(
                "--full-every is about an older snapshot, and none is named.",
                remedy="Name it: --read-since SNAPSHOT.",
            )
        return None
    age = FULL_EVERY_S if full_every_s is None else full_every_s
    older = OlderSnapshot(read_snapshot(path), age)
    if why := older.refusal(org_url, datetime.now(UTC)):
        to_stderr(f"note: {refusal_words(why)}")
    return older
