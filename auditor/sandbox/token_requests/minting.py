"""The tokens of a decision: what they claim, how long they last, and what an answer carries.

Claims are those of the Okta OpenID Connect & OAuth 2.0 API 2026.06.3, without those that a server
defines itself, which nothing evaluates here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from auditor.sandbox.clock import Clock
from auditor.sandbox.signing import signing_key
from auditor.sandbox.token_requests.issued_grants import IssuedGrant, Register
from auditor.sandbox.token_requests.people import login
from auditor.tokens.grants import TOKEN_EXCHANGE

Json = dict[str, Any]

_ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token"  # noqa: S105 - a kind of token


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """The tokens of one grant, as the members of an answer, and their names for the log."""

    members: Json
    kinds: tuple[tuple[str, str], ...]
    """The kind and the name (`jti`) of each."""


class Mint:
    """Signs tokens, and remembers those that may come back."""

    def __init__(self, clock: Clock, register: Register) -> None:
        self._clock = clock
        self._register = register

    def tokens(self, issued: IssuedGrant, issuer: str, bound_to: str | None = None) -> Tokens:
        """The tokens that a request gets.

        Args:
            issued: the request and the decision to mint.
            issuer: the address of the server.
            bound_to: the thumbprint of the key that the access token is bound to, if it is.
        """
        decision = issued.decision
        members: Json = {}
        kinds: list[tuple[str, str]] = []
        if (minutes := decision.access_token_minutes) is not None:
            claims = self._access_claims(issued, issuer, minutes, bound_to)
            members["token_type"] = "DPoP" if bound_to else "Bearer"
            members["expires_in"] = minutes * 60
            members["access_token"] = self._kept(claims, issued, "access_token")
            members["scope"] = " ".join(decision.granted_scopes)
            if issued.request.grant == TOKEN_EXCHANGE:
                members["issued_token_type"] = _ACCESS_TOKEN
            kinds.append(("access_token", str(claims["jti"])))
        if (minutes := decision.id_token_minutes) is not None and issued.user is not None:
            claims = self._id_claims(issued, issuer, minutes)
            members["id_token"] = self._kept(claims, issued, "id_token")
            kinds.append(("id_token", str(claims["jti"])))
        if decision.refresh_token:
            minutes = decision.refresh_token_minutes or 0
            end = self._clock.now + minutes * 60_000 if minutes else None
            members["refresh_token"] = token = self._register.name()
            self._register.keep_token(token, _until(issued, end), "refresh_token")
            kinds.append(("refresh_token", self._register.name("RT.")))
        return Tokens(members=members, kinds=tuple(kinds))

    def _kept(self, claims: Json, issued: IssuedGrant, kind: str) -> str:
        token = signing_key().signed(claims)
        self._register.keep_token(token, _until(issued, int(claims["exp"]) * 1000), kind)
        return token

    def _access_claims(
        self, issued: IssuedGrant, issuer: str, minutes: int, bound_to: str | None
    ) -> Json:
        now, request = self._clock.now // 1000, issued.request
        claims: Json = {
            "ver": 1,
            "jti": self._register.name("AT."),
            "iss": issuer,
            "aud": request.resource or issued.decision.audience or issuer,
            "iat": now,
            "exp": now + minutes * 60,
            "cid": request.client,
        }
        if issued.user is not None:
            claims |= {"uid": issued.user["id"], "auth_time": now}
        claims["scp"] = list(issued.decision.granted_scopes)
        claims["sub"] = login(issued.user) if issued.user is not None else request.client
        return claims | ({"cnf": {"jkt": bound_to}} if bound_to else {})

    def _id_claims(self, issued: IssuedGrant, issuer: str, minutes: int) -> Json:
        assert issued.user is not None
        now = self._clock.now // 1000
        return {
            "sub": issued.user["id"],
            "ver": 1,
            "iss": issuer,
            "aud": issued.request.client,
            "iat": now,
            "exp": now + minutes * 60,
            "jti": self._register.name("ID."),
            "auth_time": now,
        }


def _until(issued: IssuedGrant, end: int | None) -> IssuedGrant:
    return IssuedGrant(request=issued.request, decision=issued.decision, user=issued.user, end=end)
