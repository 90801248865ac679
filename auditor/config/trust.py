"""What a configuration file may not do because it was found and nobody named it.

A linter is run in checkouts of other people's branches. A file that comes with one may make the
audit milder, which a review can see; it must not run code or write outside the checkout.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from auditor.config.environment import Layer
from auditor.config.origin import Origin
from auditor.config.reading import ConfigFile
from auditor.errors import UsageError
from auditor.text import one_line

_REPORTS = frozenset({".csv", ".html", ".json", ".md", ".sarif", ".txt", ".xml"})
"""How files end that nothing runs."""

_NAME_IT = "If the file is to be trusted, name it with --config."


def trusted_rules(file: ConfigFile, layer: Layer) -> tuple[tuple[Any, Origin], tuple[str, ...]]:
    """The folders of local rules to load, where from, and a note if some are left out.

    Raises:
        UsageError: a file that was found names folders, and nobody said whether to load them.
    """
    folders, origin = layer["rules"]
    allowed = layer["local_rules"][0]
    if origin.kind != "file" or not folders or allowed or (allowed is None and not file.searched):
        return (folders, origin), ()
    if allowed is None:
        raise UsageError(
            f"{origin}: rules names folders of Python code, which a configuration file that was "
            "found, not named, must not load.",
            remedy=f"{_NAME_IT} Otherwise say --local-rules to load them, or --no-local-rules.",
        )
    return ((), origin), (f"{origin}: local rules are not loaded, because of --no-local-rules.",)


def confined(file: ConfigFile, layer: Layer, folder: Path) -> None:
    """Let a file that was found name no path outside its repository, and only reports to write.

    A report holds words of the snapshot, which may come from the same stranger. Written to
    `.venv/bin/activate`, they would run.

    Args:
        file: the configuration file.
        layer: the settings.
        folder: the working folder, which reports' paths are relative to.

    Raises:
        UsageError: it does.
    """
    if not file.searched:
        return
    root = _root(file.path.parent).resolve()
    for key, (value, origin) in layer.items():
        if origin.kind != "file" or key == "rules":  # rules have a check of their own
            continue
        for path in _paths(key, value):
            # Symbolic links are followed: a branch may bring one along.
            place = (folder / path).resolve()
            if problem := _problem(place, root, written=key == "output"):
                raise UsageError(
                    f"{origin}: {key} names {one_line(str(path))}, which is {problem}; a "
                    "configuration file that was found, not named, must not do that.",
                    remedy=f"{_NAME_IT} Otherwise use another path.",
                )


def _problem(place: Path, root: Path, *, written: bool) -> str:
    if not place.is_relative_to(root):
        return "outside of the file's repository"
    parts = place.relative_to(root).parts
    if ".git" in parts or (written and any(part.startswith(".") for part in parts)):
        return "in a hidden folder or hidden itself"
    if written and place.suffix not in _REPORTS:
        return f"not called like a report ({', '.join(sorted(_REPORTS))})"
    return ""


def _paths(key: str, value: Any) -> list[Path]:
    if key == "output":
        return [Path(path) for _, _, path in (item.partition("=") for item in value) if path]
    values = value if isinstance(value, tuple) else (value,)
    return [item for item in values if isinstance(item, Path)]


def _root(folder: Path) -> Path:
    return next((place for place in (folder, *folder.parents) if (place / ".git").exists()), folder)
