"""The file that a pull writes: begun anew, or gone on with where an earlier pull has ended."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from datetime import datetime
from io import BufferedRandom
from pathlib import Path

from auditor import exact_json
from auditor.collect.owner_file import open_for_owner
from auditor.collect.system_log.tail import DamagedLogError, Tail, read_tail
from auditor.collect.system_log.terms import MARK, LogTerms, okta_time
from auditor.errors import UsageError
from auditor.files import is_stream, unwritten
from auditor.system_log.log_header import COMPLETE_KEY


class LogWriter:
    """Writes a file of log events, which is open and locked. Close it, whatever became of the pull.

    Args:
        path: where it is.
        file: open for reading and writing.
        terms: what it is going to hold.
        tail: what an earlier pull has left; None for a new file.
    """

    def __init__(
        self, path: Path, file: BufferedRandom, terms: LogTerms, tail: Tail | None = None
    ) -> None:
        self.path = path
        self.terms = terms
        self.since = tail.since if tail else terms.since
        """From when on to ask."""
        self.events = tail.events if tail else 0
        self.unreadable = tail.unreadable if tail else 0
        self.recent = tail.recent if tail else set[str]()
        """What it holds of the time that is asked for again."""
        self.earlier_end: datetime | None = None
        """Where the file has ended, if it was complete."""
        self.reached: datetime | None = None
        """When the last event was published that this pull has written."""
        self._file = file
        self._tail = tail
        self.untouched = True
        """Whether this pull has written nothing."""

    def write(self, lines: Iterable[bytes], *, unreadable: int) -> None:
        """Add events, whole or, if the process dies, up to one that is cut off.

        Args:
            lines: one each, with its end.
            unreadable: how many of them stand for events that cannot be read.

        Raises:
            OutputError: the file system refused.
        """
        lines = list(lines)
        if self.untouched:
            self._begin()
        self._write(b"".join(lines))
        self.events += len(lines) - unreadable
        self.unreadable += unreadable

    def finish(self) -> None:
        """Write the last line: all that was asked for is there.

        Raises:
            OutputError: the file system refused.
        """
        self.write([], unreadable=0)
        last = {COMPLETE_KEY: True, "events": self.events, "unreadable": self.unreadable}
        self._write(exact_json.dumps(last) + b"\n")
        os.fsync(self._file.fileno())

    def close(self) -> None:
        """Close it; a new one that nothing was written to is removed."""
        if sys.platform == "win32":
            self._file.close()  # or it could not be removed; elsewhere it stays locked until it is
        if self.untouched and self._tail is None:
            self.path.unlink(missing_ok=True)
        self._file.close()

    def _begin(self) -> None:
        """Write the first line; take off what the file is gone on without.

        In this order, so that whatever ends it leaves a pull that was interrupted.
        """
        try:
            self._file.truncate(self._tail.size if self._tail else 0)
            self._file.seek(0)
            self._file.write(self.terms.header)
            self._file.flush()
        except OSError as error:
            raise unwritten(self.path, error) from error
        self.untouched = False

    def _write(self, data: bytes) -> None:
        try:
            self._file.seek(0, os.SEEK_END)
            self._file.write(data)
            self._file.flush()
        except OSError as error:
            raise unwritten(self.path, error) from error


def open_log(path: Path, terms: LogTerms, *, resume: bool, append: bool) -> LogWriter:
    """Open the file of a pull, and lock it.

    Args:
        path: where.
        terms: what is asked for. Of a file that is gone on with, only the org and the redaction
            have to be the same; its beginning, and unless `append` its end, are those it has.
        resume: whether to go on with a pull that was interrupted.
        append: whether to add to the file what came since, if it is there.

    Raises:
        UsageError: it is there and neither was asked for; or there is nothing to resume; or it
            does not fit, or is no such file.
        OutputError: it cannot be opened.
    """
    if is_stream(path):
        raise UsageError(
            f"{path} is not a file, and events are written to one.", remedy="Name one: -o FILE."
        )
    if resume and not path.exists():
        raise UsageError(
            f"There is nothing to resume: {path} does not exist.",
            remedy="Run the command without --resume.",
        )
    file = open_for_owner(
        path,
        "a log",
        lambda file: _check(path, file),
        elsewhere="write the events elsewhere: -o FILE",
    )
    try:
        return _opened(path, file, terms, resume=resume, append=append)
    except BaseException:
        file.close()
        raise


def _opened(
    path: Path, file: BufferedRandom, terms: LogTerms, *, resume: bool, append: bool
) -> LogWriter:
    file.seek(0)
    first = file.readline(1 << 20)
    before = LogTerms.of(first)
    if before is None:
        if first.endswith(b"\n"):
            raise _damaged(path, "its first line does not say what it holds")
        return LogWriter(path, file, terms)  # a pull that was killed at once
    if not (resume or append):
        raise UsageError(
            f"{path} is there already, with events of {okta_time(before.since)} to "
            f"{okta_time(before.until)}.",
            remedy="Go on with it: --append adds what came since, --resume ends what was "
            "interrupted. Or name another file; Okta keeps no events for longer than 90 days.",
        )
    why = _difference(before, terms)
    if why is None and first != before.header:
        why = "another version of okta-auditor began it"
    if why:
        raise UsageError(
            f"{path} cannot be gone on with: {why}.",
            remedy="Go on with the same org and options, or write the events elsewhere: -o FILE.",
        )
    try:
        tail = read_tail(file, before)
    except DamagedLogError as error:
        raise _damaged(path, str(error)) from None
    if tail.complete and not append:
        raise UsageError(
            f"There is nothing to resume: {path} is complete up to {okta_time(before.until)}.",
            remedy="To add what came since, use --append.",
        )
    after = before.to(max(before.until, terms.until)) if append else before
    log = LogWriter(path, file, after, tail)
    log.earlier_end = before.until if tail.complete else None
    return log


def _difference(before: LogTerms, terms: LogTerms) -> str | None:
    if before.org_url != terms.org_url:
        return f"it is of another org, {before.org_url[:200]}"
    if terms.grants and not before.grants:
        return "it was pulled without --with-grants"
    if before.redaction != terms.redaction:
        if not before.redaction:
            return "people are not redacted in it"
        key = "with another key" if terms.redaction else "and no key was given (--redact)"
        return f"people are redacted in it, {key}"
    return None


def _check(path: Path, file: BufferedRandom) -> None:
    """Whether a file that is there is one of ours, or the beginning of one."""
    start = file.read(len(MARK))
    if start and not MARK.startswith(start):
        raise UsageError(
            f"{path} is there already, and is not a log that okta-auditor wrote.",
            remedy="Name another file: -o FILE.",
        )


def _damaged(path: Path, why: str) -> UsageError:
    return UsageError(
        f"{path} cannot be gone on with: {why}.", remedy="Write the events elsewhere: -o FILE."
    )
