"""Writing files so that a reader never sees half of one."""

from __future__ import annotations

import errno
import os
import shutil
import stat
import sys
from collections.abc import Iterable
from pathlib import Path

from auditor.errors import DiskFullError, OutputError
from auditor.scratch_files import scratch_file

PRIVATE = 0o600
_NO_SPACE = {errno.ENOSPC, errno.EDQUOT}
PUBLIC = 0o666
"""Masked by the process's umask, as for any file a program creates."""


def make_folder(folder: Path, *, remedy: str = "") -> None:
    """Make a folder and those above it, where they do not exist.

    Raises:
        OutputError: the file system refused.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(
            f"The folder {folder} cannot be made: {error.strerror}.", remedy=remedy
        ) from error


def check_writable(path: Path) -> None:
    """Fail now rather than after minutes of reading, if the path cannot be written.

    Raises:
        OutputError: the path is a folder, or its folder is missing or not writable.
    """
    if path.is_dir():
        raise OutputError(f"{path} is a folder.", remedy="Name a file.")
    folder = path.parent
    if not folder.is_dir():
        raise OutputError(f"The folder {folder} does not exist.", remedy="Create it first.")
    if path.exists() and not path.is_file():
        return  # a pipe or a device; opening one may have effects of its own
    try:
        # Asking for the permission says nothing of read-only file systems.
        with scratch_file(folder):
            pass
    except OSError as error:
        raise OutputError(
            f"{path} cannot be written: {error.strerror} in {folder}.",
            remedy="Name a file elsewhere, or change the permission.",
        ) from error


def write_file(path: Path, data: bytes | Iterable[bytes], mode: int = PUBLIC) -> None:
    """Write a file whole or not at all.

    Args:
        path: where to; anything that is not a regular file (a pipe) is written in place.
        data: the content, at once or in pieces.
        mode: permission bits of a new or replaced file.

    Raises:
        OutputError: the file system refused.
    """
    pieces = (data,) if isinstance(data, bytes) else data
    try:
        if path.exists() and not path.is_file():
            with path.open("wb") as file:
                file.writelines(pieces)
        else:
            _replace(path, pieces, mode)
    except OSError as error:
        raise unwritten(path, error) from error


def unwritten(path: Path, error: OSError) -> OutputError:
    """The error of a file that could not be written, or not to its end."""
    if error.errno not in _NO_SPACE:
        return OutputError(
            f"{path} could not be written: {error.strerror}.",
            remedy="Check the folder's permission and the free space.",
        )
    try:
        free = f", {shutil.disk_usage(path.parent).free:,} bytes are free"
    except OSError:
        free = ""
    return DiskFullError(path, f"{path} could not be written: its disk is full{free}.")


def _replace(path: Path, pieces: Iterable[bytes], mode: int) -> None:
    target = path.resolve()  # a symbolic link stays one; what it points to is replaced
    with scratch_file(target.parent) as (scratch, file):
        file.writelines(pieces)
        file.flush()
        os.fsync(file.fileno())
        if sys.platform == "win32":
            file.close()  # or it could not be renamed; elsewhere it stays locked until it is
        scratch.chmod(mode if mode == PRIVATE else mode & ~_umask())
        scratch.replace(target)


def _umask() -> int:
    current = os.umask(0)
    os.umask(current)
    return stat.S_IMODE(current)
