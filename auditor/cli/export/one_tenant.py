"""The export of one tenant, as `snapshot`, `run` and `demo` share it."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Sequence
from pathlib import Path

from auditor.cli.export.progress_lines import export_progress
from auditor.cli.interrupts import Stopped, termination
from auditor.cli.printing import print_remark
from auditor.collect.auth.credentials import Credentials
from auditor.collect.journal.journal import Journal
from auditor.collect.journal.opening import open_journal
from auditor.collect.options import ExportOptions
from auditor.collect.since.older_snapshot import OlderSnapshot
from auditor.errors import DiskFullError
from auditor.lint.carried_over import carried_over
from auditor.lint.deleted_objects import deleted_objects
from auditor.lint.empty_org import empty_org
from auditor.snapshot.document import OlderReading, Snapshot, write_snapshot
from auditor.snapshot.ledger import CollectionStatus, Ledger, LedgerEntry
from auditor.text import counted, listed

COUNTED = {
    "authorization_servers": "server",
    "policies": "policy",
    "policy_rules": "rule",
    "scopes": "scope",
    "apps": "client",
    "groups": "group",
    "users": "user",
}
_PLURALS = {"policy": "policies"}


def to_stderr(line: str) -> None:
    """Print a line on standard error, beside the output."""
    print_remark(line)


def export_tenant(
    credentials: Credentials,
    options: ExportOptions,
    journal: Journal | None = None,
    *,
    verbose: bool = False,
    older: OlderSnapshot | None = None,
) -> Snapshot:
    """Read a tenant, and show the progress."""
    # The okta SDK takes a second to import, so only reading loads it.
    from auditor.collect.exporter import export  # noqa: PLC0415

    with export_progress(verbose=verbose) as (progress,):
        return export(credentials, options, progress, journal=journal, older=older)


def export_to_file(
    path: Path,
    credentials: Credentials,
    options: ExportOptions,
    *,
    resume: bool,
    verbose: bool,
    again: str,
    older: OlderSnapshot | None = None,
) -> Snapshot:
    """Read a tenant and write the snapshot, so that an interruption loses nothing.

    Args:
        path: where to write it.
        credentials: which org, and how to prove who asks.
        options: how to read it.
        resume: whether to go on where an earlier run ended.
        verbose: whether to show each request.
        again: the command that goes on, to be pasted into a shell.
        older: from which lists are carried over that have not changed since then.

    Raises:
        Stopped: at Ctrl-C or SIGTERM.
    """
    with termination() as signals:
        journal = start_journal(
            path, credentials, options, resume=resume, since=older.terms if older else ""
        )
        try:
            snapshot = export_tenant(credentials, options, journal, verbose=verbose, older=older)
            store_snapshot(snapshot, path)
            finish_journal(snapshot, journal, again)
        except DiskFullError as error:
            raise without_room(error, journal, again) from error
        except KeyboardInterrupt:
            kept = journal and not journal.empty and journal.path.exists()
            line = f"what was read is kept; go on with: {again}" if kept else "nothing was written"
            raise Stopped(f"interrupted; {line}", signals.code) from None
        finally:
            if journal:
                journal.close()
    return snapshot


def without_room(error: DiskFullError, journal: Journal | None, again: str) -> DiskFullError:
    """The same error with what to do about it: what was read is not lost."""
    if journal is None or journal.empty:
        return error
    size = f"What was read so far takes {journal.size:,} bytes."
    return DiskFullError(
        error.path, f"{error.message} {size}", remedy=f"Free space there, then go on with: {again}"
    )


def finish_journal(
    snapshot: Snapshot, journal: Journal | None, again: str, say: Callable[[str], None] = to_stderr
) -> None:
    """Remove the journal of a snapshot that was written, unless there is more to ask for."""
    if journal and not any(entry.gaps for entry in snapshot.ledger.entries):
        journal.remove()
    elif journal:
        say(f"To read what is missing and nothing else: {again}")


def start_journal(
    path: Path,
    credentials: Credentials,
    options: ExportOptions,
    *,
    resume: bool,
    since: str = "",
    say: Callable[[str], None] = to_stderr,
) -> Journal | None:
    """Open the journal of an export, and say how much of an earlier run it holds."""
    opened = open_journal(path, credentials.org_url, options, resume=resume, since=since)
    if opened is None:
        return None
    journal = opened.journal
    if resume:
        say(
            f"Going on with the run of {journal.started_at:%Y-%m-%d %H:%M} UTC: "
            f"{counted(journal.pages, 'page')} will not be asked for again."
        )
    if opened.note:
        say(f"note: {opened.note}")
    return journal


def resume_command(command: Sequence[str], path: Path, options: ExportOptions) -> str:
    """The command that goes on, to be pasted into a shell.

    Args:
        command: the words that begin it, with options that another run must have in common.
        path: the snapshot.
        options: how it is read.
    """
    words = ["okta-auditor", *command, "-o", str(path), "--resume"]
    return shlex.join([*words, *extent_words(options)])


def extent_words(options: ExportOptions) -> list[str]:
    """The options that say how much is read; a run that goes on has to have the same."""
    extent = {"--all-members": options.all_members, "--all-lists": options.all_lists}
    return [word for word, given in extent.items() if given]


def store_snapshot(snapshot: Snapshot, path: Path, say: Callable[[str], None] = to_stderr) -> None:
    """Write the snapshot; say what was read, and warn of what was not."""
    write_snapshot(snapshot, path)
    capture = snapshot.capture
    say(f"Read {counted(capture.requests, 'request')}: {object_counts(snapshot)}.")
    if capture.waited_s >= 1:
        say(f"Waited {capture.waited_s:.0f} s for rate limits, added up over the buckets.")
    if capture.since and not capture.since.refusal:
        say(f"note: {since_words(capture.since)}")
    if carried := carried_over(snapshot.ledger.entries):
        say(f"note: {carried}")
    if deleted := deleted_objects(snapshot.ledger.entries):
        say(f"note: {deleted}")
    for entry in snapshot.ledger.incomplete:
        for line in incomplete_warning(entry):
            say(line)
    if empty := empty_org(snapshot.ledger.entries):
        say(f"warning: {empty}")
    incomplete = len(snapshot.ledger.incomplete)
    total = len(snapshot.ledger.entries)
    state = f", incomplete ({incomplete} of {total} collections)" if incomplete else ""
    say(f"{path} written{state}")


def refusal_words(why: str) -> str:
    """That nothing is carried over from an older snapshot, in a sentence."""
    return f"Everything is read, and nothing taken from the older snapshot: {why}."


def since_words(since: OlderReading) -> str:
    """What became of the older snapshot, in a sentence."""
    if since.refusal:
        return refusal_words(since.refusal)
    again = [f"{counted(number, 'list')} {why}" for why, number in since.read_again.items()]
    return f"Read again beside what is always read: {listed(again, most=len(again))}."


def incomplete_warning(entry: LedgerEntry, consequence: str = "") -> tuple[str, str]:
    """The warning of a collection that was not read completely, in two lines.

    Args:
        entry: of the collection.
        consequence: a clause that begins with ", so".
    """
    return (
        f"warning: {entry.label} could not be read completely{consequence}: {entry.explanation()}.",
        f"  Next: {entry.remedy()}.",
    )


def missing_collections(
    ledger: Ledger, *, require_complete: bool, say: Callable[[str], None] = to_stderr
) -> tuple[LedgerEntry, ...]:
    """The collections that were not read completely, so that the command exits with 3.

    Args:
        ledger: of the snapshot.
        require_complete: whether what the org does not have counts too; it is named then.
        say: takes a line for the user.
    """
    absent = [entry for entry in ledger.entries if entry.status is CollectionStatus.ABSENT]
    if require_complete and absent:
        names = ", ".join(entry.label for entry in absent)
        say(f"--require-complete: the org does not have: {names}.")
        return (*ledger.incomplete, *absent)
    return ledger.incomplete


def object_counts(snapshot: Snapshot) -> str:
    """How many objects were read: `7 servers · 31 clients`."""
    counts = {entry.collection: entry.objects for entry in snapshot.ledger.entries}
    return " · ".join(
        counted(counts.get(name, 0), noun, _PLURALS.get(noun)) for name, noun in COUNTED.items()
    )
