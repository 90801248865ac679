"""What `logs --format json` prints: groups of failed requests, and what explains them."""

from __future__ import annotations

from pydantic import AwareDatetime, Field, NonNegativeInt, PositiveInt

from auditor.cli.json_documents.part import DocumentPart, NamedObject
from auditor.lint.log_summary import UsageUnknown
from auditor.system_log.base_comparison import Verdict
from auditor.system_log.decisions import Agreement
from auditor.system_log.situations import UndecidedReason
from auditor.tokens.conditions import Condition


class BadLineInfo(DocumentPart):
    """Something in the file that is no event."""

    where: str
    why: str


class LogInfo(DocumentPart):
    """What was read of the log."""

    org: str | None = Field(description="Null for a file that Okta gave, which does not say it.")
    since: AwareDatetime | None = Field(description="Of what was asked for, else the first event.")
    until: AwareDatetime | None
    complete: bool | None = Field(
        description="Whether all that was asked for is there and was read; null if that is not "
        "known."
    )
    with_grants: bool = Field(description="Whether granted requests were asked for.")
    redacted: bool = Field(description="Whether people are replaced by keyed hashes.")
    events: NonNegativeInt
    bad: NonNegativeInt = Field(description="Lines or events that could not be read.")
    bad_lines: list[BadLineInfo] = Field(description="The first few.")
    failed: NonNegativeInt
    granted: NonNegativeInt
    changes: NonNegativeInt
    other: NonNegativeInt
    ungrouped: NonNegativeInt = Field(description="Of `failed`, those in no group.")
    changes_left_out: NonNegativeInt


class PersonInfo(DocumentPart):
    """A person; the login is null if the snapshot does not have it."""

    id: str
    login: str | None


class LogChange(DocumentPart):
    """A change of configuration, assignments or people."""

    at: AwareDatetime
    event_type: str
    actor: str
    actor_login: str
    targets: list[NamedObject]
    fields: list[str] = Field(description="The names of changed fields, where the event has them.")


class LogDecision(DocumentPart):
    """Requests of a group of which the snapshot says the same."""

    agreement: Agreement = Field(description="How that goes with their having failed.")
    unknown: UndecidedReason | None = Field(description="Why they cannot be decided; or null.")
    count: NonNegativeInt
    people: NonNegativeInt
    first_people: list[PersonInfo]
    failed: Condition | None = Field(description="The condition by which they are rejected.")
    reason: str | None = Field(description="`outcome.reason` that the log would have; or null.")
    missing: str | None = Field(description="The fact without which they cannot be decided.")
    stops_at: str | None = Field(
        description="The check or the nearest rule at which they stop, in words."
    )
    policy: NamedObject | None
    rule: NamedObject | None
    command: str | None = Field(description="Explains one of them.")


class LogComparison(DocumentPart):
    """What the older snapshot shows of the requests of a group."""

    verdict: Verdict = Field(
        description="Only by `changed` is it proven that a change between the snapshots is the "
        "cause."
    )
    given: NonNegativeInt = Field(description="For how many it gives the token.")
    rejected: NonNegativeInt = Field(
        description="How many it rejects for the reason that the log has."
    )
    cause: LogChange | None = Field(
        description="The one change in between, where it is proven to be the cause; or null."
    )
    candidates: list[LogChange] = Field(
        description="With `changed`: changes before the first request that concern it; the last "
        "one first."
    )
    more_candidates: bool = Field(description="Whether there are more of them.")
    log_covers: bool = Field(
        description="With `changed`: whether the log is known to have all events between the "
        "snapshots. Who joined and left groups and apps is not meant."
    )


class LogFinding(DocumentPart):
    """A finding that bears on requests of a group."""

    code: str
    name: str
    fingerprint: str
    count: PositiveInt


class LogGroup(DocumentPart):
    """Requests that failed alike."""

    count: PositiveInt
    first: AwareDatetime
    last: AwareDatetime
    event_type: str
    reason: str = Field(description="`outcome.reason`; empty where the events do not say.")
    server: NamedObject
    client: NamedObject
    grant: str
    scopes: list[str] | None = Field(description="Null where the events do not say.")
    people: NonNegativeInt
    first_people: list[PersonInfo]
    without_user: NonNegativeInt
    confirmed: NonNegativeInt = Field(
        description="How many the snapshot rejects for the reason that the log has."
    )
    decisions: list[LogDecision] = Field(description="Empty without a snapshot.")
    before: LogChange | None = Field(
        description="The last change before the first request that concerns what the requests "
        "met; not proven to be the cause."
    )
    meanwhile: LogChange | None = Field(
        description="The last such change between the requests and the reading of the snapshot."
    )
    deletion: LogChange | None = Field(description="What deleted the server or the client.")
    base: LogComparison | None = Field(description="Null without an older snapshot.")
    findings: list[LogFinding]


class UnusedObject(NamedObject):
    """A scope or a rule, and where it is."""

    server: NamedObject
    policy: NamedObject | None


class LogUsage(DocumentPart):
    """What was not used in the period."""

    clients: list[NamedObject] | None = Field(description="By client id; null if not known.")
    scopes: list[UnusedObject]
    rules: list[UnusedObject]
    scopes_unknown: list[NamedObject] = Field(description="Servers of which it is not known.")
    rules_unknown: list[NamedObject]


class LogReport(DocumentPart):
    """An analysed log."""

    log: LogInfo
    snapshot_read_at: AwareDatetime | None = Field(description="Null without a snapshot.")
    base_read_at: AwareDatetime | None = Field(description="Null without an older snapshot.")
    planned: str | None = Field(
        description="Of a planned snapshot, a sentence that says whose plan it is."
    )
    groups: list[LogGroup] = Field(description="The one with the most requests first.")
    usage: LogUsage | None
    usage_unknown: UsageUnknown | None = Field(description="Why it is not known; or null.")
