"""History: a small record of each audit, so that reports can say what has changed since.

A folder holds one JSON file for each run, named by the tenant's id and the moment at which
its snapshot was finished. Auditing a snapshot again writes the same file again; several
tenants may share a folder. Nothing is ever deleted: which records to keep is the user's
choice, and of a tenant's the newest `MOST_RUNS` are read.

A record holds codes, counts, fingerprints and ids, and no word of the tenant's.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Literal

import orjson
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, NonNegativeInt, ValidationError

from auditor.errors import OutputError, UsageError
from auditor.files import check_writable, write_file
from auditor.lint.finding import Impact, Severity
from auditor.lint.result import AuditResult, Notice, Run
from auditor.lint.since import Earlier, compare
from auditor.text import one_line

MOST_RUNS = 100
"""Records of a tenant that are read; about three months of nights."""

MOST_FINGERPRINTS = 5_000
"""A record with more findings, accepted ones included, keeps the counts only (700 KB)."""

_LARGEST = 1_000_000
_MOST_OBJECT_CHARACTERS = 300_000
_NAME = re.compile(r"(?P<tenant>[A-Za-z0-9.-]+)_(?P<moment>[0-9]{8}T[0-9]{6}Z)\.json")
_REMEDY = "Move it elsewhere, or restore it from a copy."

_Fingerprint = Annotated[str, Field(pattern="^[0-9a-f]{32}$")]


class _RunRecord(BaseModel):
    """The content of a file."""

    model_config = ConfigDict(frozen=True, extra="forbid", from_attributes=True, defer_build=True)

    format: Literal["okta-auditor-run"] = "okta-auditor-run"
    version: Literal[1] = 1
    tenant: str
    captured_at: AwareDatetime
    tool_version: str
    complete: bool
    findings: NonNegativeInt
    accepted: NonNegativeInt
    by_severity: dict[Severity, NonNegativeInt]
    by_impact: dict[Impact, NonNegativeInt]
    by_rule: dict[str, NonNegativeInt]
    fingerprints: dict[str, tuple[_Fingerprint, ...]] | None
    objects: dict[_Fingerprint, str] | None = None


def check_history(folder: Path) -> None:
    """Fail before anything is read, if no record could be written.

    Raises:
        UsageError: the path is no folder, or cannot be made or written.
    """
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder} is not a folder.", remedy="Name a folder for --history.")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"{folder} cannot be made: {error.strerror}.") from error
    check_writable(folder / "record.json")


def remember(result: AuditResult, folder: Path) -> AuditResult:
    """Write the record of an audit; give the result with the runs before it.

    A file that cannot be used becomes a notice of the result and stays as it is.

    Args:
        result: the audit.
        folder: one that `check_history` has accepted.

    Raises:
        OutputError: the folder could not be read, or the record not be written.
    """
    this = run_of(result)
    runs, notices = _read(folder, result.tenant.id, before=this.captured_at)
    record = _RunRecord.model_validate({**_fields(this), "tenant": result.tenant.id})
    options = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE
    data = orjson.dumps(record.model_dump(mode="json"), option=options)
    write_file(folder / _name(result.tenant.id, this.captured_at), data)
    # Ids serve the comparison only: reports have the names of what is fixed.
    history = tuple(replace(run, objects=None) for run in (*runs, this))
    remembered = replace(result, history=history, notices=(*result.notices, *notices))
    earlier = Earlier.of_run(runs[-1], result) if runs else None
    return compare(remembered, earlier) if earlier else remembered


def run_of(result: AuditResult) -> Run:
    """What is kept of an audit."""
    evaluated = sorted(result.evaluated_codes)
    by_rule = Counter(finding.rule.code for finding in result.findings)
    by_impact = Counter(finding.rule.impact for finding in result.findings)
    return Run(
        captured_at=result.capture.finished_at.astimezone(UTC).replace(microsecond=0),
        tool_version=result.tool_version,
        complete=result.complete,
        findings=len(result.findings),
        accepted=len(result.accepted),
        by_severity={key.value: number for key, number in result.by_severity.items()},
        by_impact={key.value: by_impact[key] for key in Impact},
        by_rule={code: by_rule[code] for code in evaluated},
        fingerprints=_fingerprints(result),
        objects=_objects(result),
    )


def _fingerprints(result: AuditResult) -> dict[str, tuple[str, ...]] | None:
    findings = (*result.findings, *result.accepted)
    if len(findings) > MOST_FINGERPRINTS:
        return None
    by_rule: defaultdict[str, set[str]] = defaultdict(set)
    for finding in findings:
        by_rule[finding.rule.code].add(finding.fingerprint)
    return {code: tuple(sorted(by_rule[code])) for code in sorted(by_rule)}


def _objects(result: AuditResult) -> dict[str, str] | None:
    """What the findings are about, so that those that are fixed tomorrow can be named."""
    findings = (*result.findings, *result.accepted)
    if len(findings) > MOST_FINGERPRINTS:
        return None
    objects = {item.fingerprint: f"{item.object.type}/{item.object.id}" for item in findings}
    kept = dict(sorted(objects.items()))
    return kept if sum(map(len, kept.values())) <= _MOST_OBJECT_CHARACTERS else None


def _read(folder: Path, tenant: str, before: datetime) -> tuple[list[Run], list[Notice]]:
    """The newest records of the tenant that are older than a moment, oldest first."""
    runs: list[Run] = []
    notices: list[Notice] = []
    for path in _candidates(folder, tenant, notices):
        name = _NAME.fullmatch(path.name)
        if name and _moment(name) >= before:
            continue  # this run's own record, or one of a newer snapshot
        if len(runs) == MOST_RUNS - 1:
            break
        try:
            runs.append(_parse(path, tenant))
        except ValueError as error:
            notices.append(_unusable(path, str(error)))
    return runs[::-1], notices


def _candidates(folder: Path, tenant: str, notices: list[Notice]) -> Iterator[Path]:
    """Files that are named as the tenant's records are, newest first."""
    records = []
    try:
        files = sorted(folder.iterdir())
    except OSError as error:
        raise OutputError(f"{folder} cannot be read: {error.strerror}.") from error
    for path in files:
        name = _NAME.fullmatch(path.name)
        if name is None or _moment(name) is _NEVER:
            if not path.name.startswith("."):  # scratch files, .gitkeep
                why = "its name is not TENANT_YYYYMMDDTHHMMSSZ.json"
                notices.append(_unusable(path, why))
        elif name["tenant"] == _safe(tenant):
            records.append(path)
    yield from sorted(records, key=lambda path: path.name, reverse=True)


