"""The results as a table for spreadsheets: RFC 4180, with what could not be checked.

UTF-8 with a byte order mark, because Excel reads a file without one in the machine's
own code page. A cell that a spreadsheet would take for a formula begins with an apostrophe;
so does what follows a semicolon, which is the separator where a comma is the decimal point
(OWASP, "CSV Injection"). Programs should read the JSON report: there names are exact.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from auditor import AuditResult, ReportedFinding, Rule, csv_cell, report
from auditor.oauth import answer_words
from auditor.results import (
    planned,
    shown_gaps,
)

BYTE_ORDER_MARK = "\ufeff"

COLUMNS = (
    "status",
    "severity",
    "code",
    "rule",
    "impact",
    "confidence",
    "message",
    "fix",
    "object_type",
    "object_id",
    "object_name",
    "server_id",
    "server_name",
    "field",
    "file",
    "line",
    "fingerprint",
    "accepted_by",
    "reason",
    "owner",
    "ticket",
    "expires",
    "okta_answers",
    "log_filter",
    "new",
)

_Row = dict[str, object]


@report("csv", filename="results.csv")
def render(result: AuditResult) -> str:
    """A row for each finding, accepted or not, each rule without an answer, each accepted gap."""
    file = io.StringIO()
    file.write(BYTE_ORDER_MARK)
    writer: csv.DictWriter[str] = csv.DictWriter(file, COLUMNS, restval="", lineterminator="\r\n")
    writer.writeheader()
    for row in _rows(result):
        writer.writerow({name: csv_cell(value) for name, value in row.items()})
    return file.getvalue()


def _rows(result: AuditResult) -> Iterator[_Row]:
    if words := planned(result.capture):
        yield {"status": "planned", "message": words}
    for finding in (*result.findings, *result.accepted):
        yield _finding(finding)
    for crash in result.crashed:
        yield {"status": "crashed", "message": crash.error} | _rule(crash.rule)
    for item in result.not_evaluated:
        status = "not applicable" if item.absent else "not evaluated"
        row = {"status": status, "message": item.reason, "fix": item.remedy}
        yield row | _rule(item.rule)
    for gap in shown_gaps(result):
        yield {
            "status": "accepted gap",
            "message": f"{gap.gap.collection}: {gap.explanation}; {gap.costs}",
            "accepted_by": f"accepted gap ({gap.gap.where})",
            "reason": gap.gap.reason,
            "owner": gap.gap.owner,
            "ticket": gap.gap.ticket,
            "expires": gap.gap.expires,
        }
    for gone in result.since.fixed if result.since else ():
        yield {
            "status": "fixed",
            "code": gone.code,
            "object_type": gone.object.type,
            "object_id": gone.object.id,
            "object_name": gone.object.name,
            "fingerprint": gone.fingerprint,
        }
    if not result.selection_known:
        yield {"status": "not known", "message": "Whether rules were not selected."}
    for left_out in result.deselected:
        for code in left_out.codes:
            yield {"status": "not selected", "code": code, "message": f"By {left_out.by}."}


def _rule(rule: Rule) -> _Row:
    return {
        "severity": rule.severity,
        "code": rule.code,
        "rule": rule.name,
        "impact": rule.impact,
        "confidence": rule.confidence,
    }


def _finding(item: ReportedFinding) -> _Row:
    row: _Row = _rule(item.rule) | {
        "status": item.status,
        "severity": item.severity,
        "confidence": item.confidence,
        "message": item.message,
        "fix": item.fix,
        "object_type": item.object.type,
        "object_id": item.object.id,
        "object_name": item.object.name,
        "field": item.field,
        "file": item.location.file,
        "line": item.location.region.line,
        "fingerprint": item.fingerprint,
    }
    if item.new is not None:
        row["new"] = "yes" if item.new else "no"
    if item.server:
        row |= {"server_id": item.server.id, "server_name": item.server.name}
    if item.acceptance:
        row |= {
            "accepted_by": f"{item.acceptance.by} ({item.acceptance.where})",
            "reason": item.acceptance.reason,
            "owner": item.acceptance.owner,
            "ticket": item.acceptance.ticket,
            "expires": item.acceptance.expires,
        }
    if item.answer:
        row |= {"okta_answers": answer_words(item.answer), "log_filter": item.answer.log_filter}
    return row
