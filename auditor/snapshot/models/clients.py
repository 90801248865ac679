"""OIDC apps and what belongs to one: grants, assignments, admin roles."""

from __future__ import annotations

from functools import cached_property
from typing import Annotated, ClassVar

from pydantic import Field

from auditor.snapshot.models.base import (
    NullAsEmpty,
    NullAsObject,
    Part,
    Record,
    SnakePart,
    Strings,
    Switchable,
)
from auditor.snapshot.models.servers import Key

PUBLIC_TYPES = frozenset({"browser", "native"})
"""Application types whose code runs in the user's hands and cannot keep a secret."""


KEY_TYPES = {"RS": "RSA", "ES": "EC"}
"""By the first letters of an algorithm, the type of key that it takes (RFC 7518, 3.1)."""


class RefreshTokenSettings(SnakePart):
    """`refresh_token` of an OAuth client; leeway is in seconds, 0 to 60."""

    rotation_type: str | None = None
    leeway: int | None = None


class NetworkCondition(SnakePart):
    """From where a client or an API token may be used: ANYWHERE, or ZONE with zone ids."""

    connection: str | None = None
    include: Strings = ()
    exclude: Strings = ()


class KeySet(SnakePart):
    """`jwks` of an OAuth client."""

    keys: Annotated[tuple[Key, ...], NullAsEmpty] = ()


class OAuthClientSettings(SnakePart):
    """`settings.oauthClient` of an OIDC app."""

    application_type: str | None = None
    grant_types: Strings = ()
    response_types: Strings = ()
    redirect_uris: Strings = ()
    post_logout_redirect_uris: Strings = ()
    wildcard_redirect: str | None = None
    consent_method: str | None = None
    issuer_mode: str | None = None
    dpop_bound_access_tokens: bool | None = None
    id_token_encrypted_response_alg: str | None = None
    request_object_signing_alg: str | None = None
    backchannel_custom_authenticator_id: str | None = None
    jwks: Annotated[KeySet, NullAsObject] = KeySet()
    jwks_uri: str | None = None
    refresh_token: Annotated[RefreshTokenSettings, NullAsObject] = RefreshTokenSettings()
    network: Annotated[NetworkCondition, NullAsObject] = NetworkCondition()


class OAuthClientCredentials(SnakePart):
    """`credentials.oauthClient` of an OIDC app. Its secret is never kept."""

    client_id: str | None = None
    token_endpoint_auth_method: str | None = None
    pkce_required: bool | None = None
    auto_key_rotation: bool | None = Field(default=None, alias="autoKeyRotation")


class AppCredentials(Part):
    """`credentials` of an app."""

    oauth_client: Annotated[OAuthClientCredentials, NullAsObject] = OAuthClientCredentials()


class AppSettings(Part):
    """`settings` of an app; Okta's own apps have no `oauthClient`."""

    oauth_client: OAuthClientSettings | None = None
    implicit_assignment: bool | None = None


class Accessibility(Part):
    """`accessibility` of an app."""

    self_service: bool | None = None


class App(Switchable):
    """An OIDC app, that is, an OAuth client.

    Policies and grants name it by client id, which may differ from the app id.
    """

    kind: ClassVar[str] = "client"

    label: str | None = None
    sign_on_mode: str | None = None
    credentials: Annotated[AppCredentials, NullAsObject] = AppCredentials()
    settings: Annotated[AppSettings, NullAsObject] = AppSettings()
    accessibility: Annotated[Accessibility, NullAsObject] = Accessibility()

    @property
    def title(self) -> str:
        """The label, which the Admin Console shows, or the name, or the id."""
        return self.label or self.name or self.id

    @cached_property  # asked for every policy that might cover the client
    def client_id(self) -> str:
        """The OAuth client id; the app id where the record carries none."""
        return self.credentials.oauth_client.client_id or self.id

    @property
    def oauth(self) -> OAuthClientSettings:
        """The OAuth settings; all defaults where Okta sends none (its own apps)."""
        return self.settings.oauth_client or OAuthClientSettings()

    @property
    def configurable(self) -> bool:
        """Whether the org configures the client; Okta's own apps have no OAuth settings."""
        return self.settings.oauth_client is not None

    @property
    def grant_types(self) -> tuple[str, ...]:
        """Grant types the client may use."""
        return self.oauth.grant_types

    @property
    def auth_method(self) -> str | None:
        """How the client proves who it is at the token endpoint; `none` for public ones."""
        return self.credentials.oauth_client.token_endpoint_auth_method

    @property
    def service(self) -> bool:
        """Whether it is a machine-to-machine client."""
        return self.oauth.application_type == "service"

    @property
    def public(self) -> bool:
        """Whether the client cannot keep a secret: by its type, or because it has none."""
        return self.oauth.application_type in PUBLIC_TYPES or self.auth_method == "none"

    @property
    def federation_broker(self) -> bool:
        """Whether Federation Broker Mode is on, which skips the assignment check."""
        return self.settings.implicit_assignment is True


class Grant(Record):
    """A consent by which an app may ask the org server for an `okta.*` scope."""

    kind: ClassVar[str] = "grant"

    scope_id: str | None = None
    client_id: str | None = None
    issuer: str | None = None
    status: str | None = None
    source: str | None = None

    @property
    def title(self) -> str:
        """The granted scope."""
        return self.scope_id or self.id

    @property
    def active(self) -> bool:
        """Whether the grant is in force."""
        return self.status == "ACTIVE"


class GroupAssignment(Record):
    """A group that is assigned to an app; the record's id is the group's.

    Nothing else is kept: the list of a group's apps says no more, and may be read instead.
    """

    kind: ClassVar[str] = "group_assignment"
    kept_unread: ClassVar[frozenset[str]] = frozenset()


class UserAssignments(Part):
    """Users assigned to an app in the same way: `scope` USER is direct, GROUP by a group."""

    scope: str | None = None
    status: str | None = None
    ids: Strings = ()


class AdminRole(Record):
    """An admin role of a client or of a user."""

    kind: ClassVar[str] = "admin_role"

    type: str | None = None
    label: str | None = None
    status: str | None = None
    role: str | None = None
    """Id of the custom role, where the type is CUSTOM."""

    @property
    def title(self) -> str:
        """The role's label, or its type."""
        return self.label or self.type or self.id


class CustomRole(Record):
    """An admin role that the org made itself."""

    kind: ClassVar[str] = "custom_role"

    label: str | None = None

    @property
    def title(self) -> str:
        """The role's label."""
        return self.label or self.id


class RolePermission(Record):
    """A permission of a custom role; its id is the permission, such as `okta.apps.read`."""

    kind: ClassVar[str] = "role_permission"
