"""A finding as reports show it: located, with what takes part and who accepts it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from auditor.lint.finding import Confidence, Severity
from auditor.lint.object_types import type_name
from auditor.lint.rule import Rule
from auditor.snapshot.resource_text import TextRegion
from auditor.text import quoted
from auditor.tokens.answers import Answer
from auditor.tokens.request import TokenRequest


@dataclass(frozen=True, slots=True)
class ObjectRef:
    """An Okta object, as reports name it. The name is a tenant's own words."""

    type: str
    id: str
    name: str

    @property
    def described(self) -> str:
        """Type and name as a sentence has them, on one line: `policy rule "Admins"`."""
        return f"{type_name(self.type)} {quoted(self.name)}"


@dataclass(frozen=True, slots=True)
class Location:
    """Where in a file."""

    file: str
    region: TextRegion


@dataclass(frozen=True, slots=True)
class RelatedObject:
    """Another object that takes part in a finding, and where it stands."""

    object: ObjectRef
    role: str
    location: Location


@dataclass(frozen=True, slots=True)
class Witness:
    """A token request that shows a finding, and how to see what becomes of it."""

    request: TokenRequest
    command: str
    """A shell command, safe to paste: `okta-auditor explain …`."""


@dataclass(frozen=True, slots=True)
class Rejections:
    """Failed requests of a log that a finding bears on."""

    count: int
    first: datetime
    """In UTC."""
    last: datetime


class FindingStatus(StrEnum):
    """Whether a finding counts, or who accepts it."""

    OPEN = "open"
    SUPPRESSED = "suppressed"
    UNCHANGED = "unchanged"
    """The baseline accepts it."""


class AcceptedBy(StrEnum):
    """What accepts a finding."""

    SUPPRESSION = "suppression"
    BASELINE = "baseline"


@dataclass(frozen=True, slots=True, kw_only=True)
class Acceptance:
    """Why a finding is known and does not fail a build."""

    by: AcceptedBy
    where: str
    """The file and line that accepts it."""
    reason: str = ""
    owner: str = ""
    ticket: str = ""
    expires: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedFinding:
    """A finding with all that a report needs to show it."""

    rule: Rule
    severity: Severity
    confidence: Confidence
    message: str
    fix: str
    object: ObjectRef
    server: ObjectRef | None
    """The authorization server the object belongs to, if it belongs to one."""
    field: str | None
    evidence: str
    """The value of the field as JSON, cut to a few lines; the record's own where no field is."""
    related: tuple[RelatedObject, ...]
    witness: Witness | None
    location: Location
    fingerprint: str
    """32 hexadecimal digits; stable over rewording, renaming and moving."""
    status: FindingStatus = FindingStatus.OPEN
    related_more: int = 0
    """How many more objects take part in it than `related` shows."""
    acceptance: Acceptance | None = None
    """Why it does not count; None for a finding that does."""
    key: str = ""
    """Tells findings of one rule on one field of one object apart."""
    content: str = ""
    """32 hexadecimal digits that change when what the finding rests on changes."""
    remark: str = ""
    """Why a finding counts that was accepted once, in sentences."""
    new: bool | None = None
    """Whether it was not there at the time that findings are compared with; None if that is not
    known, because its rule was not evaluated then, or nothing was compared."""
    lapsed: bool = False
    """Whether it counts because its suppression has expired."""
    answer: Answer | None = None
    """What Okta answers when it bites; None where no source tells."""
    rejections: Rejections | None = None
    """How often it hurt, by the log that the audit was given; None if no rejection is tied to it,
    or there was no log."""
