"""The token endpoint of an authorization server."""

from __future__ import annotations

import hashlib
from base64 import urlsafe_b64encode
from typing import Any

from auditor.sandbox.answers import Answer, answered
from auditor.sandbox.client_assertions import TokenError, client_id, member
from auditor.sandbox.dpop import NONCE_HEADER, Nonces, ProofError, Verifier
from auditor.sandbox.token_requests.call import Call
from auditor.sandbox.token_requests.clients import ClientError
from auditor.sandbox.token_requests.issued_grants import IssuedGrant
from auditor.sandbox.token_requests.refusals import (
    NOT_MADE,
    Refusal,
    Refused,
    refused,
    undecided,
)
from auditor.sandbox.token_requests.services import Services
from auditor.sandbox.token_requests.subjects import Subject, subject_of
from auditor.tokens.conditions import Condition
from auditor.tokens.grants import AUTHORIZATION_CODE, JWT_BEARER, REFRESH_TOKEN, TOKEN_EXCHANGE
from auditor.tokens.outcome import Outcome
from auditor.tokens.rejections import UNKNOWN_GRANT, Rejection
from auditor.tokens.request import TokenRequest

Json = dict[str, Any]

# Okta OpenID Connect & OAuth 2.0 API 2026.06.3, examples of 400 responses.
CODE_INVALID = Rejection(
    Condition.USER, "invalid_grant", "The authorization code is invalid or has expired."
)
CODE_OF_ANOTHER = Rejection(
    Condition.USER,
    "invalid_grant",
    "The grant was issued to another client. Ensure that the `client_id` matches the one used at "
    "the authorize request.",
)
# No source gives Okta's words for these.
CODE_FOR_ANOTHER_ADDRESS = Rejection(Condition.REDIRECT_URI, "invalid_grant")
WRONG_VERIFIER = Rejection(Condition.PKCE, "invalid_grant")


class TokenEndpoint:
    """Decides requests for tokens, and issues the tokens."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._verifier = Verifier()
        self._nonces = Nonces()

    def answer(self, call: Call) -> Answer:
        """The answer to a request."""
        try:
            app, method = self._services.clients.authenticated(call)
        except ClientError as error:
            if error.credentials and error.client is not None:
                self._services.events.wrong_credentials(
                    call, self._services.assertions.apps[error.client]
                )
            return error.answer
        if not self._services.decisions.knows(client_id(app)):
            if call.server is None:
                return refused(UNKNOWN_GRANT).refusal.answer()
            return undecided("what the app is: in the tenant file it is no OIDC app").answer()
        grant = call.form.get("grant_type", "")
        subject = subject_of(call, app, self._services.people, self._services.register)
        try:
            bound_to = self._bound_to(call, app)
            issued = (
                self._redeemed(call, app)
                if grant == AUTHORIZATION_CODE
                else self._decided(call, app, grant, subject)
            )
        except Refused as error:
            self._services.events.refused(call, error.refusal, app, grant, subject.user)
            return error.refusal.answer()
        except ProofError as error:
            if error.nonce is None:
                refusal = Refusal(error=error.error, description=error.description)
                self._services.events.refused(call, refusal, app, grant, subject.user)
            answer = TokenError(400, error.error, error.description).answer
            return answer.with_headers({NONCE_HEADER: error.nonce}) if error.nonce else answer
        tokens = self._services.mint.tokens(issued, call.issuer, bound_to)
        self._services.events.granted(
            call,
            app,
            grant=call.form["grant_type"],
            scopes=issued.decision.granted_scopes,
            kinds=tokens.kinds,
            method=method,
            user=issued.user,
        )
        return answered(tokens.members).with_headers({"Cache-Control": "no-store"})

    def _decided(self, call: Call, app: Json, grant: str, subject: Subject) -> IssuedGrant:
        if not grant:
            raise refused(UNKNOWN_GRANT)
        user = None if subject.user is None else str(subject.user["id"])
        scopes = call.scopes
        if grant == REFRESH_TOKEN and scopes is None:
            scopes = subject.scopes
        request = TokenRequest(
            server=call.server_id,
            client=client_id(app),
            grant=grant,
            user=user,
            scopes=scopes,
            assertion_scopes=subject.scopes if grant == JWT_BEARER else None,
            resource=call.form.get("resource"),
            subject_server=subject.server,
            dpop=bool(call.proof),
        )
        decision = self._services.decisions.decide(request)
        # What is wrong with the client or the request itself comes first.
        if subject.unproven is not None and decision.outcome is not Outcome.REJECTED:
            raise refused(subject.unproven)
        if refusal := Refusal.of_decision(decision):
            raise Refused(refusal)
        if grant == TOKEN_EXCHANGE and call.server is None:
            raise Refused(NOT_MADE)
        return IssuedGrant(request=request, decision=decision, user=subject.user)

    def _redeemed(self, call: Call, app: Json) -> IssuedGrant:
        code = call.form.get("code", "")
        issued = self._services.register.code(code)
        if issued is None:
            raise refused(CODE_INVALID)
        if issued.request.client != client_id(app):
            raise refused(CODE_OF_ANOTHER)
        self._services.register.use_code(code)
        if issued.request.server != call.server_id:
            raise refused(CODE_INVALID)
        if issued.redirect_uri != call.form.get("redirect_uri"):
            raise refused(CODE_FOR_ANOTHER_ADDRESS)
        if issued.challenge is not None and issued.challenge != _challenge(call):
            raise refused(WRONG_VERIFIER)
        return issued

    def _bound_to(self, call: Call, app: Json) -> str | None:
        """The thumbprint of the key that the token is to be bound to; None for no key.

        A missing proof is the decision engine's to refuse.
        """
        bound = member(app, "settings", "oauthClient", "dpop_bound_access_tokens") is True
        if not bound or not call.proof:
            return None
        shown = self._verifier.verify(call.proof, "POST", call.address)
        self._nonces.spend(shown.nonce, "Authorization server")
        return shown.thumbprint


def _challenge(call: Call) -> str:
    verifier = call.form.get("code_verifier", "")
    digest = hashlib.sha256(verifier.encode()).digest()
    return urlsafe_b64encode(digest).rstrip(b"=").decode()
