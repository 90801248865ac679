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
from urllib.parse import quote

from auditor import (
    AuditResult,
    Location,
    ObjectRef,
    ReportedFinding,
    one_line,
    report,
)
from auditor.results import FindingStatus, RelatedObject

from ._output import file_name, json_document
from ._sarif_driver import LEVEL, Json, driver
from ._sarif_invocation import MOST_BYTES, MOST_RESULTS, invocation, message, rule_indices
from ._since import earlier, not_known
from ._wording import acceptance_reason, answer_lines, sentence

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


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
    # GitHub keeps one set of results in each category: a plan's must not replace the org's.
    kind = "plan/" if result.capture.plan else ""
    run = {
        "tool": {"driver": driver(result)},
        "automationDetails": {"id": f"okta-auditor/{_path_part(result.tenant.id)}/{kind}"},
        "columnKind": "unicodeCodePoints",
        "invocations": [invocation(result, number, len(_shown(result)))],
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
    index = rule_indices(result)
    occurrences: Counter[str] = Counter()
    compared = result.since is not None or bool(result.fixed or result.unchanged)
    for item in _shown(result)[:number]:
        occurrences[item.fingerprint] += 1
        converted = _result(item, index[item.rule.code], occurrences[item.fingerprint])
        if compared:
            # On every result or on none. (§3.27.24)
            converted["baselineState"] = _baseline_state(item)
        yield converted


def _baseline_state(item: ReportedFinding) -> str:
    """How a result relates to the earlier ones, in the words of SARIF.

    One whose rule did not run then is new there too: it was not detected then.
    """
    if item.status is FindingStatus.UNCHANGED or item.new is False:
        changed = item.status is FindingStatus.OPEN and bool(item.remark)
        return "updated" if changed else "unchanged"
    return "new"


def _result(item: ReportedFinding, rule_index: int, occurrence: int) -> Json:
    properties: Json = {
        "severity": item.severity.value,
        "confidence": item.confidence.value,
        "status": item.status.value,
        "evidence": one_line(item.evidence),
    }
    if item.new is not None:
        properties["new"] = item.new
    if item.witness is not None:
        properties["reproduce"] = one_line(item.witness.command)
    if item.answer is not None:
        properties["answer"] = [one_line(line) for line in answer_lines(item.answer)]
    if item.rejections is not None:
        properties["rejections"] = item.rejections.count
    if item.field is not None:
        properties["field"] = one_line(item.field)
    if item.related_more:
        properties["relatedLeftOut"] = item.related_more
    converted: Json = {
        "ruleId": item.rule.code,
        "ruleIndex": rule_index,
        "level": LEVEL[item.severity],
        "message": message(f"{sentence(item.message)} Fix: {sentence(item.fix)}"),
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
    return {"id": number, "message": message(text)} | _location(other.location, other.object, None)


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
            "notSelected": {one_line(item.by): list(item.codes) for item in result.deselected}
            if result.selection_known
            else None,
        },
        "accepted": len(result.accepted),
        **({"since": _since(result)} if result.since else {}),
        "coverage": {
            entry.collection: {"status": entry.status.value, "objects": entry.objects}
            for entry in result.coverage
        },
    }


def _since(result: AuditResult) -> Json:
    """What is new and fixed since the earlier time. GitHub would show absent results as alerts."""
    return {
        "comparedWith": one_line(earlier(result)),
        "new": len(result.new),
        "fixed": [
            {
                "ruleId": item.code,
                "fingerprint": item.fingerprint,
                "object": one_line(f"{item.object.type}/{item.object.id}"),
                "name": one_line(item.object.name),
            }
            for item in result.since.fixed
        ]
        if result.since
        else [],
        "notKnown": one_line(not_known(result)),
    }


def _path_part(identity: str) -> str:
    """An id that adds no level to a category: GitHub reads slashes in it as levels."""
    return re.sub(r"[^A-Za-z0-9._-]", "_", identity)
