"""Reads and writes the file of the baseline: JSON, and one finding a line.

The last line of the findings is one that no finding takes, so that two branches that add or
remove findings merge. A union merge does no harm either: the order does not matter, and a line
that stands there twice counts once.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from auditor.errors import UsageError
from auditor.lint.acceptance.baseline import HASH, Baseline, BaselineEntry
from auditor.lint.reviewed_file import read_reviewed, unusable
from auditor.text import escaped, one_line, quoted

DEFAULT_NAME = "okta-auditor-baseline.json"
FORMAT = "okta-auditor-baseline"
VERSION = 1

_END = "end"
_MISSING = "Make it with: okta-auditor baseline SNAPSHOT -o FILE"
_DAMAGED = (
    "Restore it from version control, or remove it and make it again with: "
    "okta-auditor baseline SNAPSHOT"
)
_LINE = re.compile(r'"([0-9a-f]{32})"\s*:')
"""A fingerprint as a member's name. A quotation mark within a string has a backslash before it,
so no tenant's words can look like one."""


class _Header(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, defer_build=True)

    format: str
    version: int
    tenant: str
    url: str
    not_evaluated: list[str]


def dump_baseline(baseline: Baseline) -> str:
    """The file's text. Same findings, same bytes."""
    header = {
        "format": FORMAT,
        "version": VERSION,
        "tenant": baseline.tenant,
        "url": baseline.url,
        "not_evaluated": sorted(baseline.not_evaluated),
    }
    lines = [
        *(f"  {_json(key)}: {_json(value)}," for key, value in header.items()),
        '  "findings": {',
        *(
            f"    {_json(fingerprint)}: {_json(entry.model_dump())},"
            for fingerprint, entry in sorted(baseline.entries.items())
        ),
        f"    {_json(_END)}: true",
        "  }",
    ]
    return escaped("\n".join(["{", *lines, "}", ""]))


def read_baseline(path: Path) -> Baseline:
    """Read a baseline.

    Raises:
        UsageError: the file cannot be used as it stands.
    """
    return parse_baseline(read_reviewed(path, missing=_MISSING, damaged=_DAMAGED), path)


def parse_baseline(text: str, path: Path) -> Baseline:
    """As `read_baseline`, of text that may be elsewhere.

    Args:
        text: the baseline.
        path: how messages and reports call its file.

    Raises:
        UsageError: the text cannot be used as it stands.
    """
    document = _parsed(text, path)
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise unusable(path, 1, f'it does not say "format": "{FORMAT}"', _DAMAGED)
    _check_version(path, document.get("version"), text)
    findings = document.pop("findings", None)
    try:
        header = _Header.model_validate(document)
    except ValidationError as error:
        raise _invalid(path, text, error, "") from None
    if not isinstance(findings, dict) or findings.pop(_END, None) is not True:
        line = text.count("\n") or 1
        raise unusable(
            path,
            line,
            f'findings: the last entry, "{_END}", is missing: it is cut off',
            _DAMAGED,
        )
    lines = {
        match[1]: number
        for number, line in enumerate(text.split("\n"), 1)
        for match in _LINE.finditer(line)
    }
    return Baseline(
        tenant=header.tenant,
        url=header.url,
        not_evaluated=tuple(header.not_evaluated),
        entries={key: _entry(path, text, key, value) for key, value in findings.items()},
        file=path.as_posix(),
        lines=lines,
    )


def _entry(path: Path, text: str, key: str, value: Any) -> BaselineEntry:
    if not re.match(HASH, key):
        line = _line_of(text, key)
        raise unusable(path, line, f"findings: {quoted(key)} is no fingerprint", _DAMAGED)
    try:
        return BaselineEntry.model_validate(value)
    except ValidationError as error:
        raise _invalid(path, text, error, key) from None


def _invalid(path: Path, text: str, error: ValidationError, fingerprint: str) -> UsageError:
    first = error.errors(include_url=False, include_input=False)[0]
    key = str(first["loc"][0]) if first["loc"] else fingerprint
    what = {"extra_forbidden": "unknown key", "missing": "the key is missing"}.get(
        first["type"], f"unusable value ({first['msg']})"
    )
    line = _line_of(text, fingerprint or key)
    return unusable(path, line, f"{one_line(key)}: {what}", _DAMAGED)


def _check_version(path: Path, version: Any, text: str) -> None:
    line = _line_of(text, "version")
    if type(version) is not int or version < 1:
        raise unusable(path, line, "version: must be a whole number", _DAMAGED)
    if version > VERSION:
        raise unusable(
            path,
            line,
            f"version: it is {version}; this okta-auditor reads up to {VERSION}",
            "Upgrade okta-auditor, or make the baseline again with this version.",
        )


class _ContradictionError(ValueError):
    """A member that an object has twice, with different values."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members: dict[str, Any] = {}
    for key, value in pairs:
        if key in members and members[key] != value:
            raise _ContradictionError(key)
        members[key] = value
    return members


def _parsed(text: str, path: Path) -> Any:
    try:
        return json.loads(text, object_pairs_hook=_members)
    except json.JSONDecodeError as error:
        what = f"not valid JSON, or cut off ({error.msg})"
        raise unusable(path, error.lineno, what, _DAMAGED) from None
    except _ContradictionError as error:
        name = f'"{error.key}"'
        line = _line_at(text, max(text.rfind(name), 0))
        raise unusable(
            path,
            line,
            f"{one_line(error.key)}: stands there twice, with different values, as merges leave it",
            "Make it again from a snapshot: okta-auditor baseline SNAPSHOT --update, after "
            "removing one of the lines.",
        ) from None
    except (ValueError, RecursionError):
        raise unusable(path, 1, "not usable JSON: too long or too deep a value", _DAMAGED) from None


def _line_of(text: str, key: str) -> int:
    return _line_at(text, max(text.find(f'"{key}"'), 0))


def _line_at(text: str, offset: int) -> int:
    return text.count("\n", 0, offset) + 1


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
