"""Opening a journal: beside the output, for its owner only, by one run at a time."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from functools import partial
from io import BufferedRandom
from pathlib import Path
from typing import Any

from auditor.collect.journal.journal import Journal, close_file
from auditor.collect.journal.lines import FORMAT
from auditor.collect.journal.resume import read_earlier_runs, read_header
from auditor.collect.journal.terms import difference, terms_of
from auditor.collect.options import ExportOptions
from auditor.collect.owner_file import open_for_owner
from auditor.errors import UsageError

_LOGGER = logging.getLogger(__name__)


@dataclass(frozen=True)
class OpenedJournal:
    """A journal to write to, and what stood there before."""

    journal: Journal
    note: str | None = None
    """What the user should know of the file that was there."""


def open_journal(
    output: Path, org_url: str, options: ExportOptions, *, resume: bool, since: str = ""
) -> OpenedJournal | None:
    """Open the journal of an export, and lock it.

    Args:
        output: where the snapshot is going to be written.
        org_url: the org.
        options: how it is read.
        resume: whether to go on where an earlier run has ended, or to begin anew.
        since: what tells older snapshots apart, as `terms_of` takes it.

    Returns:
        The journal; None where the output is no file that another could stand beside.

    Raises:
        UsageError: there is nothing to resume, it does not fit, or another run is at it.
        OutputError: the file cannot be opened.
    """
    if output.exists() and not output.is_file():
        if resume:
            raise UsageError(f"{output} is not a file, so there is nothing to resume.")
        return None
    path = journal_path(output)
    terms = terms_of(org_url, options, since)
    if resume and not path.exists():
        raise UsageError(
            f"There is nothing to resume: {path} does not exist.",
            remedy="An export that is interrupted or incomplete leaves it beside its output (-o). "
            "Run the command without --resume.",
        )
    file = _locked(path)
    try:
        if resume:
            journal = Journal(path, file, *read_earlier_runs(path, file, terms))
            _LOGGER.info("journal %s: resumed with %d pages", path, journal.pages)
            return OpenedJournal(journal)
        note = _note(path, file, terms)
        journal = Journal.begin(path, file, terms)
        _LOGGER.info("journal %s: begun", path)
        return OpenedJournal(journal, note)
    except BaseException:
        close_file(file)
        raise


def resumable(output: Path, org_url: str, options: ExportOptions, since: str = "") -> bool:
    """Whether there is a journal that an export with this output could go on with.

    Args:
        output: where the snapshot is going to be written.
        org_url: the org.
        options: how it is read.
        since: what tells older snapshots apart, as `terms_of` takes it.
    """
    path, terms = journal_path(output), terms_of(org_url, options, since)
    if not path.is_file():
        return False
    try:
        with path.open("r+b") as file:
            header = read_header(file)
    except OSError:
        return False  # opening it says why
    return header is not None and difference(header, terms) is None


def journal_path(output: Path) -> Path:
    """Where the journal of an output is."""
    return output.with_name(f"{output.name}.partial")


def _note(path: Path, file: BufferedRandom, terms: dict[str, Any]) -> str | None:
    """What to say of the file that is about to be begun anew."""
    header = read_header(file)
    if header is not None and not difference(header, terms):
        return (
            f"{path} is of an unfinished run that began at {header['started_at']}; "
            "--resume would have gone on with it. It is begun anew."
        )
    return None


def _locked(path: Path) -> BufferedRandom:
    """The file, open, for its owner only, and locked until it is closed."""
    return open_for_owner(path, "a journal", partial(_check, path))


def _check(path: Path, file: BufferedRandom) -> None:
    """Whether the file is a journal."""
    # A run that was killed may have written less than its first words.
    start = file.read(len(FORMAT))
    if start and not FORMAT.startswith(start):
        raise UsageError(
            f"{path} is not a journal of this okta-auditor, and stands where one is to be written.",
            remedy="Move it away, or write the snapshot elsewhere: -o FILE.",
        )
