"""The control matrix as CSV: a row for each rule of each control, and for what is beyond.

UTF-8 with a byte order mark, which Excel needs. Cells are text to a spreadsheet, never formulas.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from auditor.controls import Framework
from auditor.evidence.judging import Outcomes
from auditor.lint.result import AuditResult
from auditor.text import csv_cell

COLUMNS = (
    "framework",
    "version",
    "control",
    "title",
    "state",
    "rule",
    "rule_name",
    "strength",
    "outcome",
    "findings",
    "accepted",
    "rationale",
)


def control_matrix(result: AuditResult, frameworks: tuple[Framework, ...]) -> bytes:
    """The matrix as a file."""
    file = io.StringIO()
    file.write("\ufeff")
    writer: csv.DictWriter[str] = csv.DictWriter(file, COLUMNS, restval="", lineterminator="\r\n")
    writer.writeheader()
    for row in _rows(result, frameworks):
        writer.writerow({name: csv_cell(value) for name, value in row.items()})
    return file.getvalue().encode()


def _rows(result: AuditResult, frameworks: tuple[Framework, ...]) -> Iterator[dict[str, str | int]]:
    outcomes = Outcomes(result)
    names = {item.code: item.name for item in result.rules}
    for judged in outcomes.judged(frameworks):
        head: dict[str, str | int] = {
            "framework": judged.framework.title,
            "version": judged.framework.version,
            "control": judged.control.id,
            "title": judged.control.title,
            "state": judged.state,
        }
        for item in judged.control.rules:
            found = outcomes.findings.get(item.rule, [])
            accepted = sum(each.acceptance is not None for each in found)
            yield head | {
                "rule": item.rule,
                "rule_name": names.get(item.rule, ""),
                "strength": item.strength,
                "outcome": outcomes.outcome(item.rule),
                "findings": len(found) - accepted,
                "accepted": accepted,
                "rationale": item.rationale,
            }
        if not judged.control.rules:
            yield head
    for framework in frameworks:
        for beyond in framework.beyond:
            yield {
                "framework": framework.title,
                "version": framework.version,
                "title": beyond,
                "state": "beyond configuration",
            }
