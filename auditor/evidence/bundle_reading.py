"""Reading a bundle that may be hostile: nothing is unpacked, followed or read without bound."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from auditor.evidence.bundle_limits import CHUNK, MOST_BYTES, MOST_FILES, BundleError
from auditor.evidence.zip_reading import ZipBundle
from auditor.text import quoted


class Bundle(Protocol):
    """An open bundle."""

    def names(self) -> list[str]:
        """The files that may be read, by name."""
        ...

    def complaints(self) -> list[str]:
        """What it holds and must not hold, a clause each."""
        ...

    def stream_digest(self, name: str) -> str | None:
        """The SHA-256 of a file's compressed bytes, once all was read; None in a folder."""
        ...

    def pieces(self, name: str) -> Iterator[bytes]:
        """A file's content, piece by piece.

        Raises:
            BundleError: its compression is damaged.
            OSError: it cannot be read.
        """
        ...


@contextmanager
def opened(path: Path) -> Iterator[Bundle]:
    """Open a folder or a zip file.

    Raises:
        BundleError: it is neither, or cannot be read.
    """
    try:
        if path.is_dir():
            yield _FolderBundle(path)
            return
        with os.fdopen(_regular(path, follow=True), "rb") as file:
            yield ZipBundle(file)
    except FileNotFoundError:
        raise BundleError("there is no such folder or file") from None
    except ValueError:
        raise BundleError("its name cannot be one") from None
    except OSError as error:
        raise BundleError(f"it cannot be read: {error.strerror}") from None


def chunks(bundle: Bundle, name: str, most: int) -> Iterator[bytes]:
    """A file's content in pieces, and of a longer one a byte more than `most`.

    Raises:
        BundleError: its compression is damaged, or it cannot be read.
    """
    left = most + 1
    try:
        for piece in bundle.pieces(name):
            yield piece[:left]
            left -= len(piece)
            if left <= 0:
                return
    except OSError as error:
        raise BundleError(f"{name} cannot be read: {error.strerror}") from None


def read_all(bundle: Bundle, name: str, most: int = MOST_BYTES) -> bytes:
    """A whole file.

    Raises:
        BundleError: it is longer than `most`, damaged, or cannot be read.
    """
    data = b"".join(chunks(bundle, name, most))
    if len(data) > most:
        raise BundleError(f"{name} is far too long")
    return data


class _FolderBundle:
    """A bundle as a folder."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._names: list[str] = []
        self._complaints: list[str] = []
        entries: list[os.DirEntry[str]] = []
        with os.scandir(path) as found:
            for entry in found:
                entries.append(entry)
                if len(entries) > MOST_FILES:
                    raise BundleError(f"it holds more than {MOST_FILES} files; refused")
        for entry in sorted(entries, key=lambda entry: entry.name):
            self._check_entry(entry)

    def _check_entry(self, entry: os.DirEntry[str]) -> None:
        if entry.is_symlink():
            self._complaints.append(f"{quoted(entry.name)} is a symbolic link; it was not followed")
        elif entry.is_file(follow_symlinks=False):
            self._names.append(entry.name)
        elif entry.is_dir(follow_symlinks=False):
            self._complaints.append(f"the folder {quoted(entry.name)} was added; bundles have none")
        else:
            self._complaints.append(f"{quoted(entry.name)} is not a regular file")

    def names(self) -> list[str]:
        return self._names

    def complaints(self) -> list[str]:
        return self._complaints

    def stream_digest(self, name: str) -> str | None:
        del name
        return None

    def pieces(self, name: str) -> Iterator[bytes]:
        with os.fdopen(_regular(self._path / name, follow=False), "rb") as file:
            while piece := file.read(CHUNK):
                yield piece


def _regular(path: Path, *, follow: bool) -> int:
    """A handle of a regular file. Opening a pipe would wait for somebody to write into it.

    Raises:
        BundleError: it is something else.
        OSError: it cannot be opened.
    """
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    # A file could become a link between the look and this.
    handle = os.open(path, flags | (0 if follow else getattr(os, "O_NOFOLLOW", 0)))
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise BundleError("it is neither a folder nor a regular file")
    return handle
