"""The org authorization server's token endpoint, for `private_key_jwt` clients.

A client is an app of the tenant file, its keys stand in the app or under the app's
`credentials/jwks`, and it may have the scopes of its active grants. An app whose
`settings.oauthClient.dpop_bound_access_tokens` is true must send DPoP proofs, with a nonce.
The error codes are Okta's. Descriptions that Okta publishes are Okta's as well, the others
are ours.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from auditor.sandbox.answers import Answer, answered
from auditor.sandbox.client_assertions import (
    ClientAssertions,
    Json,
    TokenError,
    client_id,
    member,
    named_in,
)
from auditor.sandbox.clock import Clock
from auditor.sandbox.dpop import NONCE_HEADER, Nonces, ProofError, Verifier
from auditor.sandbox.signing import LIFETIME_S, signing_key
from auditor.sandbox.tenant import TenantFile
from auditor.sandbox.token_requests.call import Call
from auditor.sandbox.token_requests.events import OAuthEvents
from auditor.sandbox.token_requests.issued_grants import Register
from auditor.sandbox.token_requests.refusals import Refusal
from auditor.tokens.grants import CLIENT_CREDENTIALS


@dataclass(frozen=True, slots=True)
class Issued:
    """A token that was issued."""

    client: str
    scopes: frozenset[str]
    end: float
    thumbprint: str | None
    """Of the key that requests must prove to have; None for a bearer token."""


class ServiceAppTokens:
    """Issues access tokens of the Okta APIs, and knows the ones that it issued."""

    def __init__(
        self,
        tenant: TenantFile,
        assertions: ClientAssertions,
        register: Register,
        clock: Clock,
        events: OAuthEvents,
    ) -> None:
        self._tenant = tenant
        self._assertions = assertions
        self._register = register
        self._clock = clock
        self._events = events
        self._issued: dict[str, Issued] = {}
        self._verifier = Verifier()
        self._nonces = Nonces()
        self._resource_nonces = Nonces()

    def issued(self, token: str) -> Issued | None:
        """A token; None if it was not issued here or has expired."""
        issued = self._issued.get(token)
        return issued if issued is not None and time.monotonic() < issued.end else None

    def knows(self, identity: str) -> bool:
        """Whether there is an app with a client id."""
        return identity in self._assertions.apps

    def proven(self, token: str, issued: Issued, proof: str, method: str, url: str) -> None:
        """Check the proof that a request with a DPoP-bound token carries.

        Raises:
            ProofError: it proves nothing, or with another key or nonce.
        """
        shown = self._verifier.verify(proof, method, url, token)
        if shown.thumbprint != issued.thumbprint:
            raise ProofError("invalid_dpop_proof", "The token is bound to another key.")
        self._resource_nonces.spend(shown.nonce, "Resource server")

    def answer(self, call: Call) -> Answer:
        """Answer a token request with grant type `client_credentials`."""
        try:
            app = self._assertions.authenticated(call.form, call.address)
        except TokenError as error:
            named = self._assertions.apps.get(named_in(call.form) or "")
            if named is not None:
                self._events.wrong_credentials(call, named)
            return error.answer
        try:
            thumbprint = self._bound_to(app, call.address, call.proof)
            scopes = self._granted(call.form, app)
        except TokenError as error:
            refusal = Refusal(error=error.error, description=str(error))
            self._events.refused(call, refusal, app, CLIENT_CREDENTIALS)
            return error.answer
        except ProofError as error:
            refused = TokenError(400, error.error, error.description).answer
            return refused.with_headers({NONCE_HEADER: error.nonce}) if error.nonce else refused
        name = self._register.name("AT.")
        token = signing_key().access_token(
            call.issuer, client_id(app), scopes, thumbprint, name=name, now=self._clock.now // 1000
        )
        end = time.monotonic() + LIFETIME_S
        self._issued[token] = Issued(client_id(app), frozenset(scopes), end, thumbprint)
        self._events.granted(
            call,
            app,
            grant=CLIENT_CREDENTIALS,
            scopes=scopes,
            kinds=[("access_token", name)],
            method="private_key_jwt",
        )
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
        if member(app, "settings", "oauthClient", "dpop_bound_access_tokens") is not True:
            return None
        shown = self._verifier.verify(proof, "POST", address)
        self._nonces.spend(shown.nonce, "Authorization server")
        return shown.thumbprint

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
