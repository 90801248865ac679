"""Makes the JSON results of the result of an audit."""

from __future__ import annotations

import hashlib

from auditor import AuditResult, Location, ObjectRef, ReportedFinding, Rule
from auditor.oauth import Answer
from auditor.results import (
    Acceptance,
    Crashed,
    Fixed,
    LedgerEntry,
    NotEvaluated,
    Notice,
    Run,
    markdown,
)

from ._results_findings import (
    AcceptanceInfo,
    AcceptedGapInfo,
    AnswerInfo,
    FindingInfo,
    FixedInfo,
    NoticeInfo,
    ObjectInfo,
    Place,
    RejectionsInfo,
    RelatedInfo,
    WeakeningInfo,
    WitnessInfo,
)
from ._results_frameworks import FrameworkInfo
from ._results_model import (
    CoverageInfo,
    CrashedInfo,
    DeselectionInfo,
    LogSummaryInfo,
    NotEvaluatedInfo,
    Results,
    ResultsSummary,
    RuleCounts,
    RuleInfo,
    RunInfo,
    SinceInfo,
    TenantInfo,
    ToolInfo,
)

_COMPARED = 2
"""Runs that keep their fingerprints: reports compare the last one with the one before."""


def results_of(result: AuditResult) -> Results:
    """The document."""
    last = len(result.history) - _COMPARED
    return Results(
        tool=ToolInfo(version=result.tool_version),
        tenant=TenantInfo.model_validate(result.tenant),
        captured_at=result.capture.finished_at,
        capture=result.capture,
        snapshot_digest=result.snapshot_digest,
        source=result.source,
        show_accepted=result.show_accepted,
        summary=summary_of(result),
        rules=[_rule(item) for item in result.rules],
        deselected=[
            DeselectionInfo(by=item.by, codes=list(item.codes)) for item in result.deselected
        ]
        if result.selection_known
        else None,
        reproduce=result.reproduce,
        frameworks=None
        if result.frameworks is None
        else [FrameworkInfo.model_validate(item) for item in result.frameworks],
        home_page=result.home_page,
        rule_page=result.rule_page,
        as_of=result.as_of,
        baseline=result.baseline or None,
        weakenings=[WeakeningInfo.model_validate(item) for item in result.weakenings],
        accepted_gaps=[AcceptedGapInfo.model_validate(item) for item in result.accepted_gaps],
        findings=[_finding(item) for item in result.findings],
        accepted=[_finding(item) for item in result.accepted],
        fixed=[_fixed(item) for item in result.fixed],
        notices=[_notice(item) for item in result.notices],
        not_evaluated=[_not_evaluated(item) for item in result.not_evaluated],
        crashed=[_crashed(item) for item in result.crashed],
        coverage=[_coverage(entry) for entry in result.coverage],
        since=SinceInfo.model_validate(result.since) if result.since else None,
        log=LogSummaryInfo.model_validate(result.log) if result.log else None,
        history=[_run(run, whole=at >= last) for at, run in enumerate(result.history)],
    )


def page_hash(rule: Rule) -> str:
    """32 hexadecimal digits that change when the rule's page or its options change."""
    options = type(rule.options).documented() if rule.options else []
    page = markdown(rule.code, rule.name, rule.page, {}, options)
    return hashlib.sha256(page.encode("utf-8", "replace")).hexdigest()[:32]


def _rule(item: Rule) -> RuleInfo:
    return RuleInfo(
        code=item.code,
        name=item.name,
        severity=item.severity,
        impact=item.impact,
        confidence=item.confidence,
        reads=sorted(item.reads),
        consults=sorted(item.consults),
        summary=item.page.summary,
        module=item.module,
        page=page_hash(item),
        options=item.options.model_dump(mode="json") if item.options else None,
        answer=_answer(item.answer),
    )


def summary_of(result: AuditResult) -> ResultsSummary:
    """The numbers of a result."""
    return ResultsSummary(
        complete=result.complete,
        unaccepted=result.unaccepted,
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
            not_selected=result.not_selected if result.selection_known else None,
        ),
        objects=result.objects,
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
        content=item.content,
        status=item.status,
        remark=item.remark,
        new=item.new,
        lapsed=item.lapsed,
        acceptance=_acceptance(item.acceptance) if item.acceptance else None,
        fix=item.fix,
        evidence=item.evidence,
        witness=WitnessInfo.of(item.witness) if item.witness else None,
        answer=_answer(item.answer),
        rejections=RejectionsInfo.model_validate(item.rejections) if item.rejections else None,
    )


def _answer(item: Answer | None) -> AnswerInfo | None:
    return AnswerInfo.model_validate(item) if item else None


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


def _run(item: Run, *, whole: bool) -> RunInfo:
    run = RunInfo.model_validate(item)
    return run if whole else run.model_copy(update={"fingerprints": None})


def _coverage(entry: LedgerEntry) -> CoverageInfo:
    return CoverageInfo.model_validate(entry)
