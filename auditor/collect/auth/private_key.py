"""Private keys of service apps: reading them in any usual form, and signing with them.

The SDK reads RSA keys only, stumbles over ordinary JWK members such as `key_ops` and parses
the key again for every signature. Here it is parsed once, when the credentials are read.
"""

from __future__ import annotations

import json
import time
import uuid
from dataclasses import dataclass, field
from typing import Any

import jwt
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

from auditor.errors import UsageError

ASSERTION_LIFETIME_S = 1800
"""Okta accepts an hour at most; half of it forgives a clock that is half an hour off."""

_PRIVATE_MEMBERS = ("d", "p", "q", "dp", "dq", "qi")
_RSA_ALGORITHMS = ("RS256", "RS384", "RS512")
_EC_ALGORITHMS = {"secp256r1": "ES256", "secp384r1": "ES384", "secp521r1": "ES512"}
_LEAST_RSA_BITS = 2048  # RFC 7518, section 3.3
_JWK_MEMBERS = {
    "RSA": ("kty", "n", "e", "d", "p", "q", "dp", "dq", "qi"),
    "EC": ("kty", "crv", "x", "y", "d"),
}


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A private key, the algorithm to use it with, and its key id, which may be empty."""

    private: RSAPrivateKey | EllipticCurvePrivateKey = field(repr=False)
    algorithm: str
    key_id: str

    @property
    def secret_parts(self) -> tuple[str, ...]:
        """Texts that only the private key has: members of its JWK, lines of its PEM form."""
        if isinstance(self.private, RSAPrivateKey):
            members = RSAAlgorithm.to_jwk(self.private, as_dict=True)
        else:
            members = ECAlgorithm.to_jwk(self.private, as_dict=True)
        pem = self.private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        lines = pem.decode().splitlines()[1:-1]
        # An RSA key begins with its public modulus, and an EC key ends with its public point.
        rsa = isinstance(self.private, RSAPrivateKey)
        private = lines[len(lines) * 2 // 5 :] if rsa else lines[:1]
        return (*(members[name] for name in _PRIVATE_MEMBERS if name in members), *private)

    def client_assertion(self, client_id: str, audience: str) -> str:
        """A JWT that proves who the client is (RFC 7523). It can be used once.

        Args:
            client_id: the service app's.
            audience: the address of the token endpoint.
        """
        claims = {
            "iss": client_id,
            "sub": client_id,
            "aud": audience,
            "exp": int(time.time()) + ASSERTION_LIFETIME_S,
            "jti": uuid.uuid4().hex,
        }
        headers = {"kid": self.key_id} if self.key_id else None
        return jwt.encode(claims, self.private, self.algorithm, headers)


def read_key(text: str, key_id: str = "", *, variable: str) -> SigningKey:
    """Read a private key as PEM (PKCS #1, PKCS #8, SEC 1) or JWK.

    Args:
        text: the key.
        key_id: its id with Okta; empty to take the JWK's.
        variable: what messages call it.

    Raises:
        UsageError: it is no private RSA or EC key that Okta takes. Says nothing of its content.
    """
    try:
        return _read(text.strip().lstrip("\ufeff"), key_id)
    except _UnusableKeyError as error:
        raise UsageError(
            f"{variable} cannot be used: {error.reason}.", remedy=error.remedy
        ) from None


class _UnusableKeyError(Exception):
    """A key cannot be used.

    Args:
        reason: why, without anything of the key's content.
        remedy: what to do about it.
    """

    def __init__(
        self,
        reason: str,
        remedy: str = "Give the private RSA or EC key whose public half is registered with the "
        "service app.",
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.remedy = remedy


def _read(text: str, key_id: str) -> SigningKey:
    if not text.startswith("{"):
        return _signing_key(_from_pem(text), "", key_id)
    members = _jwk_members(text)
    jwk_key_id, algorithm = members.get("kid"), members.get("alg")
    return _signing_key(
        _from_jwk(members), str(algorithm or ""), key_id or (str(jwk_key_id) if jwk_key_id else "")
    )


def _signing_key(private: object, algorithm: str, key_id: str) -> SigningKey:
    if isinstance(private, RSAPrivateKey):
        if private.key_size < _LEAST_RSA_BITS:
            raise _UnusableKeyError(
                f"it has {private.key_size} bits; {_LEAST_RSA_BITS} is the least"
            )
        chosen = algorithm if algorithm in _RSA_ALGORITHMS else _RSA_ALGORITHMS[0]
        return SigningKey(private, chosen, key_id)
    if isinstance(private, EllipticCurvePrivateKey) and private.curve.name in _EC_ALGORITHMS:
        return SigningKey(private, _EC_ALGORITHMS[private.curve.name], key_id)
    raise _UnusableKeyError("it is neither an RSA key nor an EC key on P-256, P-384 or P-521")


def _from_pem(text: str) -> object:
    # CI systems often keep a secret on one line, with its line ends spelled out.
    text = text.replace("\\n", "\n")
    if "ENCRYPTED" in text:
        raise _UnusableKeyError(
            "it is encrypted",
            "Decrypt it first: openssl pkey -in encrypted.pem -out key.pem",
        )
    if "PRIVATE KEY-----" not in text:
        raise _UnusableKeyError(
            "it is a public key, a certificate or something else, not a private key"
        )
    # openssl ecparam writes the curve as a block of its own in front of the key.
    text = text[text.index("-----BEGIN", max(text.rfind("PARAMETERS-----"), 0)) :]
    try:
        return load_pem_private_key(text.encode(), None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise _UnusableKeyError(
            "it is not a PEM private key in PKCS #1, PKCS #8 or SEC 1 form"
        ) from None


def _jwk_members(text: str) -> dict[str, Any]:
    try:
        members = json.loads(text)
    except (ValueError, RecursionError):
        raise _UnusableKeyError("it begins like a JWK and is not valid JSON") from None
    if not isinstance(members, dict) or "keys" in members:
        raise _UnusableKeyError("it is a JWK Set", "Give one key of it, the private one.")
    return members


def _from_jwk(members: dict[str, Any]) -> object:
    kind = members.get("kty")
    if kind not in _JWK_MEMBERS:
        raise _UnusableKeyError("it is neither an RSA nor an EC key")
    if not members.get("d"):
        raise _UnusableKeyError("it is a public key")
    if members.get("use") == "enc":
        raise _UnusableKeyError('it is meant for encryption ("use" is "enc")')
    usable = {name: members[name] for name in _JWK_MEMBERS[kind] if name in members}
    try:
        return RSAAlgorithm.from_jwk(usable) if kind == "RSA" else ECAlgorithm.from_jwk(usable)
    except (jwt.PyJWTError, ValueError, TypeError, AttributeError, KeyError):
        raise _UnusableKeyError(f"its members do not make up an {kind} key") from None
