"""`okta-auditor suppress`: accept findings, with a reason, an owner and an end."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import click
from pydantic import ValidationError

from auditor.cli.audit.accepted_findings import suppressions_path
from auditor.cli.audit.preparation import plan
from auditor.cli.merged_settings import read_settings
from auditor.cli.options import FILE, AuditOptions, accepting_options
from auditor.errors import AuditorError, UsageError
from auditor.files import PUBLIC, check_writable, write_file
from auditor.lint.acceptance.suppression import Suppression
from auditor.lint.acceptance.suppression_writing import with_entry
from auditor.lint.result import AuditResult, ReportedFinding
from auditor.lint.reviewed_file import read_reviewed
from auditor.lint.selection import find_rule
from auditor.snapshot.document import read_document
from auditor.text import counted, listed, one_line, quoted

if sys.platform != "win32":
    import fcntl

_SHORTEST_PREFIX = 8


@dataclass(frozen=True)
class _Wanted:
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
@click.option("--target", metavar="ID", help="The id of the object.")
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
    wanted = _Wanted(**words)
    _check(wanted, expires, days)
    options = AuditOptions(
        output=("text",),
        select=(wanted.rule,) if wanted.rule else (),
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
        asked = plan(options, writing="suppressions", effective=settings)
        result = asked.evaluate(read_document(path), path)
        found = _found(result, wanted, force=force)
        until = expires.date() if expires else _after(asked.accepting.as_of, days or 0)
        rule = found[0].rule if found else find_rule(asked.accepting.rules, wanted.rule or "")
        entry = _entry(rule.code, wanted, found, {**terms, "expires": until})
        added = with_entry(text, entry)
        asked.accepting.check(added, target)
        mode = target.stat().st_mode & PUBLIC if text else PUBLIC
        write_file(target, added.encode(), mode)
    line = added.count("\n") - len(entry.model_dump(exclude_none=True))
    click.echo(
        f"{target}:{line}: {entry.rule} on {quoted(entry.name or entry.target)} is suppressed "
        f"until {entry.expires}: {counted(len(found), 'finding')}"
    )


def _check(wanted: _Wanted, expires: datetime | None, days: int | None) -> None:
    if (expires is None) == (days is None):
        raise UsageError("Say when it ends: either --expires DATE or --days N.")
    if wanted.fingerprint is None:
        if not (wanted.rule and wanted.target):
            raise UsageError(
                "Say which findings: --rule CODE and --target ID, or a fingerprint.",
                remedy="The JSON report has the ids, the HTML report the fingerprints too.",
            )
    elif wanted.rule or wanted.target or wanted.field or wanted.key:
        raise UsageError("A fingerprint says it all; leave --rule, --target, --field, --key out.")
    elif len(wanted.fingerprint) < _SHORTEST_PREFIX:
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


def _found(result: AuditResult, wanted: _Wanted, *, force: bool) -> list[ReportedFinding]:
    """The findings that are meant.

    Raises:
        UsageError: there are none.
        AuditorError: whether there are any could not be checked.
    """
    every = (*result.findings, *result.accepted)
    found = [finding for finding in every if _meant(finding, wanted)]
    if found or (force and wanted.fingerprint is None):
        if len({item.fingerprint for item in found}) > 1 and wanted.fingerprint:
            raise UsageError(f"Several fingerprints begin with {wanted.fingerprint}; give more.")
        return found
    what = (
        f"No finding has the fingerprint {quoted(wanted.fingerprint)}"
        if wanted.fingerprint
        else f"{wanted.rule} has no such finding on {quoted(wanted.target or '')}"
    )
    if result.incomplete:
        codes = sorted({rule.code for rule in result.rules} - result.evaluated_codes)
        raise AuditorError(
            f"{what}, but not all could be checked ({listed(codes)}).",
            remedy="Make a complete snapshot, or write the entry all the same: --force.",
        )
    targets = listed(
        sorted({quoted(item.object.id) for item in every if wanted.rule}), empty="none at all"
    )
    there = f" Its findings are on: {targets}." if wanted.rule else ""
    raise UsageError(
        f"{what}, so there is nothing to suppress.{there}",
        remedy="Compare with the report of the same snapshot. --force writes an entry all the "
        "same, with --rule and --target.",
    )


def _meant(finding: ReportedFinding, wanted: _Wanted) -> bool:
    if wanted.fingerprint is not None:
        return finding.fingerprint.startswith(wanted.fingerprint.lower())
    rule, named = finding.rule, (wanted.rule or "").lower()
    return (
        named in {rule.code.lower(), rule.name}
        and finding.object.id == wanted.target
        and wanted.field in {None, finding.field}
        and wanted.key in {None, finding.key}
    )


def _entry(
    code: str, wanted: _Wanted, found: list[ReportedFinding], terms: dict[str, Any]
) -> Suppression:
    first = found[0] if found else None
    values = {
        "rule": code,
        "target": first.object.id if first else wanted.target,
        "name": one_line(first.object.name) if first else None,
        "field": wanted.field,
        "key": wanted.key,
        "fingerprint": first.fingerprint if first and wanted.fingerprint else None,
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
