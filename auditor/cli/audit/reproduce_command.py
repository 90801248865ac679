"""The command that comes to the same results again, for reports to print."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from auditor.cli.audit.source_path import source_path
from auditor.config import EffectiveSettings
from auditor.config.origin import Layer
from auditor.errors import UsageError
from auditor.text import one_line

_KEYS = (
    "profile",
    "select",
    "ignore",
    "min_confidence",
    "fail_on",
    "strict",
    "exit_zero",
    "rules",
    "local_rules",
    "suppressions",
    "baseline",
    "since",
    "logs",
    "history",
)
"""The settings that findings, marks or the exit code depend on; `as_of` apart."""

_SEPARATED = frozenset({"select", "ignore"})
"""Those whose values one option takes, with commas."""


def reproduce_command(effective: EffectiveSettings, path: Path, as_of: date | None) -> str:
    """The `audit` that comes to the same results; to be run where files are named from.

    What a file says that the same command finds again is left to the file. Variables of the
    environment, which may not be there again, become options.

    Args:
        effective: the settings.
        path: the snapshot.
        as_of: the day by which expiry was judged; None where nothing can expire.
    """
    root = effective.settings.source_root
    words = ["okta-auditor", "audit", _shown(path, root), *_options(effective, root)]
    if as_of is not None:
        words.append(f"--as-of={as_of}")
    if root is not None:
        words.append("--source-root=.")
    return shlex.join(map(one_line, words))


def _options(effective: EffectiveSettings, root: Path | None) -> Iterator[str]:
    for key in _KEYS:
        if effective.origins[key].layer in {Layer.ENVIRONMENT, Layer.COMMAND_LINE}:
            yield from _option(key, getattr(effective.settings, key), root)
    if effective.tree:
        yield f"--policy-from={effective.tree.ref}"
    if effective.file and not effective.file.searched:
        yield f"--config={_shown(effective.file.path, root)}"
    if effective.isolated:
        yield "--no-config"


def _option(key: str, value: Any, root: Path | None) -> Iterator[str]:
    name = key.replace("_", "-")
    if isinstance(value, bool):
        yield f"--{name}" if value else f"--no-{name}"
    elif key in _SEPARATED:
        yield f"--{name}={','.join(value)}"
    else:
        for item in value if isinstance(value, tuple) else (value,):
            yield f"--{name}={_shown(item, root) if isinstance(item, Path) else item}"


def _shown(path: Path, root: Path | None) -> str:
    """The path as reports name files; one outside the source root as it was given."""
    try:
        return source_path(path, root)
    except UsageError:
        return path.as_posix()
