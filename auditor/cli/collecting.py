"""What `snapshot`, `run` and `demo` have in common: reading a tenant and saying how it goes."""

from __future__ import annotations

import shlex
from pathlib import Path

import click

from auditor.cli.stopping import Stopped, termination
from auditor.cli.watching import watching
from auditor.collect.credentials import Credentials
from auditor.collect.journal import Journal
from auditor.collect.journal_file import open_journal
from auditor.collect.options import ExportOptions
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
    credentials: Credentials,
    options: ExportOptions,
    journal: Journal | None = None,
    *,
    verbose: bool = False,
) -> Snapshot:
    """Read a tenant, and show how it goes."""
    # The okta SDK takes a second to import, so only reading loads it.
    from auditor.collect.exporter import export  # noqa: PLC0415

    with watching(verbose=verbose) as (progress,):
        return export(credentials, options, progress, journal=journal)


def collect_into(
    path: Path,
    credentials: Credentials,
    options: ExportOptions,
    *,
    resume: bool,
    verbose: bool,
    command: str,
) -> Snapshot:
    """Read a tenant and write the snapshot, so that an end in between loses nothing.

    Args:
        path: where to write it.
        credentials: which org, and how to prove who asks.
        options: how to read it.
        resume: whether to go on where a run before has ended.
        verbose: whether to show each request.
        command: what the user called, for the line that says how to go on.

    Raises:
        Stopped: by Ctrl-C or SIGTERM.
    """
    with termination() as signals:
        journal = opened(path, credentials, options, resume=resume)
        again = resuming(command, path, options)
        try:
            snapshot = collect(credentials, options, journal, verbose=verbose)
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


def opened(
    path: Path, credentials: Credentials, options: ExportOptions, *, resume: bool
) -> Journal | None:
    """The journal of an export; says what there is to go on with."""
    found = open_journal(path, credentials.org_url, options, resume=resume)
    if found is None:
        return None
    journal = found.journal
    if resume:
        click.echo(
            f"Going on with the run of {journal.started_at:%Y-%m-%d %H:%M} UTC: "
            f"{counted(journal.pages, 'page')} will not be asked for again.",
            err=True,
        )
    if found.note:
        click.echo(f"note: {found.note}", err=True)
    return journal


def resuming(command: str, path: Path, options: ExportOptions) -> str:
    """The command that goes on, to be pasted into a shell."""
    words = ["okta-auditor", command, "-o", str(path), "--resume"]
    return shlex.join([*words, *(["--all-members"] if options.all_members else [])])


def store(snapshot: Snapshot, path: Path) -> None:
    """Write the snapshot; say what was read and, more loudly, what was not."""
    write_snapshot(snapshot, path)
    capture = snapshot.capture
    click.echo(f"Read {counted(capture.requests, 'request')}: {described(snapshot)}.", err=True)
    if capture.waited_s >= 1:
        click.echo(
            f"Waited {capture.waited_s:.0f} s for rate limits, added up over the buckets.", err=True
        )
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
