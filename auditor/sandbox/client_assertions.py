"""Clients that authenticate by `private_key_jwt`, at any authorization server of the sandbox.

A client's keys stand in its app or under the app's `credentials/jwks`. The error codes are Okta's,
the reasons in the descriptions are ours.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from typing import Any

import jwt

from auditor.sandbox.answers import answered
from auditor.sandbox.tenant import TenantFile

_ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_ALGORITHMS = frozenset({"RS256", "RS384", "RS512", "ES256", "ES384", "ES512"})
# Okta accepts no assertion that is valid for longer than an hour.
_LONGEST_ASSERTION_S = 3600

Json = dict[str, Any]


class TokenError(Exception):
    """An OAuth error: the status, the error code and its description."""

    def __init__(self, status: int, error: str, description: str) -> None:
        super().__init__(description)
        self.error = error
        self.answer = answered({"error": error, "error_description": description}, status)


class ClientAssertions:
    """Verifies client assertions, and remembers them, because each is good for one request."""

    def __init__(self, tenant: TenantFile) -> None:
        self._tenant = tenant
        self.apps = {client_id(app): app for app in tenant.records("/api/v1/apps")}
        """The apps by client id."""
        self._used: set[str] = set()

    def authenticated(
        self, form: Mapping[str, Any], address: str, *, inactive: bool = False
    ) -> Json:
        """The app that an assertion proves to ask.

        Args:
            form: the fields of the form-encoded body.
            address: the endpoint's own address, which assertions must be made for.
            inactive: whether the app may be deactivated.

        Raises:
            TokenError: it proves nothing.
        """
        assertion = form.get("client_assertion")
        if form.get("client_assertion_type") != _ASSERTION_TYPE or not isinstance(assertion, str):
            raise TokenError(401, "invalid_client", "No client credentials found")
        try:
            header = jwt.get_unverified_header(assertion)
            claims = jwt.decode(assertion, options={"verify_signature": False})
        except jwt.PyJWTError as error:
            raise _bad_assertion(error) from error
        app = self.apps.get(str(claims.get("iss")))
        if app is None or not (inactive or is_active(app)):
            raise TokenError(401, "invalid_client", "Invalid value for 'client_id' parameter.")
        claims = self._verified(assertion, header, app, address)
        self._use_once(claims)
        return app

    def keys(self, app: Json) -> Iterator[Json]:
        """The signing keys of an app, active or not."""
        listed = self._tenant.records(f"/api/v1/apps/{app.get('id')}/credentials/jwks")
        inline = member(app, "settings", "oauthClient", "jwks", "keys")
        for key in (*(inline if isinstance(inline, list) else ()), *listed):
            if isinstance(key, dict) and key.get("use") in {None, "sig"}:
                yield key

    def _verified(self, assertion: str, header: Json, app: Json, address: str) -> Json:
        algorithm, kid = header.get("alg"), header.get("kid")
        if algorithm not in _ALGORITHMS:
            raise _bad_assertion(f"the algorithm {algorithm} is not supported")
        reason: object = "the client has no such key"
        for key in self.keys(app):
            if not is_active(key) or (kid is not None and key.get("kid") != kid):
                continue
            try:
                return jwt.decode(
                    assertion,
                    jwt.PyJWK(key, algorithm),
                    algorithms=[algorithm],
                    audience=address,
                    issuer=client_id(app),
                    subject=client_id(app),
                    options={"require": ["aud", "exp", "iss", "sub"]},
                )
            except jwt.PyJWTError as error:
                reason = error
        raise _bad_assertion(reason)

    def _use_once(self, claims: Json) -> None:
        if int(claims["exp"]) > time.time() + _LONGEST_ASSERTION_S:
            raise _bad_assertion("it is valid for more than an hour")
        identifier = str(claims.get("jti") or "")
        if identifier in self._used:
            raise _bad_assertion("it has already been used")
        if identifier:
            self._used.add(identifier)


def named_in(form: Mapping[str, Any]) -> str | None:
    """The client that an assertion names, which proves nothing yet; None if it names none."""
    try:
        claims = jwt.decode(str(form.get("client_assertion")), options={"verify_signature": False})
    except jwt.PyJWTError:
        return None
    return str(claims["iss"]) if "iss" in claims else None


def client_id(app: Json) -> str:
    """The OAuth client id of an app."""
    return str(member(app, "credentials", "oauthClient", "client_id") or app.get("id"))


def is_active(record: Json) -> bool:
    """Whether an object is in use; one without a status is."""
    return record.get("status") in {None, "ACTIVE"}


def member(value: Any, *names: str) -> Any:
    """A member of a member of a value; None where one is missing."""
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _bad_assertion(reason: object) -> TokenError:
    return TokenError(401, "invalid_client", f"The client_assertion is not accepted: {reason}.")
