"""Writing files so that a reader never sees half of one, and never through a link."""

from __future__ import annotations

import errno
import os
import re
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
        OutputError: the path is a folder, a link or behind one, or its folder is missing or not
            writable.
    """
    if _stream(path) is not None:
        return
    try:
        refuse_links(path)
        if path.is_dir():
            raise OutputError(f"{path} is a folder.", remedy="Name a file.")
        folder = path.parent
        if not folder.is_dir():
            raise OutputError(f"The folder {folder} does not exist.", remedy="Create it first.")
        if path.exists() and not path.is_file():
            return  # a pipe or a device; opening one may have effects of its own
        # Asking for the permission says nothing of read-only file systems.
        with scratch_file(folder):
            pass
    except (OSError, ValueError) as error:
        raise OutputError(
            f"{path} cannot be written: {_reason(error)} in {path.parent}.",
            remedy="Name a file elsewhere, or change the permission.",
        ) from error


def refuse_links(path: Path) -> None:
    """Refuse a path that a symbolic link, such as a branch may bring along, leads elsewhere.

    The file itself must be none. Below the root of the repository, or the working folder where
    there is no repository, neither may a folder on the way; what is above belongs to the machine.

    Raises:
        OutputError: there is such a link, or the path is in a repository's own folder.
    """
    remedy = "Name the file that is to be written itself."
    if path.is_symlink():
        raise OutputError(
            f"{path} is a symbolic link; no file is written through one.", remedy=remedy
        )
    root = _root()
    named = Path(os.path.abspath(path.parent))  # noqa: PTH100 - as written, links not followed
    folder = path.parent.resolve()
    if named.is_relative_to(root) and folder != named:
        raise OutputError(
            f"{path} is behind a symbolic link; no file is written through one.", remedy=remedy
        )
    if ".git" in (*folder.parts, path.name):
        raise OutputError(f"{path} is git's own.", remedy="Name a file elsewhere.")


def write_file(path: Path, data: bytes | Iterable[bytes], mode: int = PUBLIC) -> None:
    """Write a file whole or not at all.

    Args:
        path: where to; a pipe, a device or a standard stream is written in place.
        data: the content, at once or in pieces.
        mode: permission bits of a new or replaced file.

    Raises:
        OutputError: the file system refused, or a symbolic link is in the way.
    """
    pieces = (data,) if isinstance(data, bytes) else data
    try:
        if (descriptor := _special(path)) is not None:
            with os.fdopen(descriptor, "wb") as file:
                file.writelines(pieces)
            return
        refuse_links(path)
        _replace(path, pieces, mode)
    except ValueError:
        raise OutputError(f"{path} cannot be the name of a file.", remedy="Name another.") from None
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


def append_to_file(path: Path, data: bytes) -> None:
    """Add to the end of a file that exists.

    Raises:
        OutputError: the file system refused.
    """
    flags = os.O_WRONLY | os.O_APPEND | getattr(os, "O_NOFOLLOW", 0)
    try:
        with os.fdopen(os.open(path, flags), "ab") as file:
            file.write(data)
    except OSError as error:
        raise unwritten(path, error) from error


def is_stream(path: Path) -> bool:
    """Whether a path is no file to be replaced: a standard stream, a pipe, a device."""
    if _stream(path) is not None:
        return True
    try:
        mode = path.lstat().st_mode
    except (OSError, ValueError):
        return False
    return stat.S_ISFIFO(mode) or stat.S_ISCHR(mode)


_STREAM = re.compile(r"/dev/(?:(stdout)|(stderr)|fd/([0-9]{1,4}))|/proc/self/fd/([0-9]{1,4})")


def _stream(path: Path) -> int | None:
    """The descriptor that a path such as /dev/stdout stands for."""
    match = _STREAM.fullmatch(str(path))
    if match is None or os.name != "posix":
        return None
    if match[1] or match[2]:
        return 1 if match[1] else 2
    return int(match[3] or match[4])


def _special(path: Path) -> int | None:
    """A descriptor to write to, where the path is no file to be replaced."""
    if (number := _stream(path)) is not None:
        return os.dup(number)
    try:
        mode = path.lstat().st_mode
    except FileNotFoundError:
        return None
    if not (stat.S_ISFIFO(mode) or stat.S_ISCHR(mode)):
        return None
    # A pipe that nobody reads is an error now, instead of waiting for a reader.
    descriptor = os.open(path, os.O_WRONLY | getattr(os, "O_NONBLOCK", 0))
    os.set_blocking(descriptor, True)
    return descriptor


def _reason(error: OSError | ValueError) -> str:
    strerror = error.strerror if isinstance(error, OSError) else None
    return strerror or "this cannot be the name of a file"


def _root() -> Path:
    """The repository that the working folder is in; the working folder if it is in none."""
    folder = Path.cwd()
    places = (folder, *folder.parents)
    return next((place for place in places if os.path.lexists(place / ".git")), folder)


def _replace(path: Path, pieces: Iterable[bytes], mode: int) -> None:
    with scratch_file(path.parent) as (scratch, file):
        file.writelines(pieces)
        file.flush()
        os.fsync(file.fileno())
        if sys.platform == "win32":
            file.close()  # or it could not be renamed; elsewhere it stays locked until it is
        scratch.chmod(mode if mode == PRIVATE else mode & ~_umask())
        scratch.replace(path)


def _umask() -> int:
    current = os.umask(0)
    os.umask(current)
    return stat.S_IMODE(current)
