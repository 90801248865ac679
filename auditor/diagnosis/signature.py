"""Whether a token's signature is of one of the keys that are known: checked here, nothing is sent.

There are three answers: it verifies, it does not, or it cannot be checked. The last is never one
of the others.
"""

from __future__ import annotations

import binascii
import hmac
from base64 import urlsafe_b64decode
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any

from auditor.snapshot.org import Org
from auditor.text import counted, quoted

_KEY_TYPES = {
    **dict.fromkeys(("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"), "RSA"),
    **dict.fromkeys(("ES256", "ES384", "ES512"), "EC"),
    "EdDSA": "OKP",
}
"""What key an algorithm takes (RFC 7518, 3.1; RFC 8037)."""
_HASHES = {"HS256": "sha256", "HS384": "sha384", "HS512": "sha512"}
_MOST_KEYS = 500
_LARGEST_RSA = 8_192
"""Bits. Larger ones take their time, and nobody has one."""


class Verdict(Enum):
    """The three answers."""

    VERIFIED = "verified"
    WRONG = "does not verify"
    UNCHECKED = "cannot be checked"


@dataclass(frozen=True, slots=True)
class Signature:
    """What became of checking a signature."""

    verdict: Verdict
    text: str
    """A sentence that says it."""
    stale: str = ""
    """A sentence that says so if the keys given are older than the token's."""


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A public key, and whose it is."""

    jwk: dict[str, str]
    owner: str
    """As a sentence has it: `authorization server "Billing"`."""
    by_user: bool = False
    """Whether the user named it; any other is the org's, as the snapshot has it."""

    @property
    def complete(self) -> bool:
        """Whether it has its numbers, and of a size that is checked at once."""
        jwk = self.jwk
        if jwk.get("kty") == "RSA":
            return bool(jwk.get("e")) and 0 < len(jwk.get("n", "")) * 6 <= _LARGEST_RSA + 16
        return bool(jwk.get("x")) and (jwk.get("kty") == "OKP" or bool(jwk.get("y")))


def keys_of_org(org: Org) -> Iterator[PublicKey]:
    """The keys with which the org's custom servers sign, as far as the snapshot has them."""
    for server in org.servers:
        if org.known("server_keys", server):
            for key in org.signing_keys(server):
                named = {"kid": key.kid, "kty": key.kty, **(key.model_extra or {})}
                yield PublicKey(_texts(named), f"authorization server {quoted(server.title)}")


def keys_of_set(document: Any, owner: str) -> Iterator[PublicKey]:
    """The keys of a JWK Set (RFC 7517, 5), or of a single key.

    Args:
        document: the set, as JSON.
        owner: what sentences call it.
    """
    keys = document.get("keys") if isinstance(document, dict) else document
    if isinstance(document, dict) and "kty" in document:
        keys = [document]
    for key in keys if isinstance(keys, list) else []:
        if isinstance(key, dict):
            yield PublicKey(_texts(key), owner, by_user=True)


def check_signature(token: str, header: dict[str, Any], keys: Sequence[PublicKey]) -> Signature:
    """Check the signature of a token; what of its key the given ones lack is said as well.

    Args:
        token: in compact form, of three parts.
        header: its header.
        keys: those that are known.
    """
    checked = _checked(token, header, keys)
    kid = header.get("kid")
    given = [key for key in keys if key.by_user]
    own = [key for key in keys if not key.by_user and key.jwk.get("kid") == kid]
    if not isinstance(kid, str) or not given or not own:
        return checked
    if any(key.jwk.get("kid") == kid for key in given):
        return checked
    return replace(
        checked,
        stale=f"The keys of {given[0].owner} lack its kid {quoted(kid)}, which {own[0].owner} has: "
        "a validator that keeps these refuses the token until it fetches them again.",
    )


