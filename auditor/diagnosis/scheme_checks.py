"""What an Authorization header tells: a scheme that is missing, doubled or another's."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from auditor.diagnosis.token_remark import TokenRemark

BARE, TWICE = "none", "Bearer Bearer"
KEY_AS_BEARER, TOKEN_AS_KEY, OPAQUE = "Bearer key", "SSWS token", "Bearer opaque"

_WRONG = {
    BARE: "The Authorization header holds a bare token: write Bearer before it.",
    TWICE: "The Authorization header says Bearer twice: whoever sets it adds the word already.",
    KEY_AS_BEARER: (
        "An API token of Okta's (it begins with 00) is sent as Bearer: it goes with SSWS, and to "
        "the Okta APIs only."
    ),
    TOKEN_AS_KEY: (
        "A token of OAuth (a JWT) is sent with SSWS: it goes with Bearer. SSWS is for API tokens."
    ),
}
_FURTHER = {
    OPAQUE: (
        "The Bearer token is no JWT. Access tokens of Okta are JWTs; a refresh token, a session "
        "token or an authorization code is none, and no API takes it."
    ),
}


def scheme_remarks(schemes: Iterable[str]) -> Iterator[TokenRemark]:
    """What there is to say of schemes.

    Args:
        schemes: as `Clues.schemes`.
    """
    for scheme in schemes:
        if scheme in _WRONG:
            yield TokenRemark(_WRONG[scheme])
        elif scheme in _FURTHER:
            yield TokenRemark(_FURTHER[scheme], wrong=False)
