"""What an export has read so far, in a file beside its output, so that another run can go on.

One line for each page: a checksum, and the page as the snapshot will keep it. So there is
no secret in it, and of people no more than in a snapshot; a token is never near it. A line
that was cut off or altered ends what is used of the file; what it held is asked for again.

The file is as large as the snapshot at most, plus the lists that had to be begun anew. It
is removed when the snapshot is complete.
"""

from __future__ import annotations

import hashlib
import os
import stat
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from io import BufferedRandom
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import orjson

from auditor import __version__
from auditor.collect.listing import Kept
from auditor.collect.options import ExportOptions
from auditor.errors import OutputError, UsageError
from auditor.files import PRIVATE
from auditor.snapshot.collections import COLLECTIONS, Collection, match
from auditor.text import one_line

if sys.platform != "win32":
    import fcntl

_FORMAT = b"okta-auditor-journal 1"
_LONGEST_LINE = 1 << 28
_EXCLUSIVE = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)


@dataclass(slots=True)
class _Pages:
    """The pages of one list, by where their lines stand in the file."""

    lines: list[tuple[int, int]] = field(default_factory=list)
    next_url: str | None = None
    duplicates: int = 0
    read_again: bool = False


class Journal:
    """The journal of one export. Close it, or remove it, at the end.

    Make one with `open_journal`.
    """

    def __init__(self, path: Path, file: BufferedRandom, terms: dict[str, Any]) -> None:
        self.path = path
        self.started_at = datetime.now(UTC).replace(microsecond=0)
        """When the first of the runs began that the journal is of."""
        self.pages = 0
        """How many pages earlier runs have left."""
        self._file = file
        self._terms = terms
        self._lists: dict[str, _Pages] = {}
        self._gone: set[str] = set()
        self._nothing: set[str] = set()
        self._written = 0

    # What earlier runs read

    def replay(self, path: str) -> Iterator[tuple[Kept, str | None]]:
        """The pages of a list, each with the address of the next; the last may lead on."""
        for offset, length in self._lists.get(path, _Pages()).lines:
            self._file.seek(offset)
            entry = _checked(self._file.read(length))
            assert entry is not None  # it was checked when the journal was opened
            yield _kept(entry), entry["next"]

    def changed(self, path: str) -> int | None:
        """The duplicates for which a list was begun anew; None if it was not."""
        found = self._lists.get(path)
        return found.duplicates if found and found.read_again else None

    def is_gone(self, path: str) -> bool:
        """Whether an object was found to be deleted."""
        return path in self._gone

    def is_nothing(self, path: str) -> bool:
        """Whether the org was found not to have a setting."""
        return path in self._nothing

    # What this run reads

    def page(self, path: str, kept: Kept, next_url: str | None) -> None:
        """Note a page."""
        entry: dict[str, Any] = {"list": path, "next": next_url, "values": kept.values}
        counts = {"left_out": kept.left_out, "duplicates": kept.duplicates, "moved": kept.moved}
        entry |= {name: count for name, count in counts.items() if count}
        if kept.odd:
            entry["odd"] = kept.odd
        self._write(entry)

    def anew(self, path: str, duplicates: int | None = None) -> None:
        """Note that a list is begun anew.

        Args:
            path: its path.
            duplicates: how many there were, if it is because the list changed.
        """
        self._write({"anew": path, "duplicates": duplicates})

    def gone(self, path: str) -> None:
        """Note that an object was deleted."""
        self._write({"gone": path})

    def nothing(self, path: str) -> None:
        """Note that the org does not have a setting."""
        self._write({"nothing": path})

    @property
    def empty(self) -> bool:
        """Whether there is nothing in it to go on with."""
        return not self._lists and not self._written

    def close(self) -> None:
        """Leave the file for another run; without anything in it, it is of no use."""
        if not self._file.closed:
            if self.empty:
                self.path.unlink(missing_ok=True)
            self._file.close()

    def remove(self) -> None:
        """Remove the file: everything was read."""
        # While it is locked: another run's would be removed otherwise.
        self.path.unlink(missing_ok=True)
        self._file.close()

    def _write(self, entry: dict[str, Any]) -> None:
        self._append(_line(entry))
        self._written += 1

    def _append(self, line: bytes) -> None:
        try:
            self._file.seek(0, os.SEEK_END)
            self._file.write(line)
            self._file.flush()
        except OSError as error:
            raise OutputError(
                f"{self.path} could not be written: {error.strerror}.",
                remedy="It is as large as the snapshot. Check the free space.",
            ) from error

    # Opening

    def begin(self) -> None:
        """Write the first line of an empty journal."""
        self._file.truncate(0)
        header = self._terms | {"started_at": self.started_at.isoformat()}
        self._append(_FORMAT + b" " + _line(header))

    def load(self) -> None:
        """Read what an earlier run has left, up to the first line that is not whole.

        Raises:
            UsageError: it is of another org, version or call.
        """
        header = self.header()
        if header is None:
            raise UsageError(
                f"There is nothing to resume: {self.path} holds nothing that was read.",
                remedy="Run the command without --resume.",
            )
        if differing := _differing(header, self._terms):
            raise UsageError(
                f"{self.path} cannot be resumed: it is of {differing}.",
                remedy="Resume with the same org, options and version, or run the command "
                "without --resume to begin anew.",
            )
        self.started_at = datetime.fromisoformat(header["started_at"])
        offset = self._file.tell()
        while (entry := _checked(line := self._file.readline(_LONGEST_LINE))) is not None:
            if not self._learn(entry, offset, len(line)):
                break
            offset += len(line)
        self._file.truncate(offset)
        self.pages = sum(len(found.lines) for found in self._lists.values())

    def header(self) -> dict[str, Any] | None:
        """What the first line says; None if it is not whole."""
        self._file.seek(0)
        line = self._file.readline(_LONGEST_LINE)
        entry = _checked(line.removeprefix(_FORMAT + b" ")) if line.startswith(_FORMAT) else None
        try:
            datetime.fromisoformat((entry or {})["started_at"])
        except (KeyError, TypeError, ValueError):
            return None
        return entry

    def _learn(self, entry: dict[str, Any], offset: int, length: int) -> bool:
        """Learn from a line; whether it makes sense."""
        match entry:
            case {"list": str(path), "next": None | str(), "values": list()}:
                return self._learn_page(path, entry, offset, length)
            case {"anew": str(path), "duplicates": None | int() as duplicates}:
                anew = _Pages(duplicates=duplicates or 0, read_again=duplicates is not None)
                self._lists[path] = anew
            case {"gone": str(path)}:
                self._gone.add(path)
            case {"nothing": str(path)}:
                self._nothing.add(path)
            case _:
                return False
        return True

    def _learn_page(self, path: str, entry: dict[str, Any], offset: int, length: int) -> bool:
        found = match(path)
        if found is None or not _plausible(found[0], entry):
            return False
        pages = self._lists.setdefault(path, _Pages())
        if pages.lines and pages.next_url is None:
            return False  # a page after the last
        pages.next_url = entry["next"]
        pages.lines.append((offset, length))
        if pages.next_url is not None and not self._of_the_org(pages.next_url):
            # The token goes nowhere but to the org, whatever a file says.
            del self._lists[path]
        return True

    def _of_the_org(self, url: str) -> bool:
        try:
            there, here = urlsplit(url), urlsplit(self._terms["org_url"])
        except ValueError:
            return False
        return (there.scheme, there.netloc.lower()) == (here.scheme, here.netloc.lower())


