"""Claims of a token that somebody decoded and pasted, with the header if that is there too."""

from __future__ import annotations

import re
from collections.abc import Iterator
from json import JSONDecodeError, JSONDecoder
from typing import Any

from auditor.diagnosis.clues import TokenClue

_ISSUER = re.compile(r'"iss"\s*:')
_HEADER = re.compile(r'\{[^{}]{0,300}"alg"\s*:[^{}]{0,300}\}')
_MOST = 5
_LONGEST = 20_000
_BEFORE = 5_000
"""Characters of an object before its issuer."""


def pasted_claims(text: str) -> Iterator[TokenClue]:
    """The claims in a text: JSON objects with an issuer and an expiry.

    Args:
        text: without tokens.
    """
    seen = 0
    for count, match in enumerate(_ISSUER.finditer(text)):
        if count == 10 * _MOST or seen == _MOST:
            return
        start = text.rfind("{", max(0, match.start() - _BEFORE), match.start())
        claims = _object(text[start : start + _LONGEST]) if start >= 0 else None
        if claims is not None and {"iss", "exp"} <= claims.keys():
            seen += 1
            header = list(_HEADER.finditer(text, max(0, start - _BEFORE), start))
            yield TokenClue(_object(header[-1][0]) or {} if header else {}, claims, pasted=True)


def _object(text: str) -> dict[str, Any] | None:
    try:
        value, _ = JSONDecoder().raw_decode(text)
    except (JSONDecodeError, RecursionError, ValueError):
        return None
    return value if isinstance(value, dict) else None
