"""Evaluates rules over an org. Pure: same snapshot and rules in, same result out."""

from __future__ import annotations

import hashlib
import json
import logging
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from urllib.parse import urlsplit

from auditor.access_overview.overview import access_overview
from auditor.lint.acceptance.content_hash import content_hash
from auditor.lint.error_location import SourceLine, author_line, describe_error
from auditor.lint.finding import Finding, Search, Severity
from auditor.lint.reported_finding import (
    Location,
    ObjectRef,
    RelatedObject,
    ReportedFinding,
    Witness,
)
from auditor.lint.result import AuditResult, Crashed, NotEvaluated, Tenant
from auditor.lint.rule import Rule
from auditor.lint.sensitive_scopes import sensitive_scopes
from auditor.lint.witness import explain_command
from auditor.snapshot.collections import lineage, resource_keys
from auditor.snapshot.document import Snapshot, Source
from auditor.snapshot.ledger import CollectionStatus, LedgerEntry
from auditor.snapshot.line_numbers import Locator
from auditor.snapshot.models.base import Record
from auditor.snapshot.open_fields import OpenFieldError, only_fields_missing, whole
from auditor.snapshot.org import Org
from auditor.snapshot.view import UnreadListError
from auditor.text import listed, one_line
from auditor.tokens.request import TokenRequest
from auditor.version import __version__

_LONGEST_EVIDENCE = 600
_MOST_PROVING = 5
_COMPARED = {"policy_rule": "conditions"}
"""What of an object, by its kind, its related ones are held against to prove a finding."""
_LONGEST_ERROR = 300

_LOGGER = logging.getLogger(__name__)

MOST_RELATED = 20
"""Related objects that a finding shows. A policy for all clients would show thousands."""


def audit(snapshot: Snapshot, rules: Iterable[Rule], source: Source) -> AuditResult:
    """Evaluate rules over a snapshot; see `audit_org`.

    Args:
        snapshot: the tenant's configuration.
        rules: the selected rules.
        source: where the snapshot was read from, for locations.
    """
    return audit_org(Org.of(snapshot, source), rules)


def audit_org(org: Org, rules: Iterable[Rule]) -> AuditResult:
    """Evaluate rules over an org.

    A rule that raises is reported as crashed, and one whose collections were not read as not
    evaluated; neither ends the audit.
    """
    snapshot, source = org.snapshot, org.source
    selected = tuple(sorted(rules, key=lambda rule: rule.code))
    report = _Reporter(org, source.name, Locator(source.document))
    findings: list[ReportedFinding] = []
    not_evaluated: list[NotEvaluated] = []
    crashed: list[Crashed] = []
    guarded: Org | None = None
    for rule in selected:
        missing = org.ledger.missing(lineage(rule.reads))
        if missing and not only_fields_missing(missing):
            not_evaluated.append(_unread(rule, missing))
            continue
        open_ = [entry for entry in map(org.ledger.entry, _seen(rule)) if entry.only_fields_open]
        if open_:
            guarded = guarded or org.guarded()
        raw: list[Finding] = []
        try:
            with _timed(rule):
                raw += rule.findings(guarded if guarded and open_ else org)
            findings += [report.finding(rule, finding) for finding in raw]
        except OpenFieldError as open_field:
            # What it found before it looked at the field, it would find whatever that will be.
            findings += [report.finding(rule, finding) for finding in raw]
            not_evaluated.append(_field_open(rule, open_, open_field))
            guarded = None
        except UnreadListError as unread_list:
            not_evaluated.append(_list_unread(rule, unread_list))
        except Exception as error:
            _LOGGER.debug("rule %s crashed", rule.code, exc_info=True)
            crashed.append(_crash(rule, error))
    return AuditResult(
        tool_version=__version__,
        tenant=tenant_of(org),
        capture=snapshot.capture,
        coverage=org.ledger.entries,
        rules=selected,
        findings=tuple(sorted(findings, key=_order)),
        not_evaluated=tuple(not_evaluated),
        crashed=tuple(crashed),
        objects={entry.collection: entry.objects for entry in org.ledger.entries},
        snapshot_digest=snapshot.digest,
        source=source.name,
        overview=partial(access_overview, org, sensitive_scopes(selected)),
        title_of=org.title_of,
    )


@contextmanager
def _timed(rule: Rule) -> Iterator[None]:
    """Log how long a rule takes."""
    began = time.perf_counter()
    try:
        yield
    finally:
        _LOGGER.debug(
            "rule %s %s took %.1f ms", rule.code, rule.name, (time.perf_counter() - began) * 1000
        )


def fingerprint(code: str, record: Record, field: str | None, key: str) -> str:
    """What makes a finding the same finding tomorrow: code, immutable id, field, key."""
    identity = [code, record.kind, *resource_keys(record.place.path), record.id, field or "", key]
    return hashlib.sha256("\0".join(identity).encode("utf-8", "replace")).hexdigest()[:32]


def _seen(rule: Rule) -> list[str]:
    """The collections that a rule may look at, sorted."""
    return sorted(lineage(rule.reads) | lineage(rule.consults))


def _unread(rule: Rule, missing: Sequence[LedgerEntry]) -> NotEvaluated:
    return NotEvaluated(
        rule=rule,
        reason=_reason(missing),
        missing=tuple(entry.collection for entry in missing),
        remedy="; ".join(dict.fromkeys(entry.remedy() for entry in missing)),
        absent=all(entry.status is CollectionStatus.ABSENT for entry in missing),
    )


def _reason(missing: Iterable[LedgerEntry]) -> str:
    """Why collections are not complete; collections that share a reason are named together."""
    labels: dict[str, list[str]] = {}
    for entry in missing:
        labels.setdefault(entry.explanation(), []).append(entry.label)
    return "; ".join(f"{listed(names, most=4)}: {why}" for why, names in labels.items())


