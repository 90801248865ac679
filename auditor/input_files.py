"""Reading files that somebody names or that lie in a checkout: at once, bounded, regular ones only.

A pipe could keep a run waiting for ever, a device has no end, and a folder is no file. What is
refused is refused before the first byte is read.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

from auditor.errors import UsageError

LARGEST_CONFIG = 1_000_000
LARGEST_REVIEWED = 50_000_000
"""Suppressions and baselines: 200,000 accepted findings."""
LARGEST_YAML = 2_000_000
"""Expectations and frameworks, which people write by hand."""
LARGEST_TENANT_FILE = 100_000_000
LARGEST_SECRET = 100_000
"""Files that hold a token or a private key."""
LARGEST_RESULTS = 1_000_000_000
LARGEST_SNAPSHOT = 1_000_000_000
"""Bytes, as stored and as decompressed. A hundred times the benchmark's large tenant."""

_LONGEST_NAME, _LONGEST_PATH = 255, 4095
_MB = 1_000_000
_PIECE = 1 << 20
"""Bytes that are read at once, where a file is read in pieces."""

_KINDS: tuple[tuple[Callable[[int], bool], str], ...] = (
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)
_FLAGS = (
    os.O_RDONLY
    | getattr(os, "O_NONBLOCK", 0)  # opening a pipe would wait for its writer
    | getattr(os, "O_NOCTTY", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_BINARY", 0)
)


class InputProblem(Exception):  # noqa: N818 - its callers make the error of it
    """Why a file cannot be read: a clause that follows its name, such as `is a pipe`."""

    def __init__(self, clause: str, *, missing: bool = False) -> None:
        super().__init__(clause)
        self.clause = clause
        self.missing = missing
        """Whether there is no such file."""


def name_problem(path: Path) -> str:
    """Why a path cannot be that of a file, as a clause; empty if it can."""
    if "\0" in str(path):
        return "cannot be the name of a file: it holds a character that none has"
    # As bytes: a path of the command line may hold what is no text.
    if any(len(os.fsencode(part)) > _LONGEST_NAME for part in path.parts):
        return f"cannot be the name of a file: a part is longer than {_LONGEST_NAME} bytes"
    if len(os.fsencode(path)) > _LONGEST_PATH:
        return f"cannot be the name of a file: it is longer than {_LONGEST_PATH:,} bytes"
    return ""


def read_bytes(path: Path, largest: int, *, follow: bool = True) -> bytes:
    """The content of a regular file, never waiting and never more than a bound.

    Args:
        path: the file.
        largest: how many bytes it may have.
        follow: whether the file's own name may be a symbolic link.

    Raises:
        InputProblem: it is missing, unreadable, no regular file, or larger.
    """
    # At once, so that it is never in memory twice.
    return b"".join(read_pieces(path, largest, largest + 1, follow=follow))


def read_pieces(
    path: Path, largest: int, size: int = _PIECE, *, follow: bool = True
) -> Iterator[bytes]:
    """The content of a regular file in pieces; as `read_bytes`.

    Args:
        path: the file.
        largest: how many bytes it may have.
        size: the largest piece, in bytes.
        follow: whether the file's own name may be a symbolic link.

    Raises:
        InputProblem: it is missing, unreadable, no regular file, or larger.
    """
    descriptor = _opened(path, follow=follow)
    try:
        yield from _content(descriptor, largest, size)
    except OSError as error:
        raise InputProblem(f"cannot be read: {error.strerror}") from None
    finally:
        os.close(descriptor)


def read_head(path: Path, size: int) -> bytes:
    """The first bytes of a regular file.

    Args:
        path: the file.
        size: how many.

    Raises:
        InputProblem: it is missing, unreadable, or no regular file.
    """
    descriptor = _opened(path, follow=True)
    try:
        _check_regular(os.fstat(descriptor).st_mode)
        return os.read(descriptor, size)
    except OSError as error:
        raise InputProblem(f"cannot be read: {error.strerror}") from None
    finally:
        os.close(descriptor)


def read_tail(path: Path, size: int) -> bytes:
    """The last bytes of a regular file; as `read_head`."""
    descriptor = _opened(path, follow=True)
    try:
        status = os.fstat(descriptor)
        _check_regular(status.st_mode)
        os.lseek(descriptor, max(0, status.st_size - size), os.SEEK_SET)
        return os.read(descriptor, size)
    except OSError as error:
        raise InputProblem(f"cannot be read: {error.strerror}") from None
    finally:
        os.close(descriptor)


def read_input(
    path: Path, largest: int, *, remedy: str = "", error: type[UsageError] = UsageError
) -> bytes:
    """As `read_bytes`; the problem becomes an error that names the file.

    Args:
        path: the file.
        largest: how many bytes it may have.
        remedy: what to do if there is no such file.
        error: the class of the error.

    Raises:
        UsageError: the file cannot be read.
    """
    return b"".join(read_input_pieces(path, largest, largest + 1, remedy=remedy, error=error))


def read_input_pieces(
    path: Path,
    largest: int,
    size: int = _PIECE,
    *,
    remedy: str = "",
    error: type[UsageError] = UsageError,
) -> Iterator[bytes]:
    """As `read_input`, in pieces of at most so many bytes."""
    try:
        yield from read_pieces(path, largest, size)
    except InputProblem as problem:
        if problem.missing:
            raise error(f"There is no file {path}.", remedy=remedy) from None
        raise error(f"{path} {problem.clause}.", remedy="Name another file.") from None


def _opened(path: Path, *, follow: bool) -> int:
    try:
        return os.open(path, _FLAGS | (0 if follow else getattr(os, "O_NOFOLLOW", 0)))
    except (FileNotFoundError, NotADirectoryError) as error:
        raise InputProblem(f"cannot be read: {error.strerror}", missing=True) from None
    except OSError as error:
        if error.errno == errno.ELOOP and not follow:
            raise InputProblem("is a symbolic link") from None
        if error.errno == errno.ENXIO:  # what opening a socket says
            raise InputProblem("is a socket or a device, not a file") from None
        raise InputProblem(f"cannot be read: {error.strerror}") from None
    except ValueError:
        raise InputProblem("cannot be the name of a file") from None


def _content(descriptor: int, largest: int, most: int) -> Iterator[bytes]:
    status = os.fstat(descriptor)
    _check_regular(status.st_mode)
    if status.st_size > largest:
        raise InputProblem(_too_large(largest))
    most = min(most, status.st_size + 1)
    size = 0
    while piece := os.read(descriptor, min(largest + 1 - size, most)):
        if not status.st_size:  # as of everything below /proc; the system makes it up
            raise InputProblem("is no file on a disk")
        size += len(piece)
        if size > largest:
            raise InputProblem(_too_large(largest))
        yield piece


def _check_regular(mode: int) -> None:
    for is_kind, noun in _KINDS:
        if is_kind(mode):
            raise InputProblem(f"is {noun}, not a file")


def _too_large(largest: int) -> str:
    number, unit = (largest // _MB, "MB") if largest >= _MB else (largest // 1000, "kB")
    return f"is larger than {number:,} {unit}"
