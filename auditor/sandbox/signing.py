"""The signing key of the sandbox's authorization servers, and the tokens that it signs.

The key is made when it is first needed: it takes a moment, and most tenants sign nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from auditor.sandbox.dpop import thumbprint

LIFETIME_S = 3600

_ALGORITHM = "RS256"
_EXPONENT, _BITS = 65537, 2048


@dataclass(frozen=True)
class SigningKey:
    """A key pair; only the public half is ever shown."""

    private: rsa.RSAPrivateKey
    public: dict[str, Any]
    """The public key as Okta publishes it, a JWK."""

    def access_token(
        self,
        issuer: str,
        client_id: str,
        scopes: Iterable[str],
        bound_to: str | None,
        *,
        name: str,
        now: int,
    ) -> str:
        """Sign an access token with the claims that Okta's have.

        Args:
            issuer: the address of the org; the audience, too.
            client_id: the client, which is also the subject: there is no user.
            scopes: what it may read.
            bound_to: the thumbprint of the key that it is bound to; None for a bearer token.
            name: its `jti`.
            now: seconds since 1970.
        """
        claims: dict[str, Any] = {
            "ver": 1,
            "jti": name,
            "iss": issuer,
            "aud": issuer,
            "sub": client_id,
            "iat": now,
            "exp": now + LIFETIME_S,
            "cid": client_id,
            "scp": list(scopes),
        }
        if bound_to is not None:
            claims["cnf"] = {"jkt": bound_to}
        return self.signed(claims)

    def signed(self, claims: dict[str, Any]) -> str:
        """A JWT with some claims."""
        return jwt.encode(claims, self.private, _ALGORITHM, {"kid": self.public["kid"]})


@cache
def signing_key() -> SigningKey:
    """The key of this process."""
    private = rsa.generate_private_key(public_exponent=_EXPONENT, key_size=_BITS)
    numbers = RSAAlgorithm.to_jwk(private.public_key(), as_dict=True)
    members = {name: numbers[name] for name in ("kty", "e", "n")}
    kid = thumbprint(members)
    return SigningKey(private, {**members, "kid": kid, "alg": _ALGORITHM, "use": "sig"})
