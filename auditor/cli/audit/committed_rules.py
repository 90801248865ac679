"""Folders of local rules as a commit has them, put where they can be loaded."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from auditor.config.policy_tree import PolicyTree
from auditor.errors import UsageError

LARGEST_RULE = 10_000_000
"""Bytes of a rule's file."""


@contextmanager
def committed_rules(tree: PolicyTree | None, folders: Sequence[Path]) -> Iterator[tuple[Path, ...]]:
    """The folders to load while the block runs; those outside the repository as they are.

    Raises:
        UsageError: the commit has no such folder.
    """
    if tree is None or not folders:
        yield tuple(folders)
        return
    with TemporaryDirectory(prefix="okta-auditor-") as scratch:
        yield tuple(
            _copied(tree, folder, Path(scratch) / str(number)) if tree.holds(folder) else folder
            for number, folder in enumerate(folders)
        )


def _copied(tree: PolicyTree, folder: Path, scratch: Path) -> Path:
    files = tree.files(folder)
    if not files:
        raise UsageError(
            f"There is no folder {tree.shown(folder)}.", remedy="Merge the rules first."
        )
    target = scratch / folder.name
    for file in files:
        place = target / file.relative_to(tree.place(folder))
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(tree.read(file, LARGEST_RULE) or b"")
    return target
