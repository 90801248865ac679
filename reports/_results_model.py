"""The shape of the JSON results. What reads them back holds them to it.

It is versioned by `schema`. Within a version keys may be added; none is removed, renamed or
given another meaning.
"""

from __future__ import annotations

from datetime import date
from typing import Final, Literal

from pydantic import (
    AwareDatetime,
    Field,
    JsonValue,
    NonNegativeInt,
    PositiveInt,
)

from auditor import Confidence, Impact, Severity
from auditor.results import Capture, CollectionStatus, EarlierKind, UsageUnknown

from ._results_findings import (
    AcceptedGapInfo,
    AnswerInfo,
    Code,
    FindingInfo,
    FixedInfo,
    Hash,
    NoticeInfo,
    ObjectInfo,
    ResultsPart,
    RuleName,
    WeakeningInfo,
)
from ._results_frameworks import FrameworkInfo

FORMAT: Final = "okta-auditor/results/"
VERSION: Final = "okta-auditor/results/1"


class ToolInfo(ResultsPart):
    """What made the document."""

    name: Literal["okta-auditor"] = "okta-auditor"
    version: str


class TenantInfo(ResultsPart):
    """Whose configuration was audited."""

    id: str = Field(description="The org's id, or its host name where the id was not read.")
    name: str
    url: str


class RuleCounts(ResultsPart):
    """What became of the selected rules; the next three add up to the first."""

    selected: int
    evaluated: int
    not_evaluated: int
    crashed: int
    not_selected: int | None = Field(
        default=None,
        description="Rules that there are besides; they were not evaluated either. Null where that "
        "is not known.",
    )


class DeselectionInfo(ResultsPart):
    """Rules that a setting leaves out, so that nothing is known of what they look for."""

    by: str = Field(description="The setting, as the option that says the same.")
    codes: list[Code]


class RuleInfo(ResultsPart):
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
    answer: AnswerInfo | None = Field(
        default=None,
        description="What Okta answers, where that is the same for its findings.",
    )


class ResultsSummary(ResultsPart):
    """The numbers."""

    complete: bool = Field(
        description="Whether all that the org has was read and every selected rule gave an "
        "answer, at least one of them; otherwise no finding is no proof."
    )
    unaccepted: bool | None = Field(
        default=None,
        description="Whether something could not be checked that no accepted gap covers: then the "
        "exit code is 3. Null in the results of earlier versions.",
    )
    findings: int = Field(description="Those that count. With a baseline, the new ones.")
    suppressed: int
    unchanged: int = Field(description="Those that the baseline accepts.")
    fixed: int = Field(description="Those of the baseline that are not there any more.")
    by_severity: dict[Severity, int] = Field(description="Every severity is there.")
    by_rule: dict[str, int] = Field(description="By code; rules without findings are left out.")
    rules: RuleCounts
    objects: dict[str, int] = Field(description="How many objects of each collection were read.")


class NotEvaluatedInfo(ResultsPart):
    """A rule that could not be evaluated, because of what was not read."""

    code: Code
    name: RuleName
    reason: str
    missing: list[str] = Field(description="The collections that were not completely read.")
    remedy: str
    absent: bool = Field(description="The org does not have what the rule reads: no fault.")


class CrashedInfo(ResultsPart):
    """A rule that failed; nothing that it found is reported."""

    code: Code
    name: RuleName
    error: str


class GapInfo(ResultsPart):
    """A list that could not be read to its end."""

    path: str
    reason: str
    record: str = Field(
        default="", description="The id of the record that is not all known; empty for the list."
    )
    attribute: str = Field(
        default="", description="Of a planned snapshot, what is known after apply; else empty."
    )
    field: str = Field(
        default="",
        description="The field that is all that is not known, of the record or of one of the list.",
    )


class QuarantinedInfo(ResultsPart):
    """A record that could not be understood and was set aside."""

    path: str
    record: str
    reason: str


class CarriedOverInfo(ResultsPart):
    """Lists that were carried over from an older snapshot."""

    read_at: AwareDatetime = Field(description="When the export began that read them.")
    proven: bool = Field(
        description="Whether Okta documents that the time stamp moves by which they were taken as "
        "unchanged."
    )
    paths: list[str]


class NotAskedInfo(ResultsPart):
    """Lists that were not asked for, since nothing that is decided or found rests on them."""

    lists: PositiveInt
    why: str


class ContradictionInfo(ResultsPart):
    """Something that a ledger says of a resource and that does not hold."""

    path: str
    reason: str