def _field_open(rule: Rule, open_: Sequence[LedgerEntry], error: OpenFieldError) -> NotEvaluated:
    of = [entry for entry in open_ if any(gap.attribute == error.attribute for gap in entry.gaps)]
    named = of or list(open_)
    return NotEvaluated(
        rule=rule,
        reason=f"{listed([entry.label for entry in named], most=4)}: {error.message}",
        missing=tuple(entry.collection for entry in named),
        remedy="; ".join(dict.fromkeys(entry.remedy() for entry in named)),
        absent=False,
    )


def _list_unread(rule: Rule, error: UnreadListError) -> NotEvaluated:
    return NotEvaluated(
        rule=rule,
        reason=error.message,
        missing=(error.collection,),
        remedy=error.remedy,
        absent=False,
    )


def _crash(rule: Rule, error: Exception) -> Crashed:
    """The crash of a rule, with the line of the author's code where it began."""
    line = author_line(error, rule.file.parent) or SourceLine(rule.file, rule.line)
    place = f"{line.file.name}:{line.line}"
    return Crashed(rule, one_line(f"{describe_error(error, line)} ({place})")[:_LONGEST_ERROR])


def _order(finding: ReportedFinding) -> tuple[int, str, str, str, str, str]:
    server = finding.server.name if finding.server else ""
    return (
        finding.severity.rank,
        finding.rule.code,
        server,
        finding.object.name,
        finding.object.id,
        finding.fingerprint,
    )


def tenant_of(org: Org) -> Tenant:
    """Whose configuration it is; of a planned one, its name says so wherever it is shown."""
    capture = org.snapshot.capture
    url = capture.org_url
    host = urlsplit(url).hostname or url
    profile = org.profile
    name = profile.title if profile else host
    if plan := capture.plan:
        planned = f"as {plan.made_by} plans it"
        name = f"{name}, {planned}" if name else f"The configuration {planned}"
    return Tenant(id=profile.id if profile else host, name=name, url=url)


@dataclass(frozen=True)
class _Reporter:
    """Turns what a rule yields into what a report shows."""

    org: Org
    file: str
    locator: Locator

    def finding(self, rule: Rule, finding: Finding) -> ReportedFinding:
        finding = _of_whole_records(finding)
        server = self.org.server_of(finding.record)
        return ReportedFinding(
            rule=rule,
            severity=max(rule.severity, finding.severity or rule.severity, key=_rank),
            confidence=rule.confidence,
            message=finding.message,
            fix=finding.fix or rule.page.fix,
            object=_reference(finding.record),
            server=_reference(server) if server else None,
            field=finding.field,
            evidence=self._evidence(finding),
            related=tuple(
                RelatedObject(
                    _reference(other.record), other.role, self._location(other.record, None)
                )
                for other in finding.related[:MOST_RELATED]
            ),
            related_more=max(0, len(finding.related) - MOST_RELATED),
            witness=self._witness(finding.witness),
            location=self._location(finding.record, self._entry(finding)),
            fingerprint=fingerprint(rule.code, finding.record, finding.field, finding.key),
            key=finding.key,
            content=content_hash(
                finding.record,
                self.org.raw(finding.record),
                finding.field,
                [other.record for other in finding.related],
            ),
            answer=finding.answer or rule.answer,
        )

    def _witness(self, witness: TokenRequest | Search | None) -> Witness | None:
        request = witness(self.org) if callable(witness) else witness
        if request is None:
            return None
        return Witness(request, explain_command(self.org, request, self.file))

    def _location(self, record: Record, field: str | None) -> Location:
        return Location(self.file, self.locator.region(record.place, field))

    def _entry(self, finding: Finding) -> str | None:
        """The field, or the entry of a list that the key names: the line a reader looks for.

        Fingerprints keep to the field, so that reordering a list changes none of them.
        """
        value = self.org.raw(finding.record)
        for name in (finding.field or "").split("."):
            value = value.get(name) if isinstance(value, dict) else None
        if isinstance(value, list) and finding.key in value:
            return f"{finding.field}.{value.index(finding.key)}"
        return finding.field

    def _evidence(self, finding: Finding) -> str:
        """What was read that proves it, a line for each object.

        Where a finding is about a whole object, what related objects have is the proof.
        """
        proving = [other for other in finding.related if other.field][:_MOST_PROVING]
        lines = [
            f"{_reference(other.record).described}: {self._value(other.record, other.field)}"
            for other in proving
        ]
        own = finding.field or (_COMPARED.get(finding.record.kind) if lines else "id")
        if own:
            lines.insert(0, self._value(finding.record, own))
        return "\n".join(lines)

    def _value(self, record: Record, field: str | None) -> str:
        """The field's value as it was read, or the absence of it."""
        value = self.org.raw(record)
        shown = field or "id"
        for name in shown.split("."):
            if isinstance(value, list) and name.isdigit() and int(name) < len(value):
                value = value[int(name)]
            elif isinstance(value, dict) and name in value:
                value = value[name]
            else:
                return f"{shown}: (absent)"
        text = f"{shown}: {json.dumps(value, ensure_ascii=False)}"
        return text if len(text) <= _LONGEST_EVIDENCE else text[: _LONGEST_EVIDENCE - 1] + "…"


def _of_whole_records(finding: Finding) -> Finding:
    """The finding about the records themselves, where a rule saw guarded ones."""
    related = tuple(replace(other, record=whole(other.record)) for other in finding.related)
    return replace(finding, record=whole(finding.record), related=related)


def _rank(severity: Severity) -> int:
    return severity.rank


def _reference(record: Record) -> ObjectRef:
    return ObjectRef(type=record.kind, id=record.id, name=record.title)
