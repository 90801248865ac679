"""Ctrl-C and SIGTERM while a tenant is read: one line, and nothing that was read is lost."""

from __future__ import annotations

import atexit
import gc
import signal
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

INTERRUPTED = 130
"""The exit code of a shell for an end by Ctrl-C."""

TERMINATED = 143
"""The exit code of a shell for an end by SIGTERM."""


# Python looks for garbage once more when it ends, among all that was read: seconds for a large
# tenant, while whoever sent the signal waits.
atexit.register(gc.freeze)


class Stopped(KeyboardInterrupt):
    """A signal ended the command.

    Args:
        line: what to print.
        code: the exit code.
    """

    def __init__(self, line: str, code: int) -> None:
        super().__init__(line)
        self.line = line
        self.code = code


class Signals:
    """The signals that a command has received."""

    terminated = False

    @property
    def code(self) -> int:
        """The exit code of a command that a signal ends."""
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
        else:
            raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, end)
    try:
        with _python_s_own_interrupt():
            yield signals
    finally:
        signal.signal(signal.SIGTERM, before)


@contextmanager
def _python_s_own_interrupt() -> Iterator[None]:
    """Have Python's handler of SIGINT in place even where the signal is ignored.

    A shell has what it starts in the background ignore SIGINT. asyncio takes an interrupt as
    the end of its main task only if it finds Python's handler; otherwise a KeyboardInterrupt
    strikes wherever the program happens to be, and tasks can be left that never end. The signal
    itself stays without effect: it is blocked meanwhile.
    """
    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN or not hasattr(signal, "SIG_BLOCK"):
        yield
        return
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # which also drops one that is pending
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