class CoverageInfo(ResultsPart):
    """How completely a collection was read, and why not."""

    collection: str
    status: CollectionStatus
    lists: NonNegativeInt
    pages: NonNegativeInt
    objects: NonNegativeInt
    left_out: NonNegativeInt = Field(
        description="Records that were seen and deliberately not kept."
    )
    side: str | None = Field(
        description="`groups` if lists of apps were made of the apps of each group."
    )
    not_asked: list[NotAskedInfo] = Field(description="Lists that were not asked for, and why.")
    gone: NonNegativeInt = Field(description="Records that were deleted while they were read.")
    duplicates: NonNegativeInt = Field(description="Records that came again and are kept once.")
    oauth_scope: str | None = Field(description="The OAuth scope that was missing.")
    reason: str | None
    gaps: list[GapInfo]
    quarantined: list[QuarantinedInfo]
    contradictions: list[ContradictionInfo] = Field(
        description="What the snapshot's ledger says and its resources do not."
    )
    lacks: list[str] = Field(
        description="What every org has and this list has not, although it was read to its end."
    )
    carried_over: list[CarriedOverInfo] = Field(
        default=[], description="Lists that were not read again but count as read earlier."
    )
    refused_only: bool = Field(
        default=False, description="Whether the exporter missed nothing but what Okta refuses."
    )
    planned_alone: bool = Field(
        default=False,
        description="Whether it is what a plan makes, without what the org has besides.",
    )


class SinceInfo(ResultsPart):
    """What the findings were compared with; each says itself whether it is new."""

    kind: EarlierKind
    where: str = Field(description="The file of the snapshot or the baseline; or empty.")
    captured_at: AwareDatetime | None = Field(description="When the tenant was read then.")
    fixed: list[FixedInfo] = Field(
        description="Findings of then that are not there now, of rules that ran both times."
    )
    uncompared: list[Code] = Field(
        description="Rules that were not evaluated then, so that it is not known what is new."
    )


class UnusedInfo(ResultsPart):
    """A client, a scope or a rule that no granted request of a log used."""

    object: ObjectInfo
    server: ObjectInfo | None = Field(description="Null for a client.")


class LogSummaryInfo(ResultsPart):
    """The log of events that the audit was given."""

    where: str = Field(description="The file.")
    since: AwareDatetime | None
    until: AwareDatetime | None
    complete: bool | None = Field(
        description="Whether it holds all that was asked for; null if it does not say."
    )
    rejections: NonNegativeInt
    confirmed: NonNegativeInt = Field(
        description="Those that the snapshot rejects for the reason that the log has."
    )
    tied: NonNegativeInt = Field(description="Those that a finding bears on.")
    unused: list[UnusedInfo] = Field(description="At most 100: clients, then scopes, then rules.")
    unused_more: NonNegativeInt
    usage_unknown: UsageUnknown | None = Field(
        description="Why what was not used is not known; null if it is."
    )
    usage_doubts: list[str] = Field(
        description="Types of objects of which it is not known of all whether they were used."
    )


class RunInfo(ResultsPart):
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


class Results(ResultsPart):
    """The results of one audit by okta-auditor."""

    version: Literal["okta-auditor/results/1"] = Field(default=VERSION, alias="schema")
    tool: ToolInfo
    tenant: TenantInfo
    captured_at: AwareDatetime = Field(description="When reading the tenant was finished.")
    capture: Capture = Field(description="The header of the snapshot.")
    snapshot_digest: str = Field(
        description="Of the content of the snapshot that was audited; empty if it never was a file."
    )
    source: str = Field(description="The file that locations point into.")
    show_accepted: bool = Field(description="Whether reports list what was accepted.")
    summary: ResultsSummary
    rules: list[RuleInfo] = Field(description="The selected rules, by code.")
    deselected: list[DeselectionInfo] | None = Field(
        default=None,
        description="The rules that there are besides, by what leaves them out; null in results of "
        "earlier versions, which do not say it.",
    )
    reproduce: str = Field(
        default="", description="A command that comes to the same results; empty if none is known."
    )
    frameworks: list[FrameworkInfo] | None = Field(
        default=None,
        description="The compliance frameworks by which controls are judged; null for those that "
        "come with okta-auditor.",
    )
    home_page: str = Field(
        default="", description="The home page that SARIF names for the tool; empty for none."
    )
    rule_page: str = Field(
        default="",
        description="The address of each rule's page, with `{code}` for its code; empty for none.",
    )
    as_of: date | None = Field(
        description="The day by which expiry was judged; null where nothing can expire."
    )
    baseline: str | None = Field(description="The file of the baseline, if there was one.")
    weakenings: list[WeakeningInfo] = Field(
        default=[], description="What files that nobody named make milder."
    )
    accepted_gaps: list[AcceptedGapInfo] = Field(
        default=[],
        description="Collections that may stay unread; what needs them is not evaluated.",
    )
    findings: list[FindingInfo] = Field(description="Those that count.")
    accepted: list[FindingInfo] = Field(
        description="Those that a suppression or the baseline accepts."
    )
    fixed: list[FixedInfo]
    notices: list[NoticeInfo]
    not_evaluated: list[NotEvaluatedInfo]
    crashed: list[CrashedInfo]
    coverage: list[CoverageInfo]
    since: SinceInfo | None = Field(
        default=None,
        description="With what the findings were compared: --since, else the run before, else "
        "the baseline; null if with nothing.",
    )
    log: LogSummaryInfo | None = Field(
        default=None, description="Of --logs; left out where there was none."
    )
    history: list[RunInfo] = Field(
        description="Runs over the same tenant, oldest first, this one last; empty without "
        "--history."
    )
