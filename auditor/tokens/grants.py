"""Grant types, and what Okta's documentation says about each."""

from __future__ import annotations

from collections.abc import Iterable

AUTHORIZATION_CODE = "authorization_code"
CIBA = "urn:openid:params:grant-type:ciba"
CLIENT_CREDENTIALS = "client_credentials"
DEVICE_CODE = "urn:ietf:params:oauth:grant-type:device_code"
IMPLICIT = "implicit"
INTERACTION_CODE = "interaction_code"
JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
OUT_OF_BAND = "urn:okta:params:oauth:grant-type:oob"
PASSWORD = "password"  # noqa: S105 - a grant type
REFRESH_TOKEN = "refresh_token"  # noqa: S105 - a grant type
SAML2_BEARER = "urn:ietf:params:oauth:grant-type:saml2-bearer"
TOKEN_EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"  # noqa: S105 - a grant type

DIRECT_AUTHENTICATION = frozenset(
    {
        OUT_OF_BAND,
        "urn:okta:params:oauth:grant-type:otp",
        "http://auth0.com/oauth/grant-type/mfa-oob",
        "http://auth0.com/oauth/grant-type/mfa-otp",
    }
)
"""Grant types of Okta's direct authentication."""

KNOWN_GRANTS = DIRECT_AUTHENTICATION | {
    AUTHORIZATION_CODE,
    CIBA,
    CLIENT_CREDENTIALS,
    DEVICE_CODE,
    IMPLICIT,
    INTERACTION_CODE,
    JWT_BEARER,
    PASSWORD,
    REFRESH_TOKEN,
    SAML2_BEARER,
    TOKEN_EXCHANGE,
}

USERLESS_GRANTS = frozenset({CLIENT_CREDENTIALS})
"""Grant types in which no user takes part."""

BROWSER_GRANTS = frozenset({AUTHORIZATION_CODE, IMPLICIT})
"""Grant types that begin at `/authorize`, with a response type and a redirect URI."""


def browser_grant(response_type: str | None) -> str:
    """The grant type of a request to `/authorize`; without a response type it is for a code."""
    if response_type is not None and "code" not in response_type.split():
        return IMPLICIT
    return AUTHORIZATION_CODE


PAGELESS_GRANTS = DIRECT_AUTHENTICATION | {
    CIBA,
    JWT_BEARER,
    PASSWORD,
    SAML2_BEARER,
    TOKEN_EXCHANGE,
}
"""Grant types with a user in which Okta can show no page, for example to ask for consent."""

PEOPLE_DEMANDED = frozenset({AUTHORIZATION_CODE, IMPLICIT, PASSWORD})
"""Grant types with which Okta accepts no rule that names nobody (okta-developer-docs, issue 1622).
What such a rule does in other grant types with a user is not published."""

USER_CHECK_UNDOCUMENTED = frozenset({TOKEN_EXCHANGE})
"""Grant types for which no document says whether Okta checks that the user is assigned and that a
rule names them. Okta's own engineers have shown tokens for users whom the rule did not name (blog,
"An AI agent is not a service app"), so a user who is not named may get one all the same."""

REFRESHABLE_GRANTS = DIRECT_AUTHENTICATION | {
    AUTHORIZATION_CODE,
    CIBA,
    DEVICE_CODE,
    INTERACTION_CODE,
    PASSWORD,
    SAML2_BEARER,
}
"""Grant types whose answer can carry a refresh token (guides of each)."""


def user_grants(grants: Iterable[str]) -> frozenset[str]:
    """Those of the grant types in which a user signs in, or is named by an assertion.

    Token exchange is left out; see `USER_CHECK_UNDOCUMENTED`.
    """
    return frozenset(grants) - USERLESS_GRANTS - USER_CHECK_UNDOCUMENTED - {REFRESH_TOKEN}
