"""Files that a run writes as it reads, and that another run may go on with.

They are for their owner only, are nobody else's, and one run at a time has them.
"""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Callable
from io import BufferedRandom
from pathlib import Path

from auditor.errors import OutputError, UsageError
from auditor.files import PRIVATE

if sys.platform != "win32":
    import fcntl

_FLAGS = os.O_RDWR | os.O_CREAT
for _name in ("O_NOFOLLOW", "O_CLOEXEC", "O_BINARY"):  # not every system has each
    _FLAGS |= getattr(os, _name, 0)


def open_for_owner(
    path: Path,
    kind: str,
    check: Callable[[BufferedRandom], None],
    *,
    elsewhere: str = "write the snapshot elsewhere: -o FILE",
) -> BufferedRandom:
    """A file, made if it is not there, open for its owner only, and locked until it is closed.

    Args:
        path: where.
        kind: the kind of the file, with its article.
        check: raises an error if the file, open at its beginning, is no such file.
        elsewhere: what else to do where another run writes it.

    Raises:
        UsageError: it is a link, no file, another user's, or another run is at it.
        OutputError: it cannot be opened.
    """
    while True:
        try:
            descriptor = os.open(path, _FLAGS, PRIVATE)
        except OSError as error:
            if path.is_symlink():
                raise UsageError(
                    f"{path} is a symbolic link, and {kind} is not written through one.",
                    remedy="Remove it.",
                ) from None
            raise OutputError(
                f"{path} cannot be opened: {error.strerror}.", remedy="Move it away."
            ) from error
        file = os.fdopen(descriptor, "r+b")
        try:
            _check_owner(path, file, check)
            _lock(path, descriptor, elsewhere)
            # The run that held the lock may have removed the file since it was opened.
            if path.exists() and path.stat().st_ino == os.fstat(descriptor).st_ino:
                if sys.platform != "win32":
                    os.fchmod(descriptor, PRIVATE)  # whatever mode it was left with
                return file
        except BaseException:
            file.close()
            raise
        file.close()


def _check_owner(path: Path, file: BufferedRandom, check: Callable[[BufferedRandom], None]) -> None:
    """Whether the file is ours and nobody else's."""
    status = os.fstat(file.fileno())
    if not stat.S_ISREG(status.st_mode):
        raise UsageError(f"{path} is not a file.", remedy="Move it away.")
    check(file)
    if why := _not_ours(status):
        raise UsageError(f"{path} {why}, so it is not trusted.", remedy="Remove it.")


def _not_ours(status: os.stat_result) -> str | None:
    """Why somebody else may read or write what a file holds, whatever its mode becomes."""
    if sys.platform == "win32":
        return None
    if status.st_uid != os.geteuid():
        return "belongs to another user"
    if status.st_nlink > 1:
        return "has another name as well (a hard link)"
    if status.st_size and status.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        return "can be written by others than its owner"
    return None


def _lock(path: Path, descriptor: int, elsewhere: str) -> None:
    if sys.platform == "win32":
        return
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        raise UsageError(
            f"Another okta-auditor is writing {path}.",
            remedy=f"Wait until it has ended, or {elsewhere}.",
        ) from None
