"""The kinds of rejection, in Okta's words: error, description, System Log reason.

Each row names its source. Where no source gives a text, it is None: nothing is made up.
"""

from __future__ import annotations

from dataclasses import dataclass

from auditor.snapshot.models.servers import Claim
from auditor.text import one_line
from auditor.tokens.conditions import Condition
from auditor.tokens.grants import OUT_OF_BAND


@dataclass(frozen=True, slots=True)
class Rejection:
    """How Okta words one kind of rejection."""

    failed: Condition
    """The condition that is not met, in our words."""

    error: str | None = None
    description: str | None = None
    reason: str | None = None
    """`outcome.reason` of the System Log event."""


# Support article "Tokens not issued with lifetime configured in Access Rule for Custom
# Authorization Server".
NO_MATCHING_RULE = Rejection(
    Condition.POLICY,
    "access_denied",
    "Policy evaluation failed for this request, please check the policy configurations.",
    "no_matching_policy",
)
# Support article "Why am I redirected back to the app", OAuth API description.
NOT_ASSIGNED = Rejection(
    Condition.ASSIGNMENT,
    "access_denied",
    "User is not assigned to the client application.",
    "user_not_assigned",
)
# Support article 'Error "One or more scopes are not configured …"'.
UNDEFINED_SCOPE = Rejection(
    Condition.SCOPES,
    "invalid_scope",
    "One or more scopes are not configured for the authorization server resource.",
)
# Issue threads of OAuth client libraries that quote the answer.
NO_DEFAULT_SCOPES = Rejection(
    Condition.SCOPES,
    "invalid_scope",
    "The authorization server resource does not have any configured default scopes, "
    "'scope' must be provided.",
)
# Support article on custom scopes at the org server; the log has the same words.
CUSTOM_SCOPE_AT_ORG = Rejection(
    Condition.SCOPES,
    "invalid_scope",
    "Custom scopes are not allowed for this request",
    "Custom scopes are not allowed for this request",
)
# Support article "Okta Error Occurs When Requesting OpenID Scopes Using Client Credentials".
OPENID_WITHOUT_USER = Rejection(
    Condition.SCOPES, "invalid_scope", "Cannot request 'openid' scopes using client credentials."
)
# Guide "AI agent token exchange": `invalid_scope: openid not allowed`.
OPENID_WITH_ASSERTION = Rejection(Condition.SCOPES, "invalid_scope", "openid not allowed")
# Observed at /authorize, a redirect. The example of the OAuth API description, 403 with
# `access_denied`, is about /par; what the token endpoint answers is not published.
OPENID_MISSING_AT_AUTHORIZE = Rejection(
    Condition.SCOPES,
    "invalid_scope",
    "Requests for ID tokens or access tokens with OpenID scopes require the `openid` scope.",
)
OPENID_MISSING = Rejection(Condition.SCOPES)
# OAuth API description, 400 response of `/bc/authorize`.
NO_SCOPES_REQUESTED = Rejection(Condition.SCOPES, "invalid_scope", "No scopes were requested.")
# OAuth API description.
UNKNOWN_GRANT = Rejection(
    Condition.GRANT, "unsupported_grant_type", "The grant type in the request isn't supported."
)
# Support article "redirect_uri Parameter Must Be a Login Redirect URI …": an error page, no
# OAuth error.
WRONG_REDIRECT_URI = Rejection(
    Condition.REDIRECT_URI,
    None,
    "The 'redirect_uri' parameter must be a Login redirect URI in the client app settings.",
    "illegal_redirect_uri",
)
# Issue terraform-provider-okta #1035; the tests of okta-auth-js quote the same answer.
NO_CLIENT_KEY = Rejection(
    Condition.KEYS,
    "invalid_client",
    "The client does not have a JWKSet configured, but the client_assertion requires one.",
)
# No source gives Okta's words where the client has keys, but none that is active.
NO_ACTIVE_CLIENT_KEY = Rejection(Condition.KEYS, "invalid_client")
# Issue amplify-js #4814.
PKCE_MISSING_AND_PUBLIC = Rejection(
    Condition.PKCE,
    "invalid_request",
    "PKCE code challenge is required when the token endpoint authentication method is 'NONE'.",
)
# Issue authentik #16398.
PKCE_MISSING = Rejection(
    Condition.PKCE, "invalid_request", "PKCE code challenge is required by the application."
)
# Observed in many issues of client libraries.
DPOP_MISSING = Rejection(
    Condition.DPOP, "invalid_dpop_proof", "The DPoP proof JWT header is missing."
)
# Support article 'Error "subject token is invalid" During OAuth 2.0 Token Exchange Flow'.
SUBJECT_TOKEN_INVALID = Rejection(
    Condition.SUBJECT_TOKEN, "invalid_grant", "subject token is invalid"
)
# OAuth API description, 400 responses of `/oob-authenticate`.
NOT_ASSIGNED_OUT_OF_BAND = Rejection(
    Condition.ASSIGNMENT, "access_denied", "User isn't assigned to the client app."
)
# Old reference of OpenID Connect: a refresh token ends with its user (T10, T12). The log's reason
# is that of the support article "Okta Refresh Token Invalid or Expired Error".
REFRESH_ENDED = Rejection(
    Condition.REFRESH,
    "invalid_grant",
    "The refresh token is invalid or expired.",
    "invalid_refresh_token",
)
# Only the error is known.
LOCKED_OUT = Rejection(Condition.USER, "invalid_grant")
# OAuth API description, 403 response of the token endpoint.
OUTSIDE_ZONES = Rejection(
    Condition.ZONES,
    "access_denied",
    "The request is made from outside the client's permitted network zones.",
)

