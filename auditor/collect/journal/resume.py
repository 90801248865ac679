"""Resuming: reads a journal that an earlier run has left."""

from __future__ import annotations

from datetime import datetime
from io import BufferedRandom
from pathlib import Path
from typing import Any

from auditor.collect.journal.earlier_runs import EarlierRuns
from auditor.collect.journal.lines import FORMAT, checked
from auditor.collect.journal.terms import difference
from auditor.errors import UsageError

_LONGEST_LINE = 1 << 28


def read_header(file: BufferedRandom) -> dict[str, Any] | None:
    """What the first line of a journal says; None if it is not whole."""
    file.seek(0)
    line = file.readline(_LONGEST_LINE)
    entry = checked(line.removeprefix(FORMAT + b" ")) if line.startswith(FORMAT) else None
    try:
        datetime.fromisoformat((entry or {})["started_at"])
    except (KeyError, TypeError, ValueError):
        return None
    return entry


def read_earlier_runs(
    path: Path, file: BufferedRandom, terms: dict[str, Any]
) -> tuple[datetime, EarlierRuns]:
    """Read a journal up to the first line that is not whole, and cut the rest off.

    Args:
        path: where it is, for messages.
        file: open for reading and writing.
        terms: of this run.

    Returns:
        When the first of the earlier runs began, and what they have read.

    Raises:
        UsageError: it is of another org, version or call.
    """
    header = read_header(file)
    if header is None:
        raise UsageError(
            f"There is nothing to resume: {path} holds nothing that was read.",
            remedy="Run the command without --resume.",
        )
    if other := difference(header, terms):
        raise UsageError(
            f"{path} cannot be resumed: it is of {other}.",
            remedy="Resume with the same org, options and version, or run the command "
            "without --resume to begin anew.",
        )
    runs = EarlierRuns(terms["org_url"])
    offset = file.tell()
    while (entry := checked(line := file.readline(_LONGEST_LINE))) is not None:
        if not runs.learn(entry, offset, len(line)):
            break
        offset += len(line)
    file.truncate(offset)
    return datetime.fromisoformat(header["started_at"]), runs