def _checked(token: str, header: dict[str, Any], keys: Sequence[PublicKey]) -> Signature:  # noqa: PLR0911 - each answer has its reason
    algorithm, kid = header.get("alg"), header.get("kid")
    signed, _, encoded = token.rpartition(".")
    signature = _decoded(encoded)
    if not isinstance(algorithm, str) or signature is None or not signature:
        return _unchecked("it has none that can be read")
    if algorithm in _HASHES:
        return _shared_secret(signed.encode(), signature, algorithm, keys)
    if algorithm not in _KEY_TYPES:
        return _unchecked(f"its algorithm {quoted(algorithm)} is none that Okta or a client uses")
    kind = _KEY_TYPES[algorithm]
    usable = [key for key in keys[:_MOST_KEYS] if key.jwk.get("kty") == kind and key.complete]
    if isinstance(kid, str):
        of_kid = [key for key in usable if key.jwk.get("kid") == kid]
        if not of_kid and any(key.jwk.get("kid") == kid for key in keys):
            return _unchecked(f"of its key {quoted(kid)} the id alone is known: give --keys")
        usable = of_kid
    if not usable:
        known = counted(len(keys), "key") if keys else "no key"
        named = f" {quoted(kid)}" if isinstance(kid, str) else ""
        return _unchecked(f"its key{named} is not known ({known} given or in the snapshot)")
    for key in usable:
        if _verifies(algorithm, key, signed.encode(), signature):
            return Signature(Verdict.VERIFIED, f"Its signature is of a key of {key.owner}.")
    if not isinstance(kid, str):  # of a key that nobody gave, or of none
        return Signature(
            Verdict.UNCHECKED,
            f"Its signature is of none of the {counted(len(usable), 'key')} known.",
        )
    return Signature(
        Verdict.WRONG,
        f"Its signature does not verify with its key {quoted(kid)} of {usable[0].owner}: the token "
        "was changed, or its end is cut off.",
    )


def _unchecked(why: str) -> Signature:
    return Signature(Verdict.UNCHECKED, f"Its signature cannot be checked: {why}.")


def _shared_secret(
    signed: bytes, signature: bytes, algorithm: str, keys: Sequence[PublicKey]
) -> Signature:
    """Of a shared secret: a client's own, or a public key that somebody took for one."""
    for key in keys[:_MOST_KEYS]:
        for form in _public_forms(key):
            if hmac.compare_digest(hmac.digest(form, signed, _HASHES[algorithm]), signature):
                return Signature(
                    Verdict.WRONG,
                    f"It is signed with the public key of {key.owner} as a shared secret "
                    f"({algorithm}): a forgery, which a validator takes that lets the token "
                    "choose the algorithm (RFC 8725, 2.1).",
                )
    return _unchecked(f"it is of a shared secret ({algorithm}), with which no server of Okta signs")


def _verifies(algorithm: str, key: PublicKey, signed: bytes, signature: bytes) -> bool:
    from jwt import PyJWK  # noqa: PLC0415 - takes time that few runs need
    from jwt.exceptions import InvalidKeyError, PyJWKError  # noqa: PLC0415

    try:
        made = PyJWK({**key.jwk, "alg": algorithm}, algorithm)
        return made.Algorithm.verify(signed, made.key, signature)
    except (InvalidKeyError, PyJWKError, ValueError, TypeError):
        return False


def _public_forms(key: PublicKey) -> Iterator[bytes]:
    """A public key in the forms that programs have it in."""
    from cryptography.hazmat.primitives.serialization import (  # noqa: PLC0415
        Encoding,
        PublicFormat,
    )
    from jwt import PyJWK  # noqa: PLC0415
    from jwt.exceptions import InvalidKeyError, PyJWKError  # noqa: PLC0415

    if not key.complete:
        return
    algorithm = {"RSA": "RS256", "EC": "ES256", "OKP": "EdDSA"}.get(key.jwk["kty"], "RS256")
    try:
        public = PyJWK({**key.jwk, "alg": algorithm}, algorithm).key
        pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    except (InvalidKeyError, PyJWKError, ValueError, TypeError, AttributeError):
        return
    yield pem
    yield pem.rstrip(b"\n")


def _decoded(part: str) -> bytes | None:
    try:
        return urlsafe_b64decode(part + "=" * (-len(part) % 4))
    except (binascii.Error, ValueError):
        return None


def _texts(jwk: dict[str, Any]) -> dict[str, str]:
    """The public members of a key; what is private or no text is left out."""
    names = ("kid", "kty", "alg", "use", "n", "e", "crv", "x", "y", "status")
    return {name: jwk[name] for name in names if isinstance(jwk.get(name), str)}
