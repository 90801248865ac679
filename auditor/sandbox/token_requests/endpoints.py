"""`/token` and `/authorize` of the authorization servers of one tenant file."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from auditor.sandbox.answers import Answer
from auditor.sandbox.client_assertions import ClientAssertions
from auditor.sandbox.clock import Clock
from auditor.sandbox.discovery import no_such_server, server_named
from auditor.sandbox.oauth import ServiceAppTokens
from auditor.sandbox.system_log.writer import EventWriter
from auditor.sandbox.tenant import TenantFile
from auditor.sandbox.token_requests.authorize import AuthorizeEndpoint
from auditor.sandbox.token_requests.call import Call
from auditor.sandbox.token_requests.events import OAuthEvents
from auditor.sandbox.token_requests.services import Services
from auditor.sandbox.token_requests.tenant_org import tenant_org
from auditor.sandbox.token_requests.token import TokenEndpoint
from auditor.snapshot.org import Org
from auditor.tokens.grants import CLIENT_CREDENTIALS

if TYPE_CHECKING:
    from yarl import URL

_ENDPOINT = re.compile(r"/oauth2/(?:(?P<server>[^/]+)/)?v1/(?P<name>token|authorize)")
_METHODS = {"token": "POST", "authorize": "GET"}


class Endpoints:
    """The endpoints of all servers; what one of them gives, another may be shown."""

    service_apps: ServiceAppTokens
    """The access tokens of the Okta APIs."""

    def __init__(self, tenant: TenantFile, clock: Clock, writer: EventWriter) -> None:
        self._tenant = tenant
        self._clock = clock
        self._origin = ""
        self._services = Services.of(tenant, clock, OAuthEvents(writer), self._org)
        self._token = TokenEndpoint(self._services)
        self._authorize = AuthorizeEndpoint(self._services)
        self.revoke()

    def answer(
        self,
        method: str,
        url: URL,
        headers: Mapping[str, str],
        form: Mapping[str, str],
        ip_address: str | None,
    ) -> Answer | None:
        """The answer to a request; None if it is for another endpoint.

        Args:
            method: the request's method.
            url: its address.
            headers: its headers.
            form: the fields of its body, if it has one.
            ip_address: where it came from.
        """
        matched = _ENDPOINT.fullmatch(url.path)
        if matched is None or _METHODS[matched["name"]] != method:
            return None
        named = matched["server"]
        server = server_named(self._tenant, named) if named else None
        if named and server is None:
            return no_such_server(url.path, named)
        self._origin = str(url.origin())
        token = matched["name"] == "token"
        call = Call(
            url=url,
            server=server,
            form=form if token else dict(url.query),
            authorization=headers.get("Authorization", ""),
            proof=headers.get("DPoP", ""),
            ip_address=ip_address,
            user_agent=headers.get("User-Agent", ""),
        )
        if not token:
            return self._authorize.answer(call)
        if server is None and form.get("grant_type") == CLIENT_CREDENTIALS:
            return self.service_apps.answer(call)
        return self._token.answer(call)

    def revoke(self) -> None:
        """Let the access tokens of the Okta APIs that were issued so far expire."""
        self.service_apps = ServiceAppTokens(
            self._tenant,
            ClientAssertions(self._tenant),
            self._services.register,
            self._clock,
            self._services.events,
        )

    def _org(self) -> Org:
        moment = datetime.fromtimestamp(self._clock.now / 1000, UTC)
        return tenant_org(self._tenant, self._origin, moment)
