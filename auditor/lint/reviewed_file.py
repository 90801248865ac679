"""Reading files that people review and git merges: nothing but a sound file passes."""

from __future__ import annotations

import re
from pathlib import Path

from auditor.errors import UsageError
from auditor.input_files import LARGEST_REVIEWED, InputProblem, read_bytes
from auditor.text import did_you_mean as hint

_NO_FILE = "Name another file, or check its permission; one that is too large needs pruning."
_CONFLICT = re.compile(r"^(?:<{7}|>{7}|\|{7})(?:[ \t].*)?$", re.MULTILINE)


def read_reviewed(
    path: Path, *, missing: str, damaged: str, largest: int = LARGEST_REVIEWED
) -> str:
    """The text of a file, without a byte order mark.

    Args:
        path: the file.
        missing: what to do if there is none.
        damaged: what to do if it cannot be used.
        largest: how many bytes it may have.

    Raises:
        UsageError: it is missing, no regular file, too large, not UTF-8, or holds the
            markers of a merge conflict.
    """
    data = _read(path, missing, largest)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise UsageError(f"{path}:{line}: the file is not UTF-8 text.", remedy=damaged) from None
    if marker := _CONFLICT.search(text.replace("\r\n", "\n")):
        line = text.replace("\r\n", "\n").count("\n", 0, marker.start()) + 1
        raise UsageError(
            f"{path}:{line}: a merge conflict is not resolved here.",
            remedy="Keep the lines that hold on either side, remove the markers, and commit.",
        )
    return text


def unusable(
    path: Path, line: int, what: str, remedy: str, *, did_you_mean: str | None = None
) -> UsageError:
    """The error for something on one line of a file.

    Args:
        path: the file.
        line: from 1.
        what: is wrong, as a clause without a full stop.
        remedy: what to do, in a sentence.
        did_you_mean: the word that was probably meant; None if none is close.
    """
    end = hint(did_you_mean) if did_you_mean else "."
    return UsageError(f"{path}:{line}: {what}{end}", remedy=remedy)


def _read(path: Path, missing: str, largest: int) -> bytes:
    if path.is_symlink():
        raise UsageError(
            f"{path} is a symbolic link; what it points to could change without a review.",
            remedy="Name the file itself.",
        )
    try:
        return read_bytes(path, largest, follow=False)
    except InputProblem as problem:
        if problem.missing:
            raise UsageError(f"There is no file {path}.", remedy=missing) from None
        raise UsageError(f"{path} {problem.clause}.", remedy=_NO_FILE) from None
