"""The baseline: findings that were there when somebody drew a line, in a JSON file.

One finding a line, by fingerprint, and a last line that no finding takes, so that two branches
that add or remove findings merge. A union merge does no harm either: the order does not
matter, and a line that stands there twice counts once.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from auditor.errors import UsageError
from auditor.lint.result import AuditResult, ObjectRef, ReportedFinding, Tenant
from auditor.lint.reviewed import read_reviewed, unusable
from auditor.text import escaped, one_line, quoted

DEFAULT_NAME = "okta-auditor-baseline.json"
FORMAT = "okta-auditor-baseline"
VERSION = 1

_END = "end"
_HEX = r"^[0-9a-f]{32}$"
_MISSING = "Make it with: okta-auditor baseline SNAPSHOT -o FILE"
_DAMAGED = (
    "Restore it from version control, or remove it and make it again with: "
    "okta-auditor baseline SNAPSHOT"
)
_LINE = re.compile(r'"([0-9a-f]{32})"\s*:')
"""A fingerprint as a member's name. A quotation mark within a string has a backslash before it,
so no tenant's words can look like one."""


class Accepted(BaseModel):
    """A finding that the baseline accepts. Type, id and name of the object are for readers."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    content: str = Field(pattern=_HEX)
    code: str
    type: str
    id: str
    name: str

    @property
    def object(self) -> ObjectRef:
        """The object as it was when it was accepted."""
        return ObjectRef(type=self.type, id=self.id, name=self.name)


class _Header(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    format: str
    version: int
    tenant: str
    url: str
    not_evaluated: list[str]


@dataclass(frozen=True)
class Baseline:
    """A baseline, whichever file it is in."""

    tenant: str
    """The org's id, or its host name where the id could not be read."""
    url: str
    not_evaluated: tuple[str, ...]
    """Codes of rules that could not be evaluated when it was made."""
    entries: Mapping[str, Accepted]
    """By fingerprint."""
    file: str = ""
    lines: Mapping[str, int] | None = None

    def where(self, fingerprint: str) -> str:
        """The file and line of an entry."""
        return f"{self.file}:{(self.lines or {}).get(fingerprint, 1)}"

    def check_tenant(self, tenant: Tenant) -> None:
        """Whether it is of this tenant.

        Raises:
            UsageError: it is of another.
        """
        unread = tenant.id == _host(tenant.url) or self.tenant == _host(self.url)
        if self.tenant == tenant.id or (unread and _host(self.url) == _host(tenant.url)):
            return
        raise UsageError(
            f"{self.file}:4: the baseline is of another org: tenant {quoted(self.tenant)} "
            f"({one_line(self.url)}), and the snapshot of {quoted(tenant.id)} "
            f"({one_line(tenant.url)}).",
            remedy="Name this org's own baseline, or make one with: okta-auditor baseline "
            "SNAPSHOT -o FILE",
        )


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
    text = read_reviewed(path, missing=_MISSING, damaged=_DAMAGED)
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
            path, line, f'findings: the last entry, "{_END}", is missing: it is cut off', _DAMAGED
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


def accepted(finding: ReportedFinding) -> Accepted:
    """The entry that accepts a finding as it is."""
    ref = finding.object
    return Accepted(
        content=finding.content, code=finding.rule.code, type=ref.type, id=ref.id, name=ref.name
    )


def make_baseline(
    result: AuditResult, forbidden: frozenset[str], previous: Baseline | None = None
) -> Baseline:
    """The baseline that accepts what an audit found and no suppression has decided on.

    Args:
        result: the audit, after suppressions.
        forbidden: codes of rules whose findings nobody may accept.
        previous: the baseline so far; what it says of rules that were not evaluated this time
            stays.
    """
    decided = result.evaluated_codes
    kept = {
        fingerprint: entry
        for fingerprint, entry in (previous.entries.items() if previous else ())
        if entry.code not in decided
    }
    found = {
        item.fingerprint: accepted(item)
        for item in (*result.findings, *result.unchanged)
        if item.rule.code not in forbidden and not item.lapsed
    }
    unknown = {item.rule.code for item in result.not_evaluated if not item.absent}
    return Baseline(
        tenant=result.tenant.id,
        url=result.tenant.url,
        not_evaluated=tuple(sorted(unknown | {item.rule.code for item in result.crashed})),
        entries={**kept, **found},
    )


def _entry(path: Path, text: str, key: str, value: Any) -> Accepted:
    if not re.match(_HEX, key):
        line = _line_of(text, key)
        raise unusable(path, line, f"findings: {quoted(key)} is no fingerprint", _DAMAGED)
    try:
        return Accepted.model_validate(value)
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


class _TwiceError(ValueError):
    """A member that an object has twice, with different values."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found and found[key] != value:
            raise _TwiceError(key)
        found[key] = value
    return found


def _parsed(text: str, path: Path) -> Any:
    try:
        return json.loads(text, object_pairs_hook=_members)
    except json.JSONDecodeError as error:
        what = f"not valid JSON, or cut off ({error.msg})"
        raise unusable(path, error.lineno, what, _DAMAGED) from None
    except _TwiceError as error:
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


def _host(url: str) -> str:
    return urlsplit(url).hostname or url


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