@dataclass(frozen=True)
class Opened:
    """A journal to write to, and what was found where it is."""

    journal: Journal
    note: str | None = None
    """What the user should know of the file that was there."""


def open_journal(
    output: Path, org_url: str, options: ExportOptions, *, resume: bool
) -> Opened | None:
    """Open the journal of an export, and lock it.

    Args:
        output: where the snapshot is going to be written.
        org_url: the org.
        options: how it is read.
        resume: whether to go on where an earlier run has ended, or to begin anew.

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
    if resume and not path.exists():
        raise UsageError(
            f"There is nothing to resume: {path} does not exist.",
            remedy="An export that is interrupted or incomplete leaves it beside its output (-o). "
            "Run the command without --resume.",
        )
    terms = {
        "org_url": org_url,
        "tool_version": __version__,
        "table": _table_digest(),
        "all_members": options.all_members,
    }
    file = _locked(path)
    try:
        journal = Journal(path, file, terms)
        if resume:
            journal.load()
            return Opened(journal)
        note = _note(journal, terms)
        journal.begin()
        return Opened(journal, note)
    except BaseException:
        file.close()
        raise


def journal_path(output: Path) -> Path:
    """Where the journal of an output is."""
    return output.with_name(f"{output.name}.partial")


def _note(journal: Journal, terms: dict[str, Any]) -> str | None:
    """What to say of the file that is about to be begun anew."""
    header = journal.header()
    if header is not None and not _differing(header, terms):
        return (
            f"{journal.path} is of an unfinished run that began at {header['started_at']}; "
            "--resume would have gone on with it. It is begun anew."
        )
    return None


def _locked(path: Path) -> BufferedRandom:
    """The file, open and locked until it is closed."""
    while True:
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | _EXCLUSIVE, PRIVATE)
        except OSError as error:
            raise OutputError(
                f"{path} cannot be opened: {error.strerror}.", remedy="Move it away."
            ) from error
        file = os.fdopen(descriptor, "r+b")
        try:
            _check(path, file)
            _lock(path, descriptor)
            # The run that held the lock may have removed the file since it was opened.
            if path.exists() and path.stat().st_ino == os.fstat(descriptor).st_ino:
                return file
        except BaseException:
            file.close()
            raise
        file.close()


def _check(path: Path, file: BufferedRandom) -> None:
    """Whether the file is a journal of ours and nobody else's."""
    status = os.fstat(file.fileno())
    if not stat.S_ISREG(status.st_mode):
        raise UsageError(f"{path} is not a file.", remedy="Move it away.")
    # A run that was killed may have written less than its first words.
    start = file.read(len(_FORMAT))
    if start and not _FORMAT.startswith(start):
        raise UsageError(
            f"{path} is not a journal of this okta-auditor, and stands where one is to be written.",
            remedy="Move it away, or write the snapshot elsewhere: -o FILE.",
        )
    if status.st_size and status.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise UsageError(
            f"{path} can be written by others than its owner, so it is not trusted.",
            remedy="Remove it.",
        )


