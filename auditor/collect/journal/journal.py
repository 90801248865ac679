"""What an export has read so far, in a file beside its output, so that another run can go on.

One line for each page: a checksum, and the page as the snapshot will keep it. So there is
no secret in it, and of people no more than in a snapshot; a token is never near it. A line
that was cut off or altered ends what is used of the file; what it held is asked for again.

The file is as large as the snapshot at most, plus the lists that had to be begun anew. It
is removed when the snapshot is complete.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from io import BufferedRandom
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from auditor.collect.journal.lines import FORMAT, as_entry, checked, kept, line_of, plausible
from auditor.collect.lists.listing import KeptPage
from auditor.errors import OutputError, UsageError
from auditor.snapshot.collections import match
from auditor.text import one_line

_LONGEST_LINE = 1 << 28


@dataclass(slots=True)
class _Pages:
    """The pages of one list, by where their lines stand in the file."""

    lines: list[tuple[int, int]] = field(default_factory=list)
    next_url: str | None = None
    duplicates: int = 0
    read_again: bool = False


class Journal:
    """The journal of one export. Close it, or remove it, at the end.

    Make one with `journal_file.open_journal`.
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

    def replay(self, path: str) -> Iterator[tuple[KeptPage, str | None]]:
        """The pages of a list, each with the address of the next; the last may lead on."""
        for offset, length in self._lists.get(path, _Pages()).lines:
            self._file.seek(offset)
            entry = checked(self._file.read(length))
            assert entry is not None  # it was checked when the journal was opened
            yield kept(entry), entry["next"]

    def changed(self, path: str) -> int | None:
        """The duplicates for which a list was begun anew; None if it was not."""
        found = self._lists.get(path)
        return found.duplicates if found and found.read_again else None

    def is_read(self, path: str) -> bool:
        """Whether earlier runs have read a list to its end."""
        found = self._lists.get(path)
        return path in self._nothing or (
            found is not None and bool(found.lines) and found.next_url is None
        )

    def is_gone(self, path: str) -> bool:
        """Whether an object was found to be deleted."""
        return path in self._gone

    def is_nothing(self, path: str) -> bool:
        """Whether the org was found not to have a setting."""
        return path in self._nothing

    # What this run reads

    def page(self, path: str, page: KeptPage, next_url: str | None) -> None:
        """Note a page."""
        self._write({"list": path, "next": next_url, **as_entry(page)})

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
        self._append(line_of(entry))
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
        self._append(FORMAT + b" " + line_of(header))

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
        if how := differing(header, self._terms):
            raise UsageError(
                f"{self.path} cannot be resumed: it is of {how}.",
                remedy="Resume with the same org, options and version, or run the command "
                "without --resume to begin anew.",
            )
        self.started_at = datetime.fromisoformat(header["started_at"])
        offset = self._file.tell()
        while (entry := checked(line := self._file.readline(_LONGEST_LINE))) is not None:
            if not self._learn(entry, offset, len(line)):
                break
            offset += len(line)
        self._file.truncate(offset)
        self.pages = sum(len(found.lines) for found in self._lists.values())

    def header(self) -> dict[str, Any] | None:
        """What the first line says; None if it is not whole."""
        self._file.seek(0)
        line = self._file.readline(_LONGEST_LINE)
        entry = checked(line.removeprefix(FORMAT + b" ")) if line.startswith(FORMAT) else None
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
        if found is None or not plausible(found[0], entry):
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


def differing(header: dict[str, Any], terms: dict[str, Any]) -> str | None:
    """How the run that wrote a journal differs from this one, in words."""
    if header.get("org_url") != terms["org_url"]:
        return f"another org, {one_line(str(header.get('org_url')))[:200]}"
    if any(header.get(name) != terms[name] for name in ("tool_version", "table")):
        return f"another version, {one_line(str(header.get('tool_version')))[:40]}"
    if header.get("all_members") != terms["all_members"]:
        return f"a run {'with' if header.get('all_members') else 'without'} --all-members"
    return None
