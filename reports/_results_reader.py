"""Reads the JSON results back into the result of an audit.

Reading is strict, because readers take what is rendered again for what the audit said: whatever
contradicts itself is refused and named.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC

import orjson
from pydantic import ValidationError

from auditor import (
    AuditResult,
    Finding,
    Location,
    ObjectRef,
    Org,
    ReportedFinding,
    Rule,
    RuleOptions,
    counted,
    listed,
    one_line,
)
from auditor.results import (
    Acceptance,
    AcceptedGap,
    Crashed,
    Deselection,
    Fixed,
    LedgerEntry,
    LogSummary,
    NotEvaluated,
    Notice,
    Rejections,
    RelatedObject,
    RulePage,
    Run,
    Saved,
    Since,
    Tenant,
    TextRegion,
    UnusedObject,
    Weakening,
)

from ._results_checks import check_coherence
from ._results_findings import (
    FindingInfo,
    FixedInfo,
    ObjectInfo,
    Place,
    RejectionsInfo,
    RelatedInfo,
)
from ._results_model import (
    FORMAT,
    VERSION,
    LogSummaryInfo,
    Results,
    RuleInfo,
    RunInfo,
    SinceInfo,
)
from ._results_writer import page_hash, summary_of

_MOST_NAMED = 10


def read(document: bytes, installed: Sequence[Rule]) -> Saved:
    """The result that a document holds.

    Args:
        document: the JSON results.
        installed: rules whose pages are shown; findings of others are shown without.

    Raises:
        ValueError: it is not such a document, is damaged, or contradicts itself.
    """
    results = _parsed(document)
    by_code = {item.code: item for item in installed}
    rules = {item.code: _rule(item, by_code.get(item.code)) for item in results.rules}
    check_coherence(results)
    result = _result(results, rules)
    expected = summary_of(result)
    if results.summary.unaccepted is None:
        expected = expected.model_copy(update={"unaccepted": None})
    if expected != results.summary:
        raise ValueError("summary: it does not fit what the document lists")
    return Saved(result, tuple(_remarks(results, by_code)))


def _parsed(document: bytes) -> Results:
    if not document.strip():
        raise ValueError("it is empty")
    try:
        value = orjson.loads(document)
    except orjson.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise ValueError(f"it is not valid JSON, or cut off ({where}: {error.msg})") from None
    _check_version(value.get("schema") if isinstance(value, dict) else None)
    try:
        return Results.model_validate_json(document, strict=True)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        key = ".".join(str(part) for part in first["loc"])
        raise ValueError(one_line(f"{key or 'the document'}: {first['msg']}")) from None


def _check_version(schema: object) -> None:
    if not isinstance(schema, str) or not schema.startswith(FORMAT):
        raise ValueError(f'it does not say "schema": "{VERSION}"')
    if schema == VERSION:
        return
    number = re.fullmatch(f"{re.escape(FORMAT)}([0-9]{{1,9}})", schema)
    if number and int(number[1]) > 1:
        raise ValueError(
            f"schema: its version is {number[1]}, and this okta-auditor reads version 1; "
            "upgrade okta-auditor"
        )
    raise ValueError(f'schema: it is not "{VERSION}"')


def _remarks(results: Results, installed: dict[str, Rule]) -> Iterator[str]:
    missing = [item.code for item in results.rules if item.code not in installed]
    other = [
        item.code
        for item in results.rules
        if item.code in installed and page_hash(installed[item.code]) != item.page
    ]
    for codes, what in (
        (missing, "not installed, so that their pages are missing"),
        (other, "installed in another version, whose pages are shown"),
    ):
        if codes:
            named = listed(codes, most=_MOST_NAMED)
            yield f"{counted(len(codes), 'rule')} {_be(codes)} {what}: {named}."


def _be(codes: list[str]) -> str:
    return "is" if len(codes) == 1 else "are"


def _rule(item: RuleInfo, installed: Rule | None) -> Rule:
    """The rule as it was when it ran, with the page that is installed."""
    if installed is not None:
        page = replace(installed.page, summary=item.summary)
    else:
        text = "The rule is not installed here, so that its page is missing."
        page = RulePage(summary=item.summary, why=text, fix=text, flagged=(), accepted=(), see=())
    return Rule(
        code=item.code,
        name=item.name,
        severity=item.severity,
        impact=item.impact,
        confidence=item.confidence,
        reads=frozenset(item.reads),
        consults=frozenset(item.consults),
        check=_unavailable,
        page=page,
        module=item.module,
        options=_options(item, installed),
        answer=item.answer.answer if item.answer else None,
    )


def _options(item: RuleInfo, installed: Rule | None) -> RuleOptions | None:
    """The options that a rule ran with; the installed ones where it is another version.

    Raises:
        ValueError: the same version of the rule has no such options.
    """
    if installed is None or installed.options is None:
        return None
    try:
        return installed.options.changed(item.options or {})
    except ValidationError:
        if page_hash(installed) == item.page:
            raise ValueError(f"rules: {item.code} takes no such options") from None
        return installed.options  # a remark names the rule


def _unavailable(_: Org) -> Iterator[Finding]:
    raise RuntimeError("a rule of saved results is there to be shown, not to be evaluated")


def _result(results: Results, rules: dict[str, Rule]) -> AuditResult:
    return AuditResult(
        tool_version=results.tool.version,
        tenant=Tenant(**dict(results.tenant)),
        capture=results.capture,
        coverage=tuple(LedgerEntry.model_validate(item.model_dump()) for item in results.coverage),
        rules=tuple(rules.values()),
        deselected=tuple(
            Deselection(item.by, tuple(item.codes)) for item in results.deselected or ()
        ),
        selection_known=results.deselected is not None,
        reproduce=results.reproduce,
        frameworks=None
        if results.frameworks is None
        else tuple(item.framework for item in results.frameworks),
        home_page=results.home_page,
        rule_page=results.rule_page,
        findings=tuple(_finding(item, rules) for item in results.findings),
        not_evaluated=tuple(
            NotEvaluated(
                rules[item.code], item.reason, tuple(item.missing), item.remedy, item.absent
            )
            for item in results.not_evaluated
        ),
        crashed=tuple(Crashed(rules[item.code], item.error) for item in results.crashed),
        objects=results.summary.objects,
        accepted=tuple(_finding(item, rules) for item in results.accepted),
        notices=tuple(Notice(**dict(item)) for item in results.notices),
        weakenings=tuple(
            Weakening(**item.model_dump(exclude={"sentence"})) for item in results.weakenings
        ),
        accepted_gaps=tuple(AcceptedGap(**dict(item)) for item in results.accepted_gaps),
        fixed=tuple(map(_fixed, results.fixed)),
        baseline=results.baseline or "",
        as_of=results.as_of,
        snapshot_digest=results.snapshot_digest,
        source=results.source,
        show_accepted=results.show_accepted,
        since=_since(results.since) if results.since else None,
        log=_log(results.log) if results.log else None,
        history=tuple(_run(item) for item in results.history),
    )


def _finding(item: FindingInfo, rules: dict[str, Rule]) -> ReportedFinding:
    return ReportedFinding(
        rule=rules[item.code],
        severity=item.severity,
        confidence=item.confidence,
        message=item.message,
        fix=item.fix,
        object=_object(item.object),
        server=_object(item.server) if item.server else None,
        field=item.field,
        evidence=item.evidence,
        related=tuple(_related(other) for other in item.related),
        related_more=item.related_more,
        witness=item.witness.witness if item.witness else None,
        location=_location(item.location),
        fingerprint=item.fingerprint,
        status=item.status,
        acceptance=Acceptance(**dict(item.acceptance)) if item.acceptance else None,
        key=item.key,
        content=item.content,
        remark=item.remark,
        new=item.new,
        lapsed=item.lapsed,
        answer=item.answer.answer if item.answer else None,
        rejections=_rejections(item.rejections) if item.rejections else None,
    )


def _rejections(item: RejectionsInfo) -> Rejections:
    return Rejections(item.count, item.first.astimezone(UTC), item.last.astimezone(UTC))


def _log(item: LogSummaryInfo) -> LogSummary:
    return LogSummary(
        where=item.where,
        since=item.since.astimezone(UTC) if item.since else None,
        until=item.until.astimezone(UTC) if item.until else None,
        complete=item.complete,
        rejections=item.rejections,
        confirmed=item.confirmed,
        tied=item.tied,
        unused=tuple(
            UnusedObject(_object(other.object), _object(other.server) if other.server else None)
            for other in item.unused
        ),
        unused_more=item.unused_more,
        usage_unknown=item.usage_unknown,
        usage_doubts=tuple(item.usage_doubts),
    )


def _object(item: ObjectInfo) -> ObjectRef:
    return ObjectRef(**dict(item))


def _location(item: Place) -> Location:
    return Location(item.file, TextRegion(item.line, item.column, item.end_line, item.end_column))


def _related(item: RelatedInfo) -> RelatedObject:
    return RelatedObject(_object(item.object), item.role, _location(item.location))


def _since(item: SinceInfo) -> Since:
    return Since(
        kind=item.kind,
        where=item.where,
        captured_at=item.captured_at.astimezone(UTC) if item.captured_at else None,
        fixed=tuple(map(_fixed, item.fixed)),
        uncompared=tuple(item.uncompared),
    )


def _fixed(item: FixedInfo) -> Fixed:
    return Fixed(item.code, item.fingerprint, _object(item.object))


def _run(item: RunInfo) -> Run:
    return Run(
        captured_at=item.captured_at.astimezone(UTC),
        tool_version=item.tool_version,
        complete=item.complete,
        findings=item.findings,
        accepted=item.accepted,
        by_severity={key.value: number for key, number in item.by_severity.items()},
        by_impact={key.value: number for key, number in item.by_impact.items()},
        by_rule=item.by_rule,
        fingerprints=item.fingerprints,
    )
