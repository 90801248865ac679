"""The real command line in a process of its own: on a terminal of some width, and without one."""

from __future__ import annotations

import os
import re
import struct
import subprocess
import sys

COMMAND = (sys.executable, "-m", "auditor")
# What a user's own shell may say, and what a test means to say itself.
_UNSAID = ("CI", "COLUMNS", "LINES", "NO_COLOR", "FORCE_COLOR", "TERM")
_STYLE = re.compile(r"\x1b\[[0-9;]*m")


def on_terminal(*arguments: object, columns: int = 80, **variables: str) -> str:
    """All that a command shows on a terminal, its colours too.

    Args:
        arguments: its words.
        columns: how wide the terminal is.
        variables: further variables of the environment.
    """
    import fcntl  # noqa: PLC0415 - not on Windows, where tests of terminals are skipped
    import termios  # noqa: PLC0415 - the same

    environment = _environment(**{"TERM": "xterm", **variables})
    ours, theirs = os.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    with subprocess.Popen(
        [*COMMAND, *map(str, arguments)],
        stdout=theirs, stderr=theirs, stdin=theirs, env=environment,
    ) as process:  # fmt: skip
        os.close(theirs)
        shown = b""
        while True:
            try:
                part = os.read(ours, 65_536)
            except OSError:  # Linux says so when the other side has closed
                break
            if not part:
                break
            shown += part
        process.wait(timeout=60)
    os.close(ours)
    return shown.decode().replace("\r\n", "\n")


def without_terminal(*arguments: object, **variables: str) -> subprocess.CompletedProcess[str]:
    """A command whose output goes into pipes."""
    return subprocess.run(
        [*COMMAND, *map(str, arguments)],
        capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL,
        env=_environment(**variables), encoding="utf-8",
    )  # fmt: skip


def unstyled(text: str) -> str:
    """The text without its colours."""
    return _STYLE.sub("", text)


def widest(text: str) -> int:
    """The length of the longest line, in characters."""
    return max(map(len, unstyled(text).splitlines()), default=0)


def _environment(**variables: str) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if key not in _UNSAID}
    return {**kept, **variables}
