"""The results as JSON, for programs.

The shape is versioned by `schema`. Within a version keys may be added; none is removed,
renamed or given another meaning. Names and messages are exact: characters that could
trick a terminal stand there as JSON escapes.
"""

from __future__ import annotations

from datetime import date
from typing import Any, Final, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from auditor import (
    AuditResult,
    Confidence,
    Impact,
    Location,
    ObjectRef,
    ReportedFinding,
    Severity,
    report,
)
from auditor.lint.result import Acceptance, Crashed, Fixed, NotEvaluated, Notice, Run, Witness
from auditor.snapshot.ledger import Entry, Status

from ._shared import json_document

VERSION: Final = "okta-auditor/results/1"


class _Wire(BaseModel):
    model_config = ConfigDict(
        frozen=True, from_attributes=True, json_schema_serialization_defaults_required=True
    )


class Tool(_Wire):
    """What made the document."""

    name: Literal["okta-auditor"] = "okta-auditor"
    version: str


class TenantInfo(_Wire):
    """Whose configuration was audited."""

    id: str = Field(description="The org's id, or its host name where the id was not read.")
    name: str
    url: str


class RuleCounts(_Wire):
    """What became of the selected rules; the last three add up to the first."""

    selected: int
    evaluated: int
    not_evaluated: int
    crashed: int


class Summary(_Wire):
    """The numbers."""

    complete: bool = Field(
        description="False if a rule crashed, could not be evaluated although the org has what "
        "it reads, or none was selected: then no finding is no proof."
    )
    findings: int = Field(description="Those that count. With a baseline, the new ones.")
    suppressed: int
    unchanged: int = Field(description="Those that the baseline accepts.")
    fixed: int = Field(description="Those of the baseline that are not there any more.")
    by_severity: dict[Severity, int] = Field(description="Every severity is there.")
    by_rule: dict[str, int] = Field(description="By code; rules without findings are left out.")
    rules: RuleCounts
    objects: dict[str, int] = Field(description="How many objects of each collection were read.")


class ObjectInfo(_Wire):
    """An Okta object. The name is the tenant's own words."""

    type: str
    id: str
    name: str


class Place(_Wire):
    """Where in a file: lines and columns from 1, the end column after the last character."""

    file: str
    line: int
    column: int = Field(description="In Unicode code points.")
    end_line: int
    end_column: int


class RelatedInfo(_Wire):
    """Another object that takes part in a finding."""

    object: ObjectInfo
    role: str = Field(description="What it has to do with the finding.")
    location: Place


class WitnessInfo(_Wire):
    """A token request that shows a finding, by ids."""

    server: str = Field(description="The server's id, or `org`.")
    client: str = Field(description="The client id.")
    grant: str
    user: str | None
    scopes: list[str] | None = Field(description="Null if the request leaves the scopes out.")
    response_type: str | None
    redirect_uri: str | None
    pkce: bool | None
    command: str = Field(description="A shell command that shows what becomes of it.")


class AcceptanceInfo(_Wire):
    """Why a finding does not count."""

    by: Literal["suppression", "baseline"]
    where: str = Field(description="The file and line that accepts it.")
    reason: str
    owner: str
    ticket: str
    expires: date | None = Field(description="The last day on which it holds.")


class NoticeInfo(_Wire):
    """Something that whoever keeps suppressions or the baseline should know."""

    where: str
    message: str
    remedy: str


class FixedInfo(_Wire):
    """A finding of the baseline that is not there any more."""

    code: str
    fingerprint: str
    object: ObjectInfo


class FindingInfo(_Wire):
    """One thing that is wrong with one object."""

    code: str = Field(description="The rule's permanent code.")
    name: str = Field(description="The rule's name.")
    severity: Severity
    impact: Impact
    confidence: Confidence
    message: str
    object: ObjectInfo
    server: ObjectInfo | None = Field(description="The authorization server it belongs to.")
    field: str | None = Field(description="Dotted, in the API's names; null for the object.")
    key: str = Field(description="Tells findings of one rule on one field apart.")
    related: list[RelatedInfo] = Field(description="At most 20 of the other objects.")
    related_more: int = Field(description="How many more there are.")
    location: Place
    fingerprint: str = Field(description="Survives rewording, renaming and moving.")
    status: str = Field(description="open, suppressed, or unchanged since the baseline.")
    remark: str = Field(description="Why it counts although it was accepted once; or empty.")
    acceptance: AcceptanceInfo | None = Field(description="Null for a finding that counts.")
    fix: str
    evidence: str = Field(description="The field's value as it was read, cut if it is long.")
    witness: WitnessInfo | None


class NotEvaluatedInfo(_Wire):
    """A rule that could not be evaluated, because of what was not read."""

    code: str
    name: str
    reason: str
    missing: list[str] = Field(description="The collections that were not completely read.")
    remedy: str
    absent: bool = Field(description="The org does not have what the rule reads: no fault.")


class CrashedInfo(_Wire):
    """A rule that failed; nothing that it found is reported."""

    code: str
    name: str
    error: str


class GapInfo(_Wire):
    """A list that could not be read to its end."""

    path: str
    reason: str


class QuarantinedInfo(_Wire):
    """A record that could not be understood and was set aside."""

    path: str
    record: str
    reason: str


class CoverageInfo(_Wire):
    """How completely a collection was read, and why not."""

    collection: str
    status: Status
    lists: int
    pages: int
    objects: int
    left_out: int = Field(description="Records that were seen and deliberately not kept.")
    oauth_scope: str | None = Field(description="The OAuth scope that was missing.")
    reason: str | None
    gaps: list[GapInfo]
    quarantined: list[QuarantinedInfo]


