"""Reading a configuration file, so that every error names file, line and key."""

from __future__ import annotations

import json
import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from auditor.config.model import SCHEMA_KEY, Config, Settings
from auditor.config.policy_tree import PolicyTree
from auditor.config.tenants import TenantConfig
from auditor.config.value_problems import value_problem
from auditor.errors import UsageError
from auditor.input_files import LARGEST_CONFIG, InputProblem, read_bytes
from auditor.text import closest, did_you_mean, one_line
from auditor.toml_lines import Key, key_lines, line_of, syntax_problem
from auditor.toml_lines import parse as parse_toml

PYPROJECT = "pyproject.toml"
TABLE = ("tool", "okta-auditor")

_CONFLICT = re.compile(r"<{7}( |\r?$)")
_START = "`okta-auditor init` writes a file to start from."


@dataclass(frozen=True)
class ConfigFile:
    """A configuration file that has been read and understood."""

    path: Path
    values: Mapping[str, Any]
    """What it sets, typed; paths are relative to the working folder."""
    lines: dict[Key, int] = field(repr=False)
    prefix: Key = ()
    """The table in which its keys stand."""
    searched: bool = False
    """Whether the search found it and nobody named it, so that it must not be trusted."""
    ref: str = ""
    """The commit that it was read from; empty for a file of the checkout."""

    @property
    def unnamed(self) -> bool:
        """Whether nobody vouches for it: it was found, and in the checkout."""
        return self.searched and not self.ref

    @property
    def shown(self) -> str:
        """Its name in messages."""
        name = display_path(self.path)
        return one_line(f"{self.ref}:{name}") if self.ref else name

    def line(self, *key: str) -> int | None:
        """The line of a key, or of the table around it."""
        return line_of(self.lines, (*self.prefix, *key))


def display_path(path: Path) -> str:
    """A path in messages: relative if it is below the working folder."""
    absolute = Path(os.path.abspath(path))  # noqa: PTH100 - symbolic links keep their names
    try:
        return one_line(str(absolute.relative_to(Path.cwd())))
    except ValueError:
        return one_line(str(path))


def read_config(path: Path | None) -> Config:
    """Read a configuration file; all defaults where there is none.

    Raises:
        UsageError: the file is missing, is no TOML, or has an unknown or unusable key.
    """
    return Config() if path is None else Config.model_construct(**read_file(path).values)


def read_text(path: Path) -> str:
    """The text of a configuration file.

    Raises:
        UsageError: it cannot be read, is too large, or is not UTF-8.
    """
    try:
        data = read_bytes(path, LARGEST_CONFIG)
    except InputProblem as problem:
        raise UsageError(
            f"{display_path(path)} {problem.clause}.",
            remedy="Name another file with --config, or none with --no-config.",
        ) from None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise UsageError(
            f"{display_path(path)}:{line}: this is not UTF-8 text.",
            remedy="Save the file as UTF-8.",
        ) from None


def parse(path: Path, text: str) -> dict[str, Any]:
    """The text as TOML.

    Raises:
        UsageError: it is not valid TOML.
    """
    try:
        return parse_toml(text)
    except tomllib.TOMLDecodeError as error:
        lines = text.split("\n")
        if conflict := next((n for n, line in enumerate(lines, 1) if _CONFLICT.match(line)), None):
            raise UsageError(
                f"{display_path(path)}:{conflict}: an unresolved merge conflict; "
                "this is not valid TOML.",
                remedy="Resolve it: keep one side, and delete the lines of <, = and >.",
            ) from None
        problem = syntax_problem(error, text)
        raise UsageError(
            f"{display_path(path)}:{problem.line}: this is not valid TOML: "
            f"{one_line(problem.what)}.",
            remedy=_START,
        ) from None


