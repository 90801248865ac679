"""What the SARIF report says of how the audit went: crashes, gaps, notices, results left out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from auditor import AuditResult, Rule, counted, one_line
from auditor.results import (
    carried_over,
    deleted_objects,
    deselected_words,
    empty_org,
    evaluated_words,
    gaps_by_rule,
    shown_gaps,
)

from ._sarif_driver import (
    ACCEPTED_GAP,
    CRASHED,
    LEFT_OUT,
    NOT_EVALUATED,
    NOT_SELECTED,
    NOTICE,
    NOTIFICATIONS,
    Json,
)
from ._wording import sentence

# GitHub refuses a run with more results, and a file that is larger when it is compressed.
MOST_RESULTS = 25_000
MOST_BYTES = 10_000_000

# A message may hold placeholders ({0}, §3.11.5) and links to locations ([text](1),
# §3.11.6). A tenant's words must become neither.
_LITERAL = str.maketrans({"\\": "\\\\", "[": "\\[", "]": "\\]", "{": "{{", "}": "}}"})


def invocation(result: AuditResult, shown: int, total: int) -> Json:
    """How the audit went. The times are the snapshot's: an audit itself has none.

    Args:
        result: the audit's.
        shown: how many results the document has.
        total: how many there are.
    """
    return {
        "executionSuccessful": result.complete,
        "startTimeUtc": _utc(result.capture.started_at),
        "endTimeUtc": _utc(result.capture.finished_at),
        "toolExecutionNotifications": [
            *_weakenings(result),
            *_crashes(result),
            *_left_out(result, shown, total),
            *_empty(result),
            *_on_the_reading(result),
            *_notices(result),
        ],
        "toolConfigurationNotifications": [
            *_not_selected(result),
            *_accepted_gaps(result),
            *_unevaluated(result),
        ],
        "properties": _properties(result),
    }


def _properties(result: AuditResult) -> Json:
    weakenings = [
        {
            "setting": one_line(item.setting),
            "where": one_line(item.where),
            "value": one_line(item.value),
            "otherwise": one_line(item.otherwise),
            **({"decidedBy": one_line(item.decided_by)} if item.decided_by else {}),
        }
        for item in result.weakenings
    ]
    digest = {"snapshotDigest": result.snapshot_digest}
    return digest | ({"weakenings": weakenings} if weakenings else {})


def _weakenings(result: AuditResult) -> Iterator[Json]:
    for item in result.weakenings:
        yield _notification(NOTICE, "warning", f"{item.label}: {item.sentence}", result)


def _crashes(result: AuditResult) -> Iterator[Json]:
    for item in result.crashed:
        text = (
            f"{item.rule.code} {item.rule.name} crashed, and nothing that it found is reported: "
            f"{sentence(item.error)}"
        )
        yield _notification(CRASHED, "error", text, result, item.rule)


def _unevaluated(result: AuditResult) -> Iterator[Json]:
    accepted = gaps_by_rule(result)
    for item in result.not_evaluated:
        text = (
            f"{item.rule.code} {item.rule.name} was not evaluated: {sentence(item.reason)} "
            f"Next: {sentence(item.remedy)}"
        )
        level = "note" if item.absent or item.rule.code in accepted else "warning"
        yield _notification(NOT_EVALUATED, level, text, result, item.rule)


def _accepted_gaps(result: AuditResult) -> Iterator[Json]:
    for item in shown_gaps(result):
        yield _notification(ACCEPTED_GAP, "note", sentence(item.sentence), result)


def _not_selected(result: AuditResult) -> Iterator[Json]:
    if deselected_words(result):
        yield _notification(NOT_SELECTED, "note", f"{evaluated_words(result)}.", result)


def _left_out(result: AuditResult, shown: int, total: int) -> Iterator[Json]:
    if missing := total - shown:
        limit = f"{MOST_RESULTS:,} in one run"
        if shown < MOST_RESULTS:
            limit = f"{MOST_BYTES // 1_000_000} MB of compressed SARIF"
        text = (
            f"{counted(missing, 'result')} of {total:,}, the least severe, left out: "
            f"GitHub accepts {limit}. The other formats have them all."
        )
        yield _notification(LEFT_OUT, "warning", text, result)


def _empty(result: AuditResult) -> Iterator[Json]:
    if text := empty_org(result.coverage):
        yield _notification(NOTICE, "warning", text, result)


def _on_the_reading(result: AuditResult) -> Iterator[Json]:
    for words in (carried_over, deleted_objects):
        if text := words(result.coverage):
            yield _notification(NOTICE, "note", text, result)


def _notices(result: AuditResult) -> Iterator[Json]:
    for item in result.notices:
        text = f"{item.where}: {sentence(item.message)} Next: {sentence(item.remedy)}"
        yield _notification(NOTICE, "warning", text, result)


def _notification(
    name: str, level: str, text: str, result: AuditResult, rule: Rule | None = None
) -> Json:
    descriptor = {"id": name, "index": list(NOTIFICATIONS).index(name)}
    made: Json = {"descriptor": descriptor, "level": level, "message": message(text)}
    if rule is not None:
        made["associatedRule"] = {"id": rule.code, "index": rule_indices(result)[rule.code]}
    return made


def message(text: str) -> Json:
    """A SARIF message in which a tenant's words are neither placeholders nor links."""
    return {"text": one_line(text).translate(_LITERAL)}


def rule_indices(result: AuditResult) -> dict[str, int]:
    """Where each rule stands among the driver's, by code."""
    return {item.code: position for position, item in enumerate(result.rules)}


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
