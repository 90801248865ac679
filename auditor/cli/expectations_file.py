"""The expectations of a run: those of the checkout, or those of the commit that decides."""

from __future__ import annotations

import json
import os
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from auditor.cli.audit.policy_changes import entry_words
from auditor.config.policy_tree import policy_tree
from auditor.errors import UsageError
from auditor.input_files import LARGEST_YAML
from auditor.text import one_line
from auditor.tokens.expectations.yaml_file import read_list


@dataclass(frozen=True)
class ExpectationsFile:
    """What is tried, and what to say of it first."""

    shown: Path
    """How messages call the file."""
    data: bytes | None = None
    """Its content; None to read it from the checkout."""
    notes: tuple[str, ...] = ()


def committed_expectations(path: Path, ref: str | None) -> ExpectationsFile:
    """The expectations as a commit has them, and what the checkout changes of them.

    A file that the commit does not have is new, and can only demand more: it is tried as it is.

    Args:
        path: the file.
        ref: the commit; None for the checkout.

    Raises:
        UsageError: there is no such commit, or the file cannot be used.
    """
    if ref is None:
        return ExpectationsFile(path)
    tree = policy_tree(ref)
    if not tree.holds(path):
        return ExpectationsFile(path)
    data = tree.read(path, LARGEST_YAML)
    if data is None:
        return ExpectationsFile(path, notes=(f"{one_line(str(path))}: this change adds the file.",))
    words = _change(path, data)
    note = f"Not in force: {one_line(str(path))}:1: this change {words}; {one_line(ref)} decides "
    return ExpectationsFile(
        Path(tree.shown(path)), data, (f"{note}until it is merged.",) if words else ()
    )


def _change(path: Path, data: bytes) -> str:
    if not os.path.lexists(path):
        return "removes the file"
    old = _entries(path, data)
    try:
        new = _entries(path, None)
    except UsageError as error:
        return f"makes the file unusable: {one_line(error.message)}"
    return entry_words((new - old).total(), (old - new).total(), "expectation")


def _entries(path: Path, data: bytes | None) -> Counter[str]:
    return Counter(
        json.dumps(value, sort_keys=True, default=str) for _, value in read_list(path, data)
    )
