"""DPoP proofs (RFC 9449): every request shows that its sender holds the token's key.

The SDK's generator parses an RSA key anew for every proof, 160 ms of CPU each. This one keeps
an ES256 key in memory for as long as the client lives.
"""

from __future__ import annotations

import hashlib
import json
import time
import uuid
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from jwt.algorithms import ECAlgorithm

NONCE_HEADER = "DPoP-Nonce"
NONCE_REQUIRED = "use_dpop_nonce"
"""The OAuth error of a server that requires its nonce in the proof."""


class DpopProofs:
    """Makes proofs with one key, and remembers the nonces that servers require in them."""

    def __init__(self) -> None:
        self._key = generate_private_key(SECP256R1())
        public = json.loads(ECAlgorithm.to_jwk(self._key.public_key()))
        self._header = {
            "typ": "dpop+jwt",
            "jwk": {name: public[name] for name in ("kty", "crv", "x", "y")},
        }
        # The token endpoint and the API hand out their own (RFC 9449, sections 8 and 9).
        self._token_nonce = self._resource_nonce = ""

    def generate_proof_jwt(
        self,
        http_method: str,
        http_url: str,
        access_token: str | None = None,
        nonce: str | None = None,
    ) -> str:
        """A proof for one request. The method's name and parameters are the SDK's.

        Args:
            http_method: the request's method.
            http_url: its address; query and fragment are left out of the proof.
            access_token: the token that it carries; None for a request of a token.
            nonce: the server's nonce; by default the last one that it gave.
        """
        claims: dict[str, Any] = {
            "jti": uuid.uuid4().hex,
            "htm": http_method.upper(),
            "htu": http_url.partition("#")[0].partition("?")[0],
            "iat": int(time.time()),
        }
        if access_token is not None:
            claims["ath"] = _digest(access_token)
        if nonce := nonce or (self._resource_nonce if access_token else self._token_nonce):
            claims["nonce"] = nonce
        return jwt.encode(claims, self._key, "ES256", self._header)

    def learn(self, headers: Mapping[str, str], *, resource: bool) -> bool:
        """Keep the nonce of an answer, if it brought one.

        Args:
            headers: the answer's.
            resource: whether the API answered, not the token endpoint.

        Returns:
            Whether there was one.
        """
        nonce = headers.get(NONCE_HEADER, "")
        if nonce and resource:
            self._resource_nonce = nonce
        elif nonce:
            self._token_nonce = nonce
        return bool(nonce)


def _digest(token: str) -> str:
    digest = hashlib.sha256(token.encode("ascii")).digest()
    return urlsafe_b64encode(digest).rstrip(b"=").decode()
