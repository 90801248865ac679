"""Scratch files and folders, in which is written what then takes its place in one step.

A killed process leaves its own behind. So they have names of their own and are locked while
they are in use, and whoever makes one next in the same folder removes those that nobody uses.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

if sys.platform != "win32":
    import fcntl

_NAME = re.compile(r"\.okta-auditor-[0-9a-f]{16}\.tmp")
_PRIVATE_FOLDER = 0o700
_PRIVATE_FILE = 0o600
_CREATE = os.O_RDWR | os.O_CREAT | os.O_EXCL
_OPEN = os.O_RDONLY
for _flag in ("O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC", "O_BINARY"):  # not every system has each
    _CREATE |= getattr(os, _flag, 0)
    _OPEN |= getattr(os, _flag, 0)


@contextmanager
def scratch_file(folder: Path) -> Iterator[tuple[Path, BinaryIO]]:
    """A new file for its owner only, open for writing; removed at the end if it is still there.

    Raises:
        OSError: the file system refused.
    """
    remove_unused(folder)
    while True:
        path = folder / _new_name()
        with os.fdopen(os.open(path, _CREATE, _PRIVATE_FILE), "wb") as file:
            _wait_for_lock(file.fileno())
            if not _stands_at(path, file.fileno()):
                continue  # it was taken for one that nobody uses
            try:
                yield path, file
                return
            finally:
                file.close()
                path.unlink(missing_ok=True)


@contextmanager
def scratch_folder(folder: Path) -> Iterator[Path]:
    """A new folder for its owner only; removed at the end if it is still there.

    Raises:
        OSError: the file system refused.
    """
    remove_unused(folder)
    while True:
        path = folder / _new_name()
        path.mkdir(_PRIVATE_FOLDER)
        with _locked_folder(path) as stands:
            if not stands:
                continue
            try:
                yield path
                return
            finally:
                if path.exists():
                    shutil.rmtree(path, ignore_errors=True)


def remove_unused(folder: Path) -> None:
    """Remove the scratch files and folders that killed processes of ours have left in a folder."""
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if _NAME.fullmatch(entry.name):
                with suppress(OSError):
                    _remove_if_unused(Path(entry.path))


def _new_name() -> str:
    return f".okta-auditor-{secrets.token_hex(8)}.tmp"


def _remove_if_unused(path: Path) -> None:
    if sys.platform == "win32":
        path.unlink()  # refused while a process has it open
        return
    descriptor = os.open(path, _OPEN)
    try:
        status = os.fstat(descriptor)
        if status.st_uid != os.geteuid():
            return
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if not _stands_at(path, descriptor):
            return
        if stat.S_ISREG(status.st_mode):
            path.unlink()
        elif stat.S_ISDIR(status.st_mode):
            shutil.rmtree(path)
    finally:
        os.close(descriptor)


@contextmanager
def _locked_folder(path: Path) -> Iterator[bool]:
    """Lock a folder; whether it is still there."""
    if sys.platform == "win32":
        yield True
        return
    try:
        descriptor = os.open(path, _OPEN)
    except FileNotFoundError:
        yield False
        return
    try:
        _wait_for_lock(descriptor)
        yield _stands_at(path, descriptor)
    finally:
        os.close(descriptor)


def _wait_for_lock(descriptor: int) -> None:
    """Lock what is in use. Whoever looks whether it is has the lock for a moment only."""
    if sys.platform != "win32":
        with suppress(OSError):  # a file system without locks; then nobody else gets one either
            fcntl.flock(descriptor, fcntl.LOCK_EX)


def _stands_at(path: Path, descriptor: int) -> bool:
    if sys.platform == "win32":
        return True
    try:
        return os.path.samestat(path.lstat(), os.fstat(descriptor))
    except FileNotFoundError:
        return False
