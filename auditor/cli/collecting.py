"""What `snapshot`, `run` and `demo` have in common: reading a tenant and saying how it goes."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import click

from auditor.collect.credentials import Credentials
from auditor.collect.options import ExportOptions
from auditor.snapshot.collections import Collection
from auditor.snapshot.document import Snapshot, write_snapshot
from auditor.text import counted, one_line

SHOWN = {
    "authorization_servers": "server",
    "policies": "policy",
    "policy_rules": "rule",
    "scopes": "scope",
    "apps": "client",
    "groups": "group",
    "users": "user",
}
_PLURALS = {"policy": "policies"}


def collect(credentials: Credentials, options: ExportOptions) -> Snapshot:
    """Read a tenant, with a bar on a terminal and in silence elsewhere."""
    # The okta SDK takes a second to import, so only reading loads it.
    from auditor.collect.exporter import export  # noqa: PLC0415

    if not sys.stderr.isatty() or "CI" in os.environ:
        return export(credentials, options)
    with Bar() as bar:
        return export(credentials, options, bar)


def store(snapshot: Snapshot, path: Path) -> None:
    """Write the snapshot; say what was read and, more loudly, what was not."""
    write_snapshot(snapshot, path)
    capture = snapshot.capture
    click.echo(f"Read {counted(capture.requests, 'request')}: {described(snapshot)}.", err=True)
    for entry in snapshot.ledger.incomplete:
        click.echo(
            f"warning: {entry.label} could not be read completely: "
            f"{one_line(entry.explanation())}.\n  Next: {entry.remedy()}.",
            err=True,
        )
    missing = len(snapshot.ledger.incomplete)
    total = len(snapshot.ledger.entries)
    state = f", incomplete ({missing} of {total} collections)" if missing else ""
    click.echo(f"{path} written{state}", err=True)


def described(snapshot: Snapshot) -> str:
    """How much of what was read: `7 servers · 31 clients`."""
    counts = {entry.collection: entry.objects for entry in snapshot.ledger.entries}
    return " · ".join(
        counted(counts.get(name, 0), noun, _PLURALS.get(noun)) for name, noun in SHOWN.items()
    )


class Bar:
    """A progress bar for people who watch."""

    def __init__(self) -> None:
        # Only a terminal needs it, and it takes a tenth of a second to import.
        from rich.console import Console  # noqa: PLC0415
        from rich.progress import (  # noqa: PLC0415
            BarColumn,
            MofNCompleteColumn,
            Progress,
            TextColumn,
        )

        self._progress = Progress(
            TextColumn("Reading"),
            BarColumn(bar_width=20),
            MofNCompleteColumn(),
            TextColumn("lists  {task.fields[now]}"),
            console=Console(stderr=True),
            transient=True,
        )
        self._task = self._progress.add_task("", total=0, now="")
        self._total = 0
        self._wait_ends = 0.0

    def __enter__(self) -> Bar:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def planned(self, row: Collection, lists: int) -> None:
        """Make the bar longer."""
        del row
        self._total += lists
        self._progress.update(self._task, total=self._total)

    def read(self, row: Collection, objects: int) -> None:
        """Move the bar."""
        del objects
        self._progress.update(self._task, advance=1)
        # Other lists go on while one bucket waits; the wait is what people wonder about.
        if time.monotonic() >= self._wait_ends:
            self._progress.update(self._task, now=row.label)

    def waiting(self, bucket: str, seconds: float) -> None:
        """Say why the bar stands still."""
        self._wait_ends = time.monotonic() + seconds
        now = f"waiting {seconds:.0f} s for the rate limit of {bucket}"
        self._progress.update(self._task, now=now)
