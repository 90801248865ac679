"""An analysed log as a JSON value."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from auditor.cli.logs.words import stop_words
from auditor.lint.planned import planned
from auditor.lint.reported_finding import ReportedFinding
from auditor.lint.witness import explain_command
from auditor.snapshot.models.base import Record
from auditor.snapshot.org import Org
from auditor.system_log.analysis import LogAnalysis
from auditor.system_log.base_comparison import Comparison
from auditor.system_log.decisions import Outcomes
from auditor.system_log.explanations import ExplainedGroup
from auditor.system_log.groups import Change
from auditor.system_log.usage import Usage
from auditor.tokens.steps import PolicyStep, RuleStep

_SHOWN_PEOPLE = 3


def log_document(analysis: LogAnalysis, snapshot: str = "") -> dict[str, Any]:
    """The document, as `json_documents/log_report.py` describes it.

    Args:
        analysis: of the log.
        snapshot: the snapshot's file, for commands; empty if there is none.
    """
    findings = iter(analysis.findings)
    return {
        "log": _log(analysis),
        "snapshot_read_at": _moment(analysis.org.captured_at) if analysis.org else None,
        "base_read_at": _moment(analysis.base.captured_at) if analysis.base else None,
        "planned": (planned(analysis.org.snapshot.capture) or None) if analysis.org else None,
        "groups": [
            _group(analysis.org, group, next(findings, ()), snapshot) for group in analysis.groups
        ],
        "usage": _usage(analysis.usage) if analysis.usage else None,
        "usage_unknown": analysis.usage_unknown.value if analysis.usage_unknown else None,
    }


def _log(analysis: LogAnalysis) -> dict[str, Any]:
    reading, log = analysis.reading, analysis.log
    header = reading.header
    return {
        "org": header.org if header else None,
        "since": _moment(analysis.since),
        "until": _moment(analysis.until),
        "complete": reading.complete,
        "with_grants": header is not None and header.with_grants,
        "redacted": header is not None and header.redacted,
        "events": reading.events,
        "bad": reading.bad,
        "bad_lines": [{"where": line.where, "why": line.why} for line in reading.bad_lines],
        "failed": log.failed,
        "granted": log.granted,
        "changes": len(log.changes),
        "other": log.other,
        "ungrouped": log.ungrouped,
        "changes_left_out": log.changes_left_out,
    }


def _group(
    org: Org | None,
    explained: ExplainedGroup,
    findings: tuple[tuple[ReportedFinding, int], ...],
    snapshot: str,
) -> dict[str, Any]:
    group = explained.group
    key, server, client = group.key, explained.server, explained.client
    return {
        "count": group.count,
        "first": _moment(group.first),
        "last": _moment(group.last),
        "event_type": key.type,
        "reason": key.reason,
        "server": _object(server) or {"id": key.server, "name": key.server_name},
        "client": {"id": key.client, "name": client.title if client else ""},
        "grant": key.grant,
        "scopes": None if key.scopes is None else sorted(key.scopes),
        "people": len(group.people),
        "first_people": [_person(org, user) for user, _ in group.ranked_people[:_SHOWN_PEOPLE]],
        "without_user": group.without_user,
        "confirmed": explained.confirmed,
        "decisions": [_outcome(org, outcome, snapshot) for outcome in explained.outcomes],
        "before": _change(explained.before),
        "meanwhile": _change(explained.meanwhile),
        "deletion": _change(explained.deletion),
        "base": _comparison(explained.base) if explained.base else None,
        "findings": [
            {
                "code": finding.rule.code,
                "name": finding.rule.name,
                "fingerprint": finding.fingerprint,
                "count": count,
            }
            for finding, count in findings
        ],
    }


def _outcome(org: Org | None, outcome: Outcomes, snapshot: str) -> dict[str, Any]:
    decision, stop, steps = outcome.decision, outcome.stop, outcome.steps
    policy = rule = None
    match stop:
        case RuleStep():
            policy, rule = stop.candidate.policy, stop.candidate.rule
        case PolicyStep():
            policy = stop.candidates.policy
        case _ if decision is not None:
            policy, rule = decision.policy, decision.rule
        case _:
            pass
    command = explain_command(org, steps.request, snapshot) if org and steps and snapshot else None
    return {
        "agreement": outcome.agreement.value,
        "unknown": outcome.unknown.value if outcome.unknown else None,
        "count": outcome.count,
        "people": outcome.people,
        "first_people": [_person(org, user) for user in outcome.first_people],
        "failed": decision.failed.value if decision and decision.failed else None,
        "reason": decision.reason if decision else None,
        "missing": decision.missing.text if decision and decision.missing else None,
        "stops_at": stop_words(outcome),
        "policy": _object(policy),
        "rule": _object(rule),
        "command": command,
    }


def _person(org: Org | None, user_id: str) -> dict[str, str | None]:
    user = org.user(user_id) if org is not None and org.known("users") else None
    return {"id": user_id, "login": user.title if user else None}


def _change(change: Change | None) -> dict[str, Any] | None:
    if change is None:
        return None
    return {
        "at": _moment(change.at),
        "event_type": change.type,
        "actor": change.actor,
        "actor_login": change.actor_name,
        "targets": [{"id": target.id, "name": target.name} for target in change.targets],
        "fields": list(change.fields),
    }


def _comparison(compared: Comparison) -> dict[str, Any]:
    return {
        "verdict": compared.verdict.value,
        "given": compared.given,
        "rejected": compared.rejected,
        "cause": _change(compared.cause),
        "candidates": [_change(change) for change in compared.candidates],
        "more_candidates": compared.more_candidates,
        "log_covers": compared.log_covers,
    }


def _usage(usage: Usage) -> dict[str, Any]:
    clients = usage.clients
    return {
        "clients": None
        if clients is None
        else [{"id": app.client_id, "name": app.title} for app in clients],
        "scopes": [
            {"id": item.scope.id, "name": item.scope.name}
            | {"server": _object(item.server), "policy": None}
            for item in usage.scopes
        ],
        "rules": [
            {"id": item.rule.id, "name": item.rule.title}
            | {"server": _object(item.server), "policy": _object(item.policy)}
            for item in usage.rules
        ],
        "scopes_unknown": [_object(server) for server in usage.scopes_unknown],
        "rules_unknown": [_object(server) for server in usage.rules_unknown],
    }


def _object(record: Record | None) -> dict[str, str] | None:
    return None if record is None else {"id": record.id, "name": record.title}


def _moment(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
