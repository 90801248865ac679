"""A diagnosis as a JSON value; key names are part of the contract.

No token is in it: of tokens it holds remarks, and of the text the words of its errors.
"""

from __future__ import annotations

from typing import Any

from auditor.cli.diagnosis.api_limits_text import outage_lines, rate_limit_lines
from auditor.cli.explanation import as_document
from auditor.diagnosis.api_limits.rate_limit import endpoint_title
from auditor.diagnosis.api_rights.api_token import ApiTokenState
from auditor.diagnosis.api_rights.endpoints import documents
from auditor.diagnosis.api_rights.refusal import Refusal
from auditor.diagnosis.causes.verdict import Evidence
from auditor.diagnosis.clues import LogCounts
from auditor.diagnosis.diagnosis import Diagnosis, MatchedError
from auditor.diagnosis.judged_error import JudgedCause
from auditor.lint.reported_finding import ReportedFinding
from auditor.snapshot.models.clients import App


def diagnosis_document(
    diagnosis: Diagnosis, missing: tuple[str, ...], planned: str = ""
) -> dict[str, Any]:
    """The document.

    Args:
        diagnosis: what can be said.
        missing: options that would make it more exact.
        planned: a sentence that says whose plan the snapshot is; empty if it is none.
    """
    explained, case, first = diagnosis.explanation, diagnosis.case, diagnosis.cause
    api = diagnosis.api
    asked = dict.fromkeys((*diagnosis.missing, *missing))
    return {
        "settled": diagnosis.settled and not planned,
        "planned": planned or None,
        "cause": _named_cause(first) if first else None,
        "errors": [_error(error) for error in diagnosis.errors],
        "decision": as_document(case.org, explained, ()) if case and explained else None,
        "findings": [_finding(finding) for finding in diagnosis.findings],
        "more_findings": diagnosis.more_findings,
        "token_remarks": [
            {"text": remark.text, "wrong": remark.wrong, "input": remark.source or None}
            for remark in diagnosis.token_remarks
        ],
        "rate_limit": list(rate_limit_lines(api.rate_limit)) if api.rate_limit else [],
        "api_calls": [_call(refusal) for refusal in api.refusals],
        "api_token": _api_token(api.api_token) if api.api_token else None,
        "outage": list(outage_lines(api.outage)) if api.outage else [],
        "characters_left_out": diagnosis.left_out,
        "system_log": _log(diagnosis.log),
        "missing": [] if diagnosis.settled else list(asked),
    }


def _call(refusal: Refusal) -> dict[str, Any]:
    client = refusal.client
    return {
        "call": endpoint_title(refusal.call),
        "documented": refusal.endpoint is not None,
        "scopes": [sorted(scopes) for scopes in refusal.scopes],
        "suggested_admin_roles": sorted(refusal.endpoint.admin_roles) if refusal.endpoint else [],
        "client": _client(client) if client else None,
        "token_scopes": None if refusal.token_scopes is None else list(refusal.token_scopes),
        "grants": None if refusal.grants is None else list(refusal.grants),
        "admin_roles": None if refusal.roles is None else [role.title for role in refusal.roles],
        "sound": refusal.sound,
        "request_id": refusal.call.request_id or None,
        "source": {each.title: each.version for each in documents()},
    }


def _client(client: App) -> dict[str, Any]:
    return {"id": client.id, "name": client.title}


def _api_token(state: ApiTokenState) -> dict[str, Any]:
    return {
        "name": state.name,
        "owner": state.owner,
        "faults": [fault.kind.name.lower() for fault in state.faults],
    }


def _log(counts: LogCounts | None) -> dict[str, Any] | None:
    if counts is None:
        return None
    return {
        "refusals": counts.refusals,
        "kinds": counts.kinds,
        "first": counts.first,
        "unread": counts.unread,
    }


def _named_cause(error: MatchedError) -> dict[str, Any]:
    assert error.judged is not None
    assert error.judged.cause is not None
    return {"error": error.judged.row.name, **_cause(error.judged.cause)}


def _error(error: MatchedError) -> dict[str, Any]:
    known, judged = error.known, error.judged
    return {
        "error": error.clue.error or None,
        "description": error.clue.description or None,
        "input": error.clue.source or None,
        "name": known.name if known else None,
        "meaning": known.meaning if known else None,
        "alike": [row.name for row in error.alike],
        "fault": judged.fault.value if judged else None,
        "causes": [_cause(one) for one in judged.causes] if judged else [],
        "system_log_filter": (known.log_filter or None) if known else None,
    }


def _cause(one: JudgedCause) -> dict[str, Any]:
    verdict = one.verdict
    return {
        "name": one.cause.name,
        "what": one.cause.what,
        "confidence": verdict.confidence.value,
        "in_configuration": one.cause.in_configuration,
        "text": verdict.text,
        "fixes": list(one.fixes),
        "evidence": [_evidence(item) for item in verdict.evidence],
        "missing": list(verdict.missing),
    }


def _evidence(item: Evidence) -> dict[str, Any]:
    own = item.owner
    return {
        "object": {"type": own.type, "id": own.id, "name": own.name},
        "field": item.field,
        "value": item.value,
    }


def _finding(finding: ReportedFinding) -> dict[str, Any]:
    own = finding.object
    return {
        "code": finding.rule.code,
        "rule": finding.rule.name,
        "message": finding.message,
        "fix": finding.fix,
        "object": {"type": own.type, "id": own.id, "name": own.name},
        "fingerprint": finding.fingerprint,
    }
