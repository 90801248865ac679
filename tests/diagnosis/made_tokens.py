"""Tokens that nobody signed, to be taken apart."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from typing import Any


def part(value: object) -> str:
    """A part of a token: JSON in base64url, without padding."""
    return urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def made_token(claims: Mapping[str, Any], header: Mapping[str, Any] | None, signature: str) -> str:
    """A token of those claims that are not None, by default of key `k1`."""
    kept = {key: value for key, value in claims.items() if value is not None}
    return f"{part({'alg': 'RS256', 'kid': 'k1', **(header or {})})}.{part(kept)}.{signature}"
