"""Reading a bundle that may be hostile: nothing is unpacked, followed or read without bound."""

from __future__ import annotations

import os
import stat
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Protocol

from auditor.text import quoted

MOST_FILES = 64
MOST_BYTES = 16 << 30
"""What a bundle may come to when unpacked; the largest tenants' are a tenth of it."""
MOST_EXPANSION = 400
"""How often larger than packed a file may be. JSON of records comes to 60 at most."""
_SMALL = 1 << 20
_CHUNK = 1 << 20


class BundleError(Exception):
    """Why a bundle cannot be read at all, in a sentence."""


class Bundle(Protocol):
    """An open bundle."""

    def names(self) -> list[str]:
        """The files that may be read, by name."""
        ...

    def complaints(self) -> list[str]:
        """What it holds and must not hold, a clause each."""
        ...

    def open(self, name: str) -> IO[bytes]:
        """A file's content."""
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
        with zipfile.ZipFile(path) as archive:
            yield _ZipBundle(archive, path.stat().st_size)
    except FileNotFoundError:
        raise BundleError("there is no such folder or file") from None
    except (zipfile.BadZipFile, NotImplementedError, UnicodeError):
        raise BundleError("it is neither a folder nor an intact zip file") from None
    except OSError as error:
        raise BundleError(f"it cannot be read: {error.strerror}") from None


def chunks(bundle: Bundle, name: str, most: int) -> Iterator[bytes]:
    """A file's content in pieces, and of a longer one a byte more than `most`.

    Raises:
        BundleError: its compression is damaged, or it cannot be read.
    """
    left = most + 1
    try:
        with bundle.open(name) as file:
            while left and (piece := file.read(min(left, _CHUNK))):
                left -= len(piece)
                yield piece
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        NotImplementedError,
        RuntimeError,
        ValueError,
    ):
        raise BundleError(f"{name} is damaged: it cannot be unpacked") from None
    except OSError as error:
        raise BundleError(f"{name} cannot be read: {error.strerror}") from None


class _FolderBundle:
    """A bundle as a folder."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._names: list[str] = []
        self._complaints: list[str] = []
        with os.scandir(path) as entries:
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

    def open(self, name: str) -> IO[bytes]:
        # A file could become a link between the look and this.
        handle = os.open(self._path / name, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
        return os.fdopen(handle, "rb")


class _ZipBundle:
    """A bundle as a zip file."""

    def __init__(self, archive: zipfile.ZipFile, size: int) -> None:
        self._archive = archive
        members = archive.infolist()
        self._infos: dict[str, zipfile.ZipInfo] = {}
        self._complaints: list[str] = []
        if len(members) > MOST_FILES:
            raise BundleError(f"it holds {len(members):,} files; refused")
        if sum(item.file_size for item in members) > MOST_BYTES:
            raise BundleError(
                f"a zip bomb: it unpacks to more than {MOST_BYTES >> 30} GiB; refused"
            )
        if sum(item.compress_size for item in members) > size:
            raise BundleError("a zip bomb: its files overlap; refused")
        for item in members:
            self._check_entry(item)

    def _check_entry(self, item: zipfile.ZipInfo) -> None:
        name = item.filename
        if complaint := _complaint(item):
            self._complaints.append(complaint)
        elif name in self._infos:
            self._complaints.append(f"{quoted(name)} is there twice")
        else:
            self._infos[name] = item

    def names(self) -> list[str]:
        return sorted(self._infos)

    def complaints(self) -> list[str]:
        return self._complaints

    def open(self, name: str) -> IO[bytes]:
        return self._archive.open(self._infos[name])


def _complaint(item: zipfile.ZipInfo) -> str:
    """Why a member of a zip file is not even looked into; empty if it may be."""
    shown = quoted(item.orig_filename)
    plain = item.orig_filename == item.filename
    if not plain or set(item.filename) & set("/\\:\0") or item.filename in {"", ".", ".."}:
        return f"{shown} is a path outside the bundle or in a folder; bundles have neither"
    mode = item.external_attr >> 16
    if stat.S_IFMT(mode) not in {0, stat.S_IFREG}:
        what = "a symbolic link" if stat.S_ISLNK(mode) else "not a regular file"
        return f"{shown} is {what}; it was not followed"
    if item.file_size > _SMALL and item.file_size > MOST_EXPANSION * max(item.compress_size, 1):
        return f"{shown} is a zip bomb: it says to unpack to {item.file_size:,} bytes; refused"
    return ""
