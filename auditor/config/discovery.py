"""Finding the configuration file: from the working folder upward, to the root of the repository."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from auditor.config.policy_tree import PolicyTree
from auditor.config.reading import PYPROJECT, TABLE, display_path, parse, read_text
from auditor.errors import UsageError
from auditor.input_files import LARGEST_CONFIG, LARGEST_REVIEWED, InputProblem, read_bytes
from auditor.text import did_you_mean
from auditor.toml_lines import key_lines

NAME = "okta-auditor.toml"

_OURS = re.compile("okta[-_ .]?auditor", re.IGNORECASE)


@dataclass(frozen=True)
class SearchResult:
    """The file that was found, if there is one, and what to tell the user."""

    path: Path | None
    notes: tuple[str, ...] = ()


def find_config(start: Path) -> SearchResult:
    """The nearest configuration file.

    Args:
        start: an absolute path of a folder.

    Raises:
        UsageError: a file that would be used cannot be read, or belongs to another user.
    """
    for folder in folders(start):
        own, shared = folder / NAME, folder / PYPROJECT
        has_table = os.path.lexists(shared) and _has_table(shared)
        if os.path.lexists(own):
            _refuse_strangers(own, start)
            _refuse_link_outside(own)
            note = f"{display_path(own)} is used; the table in {display_path(shared)} is not."
            return SearchResult(own, (note,) if has_table else ())
        if has_table:
            _refuse_strangers(shared, start)
            _refuse_link_outside(shared)
            return SearchResult(shared)
    return SearchResult(None)


def find_config_in(tree: PolicyTree, start: Path) -> Path | None:
    """The nearest configuration file of a commit, from a folder upward to the repository's root.

    Raises:
        UsageError: a file that would be used cannot be read.
    """
    for folder in (start, *start.parents):
        if not tree.holds(folder):
            break
        if tree.exists(folder / NAME):
            return folder / NAME
        text = tree.text(folder / PYPROJECT, LARGEST_CONFIG)
        if (
            text
            and _OURS.search(text)
            and TABLE[1] in parse(folder / PYPROJECT, text).get("tool", {})
        ):
            return folder / PYPROJECT
    return None


def candidates(start: Path) -> list[Path]:
    """Where a configuration file may be, whether or not one is there now."""
    return [folder / name for folder in folders(start) for name in (NAME, PYPROJECT)]


def folders(start: Path) -> Iterator[Path]:
    """The folder and those above it, up to the root of the repository or the file system."""
    for folder in (start, *start.parents):
        yield folder
        if os.path.lexists(folder / ".git"):
            return


def _has_table(path: Path) -> bool:
    if not _mentions_us(path):
        return False  # most are not for us, and need not even be valid
    text = read_text(path)
    tool = parse(path, text).get("tool")
    names = tool if isinstance(tool, dict) else {}
    if "okta-auditor" in names:
        return True
    for name in names:
        if _OURS.fullmatch(name):
            line = key_lines(text).get(("tool", name), 1)
            raise UsageError(
                f"{display_path(path)}:{line}: unknown table tool.{name}"
                f"{did_you_mean('tool.okta-auditor')}",
                remedy="Rename it, or use --no-config.",
            )
    return False


def _mentions_us(path: Path) -> bool:
    try:
        text = read_bytes(path, LARGEST_REVIEWED).decode("latin-1")
    except InputProblem as problem:
        raise UsageError(
            f"{display_path(path)} {problem.clause}; it may hold settings.",
            remedy="Name a file with --config, or use --no-config.",
        ) from None
    return _OURS.search(text) is not None


def repository_of(folder: Path) -> Path:
    """The root of the repository that a folder is in; the folder itself if it is in none."""
    return next(
        (place for place in folders(folder) if os.path.lexists(place / ".git")),
        folder,
    ).resolve()


def _refuse_link_outside(path: Path) -> None:
    """A branch may bring a link along, to a file that nobody wrote as its configuration."""
    try:
        outside = not path.resolve().is_relative_to(repository_of(path.parent))
    except (OSError, RuntimeError):  # RuntimeError: a link that leads to itself, before Python 3.13
        outside = True
    if outside:
        raise UsageError(
            f"{display_path(path)} is a link that leads out of its repository, so it is not used "
            "unasked.",
            remedy="Name it with --config, or use --no-config.",
        )


def _refuse_strangers(path: Path, start: Path) -> None:
    """Outside a repository, anybody may have put a file into a folder above, such as /tmp."""
    if path.parent == start or os.path.lexists(path.parent / ".git"):
        return
    if any(os.path.lexists(folder / ".git") for folder in path.parent.parents):
        return
    getuid = getattr(os, "getuid", None)
    if getuid is not None and path.lstat().st_uid not in {getuid(), 0}:
        raise UsageError(
            f"{display_path(path)} belongs to another user, so it is not used unasked.",
            remedy="Name it with --config, or use --no-config.",
        )