def _lock(path: Path, descriptor: int) -> None:
    if sys.platform == "win32":
        return
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        raise UsageError(
            f"Another okta-auditor is writing {path}.",
            remedy="Wait until it has ended, or write the snapshot elsewhere: -o FILE.",
        ) from None


def _line(entry: dict[str, Any]) -> bytes:
    body = orjson.dumps(entry)
    return _checksum(body) + b" " + body + b"\n"


def _checked(line: bytes) -> dict[str, Any] | None:
    """What a line says; None if it is not whole."""
    checksum, _, body = line.removesuffix(b"\n").partition(b" ")
    if not line.endswith(b"\n") or checksum != _checksum(body):
        return None
    try:
        entry = orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
    return entry if isinstance(entry, dict) else None


def _checksum(body: bytes) -> bytes:
    return hashlib.blake2b(body, digest_size=8).hexdigest().encode()


def _kept(entry: dict[str, Any]) -> Kept:
    return Kept(
        values=tuple(entry["values"]),
        left_out=entry.get("left_out", 0),
        duplicates=entry.get("duplicates", 0),
        moved=entry.get("moved", 0),
        odd=tuple((record, why) for record, why in entry.get("odd", ())),
    )


def _plausible(row: Collection, entry: dict[str, Any]) -> bool:
    """Whether a page has the shape of its collection's."""
    counts = [entry.get(name, 0) for name in ("left_out", "duplicates", "moved")]
    values, odd = entry["values"], entry.get("odd", [])
    return (
        all(isinstance(count, int) and count >= 0 for count in counts)
        and isinstance(odd, list)
        and all(isinstance(pair, list) and list(map(type, pair)) == [str, str] for pair in odd)
        and not (row.single and len(values) + len(odd) != 1)
        and (row.pack is None or all(_packed(row, value) for value in values))
    )


def _packed(row: Collection, value: Any) -> bool:
    """Whether a value is an id, or ids that have a way of assignment in common."""
    if row.model is None:
        return isinstance(value, str)
    match value:
        case {"scope": str(), "status": str(), "ids": list(ids)}:
            return len(value) == 3 and all(isinstance(one, str) for one in ids)  # noqa: PLR2004
    return False


def _differing(header: dict[str, Any], terms: dict[str, Any]) -> str | None:
    """How the run that wrote a journal differs from this one, in words."""
    if header.get("org_url") != terms["org_url"]:
        return f"another org, {one_line(str(header.get('org_url')))[:200]}"
    if any(header.get(name) != terms[name] for name in ("tool_version", "table")):
        return f"another version, {one_line(str(header.get('tool_version')))[:40]}"
    if header.get("all_members") != terms["all_members"]:
        return f"a run {'with' if header.get('all_members') else 'without'} --all-members"
    return None


def _table_digest() -> str:
    """Tells whether two programs read and keep the same."""
    rows = [
        (row.name, row.path, dict(row.query), row.parent, row.single, row.project, row.private)
        for row in COLLECTIONS
    ]
    return hashlib.sha256(orjson.dumps(rows)).hexdigest()[:16]