_NEVER = datetime.max.replace(tzinfo=UTC)


def _moment(name: re.Match[str]) -> datetime:
    try:
        return datetime.strptime(name["moment"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        return _NEVER


def _parse(path: Path, tenant: str) -> Run:
    """A record.

    Raises:
        ValueError: it is damaged, or another tenant's or moment's than its name says.
    """
    if not path.is_file():
        raise ValueError("it is not a file")
    try:
        with path.open("rb") as file:
            data = file.read(_LARGEST + 1)
    except OSError as error:
        raise ValueError(f"it cannot be read ({error.strerror})") from error
    if len(data) > _LARGEST:
        raise ValueError(f"it is larger than {_LARGEST:,} bytes")
    try:
        record = _RunRecord.model_validate(orjson.loads(data))
    except orjson.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise ValueError(f"it is not valid JSON, or cut off ({where})") from None
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        key = ".".join(str(part) for part in first["loc"])
        raise ValueError(f"{key or 'the document'}: {first['msg']}") from None
    if record.tenant != tenant:
        raise ValueError("it is the record of another tenant")
    if path.name != _name(tenant, record.captured_at):
        raise ValueError("its name and its captured_at differ")
    return Run(**_fields(record, captured_at=record.captured_at.astimezone(UTC)))


def _fields(item: Run | _RunRecord, **changes: Any) -> dict[str, Any]:
    names = Run.__dataclass_fields__
    return {name: getattr(item, name) for name in names} | changes


def _name(tenant: str, moment: datetime) -> str:
    return f"{_safe(tenant)}_{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}.json"


def _safe(tenant: str) -> str:
    return re.sub(r"[^A-Za-z0-9.-]", "-", tenant)[:100]


def _unusable(path: Path, why: str) -> Notice:
    where = one_line(path.as_posix())
    return Notice(where, f"This is not a usable history record: {one_line(why)}.", _REMEDY)
