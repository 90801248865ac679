"""An audit together with the log of the same org."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import chain, islice

from auditor.lint.log_summary import LogSummary, UnusedObject
from auditor.lint.reported_finding import ObjectRef, Rejections, ReportedFinding
from auditor.lint.result import AuditResult
from auditor.snapshot.models.base import Record
from auditor.system_log.analysis import LogAnalysis
from auditor.system_log.usage import Usage

MOST_UNUSED = 100


def with_log(result: AuditResult, analysis: LogAnalysis, where: str) -> AuditResult:
    """The result with what a log says of it: findings with real rejections come first.

    Which findings count, who accepts them and their fingerprints stay as they are.

    Args:
        result: of the snapshot.
        analysis: of the log, on the same snapshot and all findings of the result.
        where: the log's file, as reports show it.
    """

    def hit(finding: ReportedFinding) -> ReportedFinding:
        hits = analysis.hits.get(finding.fingerprint)
        if hits is None:
            return finding
        return replace(finding, rejections=Rejections(hits.count, hits.first, hits.last))

    return replace(
        result,
        findings=tuple(sorted(map(hit, result.findings), key=_hurt)),
        accepted=tuple(map(hit, result.accepted)),
        log=_summary(analysis, where),
    )


def _hurt(finding: ReportedFinding) -> tuple[bool, int, int]:
    """Sorts findings with rejections first, among them as severe and as frequent as they are."""
    rejections = finding.rejections
    if rejections is None:
        return (True, 0, 0)
    return (False, finding.severity.rank, -rejections.count)


def _summary(analysis: LogAnalysis, where: str) -> LogSummary:
    usage = analysis.usage
    unused = list(islice(_unused(usage), MOST_UNUSED)) if usage else []
    return LogSummary(
        where=where,
        since=analysis.since,
        until=analysis.until,
        complete=analysis.reading.complete,
        rejections=analysis.log.failed,
        confirmed=sum(group.confirmed for group in analysis.groups),
        tied=analysis.tied,
        unused=tuple(unused),
        unused_more=sum(1 for _ in _unused(usage)) - len(unused) if usage else 0,
        usage_unknown=analysis.usage_unknown,
        usage_doubts=tuple(_doubts(usage)) if usage else (),
    )


def _unused(usage: Usage) -> Iterator[UnusedObject]:
    clients = (UnusedObject(_ref(app), None) for app in usage.clients or ())
    scopes = (UnusedObject(_ref(item.scope), _ref(item.server)) for item in usage.scopes)
    rules = (UnusedObject(_ref(item.rule), _ref(item.server)) for item in usage.rules)
    return chain(clients, scopes, rules)


def _doubts(usage: Usage) -> Iterator[str]:
    if usage.clients is None:
        yield "client"
    if usage.scopes_unknown:
        yield "scope"
    if usage.rules_unknown:
        yield "policy_rule"


def _ref(record: Record) -> ObjectRef:
    return ObjectRef(record.kind, record.id, record.title)
