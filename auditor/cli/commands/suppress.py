"""`okta-auditor suppress`: accept findings, with a reason, an owner and an end."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import click
from pydantic import ValidationError

from auditor.cli.audit.acceptance_files import AcceptanceFile, suppressions_path
from auditor.cli.audit.prepared_audit import prepare_audit
from auditor.cli.merged_settings import read_settings
from auditor.cli.options import FILE, AuditOptions, accepting_options
from auditor.cli.printing import print_line
from auditor.errors import AuditorError, UsageError
from auditor.files import PUBLIC, check_writable, write_file
from auditor.lint.acceptance.suppression import Suppression
from auditor.lint.acceptance.suppression_writing import with_entry
from auditor.lint.completeness import unchecked
from auditor.lint.reported_finding import ReportedFinding
from auditor.lint.result import AuditResult
from auditor.lint.reviewed_file import read_reviewed
from auditor.lint.selection import find_rule
from auditor.snapshot.document import read_document
from auditor.text import counted, listed, one_line, quoted

if sys.platform != "win32":
    import fcntl

_SHORTEST_PREFIX = 8


@dataclass(frozen=True)
class _FindingFilter:
    """Which findings are meant."""

    fingerprint: str | None
    rule: str | None
    target: str | None
    field: str | None
    key: str | None


@click.command("suppress")
@click.argument("path", metavar="SNAPSHOT", type=FILE)
@click.argument("fingerprint", required=False)
@click.option("--rule", metavar="CODE", help="The rule, by code or name.")
@click.option("--target", metavar="NAME", help="The object's name or id.")
@click.option("--field", metavar="FIELD", help="Only the finding on this field.")
@click.option("--key", metavar="KEY", help="Only the finding with this key.")
@click.option("--reason", required=True, metavar="TEXT", help="Why it is accepted.")
@click.option("--owner", required=True, metavar="WHO", help="Who answers for it.")
@click.option("--ticket", metavar="TICKET", help="Where it was decided.")
@click.option(
    "--expires",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DATE",
    help="The last day on which it holds.",
)
@click.option("--days", type=click.IntRange(1, 3650), help="The same, counted from today.")
@click.option("--force", is_flag=True, help="Write the entry although there is no such finding.")
@accepting_options
def command(
    *,
    path: Path,
    expires: datetime | None,
    days: int | None,
    force: bool,
    suppressions: Path | None,
    as_of: datetime | None,
    folders: tuple[Path, ...],
    config: Path | None,
    **words: Any,
) -> None:
    """Accept findings, with a reason, an owner and an end.

    Names them by --rule and --target, or by the FINGERPRINT that reports show (its first eight
    digits will do). The entry goes to the end of the file of suppressions; nothing else in it
    changes. Commit the file, so that the decision is reviewed.
    """
    terms = {name: words.pop(name) for name in ("reason", "owner", "ticket")}
    meant = _FindingFilter(**words)
    _check(meant, expires, days)
    options = AuditOptions(
        output=("text",),
        select=(meant.rule,) if meant.rule else (),
        rules=folders,
        config=config,
        suppressions=suppressions,
        as_of=as_of,
    )
    settings = read_settings(options)
    target = suppressions_path(settings)
    check_writable(target)
    with _locked(target.parent):
        text = _text(target)
        prepared = prepare_audit(options, writes=AcceptanceFile.SUPPRESSIONS, effective=settings)
        result = prepared.evaluate(read_document(path), path)
        meant = _with_id(result, meant)
        findings = _matching(result, meant, force=force)
        until = expires.date() if expires else _after(prepared.acceptance.as_of, days or 0)
        rule = (
            findings[0].rule if findings else find_rule(prepared.acceptance.rules, meant.rule or "")
        )
        entry = _entry(rule.code, meant, findings, {**terms, "expires": until})
        added = with_entry(text, entry)
        prepared.acceptance.check_suppressions(added, target)
        mode = target.stat().st_mode & PUBLIC if text else PUBLIC
        write_file(target, added.encode(), mode)
    line = added.count("\n") - len(entry.model_dump(exclude_none=True))
    print_line(
        f"{target}:{line}: {entry.rule} on {quoted(entry.name or entry.target)} is suppressed "
        f"until {entry.expires}: {counted(len(findings), 'finding')}"
    )


def _check(meant: _FindingFilter, expires: datetime | None, days: int | None) -> None:
    if (expires is None) == (days is None):
        raise UsageError("Say when it ends: either --expires DATE or --days N.")
    if meant.fingerprint is None:
        if not (meant.rule and meant.target):
            raise UsageError(
                "Say which findings: --rule CODE and --target NAME, or a fingerprint.",
                remedy="`okta-auditor audit -v` shows both of each finding.",
            )
    elif meant.rule or meant.target or meant.field or meant.key:
        raise UsageError("A fingerprint says it all; leave --rule, --target, --field, --key out.")
    elif len(meant.fingerprint) < _SHORTEST_PREFIX:
        raise UsageError(f"Give at least {_SHORTEST_PREFIX} digits of the fingerprint.")


def _after(day: date, days: int) -> date:
    try:
        return day + timedelta(days=days)
    except OverflowError:
        raise UsageError(f"--days {days} leads beyond the last day there is.") from None


def _text(target: Path) -> str:
    """The file as it is, line ends and byte order mark included; empty if there is none."""
    if not os.path.lexists(target):
        return ""
    read_reviewed(target, missing="", damaged="Save it as UTF-8.")
    return target.read_bytes().decode()


def _with_id(result: AuditResult, meant: _FindingFilter) -> _FindingFilter:
    """The same, with the id of the object that the target names.

    Raises:
        UsageError: several objects have the name.
    """
    of_rule = [
        item.object
        for item in (*result.findings, *result.accepted)
        if (meant.rule or "").lower() in {item.rule.code.lower(), item.rule.name}
    ]
    if meant.target is None or meant.target in {item.id for item in of_rule}:
        return meant
    ids = sorted({item.id for item in of_rule if item.name == meant.target})
    if len(ids) > 1:
        raise UsageError(
            f"{meant.rule} has findings on {len(ids):,} objects of the name "
            f"{quoted(meant.target)}: {listed(map(quoted, ids), most=6)}.",
            remedy="Name one of them by its id.",
        )
    return replace(meant, target=ids[0]) if ids else meant


def _matching(result: AuditResult, meant: _FindingFilter, *, force: bool) -> list[ReportedFinding]:
    """The findings that are meant.

    Raises:
        UsageError: there are none.
        AuditorError: whether there are any could not be checked.
    """
    every = (*result.findings, *result.accepted)
    findings = [finding for finding in every if _matches(finding, meant)]
    if findings or (force and meant.fingerprint is None):
        if len({item.fingerprint for item in findings}) > 1 and meant.fingerprint:
            raise UsageError(f"Several fingerprints begin with {meant.fingerprint}; give more.")
        return findings
    what = (
        f"No finding has the fingerprint {quoted(meant.fingerprint)}"
        if meant.fingerprint
        else f"{meant.rule} has no such finding on {quoted(meant.target or '')}"
    )
    if result.incomplete:
        raise AuditorError(
            f"{what}, but not all could be checked ({unchecked(result)}).",
            remedy="Make a complete snapshot, or write the entry all the same: --force.",
        )
    named = {f"{quoted(item.object.name)} ({item.object.id})" for item in every if meant.rule}
    targets = listed(sorted(named), empty="none at all")
    objects = f" Its findings are on: {targets}." if meant.rule else ""
    raise UsageError(
        f"{what}, so there is nothing to suppress.{objects}",
        remedy="Compare with the report of the same snapshot. --force writes an entry all the "
        "same, with --rule and --target.",
    )


def _matches(finding: ReportedFinding, meant: _FindingFilter) -> bool:
    if meant.fingerprint is not None:
        return finding.fingerprint.startswith(meant.fingerprint.lower())
    rule, word = finding.rule, (meant.rule or "").lower()
    return (
        word in {rule.code.lower(), rule.name}
        and finding.object.id == meant.target
        and meant.field in {None, finding.field}
        and meant.key in {None, finding.key}
    )


def _entry(
    code: str, meant: _FindingFilter, findings: list[ReportedFinding], terms: dict[str, Any]
) -> Suppression:
    first = findings[0] if findings else None
    values = {
        "rule": code,
        "target": first.object.id if first else meant.target,
        "name": one_line(first.object.name) if first else None,
        "field": meant.field,
        "key": meant.key,
        "fingerprint": first.fingerprint if first and meant.fingerprint else None,
        **terms,
    }
    try:
        return Suppression.model_validate(
            {key: value for key, value in values.items() if value is not None}
        )
    except ValidationError as error:
        key = error.errors(include_input=False)[0]["loc"][0]
        raise UsageError(f"--{key} must not be empty.") from None


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Let no other okta-auditor write into the folder; a lock file would be litter in a checkout.

    Windows knows no locks on folders; there the last of two writers wins.
    """
    if sys.platform == "win32":
        yield
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
