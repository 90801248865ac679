"""What `diagnose --format json` prints: errors with their causes judged, the first proven."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from auditor.cli.json_documents.explanation import Explanation
from auditor.cli.json_documents.part import DocumentPart, NamedObject
from auditor.diagnosis.causes.verdict import Confidence
from auditor.diagnosis.judged_error import Fault


class TypedObject(DocumentPart):
    """An object of the org. The name is the tenant's own words."""

    type: str
    id: str
    name: str


class EvidenceInfo(DocumentPart):
    """A value of the configuration on which a verdict rests."""

    object: TypedObject
    field: str = Field(description="Its path in Okta's API, or a word for what was worked out.")
    value: Any


class CauseInfo(DocumentPart):
    """A cause of an error, and what its check came to."""

    name: str = Field(description="Of its own among the causes of the error.")
    what: str
    confidence: Confidence
    in_configuration: bool = Field(description="False for the request, its caller or a library.")
    text: str
    fixes: list[str] = Field(description="Any of these.")
    evidence: list[EvidenceInfo]
    missing: list[str] = Field(description="Options that would tell.")


class ProvenCauseInfo(CauseInfo):
    """The cause that is proven."""

    error: str = Field(description="The name of the error that it leads to.")


class ErrorInfo(DocumentPart):
    """An error of the input; name and meaning are null for one that is not known."""

    error: str | None
    description: str | None
    input: str | None = Field(description="The input that it stands in, if there are several.")
    name: str | None = Field(description="Of the row on the page of Okta's errors.")
    meaning: str | None
    alike: list[str] = Field(description="Errors of the same word, where none of them is certain.")
    fault: Fault | None
    causes: list[CauseInfo] = Field(description="The most certain first.")
    system_log_filter: str | None


class LeadingFinding(DocumentPart):
    """A finding of the audit that leads to one of the errors."""

    code: str
    rule: str
    message: str
    fix: str
    object: TypedObject
    fingerprint: str


class TokenRemarkInfo(DocumentPart):
    """Something about a token of the input, which is not in the document itself."""

    text: str
    wrong: bool = Field(description="Whether it makes the token useless.")
    input: str | None = Field(description="The input that the token is of, if there are several.")


class LogCountsInfo(DocumentPart):
    """How many events of the System Log the input has that say of a request that it was refused."""

    refusals: int
    kinds: int = Field(
        description="Of requests with the same reason, server, client, grant type and scopes."
    )
    first: int = Field(description="How many are of the most frequent kind, which is looked at.")
    unread: int = Field(description="Lines that are no events.")


class RefusedCall(DocumentPart):
    """A call of an Okta API that was refused, and the rights that its caller has."""

    call: str = Field(description="Method and path, with names in place of ids.")
    documented: bool = Field(description="Whether Okta's OpenAPI documents have it.")
    scopes: list[list[str]] = Field(description="Alternatives, of which one is needed.")
    suggested_admin_roles: list[str] = Field(description="Empty where Okta publishes none.")
    client: NamedObject | None
    token_scopes: list[str] | None = Field(description="Null where there is no token.")
    grants: list[str] | None = Field(description="Null where they are not known.")
    admin_roles: list[str] | None = Field(description="Null where they are not known.")
    sound: bool = Field(description="Whether scope and role cover it, as far as is published.")
    request_id: str | None
    source: dict[str, str] = Field(description="Okta's OpenAPI documents with their versions.")


class ApiTokenInfo(DocumentPart):
    """An API token (SSWS) that was sent."""

    name: str
    owner: str | None
    faults: list[str]


class DiagnosisDocument(DocumentPart):
    """Why a request failed."""

    settled: bool = Field(
        description="Whether a cause is proven in the org as it is; the exit code is then 0, else "
        "3. Never by a planned snapshot."
    )
    planned: str | None = Field(
        description="Of a planned snapshot, a sentence that says whose plan it is: what is proven "
        "is proven of the plan."
    )
    cause: ProvenCauseInfo | None = Field(description="The one cause that is proven.")
    errors: list[ErrorInfo]
    decision: Explanation | None = Field(
        description="The request decided, if it is known well enough; its advice is in the fixes."
    )
    findings: list[LeadingFinding]
    more_findings: int
    token_remarks: list[TokenRemarkInfo]
    rate_limit: list[str]
    api_calls: list[RefusedCall]
    api_token: ApiTokenInfo | None
    outage: list[str] = Field(description="Of a fault at Okta, which settings have no part in.")
    characters_left_out: int = Field(
        description="Of a very large input: what stands far from any error or request."
    )
    system_log: LogCountsInfo | None
    missing: list[str] = Field(description="Options that would make the answer more exact.")