# Guide "Set up third-party AI Agent token exchange": system scopes cause `invalid_scope`.
SYSTEM_SCOPES_IN_ID_JAG = Rejection(Condition.SCOPES, "invalid_scope")

# No source gives Okta's words for these.
NOT_CONNECTED = Rejection(Condition.SCOPES)
SERVER_INACTIVE = Rejection(Condition.SERVER)
CLIENT_INACTIVE = Rejection(Condition.CLIENT)
USER_SHUT_OUT = Rejection(Condition.USER)
# Guide "AI agent third-party token exchange": only service apps can use client_credentials there.
ONLY_SERVICE_APPS = Rejection(Condition.GRANT)
# Guide "Configure Native SSO": it needs `openid`, `offline_access` and a custom server.
DEVICE_SSO = Rejection(Condition.SCOPES)
CONSENT_WITHOUT_PAGE = Rejection(Condition.CONSENT)
CONSENT_WITHOUT_USER = Rejection(Condition.CONSENT)
SCOPES_NOT_FOR_GRANT = Rejection(Condition.SCOPES)
NOT_GRANTED = Rejection(Condition.OKTA_SCOPES)
NEEDS_PRIVATE_KEY = Rejection(Condition.AUTHENTICATION)
OMITTED_SCOPES = Rejection(Condition.SCOPES, "invalid_scope")


def claim_not_evaluated(claim: Claim) -> Rejection:
    """A claim of the token cannot be evaluated.

    Support article "The groups claim matched too many groups" for claims that the org defined;
    devforum 12933 for the system claim `sub`, whose log reason is not published.
    """
    kind, reason = ("system", None) if claim.system else ("user", "user_claim_evaluation_failure")
    description = f"The '{one_line(claim.title)}' {kind} claim could not be evaluated."
    return Rejection(Condition.CLAIMS, None, description, reason)


def not_connected(scopes: frozenset[str]) -> Rejection:
    """No resource connection of the agent allows the scopes (observed for one scope)."""
    words = "The following scopes are not allowed for this request"
    only = f"{words}: [{one_line(min(scopes))}]." if len(scopes) == 1 else None
    return Rejection(Condition.SCOPES, "invalid_scope", only)


def grant_not_allowed(grant: str, configured: tuple[str, ...]) -> Rejection:
    """The app does not have the grant type (observed; OAuth API description of out-of-band)."""
    negation = "isn't" if grant == OUT_OF_BAND else "is not"
    return Rejection(
        Condition.GRANT,
        "unauthorized_client",
        f"The client {negation} authorized to use the provided grant type. "
        f"Configured grant types: [{', '.join(configured)}].",
    )


def wrong_response_type(
    configured: tuple[str, ...], condition: Condition = Condition.RESPONSE_TYPE
) -> Rejection:
    """The app does not have the response type, or at /authorize the grant type (observed)."""
    return Rejection(
        condition,
        "unsupported_response_type",
        "The response type is not supported by the authorization server. "
        f"Configured response types: [{', '.join(configured)}].",
    )
