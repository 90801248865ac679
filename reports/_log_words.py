"""What a log of events adds to an audit, in the words that formats share."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from auditor import AuditResult, ReportedFinding, counted, listed, one_line, quoted
from auditor.results import (
    LogSummary,
    UnusedObject,
    UsageUnknown,
    counted_objects,
    type_name,
)

_NAMED = 8

_UNKNOWN = {
    UsageUnknown.EXPORT: "the file does not say whether it holds all requests that were granted",
    UsageUnknown.WITHOUT_GRANTS: "the log was pulled without --with-grants",
    UsageUnknown.INCOMPLETE: "the log is incomplete",
    UsageUnknown.TOO_MANY: "there are too many different requests to keep",
    UsageUnknown.PLANNED: "the snapshot is of what a plan makes",
}

_ELSEWHERE = {
    "client": "clients",
    "scope": "the scopes of some servers",
    "policy_rule": "the rules of some servers",
}


def rejections(finding: ReportedFinding) -> str:
    """How often a finding hurt, in a sentence; empty where no rejection is tied to it."""
    hits = finding.rejections
    if hits is None:
        return ""
    return f"{counted(hits.count, 'request')} rejected, {_from_to(hits.first, hits.last)}."


def log_sentences(result: AuditResult) -> Iterator[str]:
    """What the log says, a sentence each; nothing if there was none."""
    log = result.log
    if log is None:
        return
    yield _opening(log)
    hurting = sum(1 for item in result.findings if item.rejections)
    if log.tied:
        first = "which comes first" if hurting == 1 else "which come first"
        whose = f"{counted(hurting, 'finding')}, {first}" if hurting else "accepted findings"
        yield f"{log.tied:,} of them bear on {whose}."
    elif log.rejections:
        yield "No finding is tied to any of them: okta-auditor logs says what explains them."
    yield from _usage(log)


def _opening(log: LogSummary) -> str:
    period = "without events"
    if log.since and log.until:
        period = _from_to(log.since, log.until)
    kept = {
        True: "",
        False: " It is incomplete: what is said holds for the part that is there.",
        None: " Whether it holds all events of that time is not known.",
    }[log.complete]
    return (
        f"System Log {one_line(log.where)}, {period}: {counted(log.rejections, 'rejection')}, of "
        f"which the snapshot confirms {log.confirmed:,}.{kept}"
    )


def _usage(log: LogSummary) -> Iterator[str]:
    if log.usage_unknown is not None:
        yield f"What was not used is not known: {_UNKNOWN[log.usage_unknown]}."
        return
    more = f" and {log.unused_more:,} more" if log.unused_more else ""
    by_type: dict[str, list[UnusedObject]] = {}
    for item in log.unused:
        by_type.setdefault(item.object.type, []).append(item)
    parts = [
        f"{counted_objects(len(items), kind)} ({listed(map(_name, items), most=_NAMED)})"
        for kind, items in by_type.items()
    ]
    if parts:
        yield f"Not used in that time: {listed(parts, most=9)}{more}."
    elif not log.usage_doubts:
        yield "All clients, scopes and rules were used in that time."
    if log.usage_doubts:
        kinds = listed([_ELSEWHERE.get(kind, type_name(kind)) for kind in log.usage_doubts])
        yield f"Of {kinds} it is not known: an event does not tell, or policies were changed."


def _name(item: UnusedObject) -> str:
    at = f" of {quoted(item.server.name)}" if item.server else ""
    return f"{quoted(item.object.name)}{at}"


def _from_to(first: datetime, last: datetime) -> str:
    since, until = (f"{moment:%Y-%m-%d %H:%M}" for moment in (first, last))
    return f"{since} UTC" if since == until else f"{since} to {until} UTC"
