"""Who asks at `/token`: clients by secret, by assertion, or by nothing but their id.

A secret is `client_secret` of the app's `credentials.oauthClient` or one of its active
`credentials/secrets`; of an app for which the tenant file has none, any will do. Secrets come in
the Authorization header or in the body: whether Okta takes the other way than the one set for the
app is not published. An AI agent has no keys in a tenant file, so its assertion is believed. Error
texts: Okta OpenID Connect & OAuth 2.0 API 2026.06.3 and the support
article on invalid_client.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from typing import Any, NoReturn
from urllib.parse import unquote_plus

from auditor.sandbox.answers import Answer, refused
from auditor.sandbox.client_assertions import (
    ClientAssertions,
    TokenError,
    is_active,
    member,
    named_in,
)
from auditor.sandbox.tenant import TenantFile
from auditor.sandbox.token_requests.call import Call
from auditor.sandbox.token_requests.decisions import Decisions
from auditor.tokens import rejections

Json = dict[str, Any]

_SECRET_METHODS = frozenset({"client_secret_basic", "client_secret_post", "client_secret_jwt"})


class ClientError(Exception):
    """A client that is not let in."""

    def __init__(self, answer: Answer, client: str | None, *, credentials: bool = True) -> None:
        super().__init__(client)
        self.answer = answer
        self.client = client
        """The client id that the request names."""
        self.credentials = credentials
        """Whether it is the credentials of a known client that are wrong."""


class Clients:
    """Authenticates the clients of one tenant file."""

    def __init__(
        self, tenant: TenantFile, assertions: ClientAssertions, decisions: Decisions
    ) -> None:
        self._tenant = tenant
        self._assertions = assertions
        self._decisions = decisions

    def authenticated(self, call: Call) -> tuple[Json, str]:
        """The app that asks, and how it proved that: an authentication method of OAuth.

        Raises:
            ClientError: it is not let in.
        """
        header = call.authorization
        basic = _basic(header) if header.lower().startswith("basic ") else None
        asserted, posted = "client_assertion" in call.form, "client_secret" in call.form
        named = basic[0] if basic else call.form.get("client_id")
        if (basic is not None) + asserted + posted > 1:
            raise ClientError(
                _error(
                    "invalid_request",
                    "Can't supply multiple client credentials. Use one of the following: "
                    "credentials in the Authorization header, credentials in the post body, or a "
                    "`client_assertion` in the post body.",
                    400,
                ),
                named,
                credentials=False,
            )
        if asserted:
            return self._by_assertion(call), "private_key_jwt"
        if named is None:
            raise _no_credentials(None)
        app = self._app(call, named)
        if basic is not None or posted:
            secret = basic[1] if basic is not None else call.form["client_secret"]
            self._check_secret(app, named, secret)
            return app, "client_secret_basic" if basic is not None else "client_secret_post"
        if _method(app) != "none":
            raise _no_credentials(named)
        return app, "none"

    def _app(self, call: Call, named: str) -> Json:
        app = self._assertions.apps.get(named)
        if app is None:
            # Of an unknown client Okta speaks as its other APIs do.
            words = "Invalid value for 'client_id' parameter."
            answer = refused(401, call.url.path, words, "invalid_client")
            raise ClientError(answer, named, credentials=False)
        return app

    def _by_assertion(self, call: Call) -> Json:
        named = named_in(call.form) or call.form.get("client_id") or ""
        if named not in self._assertions.apps and (agent := self._decisions.agent(named)):
            return {"id": agent.client_id, "label": agent.title}
        app = self._app(call, named)
        keys = list(self._assertions.keys(app))
        if not any(map(is_active, keys)):
            rejection = rejections.NO_ACTIVE_CLIENT_KEY if keys else rejections.NO_CLIENT_KEY
            words = rejection.description or "The client has no active key. (Not Okta's words.)"
            _refuse(named, words)
        try:
            return self._assertions.authenticated(call.form, call.address, inactive=True)
        except TokenError as error:
            raise ClientError(error.answer, named) from error

    def _check_secret(self, app: Json, named: str, secret: str) -> None:
        if _method(app) not in _SECRET_METHODS:
            _refuse(
                named,
                "Client authentication failed. Either the client or the client credentials are "
                "invalid.",
            )
        known = set(self._secrets(app))
        if known and secret not in known:
            _refuse(named, "The client secret supplied for a confidential client is invalid.")

    def _secrets(self, app: Json) -> Iterator[str]:
        listed = self._tenant.records(f"/api/v1/apps/{app.get('id')}/credentials/secrets")
        own = member(app, "credentials", "oauthClient", "client_secret")
        for secret in (own, *(each.get("client_secret") for each in listed if is_active(each))):
            if isinstance(secret, str):
                yield secret


def _method(app: Json) -> str:
    method = member(app, "credentials", "oauthClient", "token_endpoint_auth_method")
    return str(method or "client_secret_basic")


def _basic(header: str) -> tuple[str, str]:
    try:
        decoded = base64.b64decode(header[6:], validate=True).decode()
    except (binascii.Error, ValueError):
        decoded = ""
    client, _, secret = decoded.partition(":")
    return unquote_plus(client), unquote_plus(secret)


def _no_credentials(named: str | None) -> ClientError:
    answer = _error("invalid_client", "No client credentials found")
    return ClientError(answer, named, credentials=False)


def _refuse(named: str, description: str) -> NoReturn:
    raise ClientError(_error("invalid_client", description), named)


def _error(error: str, description: str, status: int = 401) -> Answer:
    return TokenError(status, error, description).answer
