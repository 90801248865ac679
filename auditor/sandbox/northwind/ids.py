"""Ids and public keys that are made of names, so that they are the same in every run."""

from __future__ import annotations

import base64
import hashlib
import string
from datetime import UTC, datetime

_DIGITS = string.digits + string.ascii_letters
_DERIVED = 14
_CELL = "5d7"
"""Ids of one Okta org end alike."""

_MODULUS_BYTES = 256


def made_id(prefix: str, *names: str) -> str:
    """An id of Okta's shape: 20 characters, the first three of which tell the kind.

    >>> made_id("aus", "Payments")
    'ausfrzQyD7nGyzTis5d7'
    """
    number = made_number(prefix, *names)
    derived = ""
    for _ in range(_DERIVED):
        number, digit = divmod(number, len(_DIGITS))
        derived += _DIGITS[digit]
    return prefix + derived + _CELL


def made_number(*names: str) -> int:
    """A large number that depends on nothing but the names."""
    return int.from_bytes(hashlib.sha256("\0".join(names).encode()).digest())


def made_kid(*names: str) -> str:
    """A key id of Okta's shape."""
    return _base64url(hashlib.sha256("\0".join(("kid", *names)).encode()).digest())


def made_modulus(*names: str) -> str:
    """The `n` of a 2048-bit RSA key: well-formed, and a key to nothing."""
    seed = "\0".join(("n", *names)).encode()
    modulus = bytearray(hashlib.shake_256(seed).digest(_MODULUS_BYTES))
    modulus[0] |= 0x80
    modulus[-1] |= 0x01
    return _base64url(bytes(modulus))


def timestamp(moment: datetime) -> str:
    """A moment as the Management API writes it."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
