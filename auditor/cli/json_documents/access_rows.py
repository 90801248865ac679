"""What `access --format json` prints: a list of rows."""

from __future__ import annotations

from pydantic import Field, NonNegativeInt

from auditor.cli.json_documents.part import DocumentPart


class AccessRowInfo(DocumentPart):
    """One scope that people, or a client without a user, obtain by one rule."""

    server: str
    server_id: str = Field(description="`org` for the org authorization server.")
    client: str = Field(description="Its name; of several, the first's and how many more.")
    client_id: str | None = Field(description="Null if there are several clients.")
    clients: NonNegativeInt = Field(description="Through how many clients it is obtained.")
    grant: str
    scope: str
    people: NonNegativeInt | None = Field(
        description="How many obtain it for certain; null in a grant type without users."
    )
    uncertain: bool = Field(description="Whether there may be more people.")
    policy: str | None
    policy_id: str | None
    rule: str | None
    rule_id: str | None
    access_token_minutes: int | None = Field(description="Null where it is not known.")
    refresh_token: bool | None = Field(description="Null where it is not known.")
    logins: list[str] | None = Field(
        default=None,
        description="With --people, who obtains it for certain; an id where the login was not "
        "read.",
    )
