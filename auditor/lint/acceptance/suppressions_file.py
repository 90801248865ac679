"""Reads the file of suppressions: TOML, described in docs/suppressions.md.

The file is reviewed as code is. Anything in it that is not understood ends the run, and every
error names the line and the key.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any, TypeAlias

from pydantic import BaseModel, ConfigDict

from auditor.errors import made_of_each
from auditor.lint.acceptance.entry_checks import REMEDY, EntryChecks
from auditor.lint.acceptance.gap_checks import GapChecks
from auditor.lint.acceptance.gap_entry import GapAcceptance, GapEntry
from auditor.lint.acceptance.suppression import (
    Suppression,
    SuppressionEntry,
    SuppressionPolicy,
    Suppressions,
)
from auditor.lint.acceptance.suppression_checks import SuppressionChecks, check_apart
from auditor.lint.reviewed_file import read_reviewed, unusable
from auditor.lint.rule import Rule
from auditor.text import closest, one_line, quoted
from auditor.toml_lines import TableLines, key_lines, parse, syntax_problem, tables_of

DEFAULT_NAME = "okta-auditor-suppressions.toml"

_GAPS = "accepted_gaps"
_ARRAYS = ("suppression", _GAPS)
_MISSING = "Write one with: okta-auditor suppress SNAPSHOT --rule CODE --target ID …"


class _File(BaseModel):
    """A file of suppressions."""

    model_config = ConfigDict(title="okta-auditor suppressions", extra="forbid", defer_build=True)

    suppression: tuple[Suppression, ...] = ()
    accepted_gaps: tuple[GapAcceptance, ...] = ()


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
        policy: what may be accepted, and for how long.
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
    checks = EntryChecks(path, policy, as_of)
    suppressions = SuppressionChecks(checks, rules, policy.forbidden(rules))
    gaps = GapChecks(checks)

    def made(entry: _Table) -> tuple[Suppression | GapAcceptance, TableLines]:
        name, value, lines = entry
        make = gaps.gap if name == _GAPS else suppressions.suppression
        return make(value, lines), lines

    every = made_of_each(_tables(text, path), made)
    entries = [(item, table) for item, table in every if isinstance(item, Suppression)]
    check_apart(path, entries)
    shown = path.as_posix()
    return Suppressions(
        tuple(SuppressionEntry(item, f"{shown}:{table.line}") for item, table in entries),
        tuple(
            GapEntry(item, f"{shown}:{table.line}")
            for item, table in every
            if isinstance(item, GapAcceptance)
        ),
    )


_Table: TypeAlias = tuple[str, dict[str, Any], TableLines]
"""The name of an array, and one of its tables with its lines."""


def _tables(text: str, path: Path) -> list[_Table]:
    """The entries as values, each with its lines, in the order of the file."""
    document = _parsed(text, path)
    lines = key_lines(text)
    if unknown := [key for key in document if key not in _ARRAYS]:
        first = min(unknown, key=lambda key: lines.get((key,), 1))
        raise unusable(
            path,
            lines.get((first,), 1),
            f"unknown key {quoted(first)}",
            REMEDY,
            did_you_mean=closest(first, _ARRAYS),
        )
    entries: list[_Table] = []
    for name in _ARRAYS:
        tables, values = tables_of(lines, name), document.get(name, [])
        plain = isinstance(values, list) and all(isinstance(item, dict) for item in values)
        if not plain or len(values) != len(tables):
            line = lines.get((name,), 1)
            raise unusable(
                path, line, f"{name}: each entry must be a table of its own", f"Write [[{name}]]."
            )
        entries += ((name, value, table) for value, table in zip(values, tables, strict=True))
    return sorted(entries, key=lambda entry: entry[2].line)


def _parsed(text: str, path: Path) -> dict[str, Any]:
    try:
        return parse(text)
    except tomllib.TOMLDecodeError as error:
        problem = syntax_problem(error, text)
        what = f"not valid TOML: {one_line(problem.what)}"
        raise unusable(path, problem.line, what, REMEDY) from None
