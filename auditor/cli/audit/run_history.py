"""What an audit's options say about files: how reports name them, and the history."""

from __future__ import annotations

from pathlib import Path

import click

from auditor.errors import UsageError
from auditor.lint.result import AuditResult
from auditor.text import printable


def shown_path(path: Path, root: Path | None) -> str:
    """The path as reports show it: relative where it can be, as code scanning wants it.

    Args:
        path: a file.
        root: the folder that it must be in; None for the working folder, where it may not be.

    Raises:
        UsageError: the root is no folder, or the file is outside it.
    """
    if root is not None and not root.is_dir():
        raise UsageError(
            f"{root} is not a folder.", remedy="Name the repository's root for --source-root."
        )
    try:
        return path.resolve().relative_to((root or Path.cwd()).resolve()).as_posix()
    except ValueError:
        if root is None:
            return path.as_posix()
        raise UsageError(
            f"{path} is outside the source root {root}, so that no report could point into it.",
            remedy="Keep the snapshot in the repository, or name another --source-root.",
        ) from None


def prepare_history(folder: Path | None) -> None:
    """Check that a record could be kept, before anything is read.

    Raises:
        UsageError: it could not.
    """
    if folder is not None:
        from auditor.history import check_history  # noqa: PLC0415 - only where it is kept

        check_history(folder)


def kept(result: AuditResult, folder: Path | None) -> AuditResult:
    """The result with its history, which has this run's record from now on.

    Raises:
        OutputError: the record could not be written.
    """
    if folder is None:
        return result
    from auditor.history import remember  # noqa: PLC0415 - only where it is kept

    remembered = remember(result, folder)
    for notice in remembered.notices[len(result.notices) :]:
        told = f"warning: {notice.where}: {notice.message} {notice.remedy}"
        click.echo(printable(told), err=True)
    return remembered
