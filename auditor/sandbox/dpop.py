"""DPoP (RFC 9449) as a server checks it: signature, method, address, token, nonce, no replay.

The descriptions of a missing proof and of a required nonce are Okta's, the others are ours.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import time
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from typing import Any

import jwt

NONCE_HEADER = "DPoP-Nonce"

_ALGORITHMS = ("ES256", "ES384", "ES512", "RS256", "RS384", "RS512")
_MOST_SECONDS_OFF = 300
_NONCE_USES = 100
"""How many proofs a nonce is good for. More than a client may have in flight."""


class ProofError(Exception):
    """A proof is not accepted: the OAuth error code, why, and the nonce to use if that is it."""

    def __init__(self, error: str, description: str, nonce: str | None = None) -> None:
        super().__init__(description)
        self.error = error
        self.description = description
        self.nonce = nonce


class Nonces:
    """The nonces of one endpoint: one at a time, each good for so many proofs."""

    def __init__(self) -> None:
        self._current = secrets.token_urlsafe(16)
        self._left = _NONCE_USES

    def spend(self, nonce: object, who: str) -> None:
        """Count a use of a nonce. After the last one, another nonce is required.

        Raises:
            ProofError: it is not the current one.
        """
        if nonce != self._current:
            description = f"{who} requires nonce in DPoP proof."
            raise ProofError("use_dpop_nonce", description, self._current)
        self._left -= 1
        if not self._left:
            self._current, self._left = secrets.token_urlsafe(16), _NONCE_USES


@dataclass(frozen=True, slots=True)
class Proof:
    """A proof that was accepted."""

    thumbprint: str
    """Of the key, as RFC 7638 has it."""
    nonce: object


class Verifier:
    """Verifies proofs, and remembers them, because each is good for one request."""

    def __init__(self) -> None:
        self._seen: set[str] = set()

    def verify(self, proof: str, method: str, address: str, token: str | None = None) -> Proof:
        """Check a proof but for its nonce.

        Args:
            proof: the DPoP header; empty if there is none.
            method: of the request.
            address: of the request, without query.
            token: the access token that the request carries.

        Raises:
            ProofError: it proves nothing.
        """
        if not proof:
            raise _invalid("The DPoP proof JWT header is missing.")
        try:
            header = jwt.get_unverified_header(proof)
            key = header.get("jwk")
            if header.get("typ") != "dpop+jwt" or not isinstance(key, dict) or "d" in key:
                raise _invalid("The DPoP proof's header needs typ dpop+jwt and a public jwk.")
            claims = jwt.decode(
                proof,
                jwt.PyJWK(key, header["alg"]),
                algorithms=list(_ALGORITHMS),
                options={"require": ["iat", "jti"]},
            )
        except jwt.PyJWTError as error:
            raise _invalid(f"The DPoP proof is no valid JWT: {error}.") from error
        self._check(claims, method, address, token)
        return Proof(thumbprint(key), claims.get("nonce"))

    def _check(self, claims: dict[str, Any], method: str, address: str, token: str | None) -> None:
        if claims.get("htm") != method or claims.get("htu") != address:
            raise _invalid("The DPoP proof is for another request: htm or htu differs.")
        if abs(time.time() - int(claims["iat"])) > _MOST_SECONDS_OFF:
            raise _invalid("The DPoP proof's iat is too far from now.")
        if claims.get("ath") != (_hash(token.encode()) if token is not None else None):
            raise _invalid("The DPoP proof's ath is not the hash of the access token.")
        if claims["jti"] in self._seen:
            raise _invalid("The DPoP proof has already been used.")
        self._seen.add(claims["jti"])


def thumbprint(key: dict[str, Any]) -> str:
    """The thumbprint of a public key, as RFC 7638 has it."""
    members = {"EC": ("crv", "kty", "x", "y"), "RSA": ("e", "kty", "n")}[key["kty"]]
    return _hash(json.dumps({name: key[name] for name in members}, separators=(",", ":")).encode())


def _hash(data: bytes) -> str:
    return urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()


def _invalid(description: str) -> ProofError:
    return ProofError("invalid_dpop_proof", description)
