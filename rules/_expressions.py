"""Okta Expression Language, as far as rules look into it: which attributes a claim uses."""

from __future__ import annotations

import re

from auditor.models import Claim

_ATTRIBUTE = re.compile(r"\b(?:user|appuser|idpuser|source)\s*\.\s*(?:profile\s*\.\s*)?(\w+)")


def attributes(claim: Claim) -> tuple[str, ...]:
    """Attributes of the user that the claim's expression mentions, in order, without repetition."""
    if claim.value_type != "EXPRESSION":
        return ()
    return tuple(dict.fromkeys(_ATTRIBUTE.findall(claim.value or "")))
