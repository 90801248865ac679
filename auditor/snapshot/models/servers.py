"""Authorization servers and what belongs to one: policies, rules, scopes, claims, keys.

Field names and enum values: Okta Management API 2026.06.3, corrected by recorded
responses (rules carry `people.users.exclude`, servers carry `default`).
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from hashlib import sha256
from typing import Annotated, Any, ClassVar

from pydantic import AwareDatetime, ConfigDict, Field, model_validator

from auditor.snapshot.models.base import (
    NullAsEmpty,
    NullAsObject,
    Part,
    Record,
    SnakePart,
    Strings,
    Switchable,
)

ALL_CLIENTS = "ALL_CLIENTS"
"""In a policy's clients: every client of the org, present and future."""

EVERYONE = "EVERYONE"
"""In a rule's groups: anybody who is assigned to the client. A keyword, not a group id."""

ALL_SCOPES = "*"
"""In a rule's scopes: every scope of the server, present and future."""

OIDC_SCOPES = frozenset(
    {"openid", "profile", "email", "address", "phone", "offline_access", "device_sso"}
)
"""Scopes that every custom authorization server has from the start (`system: true`)."""


class Signing(Part):
    """How a server rotates the key that signs its tokens."""

    kid: str | None = None
    rotation_mode: str | None = None
    last_rotated: AwareDatetime | None = None
    next_rotation: AwareDatetime | None = None


class ServerCredentials(Part):
    """`credentials` of an authorization server."""

    signing: Annotated[Signing, NullAsObject] = Signing()


class KeyOfServer(SnakePart):
    """A key in an authorization server's own `jwks`."""

    kid: str | None = None
    status: str | None = None
    use: str | None = None
    kty: str | None = None

    @property
    def active(self) -> bool:
        """Whether the key may be used now; keys without a status are in use."""
        return self.status in {None, "ACTIVE"}


class KeysOfServer(SnakePart):
    """`jwks` of an authorization server."""

    keys: Annotated[tuple[KeyOfServer, ...], NullAsEmpty] = ()


class AuthorizationServer(Switchable):
    """A custom authorization server: one resource, its scopes and its access policies."""

    kind: ClassVar[str] = "authorization_server"

    audiences: Strings = ()
    issuer: str | None = None
    issuer_mode: str | None = None
    default: bool | None = None
    credentials: Annotated[ServerCredentials, NullAsObject] = ServerCredentials()
    access_token_encrypted_response_algorithm: str | None = None
    jwks: Annotated[KeysOfServer, NullAsObject] = KeysOfServer()
    jwks_uri: str | None = Field(default=None, alias="jwks_uri")


class Inclusion(Part):
    """A list condition: who or what is included, and who is taken out again."""

    include: Strings = ()
    exclude: Strings = ()


class PeopleCondition(Part):
    """The people condition of a rule: users and groups, each with include and exclude."""

    users: Annotated[Inclusion, NullAsObject] = Inclusion()
    groups: Annotated[Inclusion, NullAsObject] = Inclusion()

    @property
    def unrestricted(self) -> bool:
        """Whether nobody is named. Okta accepts that for userless grants only."""
        return not self.users.include and not self.groups.include

    @property
    def everyone(self) -> bool:
        """Whether anybody who is assigned to the client is meant."""
        return EVERYONE in self.groups.include


class PolicyConditions(Part):
    """`conditions` of an access policy."""

    clients: Annotated[Inclusion, NullAsObject] = Inclusion()


class AccessPolicy(Switchable):
    """An access policy: which clients its rules are for, and when it is tried."""

    kind: ClassVar[str] = "access_policy"

    priority: int | None = None
    system: bool | None = None
    conditions: Annotated[PolicyConditions, NullAsObject] = PolicyConditions()

    @property
    def clients(self) -> tuple[str, ...]:
        """Client ids the policy names, or `ALL_CLIENTS`."""
        return self.conditions.clients.include

    def covers(self, client_id: str) -> bool:
        """Whether the policy's client condition includes this client."""
        return ALL_CLIENTS in self.clients or client_id in self.clients


class InlineHookReference(Part):
    """A rule's pointer to a token inline hook."""

    id: str | None = None


class TokenAction(Part):
    """Lifetimes that a matching rule gives, in minutes; refresh lifetime 0 is unlimited."""

    access_token_lifetime_minutes: int | None = None
    refresh_token_lifetime_minutes: int | None = None
    refresh_token_window_minutes: int | None = None
    inline_hook: InlineHookReference | None = None


class RuleActions(Part):
    """`actions` of a policy rule."""

    token: Annotated[TokenAction, NullAsObject] = TokenAction()


