"""What `explain --format json` prints: a decision, the way to it, and advice."""

from __future__ import annotations

from pydantic import Field

from auditor.cli.json_documents.decision import DecisionInfo
from auditor.cli.json_documents.part import DocumentPart, NamedObject
from auditor.tokens.checks import StepKind, Verdict
from auditor.tokens.conditions import Condition


class AskerInfo(DocumentPart):
    """The user of a request; the name is null if the snapshot does not have the user."""

    id: str
    name: str | None


class RequestInfo(DocumentPart):
    """The request that was decided; null is not said."""

    server: NamedObject = Field(description="Its id is `org` for the org authorization server.")
    client: NamedObject = Field(description="By its client id.")
    grant: str
    user: AskerInfo | None
    scopes: list[str] | None
    assertion_scopes: list[str] | None
    response_type: str | None
    redirect_uri: str | None
    resource: str | None
    subject_server: NamedObject | None
    prompt: str | None
    pkce: bool | None
    dpop: bool | None


class StepInfo(DocumentPart):
    """A check, a policy or a rule on the way."""

    kind: StepKind
    passed: Verdict
    text: str
    object_id: str | None = Field(description="Of the policy or the rule.")
    failed: Condition | None


class AdviceInfo(DocumentPart):
    """A change with which the request would be minted; it has been tried."""

    text: str
    rule: NamedObject | None = Field(description="The rule that it would then be minted by.")
    access_token_minutes: int | None
    more_people: int | None = Field(
        description="How many more people could then make the request; null if not counted."
    )


class Explanation(DecisionInfo):
    """The answer to one token request."""

    system_log_filter: str | None = Field(
        description="Finds such a rejection in the System Log; null where its reason is not known."
    )
    request: RequestInfo
    trace: list[StepInfo] = Field(description="The steps in order.")
    advice: list[AdviceInfo] = Field(description="Any of these; empty unless it is rejected.")
