"""The results as SARIF 2.1.0, written for GitHub code scanning.

What GitHub reads, and its limits: github/docs, "SARIF support for code scanning". It shows a
result that is suppressed as if it were not, so accepted findings are left out unless they
are asked for, and then have `suppressions`. Section numbers are those of the SARIF 2.1.0
specification.
"""

from __future__ import annotations

import gzip
import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.parse import quote

from auditor import (
    AuditResult,
    Location,
    ObjectRef,
    ReportedFinding,
    Rule,
    counted,
    one_line,
    report,
)
from auditor.results import FindingStatus, RelatedObject

from ._output import file_name, json_document
from ._sarif_driver import (
    CRASHED,
    LEFT_OUT,
    LEVEL,
    NOT_EVALUATED,
    NOTICE,
    NOTIFICATIONS,
    Json,
    driver,
)
from ._wording import acceptance_reason, sentence

# GitHub refuses a run with more results, and a file that is larger when it is compressed.
MOST_RESULTS = 25_000
MOST_BYTES = 10_000_000

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"

# A message may hold placeholders ({0}, §3.11.5) and links to locations ([text](1),
# §3.11.6). A tenant's words must become neither.
_LITERAL = str.maketrans({"\\": "\\\\", "[": "\\[", "]": "\\]", "{": "{{", "}": "}}"})


@report("sarif", filename="results.sarif")
def render(result: AuditResult) -> str:
    """The findings as one SARIF run."""
    number = min(len(_shown(result)), MOST_RESULTS)
    document = _document(result, number)
    while number and (size := _compressed(document)) > MOST_BYTES:
        number = min(number - 1, int(number * 0.95 * MOST_BYTES / size))
        document = _document(result, number)
    return document


def _document(result: AuditResult, number: int) -> str:
    """The document with the first of the results."""
    run = {
        "tool": {"driver": driver(result)},
        "automationDetails": {"id": f"okta-auditor/{_path_part(result.tenant.id)}/"},
        "columnKind": "unicodeCodePoints",
        "invocations": [_invocation(result, number)],
        "results": list(_results(result, number)),
        "properties": _coverage(result),
    }
    return json_document({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]})


def _shown(result: AuditResult) -> tuple[ReportedFinding, ...]:
    """The findings that are results. What counts comes first, and so is left out last."""
    return (*result.findings, *(result.accepted if result.show_accepted else ()))


def _compressed(document: str) -> int:
    """How large a file is for GitHub, in bytes; of small ones the size as it is."""
    data = document.encode()
    return len(data) if len(data) <= MOST_BYTES else len(gzip.compress(data, mtime=0))


def _results(result: AuditResult, number: int) -> Iterator[Json]:
    """The results, most severe first, as the audit has them."""
    index = _rule_index(result)
    occurrences: Counter[str] = Counter()
    compared = _has_baseline(result)
    for item in _shown(result)[:number]:
        occurrences[item.fingerprint] += 1
        converted = _result(item, index[item.rule.code], occurrences[item.fingerprint])
        if compared:
            # On every result or on none. (§3.27.24)
            unchanged = item.status is FindingStatus.UNCHANGED
            converted["baselineState"] = "unchanged" if unchanged else "new"
        yield converted


def _has_baseline(result: AuditResult) -> bool:
    return bool(result.fixed or result.unchanged)


def _result(item: ReportedFinding, rule_index: int, occurrence: int) -> Json:
    properties: Json = {
        "severity": item.severity.value,
        "confidence": item.confidence.value,
        "status": item.status.value,
        "evidence": one_line(item.evidence),
    }
    if item.witness is not None:
        properties["reproduce"] = one_line(item.witness.command)
    if item.field is not None:
        properties["field"] = one_line(item.field)
    if item.related_more:
        properties["relatedLeftOut"] = item.related_more
    converted: Json = {
        "ruleId": item.rule.code,
        "ruleIndex": rule_index,
        "level": LEVEL[item.severity],
        "message": _message(f"{sentence(item.message)} Fix: {sentence(item.fix)}"),
        "locations": [_location(item.location, item.object, item.server)],
        # GitHub reads the first one only and tells alerts apart by it. It is usually a hash
        # of the line; ours survives when the object moves within the file.
        "partialFingerprints": {
            "primaryLocationLineHash": f"{item.fingerprint}:{occurrence}",
            "oktaAuditor/v1": item.fingerprint,
        },
        "properties": properties,
    }
    if item.acceptance:
        converted["suppressions"] = [
            {
                "kind": "external",
                "status": "accepted",
                "justification": acceptance_reason(item.acceptance),
            }
        ]
    if item.related:
        converted["relatedLocations"] = [
            _related(other, number) for number, other in enumerate(item.related, 1)
        ]
    return converted


