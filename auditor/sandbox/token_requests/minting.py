"""The tokens of a decision: what they claim, how long they last, and what an answer carries.

Claims are those of the Okta OpenID Connect & OAuth 2.0 API 2026.06.3, without those that a server
defines itself, which nothing evaluates here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from auditor.sandbox.clock import Clock
from auditor.sandbox.signing import signing_key
from auditor.sandbox.token_requests.given import Given, Register
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

    def tokens(self, given: Given, issuer: str, bound_to: str | None = None) -> Tokens:
        """The tokens that a request gets.

        Args:
            given: the request and the decision to mint.
            issuer: the address of the server.
            bound_to: the thumbprint of the key that the access token is bound to, if it is.
        """
        decision = given.decision
        members: Json = {}
        kinds: list[tuple[str, str]] = []
        if (minutes := decision.access_token_minutes) is not None:
            claims = self._access_claims(given, issuer, minutes, bound_to)
            members["token_type"] = "DPoP" if bound_to else "Bearer"
            members["expires_in"] = minutes * 60
            members["access_token"] = self._kept(claims, given, "access_token")
            members["scope"] = " ".join(decision.granted_scopes)
            if given.request.grant == TOKEN_EXCHANGE:
                members["issued_token_type"] = _ACCESS_TOKEN
            kinds.append(("access_token", str(claims["jti"])))
        if (minutes := decision.id_token_minutes) is not None and given.user is not None:
            claims = self._id_claims(given, issuer, minutes)
            members["id_token"] = self._kept(claims, given, "id_token")
            kinds.append(("id_token", str(claims["jti"])))
        if decision.refresh_token:
            minutes = decision.refresh_token_minutes or 0
            end = self._clock.now + minutes * 60_000 if minutes else None
            members["refresh_token"] = token = self._register.name()
            self._register.keep_token(token, _until(given, end), "refresh_token")
            kinds.append(("refresh_token", self._register.name("RT.")))
        return Tokens(members=members, kinds=tuple(kinds))

    def _kept(self, claims: Json, given: Given, kind: str) -> str:
        token = signing_key().signed(claims)
        self._register.keep_token(token, _until(given, int(claims["exp"]) * 1000), kind)
        return token

    def _access_claims(self, given: Given, issuer: str, minutes: int, bound_to: str | None) -> Json:
        now, request = self._clock.now // 1000, given.request
        claims: Json = {
            "ver": 1,
            "jti": self._register.name("AT."),
            "iss": issuer,
            "aud": request.resource or given.decision.audience or issuer,
            "iat": now,
            "exp": now + minutes * 60,
            "cid": request.client,
        }
        if given.user is not None:
            claims |= {"uid": given.user["id"], "auth_time": now}
        claims["scp"] = list(given.decision.granted_scopes)
        claims["sub"] = login(given.user) if given.user is not None else request.client
        return claims | ({"cnf": {"jkt": bound_to}} if bound_to else {})

    def _id_claims(self, given: Given, issuer: str, minutes: int) -> Json:
        assert given.user is not None
        now = self._clock.now // 1000
        return {
            "sub": given.user["id"],
            "ver": 1,
            "iss": issuer,
            "aud": given.request.client,
            "iat": now,
            "exp": now + minutes * 60,
            "jti": self._register.name("ID."),
            "auth_time": now,
        }


def _until(given: Given, end: int | None) -> Given:
    return Given(request=given.request, decision=given.decision, user=given.user, end=end)
