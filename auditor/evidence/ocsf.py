"""The audit as OCSF Compliance Finding events (class 2003), one JSON object on each line.

A rule that was not evaluated is an event with the status that the schema has for missing
information, Warning; it is never Pass. `requirements` names the controls that the rule shows
directly: the event's Pass or Fail is about them. Those that it only bears on are beside it in
`unmapped`.

The versions 1.5 to 1.8 of OCSF define all of it alike, so that they differ in the version only.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson

from auditor.controls import Control, Framework, Mapped, bearing_on
from auditor.lint.finding import Severity
from auditor.lint.reported_finding import ReportedFinding
from auditor.lint.result import AuditResult
from auditor.lint.rule import Rule
from auditor.lint.rule_outcomes import RuleOutcome, RuleOutcomes
from auditor.lint.shown_gaps import gaps_by_rule
from auditor.text import escaped

_SEVERITY = {
    Severity.INFO: (1, "Informational"),
    Severity.LOW: (2, "Low"),
    Severity.MEDIUM: (3, "Medium"),
    Severity.HIGH: (4, "High"),
    Severity.CRITICAL: (5, "Critical"),
}
# Compliance status; OCSF wants the source's own words for 99, Other.
STATUS = {
    RuleOutcome.CLEAN: (1, "Pass"),
    RuleOutcome.FINDINGS: (3, "Fail"),
    RuleOutcome.NOT_EVALUATED: (2, "Warning"),
    RuleOutcome.ABSENT: (99, "Not applicable"),
    RuleOutcome.CRASHED: (0, "Unknown"),
}

Json = dict[str, Any]
Bearing = tuple[tuple[Framework, Control, Mapped], ...]


def compliance_findings(
    result: AuditResult, frameworks: tuple[Framework, ...], version: str
) -> bytes:
    """An event for each finding, and for each rule that has none.

    Args:
        result: of the audit.
        frameworks: those whose controls are named.
        version: of OCSF, `1.5.0` to `1.8.0`.
    """
    events = _events(result, frameworks, version)
    return "".join(f"{escaped(orjson.dumps(event).decode())}\n" for event in events).encode()


def _events(result: AuditResult, frameworks: tuple[Framework, ...], version: str) -> Iterator[Json]:
    outcomes, gaps = RuleOutcomes(result), gaps_by_rule(result)
    for rule in result.rules:
        controls = bearing_on(frameworks, rule.code)
        outcome = outcomes.of(rule.code)
        events = [_finding(result, item, controls) for item in outcomes.findings(rule.code)]
        if outcome is not RuleOutcome.FINDINGS:
            events.append(_rule(result, rule, controls, outcome))
            if accepted := gaps.get(rule.code):
                events[-1]["comment"] = " ".join(gap.sentence for gap in accepted)
        for event in events:
            event["metadata"]["version"] = version
            yield event


def _finding(result: AuditResult, item: ReportedFinding, controls: Bearing) -> Json:
    event = _base(result, item.rule, controls, RuleOutcome.FINDINGS)
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


def _rule(result: AuditResult, rule: Rule, controls: Bearing, outcome: RuleOutcome) -> Json:
    event = _base(result, rule, controls, outcome)
    event["finding_info"]["uid"] = f"{result.tenant.id}/{rule.code}"
    event["compliance"]["status_details"] = [outcome.value]
    return event | {"message": f"{rule.code} {rule.name}: {outcome.value}"}


def _base(result: AuditResult, rule: Rule, controls: Bearing, outcome: RuleOutcome) -> Json:
    status_id, status = STATUS[outcome]
    event: Json = {
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
            "version": "",
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
        "compliance": {"control": rule.code, "status_id": status_id, "status": status},
    }
    direct = [(f, control) for f, control, mapped in controls if mapped.strength == "direct"]
    if direct:
        event["compliance"] |= {
            "standards": sorted({_standard(framework) for framework, _ in direct}),
            "requirements": [_requirement(*item) for item in direct],
        }
    if related := [(f, control) for f, control, mapped in controls if mapped.strength == "related"]:
        event["unmapped"] = {"related_requirements": [_requirement(*item) for item in related]}
    return event


def _standard(framework: Framework) -> str:
    return f"{framework.title} {framework.version}"


def _requirement(framework: Framework, control: Control) -> str:
    return f"{_standard(framework)}: {control.id}"
