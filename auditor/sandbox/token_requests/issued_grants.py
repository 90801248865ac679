"""What was issued and may come back: authorization codes, refresh tokens, tokens to exchange."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from auditor.sandbox.clock import Clock
from auditor.tokens.decision import Decision
from auditor.tokens.request import TokenRequest

Json = dict[str, Any]

CODE_S = 300
"""How long an authorization code is good for (Okta OpenID Connect & OAuth 2.0 API)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedGrant:
    """The request and the decision for which a code or a token was issued."""

    request: TokenRequest
    decision: Decision
    user: Json | None
    end: int | None = None
    """When it expires, in milliseconds since 1970; None for never."""

    redirect_uri: str | None = None
    challenge: str | None = None
    """Of a code: the code challenge (PKCE)."""


class Register:
    """Codes and tokens by name. With a fixed clock the same requests get the same names."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._codes: dict[str, IssuedGrant] = {}
        self._tokens: dict[tuple[str, str], IssuedGrant] = {}
        self._count = 0

    def name(self, prefix: str = "") -> str:
        """A name that nothing issued before has."""
        self._count += 1
        if self._clock.fixed:
            number = f"{prefix} {self._clock.now} {self._count}".encode()
            return prefix + hashlib.sha256(number).hexdigest()[:43]
        return prefix + secrets.token_urlsafe(32)

    def keep_code(self, issued: IssuedGrant) -> str:
        """A code that is good for one request."""
        code = self.name()
        self._codes[code] = issued
        return code

    def code(self, code: str) -> IssuedGrant | None:
        """What a code was issued for; None if it is none, was used or has expired."""
        issued = self._codes.get(code)
        return None if issued is None or self._ended(issued) else issued

    def use_code(self, code: str) -> None:
        """Forget a code."""
        self._codes.pop(code, None)

    def keep_token(self, token: str, issued: IssuedGrant, kind: str) -> None:
        """Remember what a token was issued for; `kind` as the member of the answer that has it."""
        self._tokens[kind, token] = issued

    def token(self, token: str, kinds: Iterable[str]) -> IssuedGrant | None:
        """What a token of some kind was issued for; None if there is none, or it has expired."""
        found = (self._tokens.get((kind, token)) for kind in kinds)
        return next((each for each in found if each is not None and not self._ended(each)), None)

    def _ended(self, issued: IssuedGrant) -> bool:
        return issued.end is not None and issued.end <= self._clock.now
