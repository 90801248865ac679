"""The shape of the JSON results. What reads them back holds them to it.

It is versioned by `schema`. Within a version keys may be added; none is removed, renamed or
given another meaning.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Final, Literal

from pydantic import (
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    JsonValue,
    NonNegativeInt,
    PositiveInt,
)

from auditor import Confidence, Impact, Severity
from auditor.results import AcceptedBy, Capture, CollectionStatus, FindingStatus

FORMAT: Final = "okta-auditor/results/"
VERSION: Final = "okta-auditor/results/1"

# Reports make anchors and markers of these, so they are nothing else wherever they come from.
Code = Annotated[str, Field(pattern=r"^[A-Z]{2,10}[0-9]{3,4}$")]
Hash = Annotated[str, Field(pattern="^[0-9a-f]{32}$")]
RuleName = Annotated[str, Field(pattern=r"^\w[\w-]*$")]


class _Wire(BaseModel):
    model_config = ConfigDict(
        frozen=True, from_attributes=True, json_schema_serialization_defaults_required=True
    )


class Tool(_Wire):
    """What made the document."""

    name: Literal["okta-auditor"] = "okta-auditor"
    version: str


class TenantInfo(_Wire):
    """Whose configuration was audited."""

    id: str = Field(description="The org's id, or its host name where the id was not read.")
    name: str
    url: str


class RuleCounts(_Wire):
    """What became of the selected rules; the last three add up to the first."""

    selected: int
    evaluated: int
    not_evaluated: int
    crashed: int


class RuleInfo(_Wire):
    """A rule as it was when it ran. Its page is in the rule pack."""

    code: Code
    name: RuleName
    severity: Severity = Field(description="After the configuration.")
    impact: Impact
    confidence: Confidence
    reads: list[str] = Field(description="The collections that it rests on.")
    consults: list[str] = Field(
        default=[], description="The collections that it uses if they were read."
    )
    summary: str
    module: str = Field(description="Where it was defined.")
    page: Hash = Field(description="Of its page: tells versions of the rule apart.")
    options: dict[str, JsonValue] | None = Field(
        default=None, description="The options that it ran with; null if it has none."
    )


class Summary(_Wire):
    """The numbers."""

    complete: bool = Field(
        description="False if a rule crashed, could not be evaluated although the org has what "
        "it reads, or none was selected: then no finding is no proof."
    )
    findings: int = Field(description="Those that count. With a baseline, the new ones.")
    suppressed: int
    unchanged: int = Field(description="Those that the baseline accepts.")
    fixed: int = Field(description="Those of the baseline that are not there any more.")
    by_severity: dict[Severity, int] = Field(description="Every severity is there.")
    by_rule: dict[str, int] = Field(description="By code; rules without findings are left out.")
    rules: RuleCounts
    objects: dict[str, int] = Field(description="How many objects of each collection were read.")


class ObjectInfo(_Wire):
    """An Okta object. The name is the tenant's own words."""

    type: str
    id: str
    name: str


class Place(_Wire):
    """Where in a file: lines and columns from 1, the end column after the last character."""

    file: str
    line: PositiveInt
    column: PositiveInt = Field(description="In Unicode code points.")
    end_line: PositiveInt
    end_column: PositiveInt


class RelatedInfo(_Wire):
    """Another object that takes part in a finding."""

    object: ObjectInfo
    role: str = Field(description="What it has to do with the finding.")
    location: Place


class WitnessInfo(_Wire):
    """A token request that shows a finding, by ids."""

    server: str = Field(description="The server's id, or `org`.")
    client: str = Field(description="The client id.")
    grant: str
    user: str | None
    scopes: list[str] | None = Field(description="Null if the request leaves the scopes out.")
    response_type: str | None
    redirect_uri: str | None
    pkce: bool | None
    dpop: bool | None
    command: str = Field(description="A shell command that shows what becomes of it.")


class AcceptanceInfo(_Wire):
    """Why a finding does not count."""

    by: AcceptedBy
    where: str = Field(description="The file and line that accepts it.")
    reason: str
    owner: str
    ticket: str
    expires: date | None = Field(description="The last day on which it holds.")