class RuleConditions(Part):
    """`conditions` of a policy rule: three allow-lists that must all match."""

    people: Annotated[PeopleCondition, NullAsObject] = PeopleCondition()
    grant_types: Annotated[Inclusion, NullAsObject] = Inclusion()
    scopes: Annotated[Inclusion, NullAsObject] = Inclusion()


class PolicyRule(Switchable):
    """A rule of an access policy: the grant types, people and scopes it lets through."""

    kind: ClassVar[str] = "policy_rule"

    priority: int | None = None
    system: bool | None = None
    conditions: Annotated[RuleConditions, NullAsObject] = RuleConditions()
    actions: Annotated[RuleActions, NullAsObject] = RuleActions()

    @property
    def grant_types(self) -> tuple[str, ...]:
        """Grant types the rule lets through."""
        return self.conditions.grant_types.include

    @property
    def scopes(self) -> tuple[str, ...]:
        """Scope names the rule lets through, or `*`. An empty list lets nothing through."""
        return self.conditions.scopes.include

    @property
    def people(self) -> PeopleCondition:
        """Whom the rule lets through."""
        return self.conditions.people

    @property
    def token(self) -> TokenAction:
        """The lifetimes of the tokens it lets Okta mint."""
        return self.actions.token

    def allows(self, scope: str) -> bool:
        """Whether the rule lets a request for this scope through."""
        return ALL_SCOPES in self.scopes or scope in self.scopes


class Scope(Record):
    """A scope of one authorization server."""

    kind: ClassVar[str] = "scope"

    name: str
    description: str | None = None
    consent: str | None = None
    default: bool | None = None
    optional: bool | None = None
    metadata_publish: str | None = None
    system: bool | None = None

    @property
    def title(self) -> str:
        """The scope's name."""
        return self.name

    @property
    def custom(self) -> bool:
        """Whether the org defined it: neither built in nor one of Okta's own `okta.` scopes."""
        own = self.name in OIDC_SCOPES or self.name.startswith(("okta.", "okta:"))
        return not self.system and not own


class ClaimConditions(Part):
    """`conditions` of a claim: the scopes that bring it; an empty list means any."""

    scopes: Strings = ()


class Claim(Switchable):
    """A claim of access tokens (RESOURCE) or of ID tokens (IDENTITY)."""

    kind: ClassVar[str] = "claim"

    claim_type: str | None = None
    value_type: str | None = None
    value: str | None = None
    group_filter_type: str | None = Field(default=None, alias="group_filter_type")
    always_include_in_token: bool | None = None
    system: bool | None = None
    conditions: Annotated[ClaimConditions, NullAsObject] = ClaimConditions()


_THUMBPRINT = {"RSA": ("e", "kty", "n"), "EC": ("crv", "kty", "x", "y"), "OKP": ("crv", "kty", "x")}
"""The members that a JWK's thumbprint is of, by key type (RFC 7638, 3.2; RFC 8037, 2)."""


def _without_id(schema: dict[str, Any]) -> None:
    """Has a key's JSON Schema accept what stands in for an id."""
    schema["required"].remove("id")
    schema["properties"]["id"] = {"type": ["string", "null"]}
    text = {"type": "string"}
    named = [{"required": [name], "properties": {name: text}} for name in ("id", "kid")]
    schema["anyOf"] = named + [
        {
            "required": list(members),
            "properties": {**dict.fromkeys(members, text), "kty": {"const": kind}},
        }
        for kind, members in _THUMBPRINT.items()
    ]


class Key(Record):
    """A public key of a server or a client.

    Okta names many of them by `kid` alone. A key that a client registered as its only one may
    lack that too (RFC 7517, 4.5); it is called by its thumbprint then.
    """

    model_config = ConfigDict(json_schema_extra=_without_id)

    kept_unread: ClassVar[frozenset[str]] = Record.kept_unread.union({"alg"}, *_THUMBPRINT.values())
    kind: ClassVar[str] = "key"

    kid: str | None = None
    status: str | None = None
    use: str | None = None
    kty: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _kid_is_an_id(cls, value: object) -> object:
        if not isinstance(value, dict) or value.get("id") is not None:
            return value
        name = value.get("kid")
        return {**value, "id": _thumbprint(value) if name is None else name}

    @property
    def active(self) -> bool:
        """Whether the key may be used now; keys without a status are in use."""
        return self.status in {None, "ACTIVE"}


def _thumbprint(key: dict[str, object]) -> str | None:
    """The SHA-256 thumbprint of a JWK; None where it lacks what it is of."""
    names = _THUMBPRINT.get(str(key.get("kty")), ())
    members = {name: key[name] for name in names if isinstance(key.get(name), str)}
    if not names or len(members) < len(names):
        return None
    canonical = json.dumps(members, separators=(",", ":"))
    return urlsafe_b64encode(sha256(canonical.encode()).digest()).decode().rstrip("=")
