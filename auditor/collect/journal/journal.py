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
from contextlib import suppress
from datetime import UTC, datetime
from io import BufferedRandom
from pathlib import Path
from typing import Any

from auditor.collect.journal.earlier_runs import EarlierRuns, ListPages
from auditor.collect.journal.lines import FORMAT, as_entry, checked, kept_page, line_of
from auditor.collect.lists.kept_page import KeptPage
from auditor.files import unwritten


class Journal:
    """The journal of one export. Close it, or remove it, at the end.

    Make one with `opening.open_journal`.

    Args:
        path: where it is.
        file: open and locked.
        started_at: when the first of the runs began that it is of.
        earlier: what earlier runs have read.
    """

    def __init__(
        self, path: Path, file: BufferedRandom, started_at: datetime, earlier: EarlierRuns
    ) -> None:
        self.path = path
        self.started_at = started_at
        self.pages = earlier.pages
        """How many pages earlier runs have left."""
        self._file = file
        self._earlier = earlier
        self._lines_written = 0

    @classmethod
    def begin(cls, path: Path, file: BufferedRandom, terms: dict[str, Any]) -> Journal:
        """Begin a journal; what the file holds is lost.

        Raises:
            OutputError: it cannot be written.
        """
        started_at = datetime.now(UTC).replace(microsecond=0)
        journal = cls(path, file, started_at, EarlierRuns(terms["org_url"]))
        file.truncate(0)
        header = terms | {"started_at": started_at.isoformat()}
        journal._append(FORMAT + b" " + line_of(header))
        return journal

    # What earlier runs read

    def replay(self, path: str) -> Iterator[tuple[KeptPage, str | None]]:
        """The pages of a list, each with the address of the next; the last may lead on."""
        for offset, length in self._earlier.lists.get(path, ListPages()).lines:
            self._file.seek(offset)
            entry = checked(self._file.read(length))
            assert entry is not None  # it was checked when the journal was opened
            yield kept_page(entry), entry["next"]

    def changed(self, path: str) -> int | None:
        """The duplicates for which a list was begun anew; None if it was not."""
        pages = self._earlier.lists.get(path)
        return pages.duplicates if pages and pages.read_again else None

    def is_read(self, path: str) -> bool:
        """Whether earlier runs have read a list to its end."""
        return self._earlier.is_read(path)

    def is_nothing(self, path: str) -> bool:
        """Whether the org was found not to have a setting."""
        return path in self._earlier.nothing

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

    def nothing(self, path: str) -> None:
        """Note that the org does not have a setting."""
        self._write({"nothing": path})

    def note_side(self, side: str) -> None:
        """Note from which side group assignments are read, so that another run does the same."""
        self._earlier.side = side
        self._write({"side": side})

    @property
    def side(self) -> str | None:
        """The side that was noted last."""
        return self._earlier.side

    @property
    def empty(self) -> bool:
        """Whether there is nothing in it to go on with."""
        return not self._earlier.lists and not self._lines_written

    @property
    def size(self) -> int:
        """How large the file is, in bytes; a snapshot is about as large."""
        return self.path.stat().st_size if self.path.exists() else 0

    def close(self) -> None:
        """Leave the file for another run; without anything in it, it is of no use."""
        if not self._file.closed:
            if self.empty:
                self.path.unlink(missing_ok=True)
            close_file(self._file)

    def remove(self) -> None:
        """Remove the file: everything was read."""
        # While it is locked: another run's would be removed otherwise.
        self.path.unlink(missing_ok=True)
        close_file(self._file)

    def _write(self, entry: dict[str, Any]) -> None:
        self._append(line_of(entry))
        self._lines_written += 1

    def _append(self, line: bytes) -> None:
        try:
            self._file.seek(0, os.SEEK_END)
            self._file.write(line)
            self._file.flush()
        except OSError as error:
            raise unwritten(self.path, error) from error


def close_file(file: BufferedRandom) -> None:
    """Close a journal's file, whether or not what is left to write finds room.

    A line without its end is not used, so nothing is lost by that but its page.
    """
    with suppress(OSError):
        file.close()