def read_file(path: Path, *, searched: bool = False, tree: PolicyTree | None = None) -> ConfigFile:
    """Read and check a configuration file.

    Args:
        path: an okta-auditor.toml, or a pyproject.toml with a table for us.
        searched: whether nobody named it.
        tree: the commit to read it from; None for the checkout.

    Raises:
        UsageError: it is missing, is no TOML, or has an unknown or unusable key.
    """
    inside = tree is not None and tree.holds(path)
    text = _text_of(tree, path) if tree and inside else read_text(path)
    document = parse(path, text)
    prefix: Key = ()
    if path.name == PYPROJECT:
        prefix = TABLE
        document = own_table(document, path)
    try:
        lines = key_lines(text)
    except RecursionError:
        raise _too_long(path) from None
    ref = tree.ref if tree and inside else ""
    file = ConfigFile(path, {}, lines, prefix, searched, ref)
    document.pop(SCHEMA_KEY, None)
    try:
        # As JSON, because only there does pydantic's strict mode take a text for an enum, and
        # strict it must be: "false" is not false.
        config = Config.model_validate_json(json.dumps(document, default=str), strict=True)
    except ValidationError as error:
        raise _refused(file, error.errors(include_url=False)) from None
    except (RecursionError, ValueError, OverflowError):
        raise _too_long(path) from None
    values = {key: _placed(getattr(config, key), path.parent) for key in config.model_fields_set}
    if "options" in values:
        values["options"] = document["options"]
    return ConfigFile(path, values, lines, prefix, searched, ref)


def _text_of(tree: PolicyTree, path: Path) -> str:
    text = tree.text(path, LARGEST_CONFIG)
    if text is None:
        raise UsageError(
            f"There is no {tree.shown(path)}.",
            remedy="Name a file that is there, or none with --no-config.",
        )
    return text


def _too_long(path: Path) -> UsageError:
    return UsageError(
        f"{display_path(path)} holds a value that is too long or nested too deeply.",
        remedy=_START,
    )


def own_table(document: Mapping[str, Any], path: Path) -> dict[str, Any]:
    """The table of a pyproject.toml that is ours.

    Raises:
        UsageError: there is none.
    """
    tool = document.get("tool")
    table = tool.get(TABLE[1]) if isinstance(tool, dict) else None
    if not isinstance(table, dict):
        raise UsageError(
            f"{display_path(path)} has no table [tool.okta-auditor].",
            remedy="Add it, or name another file with --config.",
        )
    return dict(table)


def _placed(value: Any, folder: Path) -> Any:
    """Paths of a file are relative to it."""
    if isinstance(value, Path):
        return folder / value
    if isinstance(value, TenantConfig):
        return value.with_files_in(folder)
    if isinstance(value, dict):
        return {key: _placed(item, folder) for key, item in value.items()}
    if isinstance(value, tuple):
        return tuple(_placed(item, folder) for item in value)
    return value


def _refused(file: ConfigFile, errors: list[ErrorDetails]) -> UsageError:
    by_line = sorted(errors, key=lambda error: file.line(*_names(error)) or 0)
    first, *others = [f"{_place(file, error)}: {one_line(_problem(error))}" for error in by_line]
    return UsageError(
        first,
        others=others,
        remedy="docs/configuration.md and `okta-auditor schema config` describe every key.",
    )


def _place(file: ConfigFile, error: ErrorDetails) -> str:
    line = file.line(*_names(error))
    return f"{file.shown}:{line}" if line else file.shown


def _names(error: ErrorDetails) -> tuple[str, ...]:
    return tuple(str(part) for part in error["loc"])


def _problem(error: ErrorDetails) -> str:
    names = _names(error)
    key = ".".join(names)
    if error["type"] != "extra_forbidden":
        return f"{key}: {value_problem(error)}"
    if len(names) > 1:
        spelled = closest(names[-1].replace("-", "_"), TenantConfig.model_fields)
        return f"unknown key {key!r}{did_you_mean(spelled if names[0] == 'tenants' else None)}"
    if key in Settings.model_fields:
        return (
            f"{key} can be set by the command line and the environment only: "
            f"{Settings.model_fields[key].description}"
        )
    spelled = closest(key.replace("-", "_"), Config.model_fields)
    return f"unknown key {key!r}{did_you_mean(spelled)}"
