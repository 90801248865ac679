"""For `audit --watch`: notices changes of files by looking again and again."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

POLL = 0.3
"""Seconds between two looks."""

QUIET = 0.2
"""Seconds without a change after which files are taken to be whole: editors write in steps."""

FileStates = dict[Path, tuple[int, int, int] | None]
"""Modification time, size and inode number of each file; None for one that does not exist."""


def file_states(paths: Iterable[Path]) -> FileStates:
    """The state of each file; a folder stands for the Python files in it."""
    return {file: _stamp(file) for path in paths for file in _files(path)}


def wait_for_change(
    paths: Iterable[Path], before: FileStates, sleep: Callable[[float], None] = time.sleep
) -> FileStates:
    """Wait until the files differ from a state, and then until they stay as they are.

    Args:
        paths: files and folders.
        before: their state when they were last read.
        sleep: waits a number of seconds.

    Returns:
        Their state now.
    """
    watched = list(paths)
    while (now := file_states(watched)) == before:
        sleep(POLL)
    while True:
        sleep(QUIET)
        if (later := file_states(watched)) == now:
            return now
        now = later


def _files(path: Path) -> Iterator[Path]:
    yield path
    if path.is_dir():
        yield from sorted(path.rglob("*.py"))


def _stamp(path: Path) -> tuple[int, int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    if os.path.isdir(path):  # noqa: PTH112 - what is in it is looked at; its own time says less
        return (0, 0, 0)
    return (status.st_mtime_ns, status.st_size, status.st_ino)
