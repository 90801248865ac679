"""Takes a JSON Web Token apart, here and now: nothing is sent, and nothing is verified."""

from __future__ import annotations

import binascii
from base64 import urlsafe_b64decode
from typing import Any

import orjson

from auditor.diagnosis.clues import TokenClue

LONGEST = 100_000
"""Characters. Okta's own limit for a token is far below; headers hold 8,000 to 16,000."""

_PARTS_OF_SIGNED, _PARTS_OF_ENCRYPTED = 3, 5


def read_token(text: str) -> TokenClue:
    """The header and the claims of a token.

    Args:
        text: the token, without a scheme.
    """
    if len(text) > LONGEST:
        return TokenClue({}, {}, f"it has {len(text):,} characters, which no token has")
    parts = text.split(".")
    header = _object(parts[0])
    if header is None:
        return TokenClue({}, {}, "its header is not JSON: it is cut off, or no token")
    if len(parts) == _PARTS_OF_ENCRYPTED:
        return TokenClue(header, {}, "it is encrypted, so that only its audience can read it")
    if len(parts) < _PARTS_OF_SIGNED:
        return TokenClue(header, {}, "it is cut off: a token has three parts, with dots between")
    claims = _object(parts[1])
    if claims is None:
        return TokenClue(header, {}, "its claims are not JSON: it is cut off or was changed")
    problem = "" if parts[2] else "its signature is missing: it is cut off"
    return TokenClue(header, claims, problem)


def _object(part: str) -> dict[str, Any] | None:
    try:
        decoded = urlsafe_b64decode(part + "=" * (-len(part) % 4))
        value = orjson.loads(decoded)
    except (binascii.Error, ValueError, orjson.JSONDecodeError):
        return None
    return value if isinstance(value, dict) else None