def _related(other: RelatedObject, number: int) -> Json:
    text = f"{other.role}: {other.object.described}"
    return {"id": number, "message": _message(text)} | _location(other.location, other.object, None)


def _location(location: Location, ref: ObjectRef, server: ObjectRef | None) -> Json:
    line, column, end_line, end_column = location.region
    owners = [server, ref] if server and server != ref else [ref]
    return {
        "physicalLocation": {
            "artifactLocation": {"uri": _uri(location.file)},
            "region": {
                "startLine": line,
                "startColumn": column,
                "endLine": end_line,
                "endColumn": end_column,
            },
        },
        "logicalLocations": [
            {
                "name": one_line(ref.name),
                "fullyQualifiedName": one_line("/".join(f"{o.type}/{o.id}" for o in owners)),
                "kind": "object",
            }
        ],
    }


def _uri(file: str) -> str:
    """A file's name as a relative URI reference; a `file:` URI where it is absolute.

    GitHub shows a result only if the path is relative to the repository's root. What that
    is, a pure function cannot know: `--source-root` says it.
    """
    path = file_name(file)
    if re.match("[A-Za-z]:/", path):
        return f"file:///{path[:2]}{_quote(path[2:])}"
    if path.startswith("//"):
        return f"file:{_quote(path)}"
    if path.startswith("/"):
        return f"file://{_quote(path)}"
    return _quote(path)


def _quote(path: str) -> str:
    return quote(path, errors="surrogateescape")


def _invocation(result: AuditResult, number: int) -> Json:
    """How it went. The times are the snapshot's: an audit itself has none."""
    return {
        "executionSuccessful": not result.incomplete,
        "startTimeUtc": _utc(result.capture.started_at),
        "endTimeUtc": _utc(result.capture.finished_at),
        "toolExecutionNotifications": [
            *_crashes(result),
            *_left_out(result, number),
            *_notices(result),
        ],
        "toolConfigurationNotifications": list(_unevaluated(result)),
    }


def _crashes(result: AuditResult) -> Iterator[Json]:
    for item in result.crashed:
        text = (
            f"{item.rule.code} {item.rule.name} crashed, and nothing that it found is reported: "
            f"{sentence(item.error)}"
        )
        yield _notification(CRASHED, "error", text, result, item.rule)


def _unevaluated(result: AuditResult) -> Iterator[Json]:
    for item in result.not_evaluated:
        text = (
            f"{item.rule.code} {item.rule.name} was not evaluated: {sentence(item.reason)} "
            f"Next: {sentence(item.remedy)}"
        )
        level = "note" if item.absent else "warning"
        yield _notification(NOT_EVALUATED, level, text, result, item.rule)


def _left_out(result: AuditResult, number: int) -> Iterator[Json]:
    total = len(_shown(result))
    if missing := total - number:
        limit = f"{MOST_RESULTS:,} in one run"
        if number < MOST_RESULTS:
            limit = f"{MOST_BYTES // 1_000_000} MB of compressed SARIF"
        text = (
            f"{counted(missing, 'result')} of {total:,}, the least severe, left out: "
            f"GitHub accepts {limit}. The other formats have them all."
        )
        yield _notification(LEFT_OUT, "warning", text, result)


def _notices(result: AuditResult) -> Iterator[Json]:
    for item in result.notices:
        text = f"{item.where}: {sentence(item.message)} Next: {sentence(item.remedy)}"
        yield _notification(NOTICE, "warning", text, result)


def _notification(
    name: str, level: str, text: str, result: AuditResult, rule: Rule | None = None
) -> Json:
    descriptor = {"id": name, "index": list(NOTIFICATIONS).index(name)}
    made: Json = {"descriptor": descriptor, "level": level, "message": _message(text)}
    if rule is not None:
        made["associatedRule"] = {"id": rule.code, "index": _rule_index(result)[rule.code]}
    return made


def _coverage(result: AuditResult) -> Json:
    return {
        "tenant": {
            "id": one_line(result.tenant.id),
            "name": one_line(result.tenant.name),
            "url": one_line(result.tenant.url),
        },
        "rules": {
            "selected": len(result.rules),
            "evaluated": result.evaluated,
            "notEvaluated": len(result.not_evaluated),
            "crashed": len(result.crashed),
        },
        "accepted": len(result.accepted),
        "coverage": {
            entry.collection: {"status": entry.status.value, "objects": entry.objects}
            for entry in result.coverage
        },
    }


def _rule_index(result: AuditResult) -> dict[str, int]:
    return {item.code: position for position, item in enumerate(result.rules)}


def _message(text: str) -> Json:
    return {"text": one_line(text).translate(_LITERAL)}


def _path_part(identity: str) -> str:
    """An id that adds no level to a category: GitHub reads slashes in it as levels."""
    return re.sub(r"[^A-Za-z0-9._-]", "_", identity)


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
