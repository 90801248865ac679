"""Errors that end a command: what happened, what to do about it, and the exit code.

Everything a user can meet is an `AuditorError`. The command line prints its message
and its remedy and exits with its code; it never prints a traceback for one.
"""

from __future__ import annotations

from enum import IntEnum
from pathlib import Path


class ExitCode(IntEnum):
    """The exit codes of every command. Part of the contract: they do not change."""

    CLEAN = 0
    FINDINGS = 1
    USAGE = 2
    INCOMPLETE = 3


class AuditorError(Exception):
    """Something the user can act on.

    Args:
        message: what happened, and where. One or two sentences.
        remedy: what to do next; an empty string only if the message says it.
    """

    exit_code = ExitCode.INCOMPLETE

    def __init__(self, message: str, *, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy


class UsageError(AuditorError):
    """The call or its configuration cannot work as it stands, whatever Okta says."""

    exit_code = ExitCode.USAGE


class SnapshotError(UsageError):
    """A snapshot file cannot be read as one."""


class OutputError(UsageError):
    """A file that was asked for cannot be written."""


class DiskFullError(OutputError):
    """There is no room for a file.

    Args:
        path: the file.
        message: what happened.
        remedy: what to do next.
    """

    def __init__(self, path: Path, message: str, *, remedy: str = "") -> None:
        super().__init__(message, remedy=remedy or "Free space there, and run the command again.")
        self.path = path


class PluginError(UsageError):
    """A rule pack or report pack cannot be loaded."""


class CollectError(AuditorError):
    """Okta could not be reached, refused the credentials, or made no sense."""
