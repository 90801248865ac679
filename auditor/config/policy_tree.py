"""The files of a commit that decide what an audit comes to, whatever a checkout has in their place.

A pull request may bring milder settings, suppressions, a baseline, expectations or rules along.
Where an audit must hold against its author, these are read from the commit that the change is
to be merged into. Nothing is checked out, and no attribute or link of either side is followed.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from auditor.errors import UsageError
from auditor.git import GitError, run_git
from auditor.text import one_line

_FILE = ("100644", "100755")
_FETCH = "Name a commit, a branch or a tag that the checkout has; in CI, fetch it first."


@dataclass(frozen=True)
class PolicyTree:
    """A commit of the repository that the working folder is in."""

    ref: str
    """As the caller named it."""
    commit: str
    root: Path
    """The root of the repository, without symbolic links."""

    def holds(self, path: Path) -> bool:
        """Whether a path is within the repository, so that the commit says what it has."""
        return self._name(path) is not None

    def place(self, path: Path) -> Path:
        """Where a path of the repository is in the checkout, links not followed."""
        return self.root / (self._name(path) or "")

    def shown(self, path: Path) -> str:
        """A path as git names a file of a commit."""
        return one_line(f"{self.ref}:{self._name(path)}")

    def exists(self, path: Path) -> bool:
        """Whether the commit has a file there, or a link."""
        return self._entry(path) is not None

    def read(self, path: Path, largest: int) -> bytes | None:
        """The content of a file; None if the commit has none there.

        Raises:
            UsageError: it is no regular file, or larger than `largest` bytes.
        """
        entry = self._entry(path)
        if entry is None:
            return None
        mode, kind, blob = entry
        if kind != "blob" or mode not in _FILE:
            raise UsageError(f"{self.shown(path)} is no file.", remedy="Put a file there.")
        if int(self._git("cat-file", "-s", blob)) > largest:
            raise UsageError(
                f"{self.shown(path)} is larger than {largest:,} bytes.", remedy="Prune it."
            )
        return self._git("cat-file", "blob", blob)

    def text(self, path: Path, largest: int) -> str | None:
        """As `read`, without a byte order mark.

        Raises:
            UsageError: as `read`, or it is not UTF-8.
        """
        data = self.read(path, largest)
        try:
            return None if data is None else data.decode("utf-8-sig")
        except UnicodeDecodeError:
            raise UsageError(
                f"{self.shown(path)} is not UTF-8 text.", remedy="Save it as UTF-8."
            ) from None

    def files(self, folder: Path) -> tuple[Path, ...]:
        """The regular files beneath a folder, at any depth."""
        name = self._name(folder)
        if name is None:
            return ()
        listed = self._git("--literal-pathspecs", "ls-tree", "-r", "-z", self.commit, "--", name)
        rows = (row.split("\t", 1) for row in os.fsdecode(listed).split("\0") if row)
        return tuple(self.root / path for head, path in rows if head.startswith(_FILE))

    def _entry(self, path: Path) -> tuple[str, str, str] | None:
        name = self._name(path)
        if name is None:
            return None
        listed = self._git("--literal-pathspecs", "ls-tree", "-z", self.commit, "--", name)
        if not listed:
            return None
        mode, kind, blob = os.fsdecode(listed).split("\t", 1)[0].split()
        return mode, kind, blob

    def _name(self, path: Path) -> str | None:
        """A path from the root on, links not followed; None outside the repository."""
        absolute = Path(os.path.normpath(Path.cwd().resolve() / path))
        if not absolute.is_relative_to(self.root):
            return None
        return PurePosixPath(absolute.relative_to(self.root)).as_posix()

    def _git(self, *words: str) -> bytes:
        try:
            return run_git(self.root, *words)
        except GitError as error:
            raise UsageError(
                f"git cannot read {one_line(self.ref)}: {one_line(str(error))}.", remedy=_FETCH
            ) from None


def policy_tree(ref: str) -> PolicyTree:
    """The files of a commit of the repository that the working folder is in.

    Args:
        ref: what git takes for a commit.

    Raises:
        UsageError: there is no git, no repository, or no such commit.
    """
    if not ref.strip() or ref.startswith("-"):
        raise UsageError(f"--policy-from {one_line(ref)!r} names no commit.", remedy=_FETCH)
    folder = Path.cwd()
    try:
        root = os.fsdecode(run_git(folder, "rev-parse", "--show-toplevel")).rstrip("\n")
        commit = run_git(folder, "rev-parse", "--verify", "--end-of-options", f"{ref}^{{commit}}")
    except GitError as error:
        raise UsageError(
            f"--policy-from {one_line(ref)}: {one_line(str(error))}.", remedy=_FETCH
        ) from None
    return PolicyTree(ref, commit.decode().strip(), Path(root).resolve())
