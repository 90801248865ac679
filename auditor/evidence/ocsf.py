"""The audit as OCSF 1.5 Compliance Finding events (class 2003), one JSON object on each line.

A rule that was not evaluated is an event with status Unknown; it is never Pass.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson

from auditor.controls import Framework
from auditor.controls.assess import Outcome, Outcomes
from auditor.lint.finding import Severity
from auditor.lint.result import AuditResult, ReportedFinding
from auditor.lint.rule import Rule
from auditor.text import escaped

_SEVERITY = {
    Severity.INFO: (1, "Informational"),
    Severity.LOW: (2, "Low"),
    Severity.MEDIUM: (3, "Medium"),
    Severity.HIGH: (4, "High"),
    Severity.CRITICAL: (5, "Critical"),
}
_PASS, _FAIL, _UNKNOWN = (1, "Pass"), (3, "Fail"), (0, "Unknown")

Json = dict[str, Any]


def compliance_findings(result: AuditResult, frameworks: tuple[Framework, ...]) -> bytes:
    """An event for each finding, and for each rule that has none."""
    mapped: dict[str, list[tuple[Framework, str]]] = {}
    for framework in frameworks:
        for control in framework.controls:
            for item in control.rules:
                mapped.setdefault(item.rule, []).append((framework, control.id))
    events = _events(result, mapped)
    return "".join(f"{escaped(orjson.dumps(event).decode())}\n" for event in events).encode()


def _events(result: AuditResult, mapped: dict[str, list[tuple[Framework, str]]]) -> Iterator[Json]:
    outcomes = Outcomes(result)
    for rule in result.rules:
        controls = mapped.get(rule.code, [])
        for item in outcomes.findings(rule.code):
            yield _finding(result, item, controls)
        outcome = outcomes.of(rule.code)
        if outcome is not Outcome.FINDINGS:
            status = _PASS if outcome is Outcome.CLEAN else _UNKNOWN
            yield _rule(result, rule, controls, outcome, status)


def _finding(
    result: AuditResult, item: ReportedFinding, controls: list[tuple[Framework, str]]
) -> Json:
    event = _base(result, item.rule, controls, _FAIL)
    number, name = _SEVERITY[item.severity]
    accepted = item.acceptance
    event |= {
        "severity_id": number,
        "severity": name,
        "message": item.message,
        "status_id": 3 if accepted else 1,
        "status": "Suppressed" if accepted else "New",
        "remediation": {"desc": item.fix},
        "resources": [{"uid": item.object.id, "name": item.object.name, "type": item.object.type}],
    }
    event["finding_info"] |= {"uid": item.fingerprint, "desc": item.message}
    if accepted:
        event["comment"] = f"{accepted.by} in {accepted.where}: {accepted.reason}"
    return event


def _rule(
    result: AuditResult,
    rule: Rule,
    controls: list[tuple[Framework, str]],
    outcome: Outcome,
    status: tuple[int, str],
) -> Json:
    event = _base(result, rule, controls, status)
    event["finding_info"]["uid"] = f"{result.tenant.id}/{rule.code}"
    event["compliance"]["status_detail"] = outcome.value
    return event | {"message": f"{rule.code} {rule.name}: {outcome.value}"}


def _base(
    result: AuditResult,
    rule: Rule,
    controls: list[tuple[Framework, str]],
    status: tuple[int, str],
) -> Json:
    standards = sorted({f"{item.title} {item.version}" for item, _ in controls})
    return {
        "activity_id": 1,
        "activity_name": "Create",
        "category_uid": 2,
        "category_name": "Findings",
        "class_uid": 2003,
        "class_name": "Compliance Finding",
        "type_uid": 200301,
        "type_name": "Compliance Finding: Create",
        "time": round(result.capture.finished_at.timestamp() * 1000),
        "severity_id": 1,
        "severity": "Informational",
        "status_id": 1,
        "status": "New",
        "metadata": {
            "version": "1.5.0",
            "product": {
                "name": "okta-auditor",
                "vendor_name": "okta-auditor",
                "version": result.tool_version,
            },
            "tenant_uid": result.tenant.id,
        },
        "finding_info": {
            "title": rule.name,
            "types": ["Configuration"],
            "analytic": {"uid": rule.code, "name": rule.name, "type": "Rule", "type_id": 1},
        },
        "compliance": {
            "control": rule.code,
            "standards": standards or ["okta-auditor"],
            "requirements": [
                f"{item.title} {item.version}: {control}" for item, control in controls
            ],
            "status_id": status[0],
            "status": status[1],
        },
    }
