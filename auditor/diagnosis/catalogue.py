"""Okta's errors as people meet them: what each means, its causes, and what confirms it.

The words of token requests are those of the decision engine (`tokens.rejections`), where their
sources stand. Rows that the engine never gives have their source beside them.
`docs/okta-errors.md` is written from this table.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from auditor.tokens import rejections
from auditor.tokens.conditions import Condition
from auditor.tokens.rejections import Rejection

_FAILED_REQUESTS = 'eventType sw "app.oauth2" and outcome.result ne "SUCCESS"'


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """Something that leads to an error."""

    what: str
    fix: str
    in_configuration: bool = True
    """Whether the org's configuration is at fault, and not the request or the caller."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownError:
    """One error."""

    name: str
    """A word of its own, for links: `no-matching-rule`."""
    error: str = ""
    """`error` or `errorCode`; empty for one that has none."""
    text: str = ""
    """What it says, as a reader sees it."""
    pattern: str = ""
    """A regular expression for the text; the text itself if empty."""
    status: str = ""
    meaning: str
    causes: tuple[Cause, ...]
    condition: Condition | None = None
    """What a decision fails at that ends in it."""
    log_filter: str = ""
    source: str = ""

    def matches(self, text: str) -> bool:
        """Whether a text has its words."""
        return (
            bool(self.text)
            and _compiled(self.pattern or re.escape(self.text)).search(text) is not None
        )


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


def _of(
    name: str,
    rejection: Rejection,
    meaning: str,
    *causes: Cause,
    pattern: str = "",
    status: str = "400, or a redirect",
) -> KnownError:
    """The row of a rejection that the decision engine gives."""
    log_filter = f'outcome.reason eq "{rejection.reason}"' if rejection.reason else _FAILED_REQUESTS
    return KnownError(
        name=name,
        error=rejection.error or "",
        text=rejection.description or "",
        pattern=pattern,
        status=status,
        meaning=meaning,
        causes=causes,
        condition=rejection.failed,
        log_filter=log_filter,
        source="see the decision engine, docs/decisions.md",
    )


def _setting(what: str, fix: str) -> Cause:
    return Cause(what=what, fix=fix)


def _request(what: str, fix: str) -> Cause:
    return Cause(what=what, fix=fix, in_configuration=False)


