"""What commands and reports say of an assessed control, beside its status."""

from __future__ import annotations

from auditor.controls.assessment import Assessment, ControlStatus
from auditor.text import counted


def status_reasons(assessment: Assessment) -> str:
    """What the status of a control rests on, as clauses; empty of one that is just satisfied."""
    parts = []
    if assessment.status is ControlStatus.NOT_CLAIMED:
        parts.append("only related rules bear on it")
    if assessment.findings:
        parts.append(counted(assessment.findings, "finding"))
    if assessment.accepted:
        parts.append(f"{counted(assessment.accepted, 'finding')} accepted")
    if assessment.related:
        parts.append(counted(assessment.related, "related finding"))
    if assessment.not_evaluated:
        parts.append(f"not evaluated: {', '.join(assessment.not_evaluated)}")
    if gaps := sorted({name for item in assessment.rules for name in item.gaps}):
        parts.append(f"accepted gaps: {', '.join(gaps)}")
    return "; ".join(parts)
