"""The grant type that a word names."""

from __future__ import annotations

import re

from auditor.snapshot.credentials_in_text import without_credentials
from auditor.text import closest, did_you_mean, quoted
from auditor.tokens.grants import (
    CIBA,
    DEVICE_CODE,
    DIRECT_AUTHENTICATION,
    JWT_BEARER,
    KNOWN_GRANTS,
    SAML2_BEARER,
    TOKEN_EXCHANGE,
)
from auditor.tokens.lookup.errors import NotFoundError

SHORT_GRANTS = {
    "ciba": CIBA,
    "device_code": DEVICE_CODE,
    "jwt-bearer": JWT_BEARER,
    "saml2-bearer": SAML2_BEARER,
    "token-exchange": TOKEN_EXCHANGE,
    **{re.split("[:/]", grant)[-1]: grant for grant in DIRECT_AUTHENTICATION},
}
"""Short names of the grant types whose names are URIs."""


def find_grant(word: str) -> str:
    """The grant type that a word names.

    A URI that is not known is a grant type all the same: it may be an extension, of which Okta
    says that it does not support it. Any other word that is not known can only be a mistake.

    Raises:
        NotFoundError: it names none.
    """
    spellings = {_spelling(grant): grant for grant in KNOWN_GRANTS}
    spellings |= {_spelling(short): grant for short, grant in SHORT_GRANTS.items()}
    if _spelling(word) in spellings:
        return spellings[_spelling(word)]
    is_uri = ":" in word
    names = _common_names()
    suggestion = closest(word, sorted(KNOWN_GRANTS) if is_uri else names)
    if suggestion is not None:
        message = f"There is no grant type {quoted(word)}{did_you_mean(suggestion)}"
        raise NotFoundError(message, key="grant")
    if is_uri:
        return word
    raise NotFoundError(
        f"There is no grant type {quoted(without_credentials(word))}.",
        remedy=f"Grant types: {', '.join(names)}.",
        key="grant",
    )


def _common_names() -> list[str]:
    """Names of all grant types but those of direct authentication, the short ones for URIs."""
    short = {name for name, grant in SHORT_GRANTS.items() if grant not in DIRECT_AUTHENTICATION}
    return sorted(short | {grant for grant in KNOWN_GRANTS if ":" not in grant})


def _spelling(grant: str) -> str:
    return grant.lower().replace("_", "-")