ERRORS: tuple[KnownError, ...] = (
    _of(
        "no-matching-rule",
        rejections.NO_MATCHING_RULE,
        "No rule of an active access policy that covers the client lets the request through: "
        "client, grant type, people and all scopes must match in one rule.",
        _setting(
            "no active policy covers the client, or none of its rules has the grant type",
            "add the client to a policy, or the grant type to a rule",
        ),
        _setting(
            "no single rule allows all scopes that were asked for together",
            "allow them in one rule, or ask for fewer",
        ),
        _setting("the user is in none of the groups of a rule", "add the user, or widen the rule"),
    ),
    _of(
        "not-assigned",
        rejections.NOT_ASSIGNED,
        "The user is not assigned to the app, neither directly nor through a group.",
        _setting("nobody assigned the user", "assign the user or a group of the user to the app"),
        pattern=r"User (?:is not|isn['\u2019]t) assigned to the client app",
    ),
    _of(
        "undefined-scope",
        rejections.UNDEFINED_SCOPE,
        "A scope of the request does not exist on the authorization server that was asked.",
        _setting("the scope is not defined there", "define it, or correct its name"),
        _request("the request goes to another server than meant", "use the server's own issuer"),
    ),
    _of(
        "no-default-scopes",
        rejections.NO_DEFAULT_SCOPES,
        "The request names no scope, and the server has no default scope.",
        _request("the request has no scope parameter", "name scopes"),
        _setting("no scope is a default one", "make one the default"),
    ),
    _of(
        "custom-scope-at-org",
        rejections.CUSTOM_SCOPE_AT_ORG,
        "The org authorization server has no scopes of yours.",
        _request("the request goes to the org server", "use a custom authorization server"),
    ),
    _of(
        "openid-without-user",
        rejections.OPENID_WITHOUT_USER,
        "client_credentials has no user, and OpenID scopes are about one.",
        _request("the request asks for openid and the like", "leave OpenID scopes out"),
        pattern=r"Cannot request 'openid' scopes? using client credentials",
    ),
    _of(
        "openid-missing",
        rejections.OPENID_MISSING_AT_AUTHORIZE,
        "profile, email, address and phone are only given together with openid.",
        _request("openid is not asked for", "ask for openid as well"),
        pattern=r"require the .?openid.? scope",
    ),
    KnownError(
        name="grant-not-allowed",
        error="unauthorized_client",
        text="The client is not authorized to use the provided grant type.",
        pattern=r"client (?:is not|isn['\u2019]t) authorized to use the provided grant type",
        status="400",
        meaning="The app does not have the grant type.",
        causes=(_setting("the grant type is not enabled for the app", "enable it in the app"),),
        condition=Condition.GRANT,
        log_filter=_FAILED_REQUESTS,
        source="observed; OAuth API description",
    ),
    _of(
        "unknown-grant",
        rejections.UNKNOWN_GRANT,
        "The authorization server does not know the grant type.",
        _request("grant_type is misspelt, or nothing that Okta has", "correct it"),
        pattern=r"The grant type in the request (?:is not|isn['\u2019]t) supported",
        status="400",
    ),
    KnownError(
        name="response-type",
        error="unsupported_response_type",
        text="The response type is not supported by the authorization server.",
        pattern=r"The response type (?:is not supported|contained in the request)",
        status="redirect",
        meaning="The app does not have the response type, or not the grant type that it goes with.",
        causes=(
            _setting("the app lacks authorization_code or implicit", "enable the grant type"),
            _request("response_type is another than the app's", "use code"),
        ),
        condition=Condition.RESPONSE_TYPE,
        log_filter=_FAILED_REQUESTS,
        source="observed",
    ),
    _of(
        "redirect-uri",
        rejections.WRONG_REDIRECT_URI,
        "The redirect_uri is not one of the app's, character by character.",
        _setting("it is not registered", "register exactly what the request sends"),
        _request("scheme, port, case or a trailing slash differ", "send what is registered"),
        pattern=r"redirect_uri.{0,3} parameter must be a Login redirect URI",
        status="400, an error page",
    ),
    KnownError(
        name="logout-redirect-uri",
        text="'post_logout_redirect_uri' parameter must be a Logout redirect URI",
        pattern=r"post_logout_redirect_uri.{0,3} (?:parameter )?must be a Logout redirect URI",
        status="400, an error page",
        meaning="The post_logout_redirect_uri is not one of the app's, character by character.",
        causes=(_setting("it is not registered", "register exactly what the request sends"),),
        source="support article on sign-out redirect URIs",
    ),
    KnownError(
        name="unknown-client",
        error="invalid_client",
        text="Invalid value for 'client_id' parameter.",
        status="401",
        meaning="No active app has this client id.",
        causes=(
            _setting("the app is deactivated or deleted", "activate it, or use another"),
            _request("the client id is another org's", "compare the org's URL and the client id"),
        ),
        condition=Condition.CLIENT,
        log_filter=_FAILED_REQUESTS,
        source="support article; OAuth API description",
    ),
    KnownError(
        name="no-credentials",
        error="invalid_client",
        text="No client credentials found",
        status="401",
        meaning="The request does not say who the client is, or not in the way that the app has.",
        causes=(
            _request("no secret and no assertion is sent", "send what the app is set up for"),
            _setting("the app has another client authentication method", "change one of the two"),
        ),
        condition=Condition.AUTHENTICATION,
        log_filter='eventType eq "app.oauth2.invalid_client_credentials"',
        source="OAuth API description",
    ),
    KnownError(
        name="wrong-secret",
        error="invalid_client",
        text="The client secret supplied for a confidential client is invalid.",
        pattern=r"client secret supplied for a confidential client is invalid|"
        r"Client authentication failed\. Either the client or the client credentials are invalid",
        status="401",
        meaning="The client secret, or the key of the assertion, is not one of the app's.",
        causes=(
            _request("the secret is old, another app's, or has white space", "copy it again"),
            _request("it is sent twice, in the header and the body", "send it once"),
        ),
        log_filter='eventType eq "app.oauth2.invalid_client_credentials"',
        source="support article",
    ),
    KnownError(
        name="two-credentials",
        error="invalid_request",
        text="Cannot supply multiple client credentials.",
        pattern=r"can(?:['\u2019]t|not) supply multiple client credentials",
        status="400",
        meaning="The request authenticates the client in two ways at once.",
        causes=(
            _request("a library sends header and body", "turn one of the two off in the library"),
        ),
        log_filter=_FAILED_REQUESTS,
        source="OAuth API description",
    ),
    _of(
        "no-client-key",
        rejections.NO_CLIENT_KEY,
        "The app authenticates by private_key_jwt and has no key.",
        _setting("no public key is registered", "register one, or a JWKS URI"),
        pattern=r"client does not have a JWKSet? configured",
        status="401",
    ),
    _of(
        "pkce-public",
        rejections.PKCE_MISSING_AND_PUBLIC,
        "A public client must send a PKCE code challenge.",
        _request("the request has no code_challenge", "turn PKCE on in the library"),
    ),
    _of(
        "pkce",
        rejections.PKCE_MISSING,
        "The app requires a PKCE code challenge.",
        _request("the request has no code_challenge", "turn PKCE on in the library"),
    ),
    _of(
        "dpop",
        rejections.DPOP_MISSING,
        "The app's tokens are bound to a key (DPoP), and the request proves none.",
        _request("there is no DPoP header", "send a proof, or turn DPoP off for the app"),
        pattern=r"invalid_dpop_proof|The DPoP proof JWT header is missing",
        status="400",
    ),
    _of(
        "outside-zones",
        rejections.OUTSIDE_ZONES,
        "The client may be used from certain network zones, and calls from elsewhere.",
        _setting("the app's network zones leave the caller out", "add its address to a zone"),
        status="403",
    ),
    KnownError(
        name="code-invalid",
        error="invalid_grant",
        text="The authorization code is invalid or has expired.",
        status="400",
        meaning="The code was redeemed already, has expired, or is another client's.",
        causes=(
            _request("it is redeemed twice, by a retry or a second tab", "redeem it once"),
            _request("the PKCE verifier is another request's", "keep verifier and state together"),
        ),
        log_filter=_FAILED_REQUESTS,
        source="OAuth API description",
    ),
    _of(
        "refresh-ended",
        rejections.REFRESH_ENDED,
        "The refresh token is over: expired, unused for too long, revoked, rotated away, or its "
        "user or client has ended.",
        _setting("the rule's lifetime or window is over", "see the rule's lifetimes"),
        _setting("the user or the app was deactivated or unassigned", "see their status"),
        _request("a rotated token was used again", "keep the newest one; one refresh at a time"),
        status="400",
    ),
    KnownError(
        name="user-credentials",
        error="invalid_grant",
        text="The credentials provided were invalid.",
        status="400",
        meaning="User name or password is wrong, or the user may not sign in.",
        causes=(_request("the password is wrong", "try it at the org's sign-in page"),),
        log_filter='eventType eq "user.session.start" and outcome.result ne "SUCCESS"',
        source="support threads",
    ),
    KnownError(
        name="claim",
        text="The 'groups' user claim could not be evaluated.",
        pattern=r"claim could not be evaluated|"
        r"groups claim matched too many groups",
        status="400, or a redirect",
        meaning="A claim of the token cannot be evaluated, so Okta gives no token at all.",
        causes=(
            _setting("the expression fails for this user", "guard it against null"),
            _setting("a groups claim matches more than 100 groups", "filter it"),
        ),
        condition=Condition.CLAIMS,
        log_filter='outcome.reason eq "user_claim_evaluation_failure"',
        source="support article on groups claims",
    ),
    KnownError(
        name="login-required",
        error="login_required",
        text="The client specified not to prompt, but the user is not logged in.",
        pattern=r"not to prompt, but the user is not",
        status="redirect",
        meaning="The request has prompt=none, and there is no session at Okta.",
        causes=(
            _request(
                "the session has ended, or the browser blocks its cookie",
                "sign in with "
                "prompt=login; use a custom domain so that the cookie is no third party's",
            ),
        ),
        log_filter=_FAILED_REQUESTS,
        source="reference of OpenID Connect",
    ),
    KnownError(
        name="E0000011",
        error="E0000011",
        text="Invalid token provided",
        status="401",
        meaning="The Okta API does not take the token.",
        causes=(
            _setting(
                "the API token is revoked, unused for 30 days, or its owner is deactivated",
                "make a new one; better, use a service app",
            ),
            _request(
                "an access token of a custom authorization server is sent to the Okta API",
                "ask the org server for okta.* scopes",
            ),
            _request(
                "Bearer and SSWS are mixed up", "SSWS for API tokens, Bearer for tokens of OAuth"
            ),
        ),
        log_filter='eventType sw "system.api_token"',
        source="Okta error codes",
    ),
    KnownError(
        name="E0000004",
        error="E0000004",
        text="Authentication failed",
        status="401",
        meaning="User name or password is wrong, or the user may not sign in.",
        causes=(_request("the credentials are wrong", "try them at the org's sign-in page"),),
        log_filter='eventType eq "user.session.start" and outcome.result ne "SUCCESS"',
        source="Okta error codes",
    ),
    KnownError(
        name="E0000006",
        error="E0000006",
        text="You do not have permission to perform the requested action",
        status="403",
        meaning="The token is valid, and its owner or its scopes do not reach this far.",
        causes=(
            _setting("the token lacks the okta.* scope of the call", "grant it and ask for it"),
            _setting("the client or user lacks an admin role", "assign one that may do it"),
        ),
        source="Okta error codes",
    ),
    KnownError(
        name="E0000015",
        error="E0000015",
        text="You do not have permission to access the feature you are requesting",
        status="401 or 403",
        meaning="The org does not have the feature, for example API Access Management.",
        causes=(_setting("it is not licensed", "ask Okta for it"),),
        source="support article",
    ),
    KnownError(
        name="E0000047",
        error="E0000047",
        text="API call exceeded rate limit due to too many requests.",
        pattern=r"exceeded rate limit due to too many requests|"
        r"exceeded the maximum number of requests",
        status="429",
        meaning="The rate limit of the endpoint, the client or the token is used up for now.",
        causes=(
            _request(
                "too many calls within a minute",
                "wait until x-rate-limit-reset, then go on more slowly; cache what does not change",
            ),
            _setting(
                "another client uses up the same limit",
                "see who calls, in the rate-limit dashboard; give clients shares of their own",
            ),
        ),
        log_filter='eventType sw "system.org.rate_limit" or eventType eq '
        '"app.oauth2.client_id_rate_limit_warning"',
        source="reference of rate limits",
    ),
    KnownError(
        name="E0000022",
        error="E0000022",
        text="The endpoint does not support the provided HTTP method",
        status="405",
        meaning="The path exists, and not with this method.",
        causes=(_request("method or path is wrong", "compare with the API reference"),),
        source="Okta error codes",
    ),
    KnownError(
        name="E0000007",
        error="E0000007",
        text="Not found: Resource not found",
        pattern=r"Resource not found",
        status="404",
        meaning="There is no such object, or the caller may not see it.",
        causes=(
            _request("the id is another org's or deleted", "look it up again"),
            _setting("the admin role covers other objects only", "widen its resource set"),
        ),
        source="Okta error codes",
    ),
    KnownError(
        name="E0000009",
        error="E0000009",
        text="Internal Server Error",
        status="500",
        meaning="Okta failed. The configuration says nothing about it.",
        causes=(
            _request(
                "a fault at Okta",
                "see the org's status page; try again a few times with growing pauses, then stop",
            ),
        ),
        source="Okta error codes",
    ),
)
