"""The org authorization server's token endpoint, for `private_key_jwt` clients.

A client is an app of the tenant file, its keys stand in the app or under the app's
`credentials/jwks`, and it may have the scopes of its active grants. An app whose
`settings.oauthClient.dpop_bound_access_tokens` is true must send DPoP proofs, with a nonce.
The error codes are Okta's. Descriptions that Okta publishes are Okta's as well, the others
are ours.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import jwt

from auditor.sandbox.answers import Answer, answered
from auditor.sandbox.dpop import NONCE_HEADER, Nonces, ProofError, Verifier
from auditor.sandbox.signing import LIFETIME_S, signing_key
from auditor.sandbox.tenant import TenantFile

PATH = "/oauth2/v1/token"

_ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_ALGORITHMS = frozenset({"RS256", "RS384", "RS512", "ES256", "ES384", "ES512"})
# Okta accepts no assertion that is valid for longer than an hour.
_LONGEST_ASSERTION_S = 3600

Json = dict[str, Any]


class TokenError(Exception):
    """An OAuth error: the status, the error code and its description."""

    def __init__(self, status: int, error: str, description: str) -> None:
        super().__init__(description)
        self.answer = answered({"error": error, "error_description": description}, status)


@dataclass(frozen=True, slots=True)
class Issued:
    """A token that was issued."""

    scopes: frozenset[str]
    end: float
    thumbprint: str | None
    """Of the key that requests must prove to have; None for a bearer token."""


class TokenEndpoint:
    """Issues access tokens, and knows the ones that it issued."""

    def __init__(self, tenant: TenantFile) -> None:
        self._tenant = tenant
        self._apps = {_client_id(app): app for app in tenant.records("/api/v1/apps")}
        self._issued: dict[str, Issued] = {}
        self._used_assertions: set[str] = set()
        self._verifier = Verifier()
        self._nonces = Nonces()
        self._resource_nonces = Nonces()

    def issued(self, token: str) -> Issued | None:
        """A token; None if it was not issued here or has expired."""
        issued = self._issued.get(token)
        return issued if issued is not None and time.monotonic() < issued.end else None

    def knows(self, client_id: str) -> bool:
        """Whether there is an app with a client id."""
        return client_id in self._apps

    def proven(self, token: str, issued: Issued, proof: str, method: str, url: str) -> None:
        """Check the proof that a request with a DPoP-bound token carries.

        Raises:
            ProofError: it proves nothing, or with another key or nonce.
        """
        shown = self._verifier.verify(proof, method, url, token)
        if shown.thumbprint != issued.thumbprint:
            raise ProofError("invalid_dpop_proof", "The token is bound to another key.")
        self._resource_nonces.spend(shown.nonce, "Resource server")

    def answer(self, form: Mapping[str, Any], address: str, proof: str = "") -> Answer:
        """Answer a token request.

        Args:
            form: the fields of the form-encoded body.
            address: the endpoint's own address, which assertions must be made for.
            proof: the DPoP header; empty if there is none.
        """
        try:
            app = self._authenticated(form, address)
            thumbprint = self._bound_to(app, address, proof)
            scopes = self._granted(form, app)
        except TokenError as error:
            return error.answer
        except ProofError as error:
            refused = TokenError(400, error.error, error.description).answer
            return refused.with_headers({NONCE_HEADER: error.nonce}) if error.nonce else refused
        token = signing_key().access_token(
            address.removesuffix(PATH), _client_id(app), scopes, thumbprint
        )
        self._issued[token] = Issued(frozenset(scopes), time.monotonic() + LIFETIME_S, thumbprint)
        return answered(
            {
                "token_type": "DPoP" if thumbprint else "Bearer",
                "expires_in": LIFETIME_S,
                "access_token": token,
                "scope": " ".join(scopes),
            }
        ).with_headers({"Cache-Control": "no-store"})

    def _bound_to(self, app: Json, address: str, proof: str) -> str | None:
        # An app that does not demand it gets a bearer token, proof or not.
        if _member(app, "settings", "oauthClient", "dpop_bound_access_tokens") is not True:
            return None
        shown = self._verifier.verify(proof, "POST", address)
        self._nonces.spend(shown.nonce, "Authorization server")
        return shown.thumbprint

    def _authenticated(self, form: Mapping[str, Any], address: str) -> Json:
        if form.get("grant_type") != "client_credentials":
            raise TokenError(
                400, "unsupported_grant_type", "The grant type in the request isn't supported."
            )
        assertion = form.get("client_assertion")
        if form.get("client_assertion_type") != _ASSERTION_TYPE or not isinstance(assertion, str):
            raise TokenError(401, "invalid_client", "No client credentials found")
        try:
            header = jwt.get_unverified_header(assertion)
            claims = jwt.decode(assertion, options={"verify_signature": False})
        except jwt.PyJWTError as error:
            raise _bad_assertion(error) from error
        app = self._app(str(claims.get("iss")))
        claims = self._verified(assertion, header, app, address)
        self._use_once(claims)
        return app

    def _app(self, client_id: str) -> Json:
        app = self._apps.get(client_id)
        if app is None or not _active(app):
            raise TokenError(401, "invalid_client", "Invalid value for 'client_id' parameter.")
        return app

    def _verified(self, assertion: str, header: Json, app: Json, address: str) -> Json:
        algorithm, kid = header.get("alg"), header.get("kid")
        if algorithm not in _ALGORITHMS:
            raise _bad_assertion(f"the algorithm {algorithm} is not supported")
        reason: object = "the client has no such key"
        for key in self._keys(app):
            if kid is not None and key.get("kid") != kid:
                continue
            try:
                return jwt.decode(
                    assertion,
                    jwt.PyJWK(key, algorithm),
                    algorithms=[algorithm],
                    audience=address,
                    issuer=_client_id(app),
                    subject=_client_id(app),
                    options={"require": ["aud", "exp", "iss", "sub"]},
                )
            except jwt.PyJWTError as error:
                reason = error
        raise _bad_assertion(reason)

    def _keys(self, app: Json) -> Iterator[Json]:
        listed = self._tenant.records(f"/api/v1/apps/{app.get('id')}/credentials/jwks")
        inline = _member(app, "settings", "oauthClient", "jwks", "keys")
        for key in (*(inline if isinstance(inline, list) else ()), *listed):
            if isinstance(key, dict) and _active(key) and key.get("use") in {None, "sig"}:
                yield key

    def _use_once(self, claims: Json) -> None:
        if int(claims["exp"]) > time.time() + _LONGEST_ASSERTION_S:
            raise _bad_assertion("it is valid for more than an hour")
        identifier = str(claims.get("jti") or "")
        if identifier in self._used_assertions:
            raise _bad_assertion("it has already been used")
        if identifier:
            self._used_assertions.add(identifier)

    def _granted(self, form: Mapping[str, Any], app: Json) -> list[str]:
        scopes = str(form.get("scope") or "").split()
        granted = {
            grant.get("scopeId")
            for grant in self._tenant.records(f"/api/v1/apps/{app.get('id')}/grants")
            if grant.get("status") == "ACTIVE"
        }
        if not scopes or not granted.issuperset(scopes):
            raise TokenError(
                400,
                "invalid_scope",
                "One or more scopes are not configured for the authorization server resource.",
            )
        return scopes


def _client_id(app: Json) -> str:
    return str(_member(app, "credentials", "oauthClient", "client_id") or app.get("id"))


def _active(record: Json) -> bool:
    return record.get("status") in {None, "ACTIVE"}


def _member(value: Any, *names: str) -> Any:
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _bad_assertion(reason: object) -> TokenError:
    return TokenError(401, "invalid_client", f"The client_assertion is not accepted: {reason}.")
