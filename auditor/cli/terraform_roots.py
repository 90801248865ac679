"""Folders of a repository that hold a Terraform configuration of an Okta org."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

from auditor.errors import UsageError
from auditor.input_files import InputProblem, read_bytes
from auditor.text import one_line, quoted

_OKTA = re.compile(rb'^\s*(?:resource|data|provider)\s+"okta[_"]', re.MULTILINE)
_LARGEST = 1_000_000
_MOST_FOLDERS = 2_000
_SAFE = re.compile(r"[\w.+@ -]+(?:/[\w.+@ -]+)*")


def folders_with_okta(repository: Path) -> list[str]:
    """Folders with resources, data sources or the provider of Okta, sorted, as `a/b`.

    Hidden folders are not looked into, nor more than 2,000 folders, nor folders whose names
    `checked_root` refuses.
    """
    found = []
    for number, (folder, names) in enumerate(_folders(repository)):
        if number == _MOST_FOLDERS:
            break
        within = folder.relative_to(repository).as_posix()
        configuration = (folder / name for name in sorted(names) if name.endswith(".tf"))
        if _SAFE.fullmatch(within) and any(map(_holds_okta, configuration)):
            found.append(within)
    return sorted(found)


def _folders(repository: Path) -> Iterator[tuple[Path, list[str]]]:
    for folder, inner, names in os.walk(repository):
        inner[:] = sorted(name for name in inner if not name.startswith("."))
        yield Path(folder), names


def _holds_okta(path: Path) -> bool:
    try:
        return bool(_OKTA.search(read_bytes(path, _LARGEST, follow=False)))
    except InputProblem:
        return False


def checked_root(repository: Path, named: str) -> str:
    """The folder of a root module as the pipelines name it, with slashes.

    Args:
        repository: the root of the repository.
        named: the folder, within the repository.

    Raises:
        UsageError: it is no such folder, holds no configuration, or has a name that a pipeline
            would take for something else.
    """
    folder = Path(os.path.normpath(named))
    name = folder.as_posix()
    if folder.is_absolute() or name.startswith(("..", "-")) or not _SAFE.fullmatch(name):
        raise UsageError(
            f"{quoted(named)} cannot be the folder for --terraform.",
            remedy=f"Name one within {one_line(str(repository))}, of letters, digits and -_.+@/",
        )
    if not any((repository / folder).glob("*.tf")):
        raise UsageError(
            f"There is no Terraform configuration in {one_line(str(repository / folder))}.",
            remedy="Name the folder of the root module for --terraform, within the repository.",
        )
    return name
