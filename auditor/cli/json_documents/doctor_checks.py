"""What `doctor --format json` prints."""

from __future__ import annotations

from pydantic import Field

from auditor.cli.json_documents.part import DocumentPart
from auditor.collect.doctor.checks import CheckState


class CheckInfo(DocumentPart):
    """What was looked at, what was found, and what to do about it."""

    name: str
    state: CheckState
    message: str
    remedy: str = Field(description="Empty where there is nothing to do.")


class DoctorChecks(DocumentPart):
    """Whether an export would work."""

    org_url: str
    authentication: str = Field(description="How the org is asked; holds no secret.")
    checks: list[CheckInfo]
