"""Ctrl-C and SIGTERM while a tenant is read: one line, and nothing that was read is lost."""

from __future__ import annotations

import signal
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

INTERRUPTED = 130
"""What a shell calls the end by Ctrl-C."""

TERMINATED = 143
"""What a shell calls the end by SIGTERM."""


class Stopped(KeyboardInterrupt):
    """The command was told to end.

    Args:
        line: what to tell the user.
        code: the exit code.
    """

    def __init__(self, line: str, code: int) -> None:
        super().__init__(line)
        self.line = line
        self.code = code


class Signals:
    """What a command was told by signals."""

    terminated = False

    @property
    def code(self) -> int:
        """The exit code of a command that was told to end."""
        return TERMINATED if self.terminated else INTERRUPTED


@contextmanager
def termination() -> Iterator[Signals]:
    """Let SIGTERM end the block as Ctrl-C does, by a KeyboardInterrupt."""
    signals = Signals()
    ignored = signal.getsignal(signal.SIGTERM) is signal.SIG_IGN
    if ignored or threading.current_thread() is not threading.main_thread():
        yield signals
        return

    def end(_: int, frame: FrameType | None) -> None:
        signals.terminated = True
        # A request that was about to be sent is given up; that is nothing to tell the user.
        warnings.filterwarnings("ignore", "coroutine .* was never awaited", RuntimeWarning)
        interrupt = signal.getsignal(signal.SIGINT)
        if callable(interrupt):
            interrupt(signal.SIGINT, frame)  # asyncio has its own while it runs
        else:  # a shell makes what it starts in the background ignore SIGINT
            raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield signals
    finally:
        signal.signal(signal.SIGTERM, before)