class RunInfo(_Wire):
    """A run over the same tenant, as the history keeps it."""

    captured_at: AwareDatetime
    tool_version: str
    complete: bool = Field(description="False where something could not be checked.")
    findings: int = Field(description="Those that count; accepted ones come on top.")
    accepted: int
    by_severity: dict[Severity, int]
    by_impact: dict[Impact, int]
    by_rule: dict[str, int] = Field(description="The rules that were evaluated to the end.")


class Results(_Wire):
    """The results of one audit by okta-auditor."""

    version: Literal["okta-auditor/results/1"] = Field(default=VERSION, alias="schema")
    tool: Tool
    tenant: TenantInfo
    captured_at: AwareDatetime = Field(description="When reading the tenant was finished.")
    summary: Summary
    as_of: date | None = Field(
        description="The day by which expiry was judged; null where nothing can expire."
    )
    baseline: str | None = Field(description="The file of the baseline, if there was one.")
    findings: list[FindingInfo] = Field(description="Those that count.")
    accepted: list[FindingInfo] = Field(
        description="Those that a suppression or the baseline accepts."
    )
    fixed: list[FixedInfo]
    notices: list[NoticeInfo]
    not_evaluated: list[NotEvaluatedInfo]
    crashed: list[CrashedInfo]
    coverage: list[CoverageInfo]
    history: list[RunInfo] = Field(
        description="Runs over the same tenant, oldest first, this one last; empty without "
        "--history."
    )


def json_schema() -> dict[str, Any]:
    """The JSON Schema of the document."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:{VERSION.replace('/', ':')}",
        **Results.model_json_schema(mode="serialization"),
    }


@report("json", filename="results.json", schema=json_schema)
def render(result: AuditResult) -> str:
    """Everything the audit found out, as JSON."""
    results = Results(
        tool=Tool(version=result.tool_version),
        tenant=TenantInfo.model_validate(result.tenant),
        captured_at=result.capture.finished_at,
        summary=_summary(result),
        as_of=result.as_of,
        baseline=result.baseline or None,
        findings=[_finding(item) for item in result.findings],
        accepted=[_finding(item) for item in result.accepted],
        fixed=[_fixed(item) for item in result.fixed],
        notices=[_notice(item) for item in result.notices],
        not_evaluated=[_not_evaluated(item) for item in result.not_evaluated],
        crashed=[_crashed(item) for item in result.crashed],
        coverage=[_coverage(entry) for entry in result.coverage],
        history=[_run(run) for run in result.history],
    )
    return json_document(results.model_dump(mode="json", by_alias=True))


def _summary(result: AuditResult) -> Summary:
    return Summary(
        complete=not result.incomplete,
        findings=len(result.findings),
        suppressed=len(result.suppressed),
        unchanged=len(result.unchanged),
        fixed=len(result.fixed),
        by_severity=result.by_severity,
        by_rule=result.by_rule,
        rules=RuleCounts(
            selected=len(result.rules),
            evaluated=result.evaluated,
            not_evaluated=len(result.not_evaluated),
            crashed=len(result.crashed),
        ),
        objects=result.objects,
    )


def _witness(item: Witness) -> WitnessInfo:
    request = item.request
    return WitnessInfo(
        server=request.server,
        client=request.client,
        grant=request.grant,
        user=request.user,
        scopes=None if request.scopes is None else sorted(request.scopes),
        response_type=request.response_type,
        redirect_uri=request.redirect_uri,
        pkce=request.pkce,
        command=item.command,
    )


def _finding(item: ReportedFinding) -> FindingInfo:
    return FindingInfo(
        code=item.rule.code,
        name=item.rule.name,
        severity=item.severity,
        impact=item.rule.impact,
        confidence=item.confidence,
        message=item.message,
        object=_object(item.object),
        server=_object(item.server) if item.server else None,
        field=item.field,
        key=item.key,
        related=[
            RelatedInfo(
                object=_object(other.object), role=other.role, location=_place(other.location)
            )
            for other in item.related
        ],
        related_more=item.related_more,
        location=_place(item.location),
        fingerprint=item.fingerprint,
        status=item.status,
        remark=item.remark,
        acceptance=_acceptance(item.acceptance) if item.acceptance else None,
        fix=item.fix,
        evidence=item.evidence,
        witness=_witness(item.witness) if item.witness else None,
    )


def _acceptance(item: Acceptance) -> AcceptanceInfo:
    return AcceptanceInfo.model_validate(item)


def _fixed(item: Fixed) -> FixedInfo:
    return FixedInfo.model_validate(item)


def _notice(item: Notice) -> NoticeInfo:
    return NoticeInfo.model_validate(item)


def _object(ref: ObjectRef) -> ObjectInfo:
    return ObjectInfo.model_validate(ref)


def _place(location: Location) -> Place:
    return Place(file=location.file, **location.region._asdict())


def _not_evaluated(item: NotEvaluated) -> NotEvaluatedInfo:
    return NotEvaluatedInfo(
        code=item.rule.code,
        name=item.rule.name,
        reason=item.reason,
        missing=list(item.missing),
        remedy=item.remedy,
        absent=item.absent,
    )


def _crashed(item: Crashed) -> CrashedInfo:
    return CrashedInfo(code=item.rule.code, name=item.rule.name, error=item.error)


def _run(item: Run) -> RunInfo:
    return RunInfo.model_validate(item)


def _coverage(entry: Entry) -> CoverageInfo:
    return CoverageInfo.model_validate(entry)
