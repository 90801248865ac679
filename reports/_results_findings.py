"""The shape of findings in the JSON results, and of what they consist of."""

from __future__ import annotations

from dataclasses import fields
from datetime import date
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, NonNegativeInt, PositiveInt

from auditor import Confidence, Impact, Severity
from auditor.oauth import Answer, AnswerForm, TokenRequest
from auditor.results import AcceptedBy, FindingStatus, Witness

# Reports make anchors and markers of these, so they are nothing else wherever they come from.
Code = Annotated[str, Field(pattern=r"^[A-Z]{2,10}[0-9]{3,4}$")]
Hash = Annotated[str, Field(pattern="^[0-9a-f]{32}$")]
RuleName = Annotated[str, Field(pattern=r"^\w[\w-]*$")]

_REQUEST = tuple(field.name for field in fields(TokenRequest))
_SETS = ("scopes", "assertion_scopes")


class ResultsPart(BaseModel):
    """A part of the JSON results."""

    model_config = ConfigDict(
        frozen=True,
        from_attributes=True,
        json_schema_serialization_defaults_required=True,
        defer_build=True,
    )


class ObjectInfo(ResultsPart):
    """An Okta object. The name is the tenant's own words."""

    type: str
    id: str
    name: str


class Place(ResultsPart):
    """Where in a file: lines and columns from 1, the end column after the last character."""

    file: str
    line: PositiveInt
    column: PositiveInt = Field(description="In Unicode code points.")
    end_line: PositiveInt
    end_column: PositiveInt


class RelatedInfo(ResultsPart):
    """Another object that takes part in a finding."""

    object: ObjectInfo
    role: str = Field(description="What it has to do with the finding.")
    location: Place


class WitnessInfo(ResultsPart):
    """A token request that shows a finding, by ids."""

    server: str = Field(description="The server's id, or `org`.")
    client: str = Field(description="The client id.")
    grant: str
    user: str | None
    scopes: list[str] | None = Field(description="Null if the request leaves the scopes out.")
    assertion_scopes: list[str] | None = Field(
        default=None, description="What the assertion of a JWT bearer grant carries, if known."
    )
    response_type: str | None
    redirect_uri: str | None
    resource: str | None = None
    subject_server: str | None = Field(
        default=None, description="Of a token exchange: the id of the subject token's server."
    )
    prompt: str | None = None
    pkce: bool | None
    dpop: bool | None
    command: str = Field(description="A shell command that shows what becomes of it.")

    @classmethod
    def of(cls, witness: Witness) -> WitnessInfo:
        """The witness as it is written."""
        parts = {name: getattr(witness.request, name) for name in _REQUEST}
        sets = {name: sorted(parts[name]) for name in _SETS if parts[name] is not None}
        return cls(**{**parts, **sets}, command=witness.command)

    @property
    def witness(self) -> Witness:
        """The witness that was written."""
        parts = {name: getattr(self, name) for name in _REQUEST}
        sets = {name: frozenset(parts[name]) for name in _SETS if parts[name] is not None}
        return Witness(TokenRequest(**{**parts, **sets}), self.command)


class AnswerInfo(ResultsPart):
    """What Okta answers to a request that fails, in Okta's words; null where no source tells."""

    error: str | None = Field(description="Of OAuth, or `errorCode` of the Okta APIs.")
    description: str | None
    forms: list[AnswerForm] = Field(
        description="In which of these it comes: a redirect, or an HTTP status."
    )
    log_filter: str | None = Field(description="Of the System Log, for such requests.")

    @property
    def answer(self) -> Answer:
        """The answer that was written."""
        return Answer(
            error=self.error,
            description=self.description,
            forms=tuple(self.forms),
            log_filter=self.log_filter,
        )


class AcceptanceInfo(ResultsPart):
    """Why a finding does not count."""

    by: AcceptedBy
    where: str = Field(description="The file and line that accepts it.")
    reason: str
    owner: str
    ticket: str
    expires: date | None = Field(description="The last day on which it holds.")


class AcceptedGapInfo(ResultsPart):
    """A collection that Okta refuses to whoever reads, and that somebody does without."""

    collection: str = Field(description="Its entry in `coverage` says what is missing.")
    reason: str
    owner: str
    ticket: str
    expires: date = Field(description="The last day on which it holds.")
    where: str = Field(description="The file and line that accepts it.")


class RejectionsInfo(ResultsPart):
    """Failed requests of a log that a finding bears on."""

    count: PositiveInt
    first: AwareDatetime
    last: AwareDatetime


class NoticeInfo(ResultsPart):
    """Something that whoever keeps suppressions or the baseline should know."""

    where: str
    message: str
    remedy: str


class WeakeningInfo(ResultsPart):
    """A setting, or a file of accepted findings, that makes the audit milder unasked."""

    setting: str
    where: str = Field(description="The file and line.")
    value: str = Field(description="What it is set to, as TOML; of a file, how many entries.")
    otherwise: str = Field(description="What would hold without the file; empty for a file.")
    decided_by: str = Field(
        default="",
        description="The commit by which it is judged, where the checkout only proposes it.",
    )
    sentence: str = Field(description="What reports say of it.")


class FixedInfo(ResultsPart):
    """A finding of then that is not there any more."""

    code: Code
    fingerprint: Hash
    object: ObjectInfo


class FindingInfo(ResultsPart):
    """One thing that is wrong with one object."""

    code: Code = Field(description="The rule's permanent code.")
    name: RuleName = Field(description="The rule's name.")
    severity: Severity
    impact: Impact
    confidence: Confidence
    message: str
    object: ObjectInfo
    server: ObjectInfo | None = Field(description="The authorization server it belongs to.")
    field: str | None = Field(description="Dotted, in the API's names; null for the object.")
    key: str = Field(description="Tells findings of one rule on one field apart.")
    related: list[RelatedInfo] = Field(description="At most 20 of the other objects.")
    related_more: NonNegativeInt = Field(description="How many more there are.")
    location: Place
    fingerprint: Hash = Field(description="Survives rewording, renaming and moving.")
    content: str = Field(description="Changes when what the finding rests on changes.")
    status: FindingStatus = Field(description="Open, suppressed, or unchanged since the baseline.")
    remark: str = Field(description="Why it counts although it was accepted once; or empty.")
    new: bool | None = Field(
        default=None,
        description="Whether it was not there at the time of `since`; null if that is not known.",
    )
    lapsed: bool = Field(description="Whether it counts because its suppression has expired.")
    acceptance: AcceptanceInfo | None = Field(description="Null for a finding that counts.")
    fix: str
    evidence: str = Field(description="The field's value as it was read, cut if it is long.")
    witness: WitnessInfo | None
    answer: AnswerInfo | None = Field(
        default=None, description="What Okta answers when it bites; null where no source tells."
    )
    rejections: RejectionsInfo | None = Field(
        default=None,
        description="How often it hurt, by the log that the audit was given; left out where no "
        "rejection is tied to it.",
    )
