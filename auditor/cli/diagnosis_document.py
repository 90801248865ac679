"""A diagnosis as a JSON value; key names are part of the contract.

No token is in it: of tokens it holds remarks, and of the text the words of its errors.
"""

from __future__ import annotations

from typing import Any

from auditor.cli.explanation import as_document
from auditor.diagnosis.causes.verdict import Evidence
from auditor.diagnosis.clues import LogCounts
from auditor.diagnosis.diagnosis import Diagnosis, MatchedError
from auditor.diagnosis.judged_error import JudgedCause
from auditor.lint.reported_finding import ReportedFinding


def diagnosis_document(diagnosis: Diagnosis, missing: tuple[str, ...]) -> dict[str, Any]:
    """The document.

    Args:
        diagnosis: what can be said.
        missing: options that would make it more exact.
    """
    explained, case, first = diagnosis.explanation, diagnosis.case, diagnosis.cause
    asked = dict.fromkeys((*diagnosis.missing, *missing))
    return {
        "settled": diagnosis.settled,
        "cause": _named_cause(first) if first else None,
        "errors": [_error(error) for error in diagnosis.errors],
        "decision": as_document(case.org, explained, ()) if case and explained else None,
        "findings": [_finding(finding) for finding in diagnosis.findings],
        "more_findings": diagnosis.more_findings,
        "token_remarks": [
            {"text": remark.text, "wrong": remark.wrong, "input": remark.source or None}
            for remark in diagnosis.token_remarks
        ],
        "rate_limit": list(diagnosis.rate_limit),
        "characters_left_out": diagnosis.left_out,
        "system_log": _log(diagnosis.log),
        "missing": [] if diagnosis.settled else list(asked),
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
