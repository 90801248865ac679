"""What becomes of a token request, as `explain` and `test` print it.

The keys are those of `Decision.as_json`.
"""

from __future__ import annotations

from pydantic import Field

from auditor.cli.json_documents.part import DocumentPart, NamedObject
from auditor.tokens.answer_form import AnswerForm
from auditor.tokens.conditions import Condition
from auditor.tokens.outcome import Outcome


class DecisionInfo(DocumentPart):
    """A decision. Error texts are Okta's own, and null where no source gives them."""

    outcome: Outcome
    failed: Condition | None = Field(description="The condition that decided a rejection.")
    error: str | None
    error_description: str | None
    reason: str | None = Field(description="`outcome.reason` of the System Log event.")
    form: AnswerForm | None = Field(description="In what form a rejection comes.")
    missing: str | None = Field(description="What is not known, of an indeterminate request.")
    policy: NamedObject | None
    rule: NamedObject | None
    granted_scopes: list[str]
    audience: str | None = Field(description="`aud` of the access token.")
    access_token_minutes: int | None
    refresh_token_minutes: int | None = Field(description="0 is unlimited.")
    refresh_window_minutes: int | None
    id_token_minutes: int | None
    refresh_token: bool | None = Field(description="Null where that is not published.")
    caveats: list[str] = Field(description="What configuration alone does not decide.")
    readings_differ: bool = Field(
        description="Whether the two readings of Okta's text on OpenID scopes differ."
    )
