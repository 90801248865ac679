"""Errors of Okta's own APIs, by their code."""

from __future__ import annotations

from auditor.diagnosis.case import Case
from auditor.diagnosis.causes.verdict import CauseVerdict, evidence, likely, not_so, proven, unknown
from auditor.diagnosis.known_error import KnownError, request, setting
from auditor.snapshot.ledger import CollectionStatus
from auditor.text import one_line, quoted
from auditor.tokens.lookup.issuers import server_in_url
from auditor.tokens.request import ORG_SERVER


def _custom_server_token(case: Case) -> CauseVerdict:
    issuers = [str(one.claims["iss"]) for one in case.clues.tokens if one.claims.get("iss")]
    if not issuers:
        return unknown("the token is not known: paste it as well; it is not shown")
    for issuer in issuers:
        key = server_in_url(issuer)
        if key is not None and key != ORG_SERVER:
            return proven(
                f"{quoted(issuer)} issued the token, a custom authorization server, and the Okta "
                "APIs take tokens of the org server only"
            )
    return not_so("no custom authorization server issued the token")


def _wrong_scheme(case: Case) -> CauseVerdict:
    schemes = set(case.clues.schemes)
    if not schemes:
        return unknown("the Authorization header is not known: give the transcript")
    if "none" in schemes:
        return proven("the Authorization header holds a bare token").fixed_by("write Bearer first")
    if "SSWS" in schemes and case.clues.tokens:
        return proven("an access token of OAuth was sent with SSWS").fixed_by(
            "write Bearer in place of SSWS"
        )
    return not_so(f"the token was sent with {one_line(min(schemes))}")


def _api_token(case: Case) -> CauseVerdict:
    """Tokens of which the snapshot tells that their owner may not use them any more."""
    if case.clues.tokens:
        return not_so("what was sent is an access token, and no API token")
    org = case.org
    if not org.known("api_tokens"):
        return unknown(case.unread("api_tokens"))
    if not org.known("users"):
        return unknown(case.unread("users"))
    for token in org.api_tokens:
        owner = org.user(token.user_id) if token.user_id else None
        if token.user_id and owner is None:
            text = f"the owner of API token {quoted(token.title)} is not in the snapshot"
            return likely(
                f"{text}: deactivated or deleted", evidence(token, "userId", token.user_id)
            )
        if owner is not None and owner.status != "ACTIVE":
            name = quoted(owner.title)
            text = f"the owner of API token {quoted(token.title)}, {name}, is not active"
            return likely(text, evidence(owner, "status", owner.status))
    return unknown(
        "which API token was sent is not known; owners of those in the snapshot were active"
    )


def _not_licensed(case: Case) -> CauseVerdict:
    entry = case.org.ledger.entry("authorization_servers")
    if entry.status is CollectionStatus.ABSENT:
        return proven(f"the org has no API Access Management: {one_line(entry.explanation())}")
    if not entry.readable:
        return unknown(case.unread("authorization_servers"))
    return not_so("the org has API Access Management")


ROWS: tuple[KnownError, ...] = (
    KnownError(
        name="E0000011",
        error="E0000011",
        text="Invalid token provided",
        status="401",
        meaning="The Okta API does not take the token.",
        causes=(
            request(
                "custom-server-token",
                "an access token of a custom authorization server is sent to the Okta API",
                "ask the org server for okta.* scopes",
                _custom_server_token,
            ),
            request(
                "wrong-scheme",
                "Bearer and SSWS are mixed up",
                "SSWS for API tokens, Bearer for tokens of OAuth",
                _wrong_scheme,
            ),
            setting(
                "api-token-ended",
                "the API token is revoked, unused for 30 days, or its owner is deactivated",
                "make a new one; better, use a service app",
                _api_token,
            ),
        ),
        log_filter='eventType sw "system.api_token"',
        source="Okta error codes",
    ),
    KnownError(
        name="E0000006",
        error="E0000006",
        text="You do not have permission to perform the requested action",
        status="403",
        meaning="The token is valid, and its owner or its scopes do not reach this far.",
        causes=(
            setting(
                "scope-lacking",
                "the token lacks the okta.* scope of the call",
                "grant it and ask for it",
            ),
            setting(
                "role-lacking",
                "the client or user lacks an admin role",
                "assign one that may do it",
            ),
        ),
        source="Okta error codes",
    ),
    KnownError(
        name="insufficient-scope",
        error="insufficient_scope",
        text="The access token provided does not contain the required scopes.",
        status="403, in the header WWW-Authenticate",
        meaning="The access token lacks the scope of the call; the header names it.",
        causes=(
            setting(
                "scope-not-granted",
                "the app is not granted the scope, so no token of its has it",
                "grant it in the app's tab Okta API Scopes, which takes a super admin",
            ),
            request(
                "scope-not-asked-for",
                "the token was asked for without the scope, or before it was granted",
                "ask for a new token, and name the scope",
            ),
        ),
        source="Okta's OAuth error codes; okta-sdk-golang #145",
    ),
    KnownError(
        name="E0000015",
        error="E0000015",
        text="You do not have permission to access the feature you are requesting",
        status="401 or 403",
        meaning="The org does not have the feature, for example API Access Management.",
        causes=(
            setting(
                "not-licensed",
                "API Access Management, or another feature, is not licensed",
                "ask Okta for it",
                _not_licensed,
            ),
            request(
                "another-feature",
                "the call is to a feature that the org does not have",
                "see what the org has: Settings > Features",
            ),
        ),
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
            request(
                "too-many-calls",
                "too many calls within a minute",
                "wait until x-rate-limit-reset, then go on more slowly; cache what does not change",
            ),
            setting(
                "shared-limit",
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
        causes=(
            request("wrong-method", "method or path is wrong", "compare with the API reference"),
        ),
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
            request("no-such-object", "the id is another org's or deleted", "look it up again"),
            setting(
                "not-in-resource-set",
                "the admin role covers other objects only",
                "widen its resource set",
            ),
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
            request(
                "fault-at-okta",
                "a fault at Okta",
                "see the org's status page; try again a few times with growing pauses, then stop",
            ),
        ),
        source="Okta error codes",
    ),
)
