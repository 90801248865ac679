"""How reports name the snapshot that they point into."""

from __future__ import annotations

from pathlib import Path

from auditor.errors import UsageError


def source_path(path: Path, root: Path | None) -> str:
    """The path as reports show it: relative where it can be, as code scanning expects it.

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


def shown_path(path: Path) -> str:
    """A path without links, relative to the working folder if it is in that."""
    try:
        return path.relative_to(Path.cwd().resolve()).as_posix()
    except ValueError:
        return path.as_posix()
