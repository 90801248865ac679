"""What belongs to the org as a whole: API tokens, zones, hooks, origins, settings."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import AwareDatetime

from auditor.snapshot.models.base import (
    Named,
    NullAsEmpty,
    NullAsObject,
    Part,
    Record,
    Strings,
    Switchable,
)
from auditor.snapshot.models.clients import NetworkCondition


class ApiToken(Switchable):
    """Metadata of an SSWS API token. Okta lists active tokens only, without their last use."""

    kind: ClassVar[str] = "api_token"

    user_id: str | None = None
    client_name: str | None = None
    token_window: str | None = None
    created: AwareDatetime | None = None
    last_updated: AwareDatetime | None = None
    expires_at: AwareDatetime | None = None
    network: Annotated[NetworkCondition, NullAsObject] = NetworkCondition()


class ZoneAddress(Part):
    """One gateway or proxy of an IP zone."""

    type: str | None = None
    value: str | None = None


class NetworkZone(Switchable):
    """A network zone."""

    kind: ClassVar[str] = "network_zone"

    type: str | None = None
    usage: str | None = None
    system: bool | None = None
    gateways: Annotated[tuple[ZoneAddress, ...], NullAsEmpty] = ()
    proxies: Annotated[tuple[ZoneAddress, ...], NullAsEmpty] = ()


class InlineHook(Switchable):
    """An inline hook; those of type `com.okta.oauth2.tokens.transform` alter tokens."""

    kind: ClassVar[str] = "inline_hook"

    type: str | None = None


class OriginScope(Part):
    """What a trusted origin may do: CORS, REDIRECT or IFRAME_EMBED."""

    type: str | None = None
    allowed_okta_apps: Strings = ()


class TrustedOrigin(Switchable):
    """An origin from which browsers may call the org, or to which it may redirect them."""

    kind: ClassVar[str] = "trusted_origin"

    origin: str | None = None
    scopes: Annotated[tuple[OriginScope, ...], NullAsEmpty] = ()


class CustomDomain(Record):
    """A custom domain of the org; its certificate is never kept."""

    kind: ClassVar[str] = "custom_domain"

    domain: str | None = None
    validation_status: str | None = None
    """NOT_STARTED, IN_PROGRESS, VERIFIED or COMPLETED."""

    @property
    def title(self) -> str:
        """The domain."""
        return self.domain or self.id


class ApiServiceIntegration(Named):
    """An API service integration: somebody else's service with scopes of the Management API."""

    kind: ClassVar[str] = "api_service_integration"
    kept_unread: ClassVar[frozenset[str]] = frozenset({"createdAt"})

    type: str | None = None
    """The integration in Okta's catalogue."""
    granted_scopes: Strings = ()


class PrincipalRateLimit(Record):
    """How much of each rate limit a client may use up; 50 percent unless somebody sets it."""

    kind: ClassVar[str] = "rate_limit"

    principal_id: str | None = None
    """Id of the app."""
    principal_type: str | None = None
    """OAUTH_CLIENT, or SSWS_TOKEN, which is not read."""
    default_percentage: int | None = None
    """Percent of the requests in a window."""
    default_concurrency_percentage: int | None = None
    """Percent of the requests at a time."""

    @property
    def title(self) -> str:
        """Whose rate limit it is."""
        return self.principal_id or self.id


class OrgProfile(Record):
    """The org itself: id, company name and subdomain; nothing else is kept."""

    kind: ClassVar[str] = "org"

    company_name: str | None = None
    subdomain: str | None = None

    @property
    def title(self) -> str:
        """The company's name, or the subdomain."""
        return self.company_name or self.subdomain or self.id


class ClientPrivileges(Record):
    """The org setting "Public client app admins"."""

    kind: ClassVar[str] = "org_setting"

    id: str = "clientPrivilegesSetting"
    client_privileges_setting: bool | None = None

    @property
    def title(self) -> str:
        """The setting's name in the Admin Console."""
        return "Public client app admins"
