"""Ed25519 signatures over manifests, as DSSE envelopes (github.com/secure-systems-lab/dsse).

An envelope names its key as securesystemslib does, so that in-toto finds the key to verify it with.
Earlier versions named it by the key itself, which goes on verifying.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable, Iterator

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from auditor.errors import UsageError

PAYLOAD_TYPE = "application/vnd.in-toto+json"


def new_key() -> tuple[bytes, bytes]:
    """A new private key (PKCS #8) and its public key (SubjectPublicKeyInfo), both as PEM."""
    key = Ed25519PrivateKey.generate()
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return private, _pem(key.public_key())


def read_private(pem: bytes, where: str) -> Ed25519PrivateKey:
    """A private key.

    Raises:
        UsageError: it is none, or not of Ed25519. The message holds nothing of it.
    """
    try:
        key = serialization.load_pem_private_key(pem, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        raise UsageError(
            f"{where} is not an Ed25519 private key in PEM without a password.",
            remedy="Make one with: okta-auditor evidence keygen -o FILE",
        ) from None
    return key


def read_public(pem: bytes, where: str) -> Ed25519PublicKey:
    """A public key.

    Raises:
        UsageError: it is none, or not of Ed25519.
    """
    try:
        key = serialization.load_pem_public_key(pem)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, Ed25519PublicKey):
        raise UsageError(
            f"{where} is not an Ed25519 public key in PEM.",
            remedy="Name the .pub file that `okta-auditor evidence keygen` wrote.",
        ) from None
    return key


def raw(key: Ed25519PublicKey) -> str:
    """The 32 bytes of a public key in hexadecimal (RFC 8032), as manifests name it."""
    return key.public_bytes_raw().hex()


def key_id(signer: str) -> str:
    """What securesystemslib calls a key: the SHA-256 of its description in canonical JSON.

    The description is that of `securesystemslib.signer.SSlibKey`, without the id itself.

    Args:
        signer: the key as `raw` gives it.
    """
    described = {"keytype": "ed25519", "keyval": {"public": signer}, "scheme": "ed25519"}
    return hashlib.sha256(json.dumps(described, separators=(",", ":")).encode()).hexdigest()


def sealed(payload: bytes, key: Ed25519PrivateKey) -> bytes:
    """A DSSE envelope around a payload. Ed25519 is deterministic: same input, same bytes."""
    return _envelope(payload, key_id(raw(key.public_key())), key.sign(_encoded(payload)))


class EnvelopeError(Exception):
    """What is wrong with an envelope, in a clause."""


def unsealed(envelope: bytes, known: Iterable[str] = ()) -> tuple[bytes, str]:
    """The payload of an envelope, and the key that has signed it, as `raw` gives it.

    Args:
        envelope: its bytes.
        known: keys that may have signed it besides the one that the payload names, as `raw`
            gives them.

    Raises:
        EnvelopeError: it is not an envelope as `sealed` makes them, or the signature is wrong.
    """
    try:
        value = json.loads(envelope)
        payload = base64.b64decode(value["payload"], validate=True)
        (signature,) = value["signatures"]
        name, bits = str(signature["keyid"]), base64.b64decode(signature["sig"], validate=True)
        signers = {key_id(item): item for item in (*known, *_named_by(payload))}
        signer = signers.get(name, name)  # earlier versions named a key by itself
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(signer))
    except (ValueError, KeyError, TypeError, RecursionError):
        raise EnvelopeError("it was changed or cut off: it is no signature of a manifest") from None
    if envelope != _envelope(payload, name, bits):
        raise EnvelopeError("it was changed: it holds more than a signature")
    try:
        key.verify(bits, _encoded(payload))
    except InvalidSignature:
        raise EnvelopeError(f"it was changed: the signature is not one of key {signer}") from None
    return payload, signer


def _named_by(payload: bytes) -> Iterator[str]:
    """The key that a manifest says will sign it, if it is a manifest and says so."""
    try:
        signer = json.loads(payload)["predicate"]["signer"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return
    if isinstance(signer, str):
        yield signer


def _envelope(payload: bytes, name: str, signature: bytes) -> bytes:
    value = {
        "payloadType": PAYLOAD_TYPE,
        "payload": base64.b64encode(payload).decode(),
        "signatures": [{"keyid": name, "sig": base64.b64encode(signature).decode()}],
    }
    return json.dumps(value, indent=2).encode() + b"\n"


def _encoded(payload: bytes) -> bytes:
    """DSSE's pre-authentication encoding."""
    kind = PAYLOAD_TYPE.encode()
    return b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(payload), payload)


def _pem(key: Ed25519PublicKey) -> bytes:
    return key.public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
