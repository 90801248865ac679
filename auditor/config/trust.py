"""What a configuration file may not do that was found by the search, without being named.

A linter is run in checkouts of other people's branches. A file that comes with one may make the
audit milder, which a review can see; it must not run code or write outside the checkout.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from auditor.config.discovery import repository_of
from auditor.config.environment import Values
from auditor.config.origin import Layer, Origin
from auditor.config.reading import ConfigFile
from auditor.errors import UsageError
from auditor.text import one_line

_REPORTS = frozenset({".csv", ".html", ".json", ".md", ".sarif", ".txt", ".xml"})
"""How files end that nothing runs."""

_WRITTEN = frozenset({"output", "history"})
"""Keys whose paths are written to."""

_NAME_IT = "If the file is to be trusted, name it with --config."


def trusted_rules(file: ConfigFile, values: Values) -> tuple[tuple[Any, Origin], tuple[str, ...]]:
    """The folders of local rules to load, where from, and a note if some are left out.

    Raises:
        UsageError: a file that was found names folders, and nobody said whether to load them.
    """
    folders, origin = values["rules"]
    allowed = values["local_rules"][0]
    if (
        origin.layer is not Layer.FILE
        or not folders
        or allowed
        or (allowed is None and not file.unnamed)
    ):
        return (folders, origin), ()
    if allowed is None:
        raise UsageError(
            f"{origin}: rules names folders of Python code, which a configuration file that was "
            "found, not named, must not load.",
            remedy=f"{_NAME_IT} Otherwise say --local-rules to load them, or --no-local-rules.",
        )
    return ((), origin), (f"{origin}: local rules are not loaded, because of --no-local-rules.",)


def check_paths(file: ConfigFile, values: Values, folder: Path) -> None:
    """Check that a file that nobody named writes only reports, and names no path elsewhere.

    A report holds words of the snapshot, which may come from the same stranger. Written to
    `.venv/bin/activate`, they would run.

    Args:
        file: the configuration file.
        values: the settings.
        folder: the working folder, which reports' paths are relative to.

    Raises:
        UsageError: it names a path outside its repository, or would write something else.
    """
    if not file.searched and not file.ref:  # a commit's file is trusted, the checkout is not
        return
    root = repository_of(file.path.parent)
    for key, (value, origin) in values.items():
        if origin.layer is not Layer.FILE or key == "rules":  # rules have a check of their own
            continue
        for path in _paths(key, value):
            # Symbolic links are followed: a branch may bring one along.
            if problem := _path_problem(folder / path, root, key):
                raise UsageError(
                    f"{origin}: {key} names {one_line(str(path))}, which is {problem}; a "
                    "configuration file that was found, not named, must not do that.",
                    remedy=f"{_NAME_IT} Otherwise use another path.",
                )


_ENDLESS = "no path that can be followed"


def _path_problem(path: Path, root: Path, key: str) -> str:
    try:
        place = path.resolve()
    except (OSError, RuntimeError, ValueError):
        return _ENDLESS
    if any(part.is_symlink() for part in (place, *place.parents)):
        return _ENDLESS  # a link that leads to itself, which Python 3.13 and newer leave as it is
    if not place.is_relative_to(root):
        return "outside of the file's repository"
    parts = place.relative_to(root).parts
    if ".git" in parts or (key in _WRITTEN and any(part.startswith(".") for part in parts)):
        return "in a hidden folder or hidden itself"
    if key == "output" and place.suffix not in _REPORTS:
        return f"not called like a report ({', '.join(sorted(_REPORTS))})"
    return ""


def _paths(key: str, value: Any) -> list[Path]:
    if key == "output":
        return [
            Path(path)
            for _, _, path in (item.partition("=") for item in value)
            if path not in {"", "-"}
        ]
    values = value if isinstance(value, tuple) else (value,)
    return [item for item in values if isinstance(item, Path)]
