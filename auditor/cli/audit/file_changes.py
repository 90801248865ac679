"""`audit --watch`: look for changes of files by asking again and again."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

POLL = 0.3
"""Seconds between two looks."""

QUIET = 0.2
"""Seconds for which nothing may change before it is taken as whole: editors write in steps."""

State = dict[Path, tuple[int, int, int] | None]


def state_of(paths: Iterable[Path]) -> State:
    """Modification time, size and number of each file; a folder stands for its Python files."""
    return {file: _stamp(file) for path in paths for file in _files(path)}


def wait_for_change(
    paths: Iterable[Path], seen: State, sleep: Callable[[float], None] = time.sleep
) -> State:
    """Wait until the files differ from what was seen, and then until they stay as they are.

    Args:
        paths: files and folders.
        seen: their state when they were last read.
        sleep: waits a number of seconds.

    Returns:
        Their state now.
    """
    watched = list(paths)
    while (now := state_of(watched)) == seen:
        sleep(POLL)
    while True:
        sleep(QUIET)
        if (later := state_of(watched)) == now:
            return now
        now = later


def _files(path: Path) -> Iterator[Path]:
    yield path
    if path.is_dir():
        yield from sorted(path.rglob("*.py"))


def _stamp(path: Path) -> tuple[int, int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    if os.path.isdir(path):  # noqa: PTH112 - what is in it is looked at; its own time says less
        return (0, 0, 0)
    return (found.st_mtime_ns, found.st_size, found.st_ino)
