"""One expectation: a request, and what should become of it."""

from __future__ import annotations

from dataclasses import fields
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from auditor.tokens.conditions import Condition
from auditor.tokens.decision import Decision
from auditor.tokens.lookup.named_request import NamedRequest

_REQUEST = frozenset(field.name for field in fields(NamedRequest))


class Expectation(BaseModel):
    """One request and what should become of it.

    Of the keys after `expect`, those that are given are asserted, null included.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    name: str | None = Field(default=None, description="What is expected, in a few words.")
    server: str = Field(description="Name or id of an authorization server, or `org`.")
    client: str = Field(description="Label, client id or app id of a client.")
    grant: str = Field(description="Grant type; the short names of URNs will do.")
    user: str | None = Field(default=None, description="Login or id of the user.")
    scopes: list[str] | None = Field(
        default=None, description="Scopes asked for; left out, the request leaves them out."
    )
    assertion_scopes: list[str] | None = Field(
        default=None, description="Scopes that the assertion of a JWT bearer request carries."
    )
    response_type: str | None = Field(default=None, description="Space-separated.")
    redirect_uri: str | None = Field(default=None, description="Left out: a registered one.")
    resource: str | None = Field(default=None, description="Resource indicator (RFC 8707).")
    subject_server: str | None = Field(
        default=None,
        description="Of a token exchange: the server that issued the subject token.",
    )
    prompt: str | None = Field(
        default=None, description="Pages that the user may be shown: `none`, `consent`, `login`."
    )
    pkce: bool | None = Field(default=None, description="Whether a code challenge is sent.")
    dpop: bool | None = Field(default=None, description="Whether a DPoP proof is sent.")
    expect: Literal["minted", "rejected", "indeterminate"]
    failed: Annotated[Condition, Field(strict=False)] | None = Field(
        default=None, description="The condition that decided a rejection."
    )
    missing: str | None = Field(
        default=None, description="The fact without which the request cannot be decided."
    )
    error: str | None = Field(default=None, description="The OAuth error.")
    error_description: str | None = Field(default=None, description="The error's description.")
    reason: str | None = Field(default=None, description="`outcome.reason` of the System Log.")
    form: Literal["redirect", "400", "401", "403"] | None = Field(
        default=None, description="In what form the rejection comes."
    )
    policy: str | None = Field(default=None, description="Name or id of the deciding policy.")
    rule: str | None = Field(default=None, description="Name or id of the deciding rule.")
    granted_scopes: list[str] | None = Field(default=None, description="In any order.")
    audience: str | None = Field(default=None, description="`aud` of the access token.")
    access_token_minutes: int | None = Field(default=None, description="Access token lifetime.")
    refresh_token: bool | None = Field(
        default=None, description="Whether a refresh token comes with it; null: not known."
    )
    refresh_token_minutes: int | None = Field(
        default=None, description="Refresh token lifetime; 0 is unlimited."
    )
    refresh_window_minutes: int | None = Field(
        default=None, description="After how long without use a refresh token ends."
    )
    id_token_minutes: int | None = Field(default=None, description="ID token lifetime.")
    caveats: list[str] | None = Field(
        default=None, description="The notes beside the answer, in any order."
    )
    readings_differ: bool | None = Field(
        default=None, description="Whether the two readings of OpenID scopes differ."
    )

    @property
    def title(self) -> str:
        """The name, or the request in short."""
        who = f" for {self.user}" if self.user else ""
        return self.name or f"{self.client} at {self.server} by {self.grant}{who}"

    @property
    def named_request(self) -> NamedRequest:
        """The request, by the names that the file gives."""
        lists = ("scopes", "assertion_scopes")
        parts = {name: getattr(self, name) for name in _REQUEST.difference(lists)}
        scopes, carried = _tuple(self.scopes), _tuple(self.assertion_scopes)
        return NamedRequest(**parts, scopes=scopes, assertion_scopes=carried)

    @property
    def expected(self) -> dict[str, Any]:
        """The keys that are asserted, with their values."""
        return {
            key: getattr(self, key)
            for key in type(self).model_fields
            if key in self.model_fields_set and key not in _REQUEST | {"name"}
        }

    def differences(self, decision: Decision) -> tuple[str, ...]:
        """The keys whose values the decision does not have."""
        return tuple(key for key in self.expected if not self._holds(key, decision))

    def _holds(self, key: str, decision: Decision) -> bool:
        expected = getattr(self, key)
        actual = decision.as_json()["outcome" if key == "expect" else key]
        if key in {"policy", "rule"}:
            return expected in (actual.values() if actual else {None})
        if isinstance(actual, list):
            return set(actual) == set(expected or ())
        return bool(actual == expected)


def _tuple(names: list[str] | None) -> tuple[str, ...] | None:
    return None if names is None else tuple(names)


def expectations_schema() -> dict[str, Any]:
    """The JSON Schema of an expectations file."""
    schema = TypeAdapter(list[Expectation]).json_schema()
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "okta-auditor expectations",
        "minItems": 1,
        **schema,
    }
