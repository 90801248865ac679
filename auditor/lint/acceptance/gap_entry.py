"""Accepted gaps: collections that Okta refuses to whoever reads, and that somebody does without."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from pydantic import BaseModel, ConfigDict, Field

from auditor.lint.acceptance.non_blank import NonBlank


class GapAcceptance(BaseModel):
    """One entry: a collection that may stay unread as far as rights are missing."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    collection: NonBlank = Field(description="Its name, such as client_roles.")
    reason: NonBlank = Field(description="Why the right is not given.")
    owner: NonBlank = Field(description="Who answers for it.")
    ticket: NonBlank | None = Field(default=None, description="Where it was decided.")
    expires: date = Field(description="The last day on which it holds.")


@dataclass(frozen=True)
class GapEntry:
    """An accepted gap and where it stands."""

    gap: GapAcceptance
    where: str
    """File and line."""
