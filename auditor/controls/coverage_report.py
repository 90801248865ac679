"""Coverage of frameworks as JSON and CSV. Key and column names are part of the contract.

The CSV is UTF-8 with a byte order mark; its cells are text to a spreadsheet, never formulas.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from auditor import exact_json
from auditor.controls.assessment import Assessment, MappedOutcome
from auditor.controls.framework_loading import unmapped_rules
from auditor.lint.framework import Control, Framework, Mapped
from auditor.lint.result import AcceptedGap
from auditor.text import csv_cell, escaped

COLUMNS = (
    "framework",
    "framework_title",
    "version",
    "control",
    "title",
    "strength",
    "rule",
    "name",
    "rationale",
)
ASSESSED = ("status", "outcome", "findings", "accepted", "accepted_gaps")
"""The control's status, what became of the row's rule, and the collections that are accepted gaps
because of which it was not evaluated."""

Assessments = Mapping[str, Sequence[Assessment]]
"""By the framework's id; empty where nothing was audited."""


def by_control(assessments: Iterable[Assessment]) -> dict[str, Assessment]:
    """The assessments by the id of their control."""
    return {item.control.id: item for item in assessments}


def unmapped(frameworks: Iterable[Framework], codes: Collection[str]) -> dict[str, str]:
    """The rules that none of the frameworks has, each with why not; by code.

    Args:
        frameworks: those that are shown.
        codes: of the rules there are.
    """
    mapped = {code for framework in frameworks for code in framework.rules}
    reasons = unmapped_rules()
    return {
        code: reasons.get(code, "None of these frameworks names it.")
        for code in sorted(codes)
        if code not in mapped
    }


def as_json(
    frameworks: Sequence[Framework],
    names: Mapping[str, str],
    assessments: Assessments,
    gaps: Sequence[AcceptedGap] = (),
) -> str:
    """The frameworks as a JSON document.

    Args:
        frameworks: those to show.
        names: the name of each rule there is, by code.
        assessments: what an audit says about the controls.
        gaps: those of the audit that are accepted.
    """
    document = {
        "frameworks": [_framework(item, names, assessments) for item in frameworks],
        "unmapped": [
            {"rule": code, "name": names[code], "reason": reason}
            for code, reason in unmapped(frameworks, names).items()
        ],
        **({"accepted_gaps": [gap.as_json() for gap in gaps]} if gaps else {}),
    }
    return escaped(exact_json.indented(document))


def as_csv(
    frameworks: Sequence[Framework], names: Mapping[str, str], assessments: Assessments
) -> str:
    """A row for each rule of each control, and for each thing that configuration cannot show."""
    file = io.StringIO()
    file.write("\ufeff")  # or Excel reads it in the machine's own code page
    columns = [*COLUMNS, *(ASSESSED if assessments else ())]
    writer: csv.DictWriter[str] = csv.DictWriter(file, columns, restval="", lineterminator="\r\n")
    writer.writeheader()
    for row in _rows(frameworks, names, assessments):
        writer.writerow({name: csv_cell(value) for name, value in row.items()})
    return file.getvalue()


def _rows(
    frameworks: Sequence[Framework], names: Mapping[str, str], assessments: Assessments
) -> Iterable[dict[str, object]]:
    for item in frameworks:
        shared: dict[str, object] = {
            "framework": item.id,
            "framework_title": item.title,
            "version": item.version,
        }
        assessed_controls = by_control(assessments.get(item.id, ()))
        for control in item.controls:
            assessed = assessed_controls.get(control.id)
            shown = shared | {"control": control.id, "title": control.title}
            shown |= {"status": assessed.status.value} if assessed else {}
            by_rule = _outcomes_by_rule(assessed)
            for mapped in control.rules:
                row = shown | _mapped(mapped, names) | by_rule.get(mapped.rule, {})
                gaps = row.get("accepted_gaps")
                yield row | ({"accepted_gaps": " ".join(gaps)} if isinstance(gaps, list) else {})
        for sentence in item.beyond:
            yield shared | {"strength": "beyond", "rationale": sentence}


def _framework(
    item: Framework, names: Mapping[str, str], assessments: Assessments
) -> dict[str, Any]:
    assessed_controls = by_control(assessments.get(item.id, ()))
    return {
        "id": item.id,
        "title": item.title,
        "version": item.version,
        "source": item.source,
        "controls": [
            _control(control, names, assessed_controls.get(control.id)) for control in item.controls
        ],
        "beyond": list(item.beyond),
    }


def _control(
    control: Control, names: Mapping[str, str], assessed: Assessment | None
) -> dict[str, Any]:
    by_rule = _outcomes_by_rule(assessed)
    return {
        "id": control.id,
        "title": control.title,
        **(_status(assessed) if assessed else {}),
        "rules": [_mapped(item, names) | by_rule.get(item.rule, {}) for item in control.rules],
    }


def _mapped(mapped: Mapped, names: Mapping[str, str]) -> dict[str, object]:
    return {
        "strength": mapped.strength,
        "rule": mapped.rule,
        "name": names.get(mapped.rule, ""),
        "rationale": mapped.rationale,
    }


def _outcomes_by_rule(assessed: Assessment | None) -> dict[str, dict[str, object]]:
    """What became of each rule of a control, by code; empty where nothing was audited."""
    rules: tuple[MappedOutcome, ...] = assessed.rules if assessed else ()
    return {
        item.mapped.rule: {
            "outcome": item.outcome.value,
            "findings": item.findings,
            "accepted": item.accepted,
            "accepted_gaps": list(item.gaps),
        }
        for item in rules
    }


def _status(assessed: Assessment) -> dict[str, object]:
    return {
        "status": assessed.status.value,
        "findings": assessed.findings,
        "accepted": assessed.accepted,
        "related_findings": assessed.related,
        "not_evaluated": list(assessed.not_evaluated),
    }
