"""Reads the file of suppressions: TOML, described in docs/suppressions.md.

The file is reviewed as code is. Anything in it that is not understood ends the run, and every
error names the line and the key.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

from auditor.errors import made_of_each
from auditor.lint.acceptance.suppression import (
    Suppression,
    SuppressionEntry,
    SuppressionPolicy,
    Suppressions,
)
from auditor.lint.acceptance.suppression_checks import REMEDY, EntryChecks, check_apart
from auditor.lint.reviewed_file import read_reviewed, unusable
from auditor.lint.rule import Rule
from auditor.text import closest, one_line, quoted
from auditor.toml_lines import TableLines, key_lines, parse, syntax_problem, tables_of

DEFAULT_NAME = "okta-auditor-suppressions.toml"

_TABLE = "suppression"
_MISSING = "Write one with: okta-auditor suppress SNAPSHOT --rule CODE --target ID …"


class _File(BaseModel):
    """A file of suppressions."""

    model_config = ConfigDict(title="okta-auditor suppressions", extra="forbid", defer_build=True)

    suppression: tuple[Suppression, ...] = ()


def suppressions_schema() -> dict[str, Any]:
    """The JSON Schema of a file of suppressions."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **_File.model_json_schema(),
    }


def read_suppressions(
    path: Path, rules: Sequence[Rule], policy: SuppressionPolicy, as_of: date
) -> Suppressions:
    """Read a file of suppressions.

    Args:
        path: the file.
        rules: all rules there are, selected or not.
        policy: what may be suppressed, and for how long.
        as_of: the day from which the policy's horizon counts.

    Raises:
        UsageError: the file cannot be used as it stands.
    """
    text = read_reviewed(path, missing=_MISSING, damaged=REMEDY)
    return parse_suppressions(text, path, rules, policy, as_of)


def parse_suppressions(
    text: str, path: Path, rules: Sequence[Rule], policy: SuppressionPolicy, as_of: date
) -> Suppressions:
    """As `read_suppressions`, of text that is not in the file yet.

    Raises:
        UsageError: the text cannot be used as it stands.
    """
    checks = EntryChecks(path, rules, policy, policy.forbidden(rules), as_of)
    entries = made_of_each(
        _tables(text, path), lambda entry: (checks.suppression(*entry), entry[1])
    )
    check_apart(path, entries)
    return Suppressions(
        tuple(SuppressionEntry(item, f"{path.as_posix()}:{table.line}") for item, table in entries)
    )


def _tables(text: str, path: Path) -> Iterable[tuple[dict[str, Any], TableLines]]:
    """The entries as values, each with its lines."""
    document = _parsed(text, path)
    lines = key_lines(text)
    tables = tables_of(lines, _TABLE)
    if unknown := [key for key in document if key != _TABLE]:
        first = min(unknown, key=lambda key: lines.get((key,), 1))
        raise unusable(
            path,
            lines.get((first,), 1),
            f"unknown key {quoted(first)}",
            REMEDY,
            did_you_mean=closest(first, [_TABLE]),
        )
    values = document.get(_TABLE, [])
    plain = isinstance(values, list) and all(isinstance(item, dict) for item in values)
    if not plain or len(values) != len(tables):
        line = lines.get((_TABLE,), 1)
        raise unusable(
            path, line, f"{_TABLE}: each entry must be a table of its own", f"Write [[{_TABLE}]]."
        )
    return zip(values, tables, strict=True)


def _parsed(text: str, path: Path) -> dict[str, Any]:
    try:
        return parse(text)
    except tomllib.TOMLDecodeError as error:
        problem = syntax_problem(error, text)
        what = f"not valid TOML: {one_line(problem.what)}"
        raise unusable(path, problem.line, what, REMEDY) from None
