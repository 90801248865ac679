"""What `snapshot`, `run` and `demo` have in common: reading a tenant and saying how it goes."""

from __future__ import annotations

import os
import shlex
import sys
import time
from pathlib import Path

import click

from auditor.cli.stopping import Stopped, termination
from auditor.collect.credentials import Credentials
from auditor.collect.journal import Journal
from auditor.collect.journal_file import open_journal
from auditor.collect.options import ExportOptions
from auditor.snapshot.collections import Collection
from auditor.snapshot.document import Snapshot, write_snapshot
from auditor.snapshot.ledger import Entry, Ledger, Status
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


def collect(
    credentials: Credentials, options: ExportOptions, journal: Journal | None = None
) -> Snapshot:
    """Read a tenant, with a bar on a terminal and in silence elsewhere."""
    # The okta SDK takes a second to import, so only reading loads it.
    from auditor.collect.exporter import export  # noqa: PLC0415

    if not sys.stderr.isatty() or "CI" in os.environ:
        return export(credentials, options, journal=journal)
    with Bar() as bar:
        return export(credentials, options, bar, journal=journal)


def collect_into(
    path: Path, credentials: Credentials, options: ExportOptions, *, resume: bool, command: str
) -> Snapshot:
    """Read a tenant and write the snapshot, so that an end in between loses nothing.

    Args:
        path: where to write it.
        credentials: which org, and how to prove who asks.
        options: how to read it.
        resume: whether to go on where a run before has ended.
        command: what the user called, for the line that says how to go on.

    Raises:
        Stopped: by Ctrl-C or SIGTERM.
    """
    with termination() as signals:
        journal = _open(path, credentials, options, resume=resume)
        again = _resuming(command, path, options)
        try:
            snapshot = collect(credentials, options, journal)
            store(snapshot, path)
            if journal and not any(entry.gaps for entry in snapshot.ledger.entries):
                journal.remove()
            elif journal:
                click.echo(f"To read what is missing and nothing else: {again}", err=True)
        except KeyboardInterrupt:
            kept = journal and not journal.empty and journal.path.exists()
            line = f"what was read is kept; go on with: {again}" if kept else "nothing was written"
            raise Stopped(f"interrupted; {line}", signals.code) from None
        finally:
            if journal:
                journal.close()
    return snapshot


def _open(
    path: Path, credentials: Credentials, options: ExportOptions, *, resume: bool
) -> Journal | None:
    opened = open_journal(path, credentials.org_url, options, resume=resume)
    if opened is None:
        return None
    journal = opened.journal
    if resume:
        click.echo(
            f"Going on with the run of {journal.started_at:%Y-%m-%d %H:%M} UTC: "
            f"{counted(journal.pages, 'page')} will not be asked for again.",
            err=True,
        )
    if opened.note:
        click.echo(f"note: {opened.note}", err=True)
    return journal


def _resuming(command: str, path: Path, options: ExportOptions) -> str:
    """The command that goes on, to be pasted into a shell."""
    words = ["okta-auditor", command, "-o", str(path), "--resume"]
    return shlex.join([*words, *(["--all-members"] if options.all_members else [])])


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


def missing(ledger: Ledger, *, require_complete: bool) -> tuple[Entry, ...]:
    """What was not read, so that the command exits with 3.

    Args:
        ledger: of the snapshot.
        require_complete: whether to count what the org does not have, too. Says which.
    """
    absent = [entry for entry in ledger.entries if entry.status is Status.ABSENT]
    if require_complete and absent:
        names = ", ".join(entry.label for entry in absent)
        click.echo(f"--require-complete: the org does not have: {names}.", err=True)
        return (*ledger.incomplete, *absent)
    return ledger.incomplete


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
