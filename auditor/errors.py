"""Errors that end a command: what happened, what to do about it, and the exit code.

Everything a user can meet is an `AuditorError`. The command line prints its message
and its remedy and exits with its code; it never prints a traceback for one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from enum import IntEnum
from pathlib import Path
from typing import TypeVar

_Item = TypeVar("_Item")
_Made = TypeVar("_Made")


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
        others: what else is wrong with the same file, a message each.
    """

    exit_code = ExitCode.INCOMPLETE

    def __init__(self, message: str, *, remedy: str = "", others: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy
        self.others = tuple(others)


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


def made_of_each(items: Iterable[_Item], make: Callable[[_Item], _Made]) -> list[_Made]:
    """What is made of each item, if nothing is wrong with any of them.

    Args:
        items: parts of a file.
        make: makes something of one, or raises `UsageError`.

    Raises:
        UsageError: what is wrong with the first, with what is wrong with the others.
    """
    made: list[_Made] = []
    failed: list[UsageError] = []
    for item in items:
        try:
            made.append(make(item))
        except UsageError as error:
            failed.append(error)
    if failed:
        raise together(failed)
    return made


def together(errors: Sequence[UsageError]) -> UsageError:
    """One error for several about one file, of which there is one at least."""
    first, *rest = errors
    others = [*first.others]
    for error in rest:
        own = f" {error.remedy}" if error.remedy and error.remedy != first.remedy else ""
        others += [f"{error.message}{own}", *error.others]
    return UsageError(first.message, remedy=first.remedy, others=others)