class NoticeInfo(_Wire):
    """Something that whoever keeps suppressions or the baseline should know."""

    where: str
    message: str
    remedy: str


class FixedInfo(_Wire):
    """A finding of the baseline that is not there any more."""

    code: Code
    fingerprint: Hash
    object: ObjectInfo


class FindingInfo(_Wire):
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
    lapsed: bool = Field(description="Whether it counts because its suppression has expired.")
    acceptance: AcceptanceInfo | None = Field(description="Null for a finding that counts.")
    fix: str
    evidence: str = Field(description="The field's value as it was read, cut if it is long.")
    witness: WitnessInfo | None


class NotEvaluatedInfo(_Wire):
    """A rule that could not be evaluated, because of what was not read."""

    code: Code
    name: RuleName
    reason: str
    missing: list[str] = Field(description="The collections that were not completely read.")
    remedy: str
    absent: bool = Field(description="The org does not have what the rule reads: no fault.")


class CrashedInfo(_Wire):
    """A rule that failed; nothing that it found is reported."""

    code: Code
    name: RuleName
    error: str


class GapInfo(_Wire):
    """A list that could not be read to its end."""

    path: str
    reason: str


class QuarantinedInfo(_Wire):
    """A record that could not be understood and was set aside."""

    path: str
    record: str
    reason: str


class CoverageInfo(_Wire):
    """How completely a collection was read, and why not."""

    collection: str
    status: CollectionStatus
    lists: NonNegativeInt
    pages: NonNegativeInt
    objects: NonNegativeInt
    left_out: NonNegativeInt = Field(
        description="Records that were seen and deliberately not kept."
    )
    gone: NonNegativeInt = Field(description="Records that were deleted while they were read.")
    duplicates: NonNegativeInt = Field(description="Records that came again and are kept once.")
    oauth_scope: str | None = Field(description="The OAuth scope that was missing.")
    reason: str | None
    gaps: list[GapInfo]
    quarantined: list[QuarantinedInfo]


class RunInfo(_Wire):
    """A run over the same tenant, as the history keeps it."""

    captured_at: AwareDatetime
    tool_version: str
    complete: bool = Field(description="False where something could not be checked.")
    findings: int = Field(description="Those that count; accepted ones come on top.")
    accepted: int
    by_severity: dict[Severity, int]
    by_impact: dict[Impact, int]
    by_rule: dict[str, int] = Field(description="The rules that were evaluated to the end.")
    fingerprints: dict[str, tuple[Hash, ...]] | None = Field(
        description="By rule, accepted ones included. Null in all but the last two runs, and "
        "where there were too many to keep."
    )


class Results(_Wire):
    """The results of one audit by okta-auditor."""

    version: Literal["okta-auditor/results/1"] = Field(default=VERSION, alias="schema")
    tool: Tool
    tenant: TenantInfo
    captured_at: AwareDatetime = Field(description="When reading the tenant was finished.")
    capture: Capture = Field(description="The header of the snapshot.")
    source: str = Field(description="The file that locations point into.")
    show_accepted: bool = Field(description="Whether reports list what was accepted.")
    summary: Summary
    rules: list[RuleInfo] = Field(description="The selected rules, by code.")
    as_of: date | None = Field(
        description="The day by which expiry was judged; null where nothing can expire."
    )
    baseline: str | None = Field(description="The file of the baseline, if there was one.")
    findings: list[FindingInfo] = Field(description="Those that count.")
    accepted: list[FindingInfo] = Field(
        description="Those that a suppression or the baseline accepts."
    )
    fixed: list[FixedInfo]
    notices: list[NoticeInfo]
    not_evaluated: list[NotEvaluatedInfo]
    crashed: list[CrashedInfo]
    coverage: list[CoverageInfo]
    history: list[RunInfo] = Field(
        description="Runs over the same tenant, oldest first, this one last; empty without "
        "--history."
    )
