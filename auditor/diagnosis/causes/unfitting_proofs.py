"""Values by which a client shows that a code or a token is its own, where they do not agree."""

from __future__ import annotations

from auditor.diagnosis.known_error import FAILED_REQUESTS, KnownError, request
from auditor.diagnosis.request_words import RequestWords
from auditor.tokens.grants import AUTHORIZATION_CODE

_OF_CODE = RequestWords(grant=AUTHORIZATION_CODE)

ROWS: tuple[KnownError, ...] = (
    KnownError(
        name="pkce-verification",
        error="invalid_grant",
        text="PKCE verification failed.",
        status="400",
        meaning="The code_verifier of the token request does not belong to the code_challenge with "
        "which the code was asked for.",
        causes=(
            request(
                "verifier-of-another-sign-in",
                "the client sends the code_verifier of another sign-in: two began in different "
                "tabs, or an older one was kept",
                "keep the code_verifier by the state of its own request, and begin again",
            ),
        ),
        tells=_OF_CODE,
        word_tells=False,
        log_filter=FAILED_REQUESTS,
        source="observed (okta-oidc-js, issues 804 and 839); RFC 7636, 4.6",
    ),
    KnownError(
        name="code-redirect-uri",
        error="invalid_grant",
        text="The 'redirect_uri' does not match the redirection URI used in the authorization "
        "request.",
        status="400",
        meaning="The token request names another redirect_uri than the request of the code.",
        causes=(
            request(
                "redirect-uri-of-token-request",
                "the library sends another redirect_uri to /token than to /authorize, or none",
                "send the same one, character by character",
            ),
        ),
        tells=_OF_CODE,
        word_tells=False,
        log_filter=FAILED_REQUESTS,
        source="observed (okta-aspnet, issue 130); RFC 6749, 4.1.3",
    ),
    KnownError(
        name="dpop-proof-claim",
        error="invalid_dpop_proof",
        text="'htu' claim in the DPoP proof JWT is invalid.",
        pattern=r"'(?:htu|htm|iat|ath|jti|nonce)' claim in th\s?e\s{1,3}DPoP proof JWT",
        status="400, or 401 of the Okta APIs",
        meaning="A claim of the DPoP proof is not that of the request which it goes with.",
        causes=(
            request(
                "proof-of-another-request",
                "the proof was made for another request: htu is its address without query, htm its "
                "method, ath the hash of its token, iat the time now",
                "make a proof for each request; have the SDK brought up to date",
            ),
        ),
        word_tells=False,
        log_filter=FAILED_REQUESTS,
        source="observed (okta-sdk-nodejs, issue 453); RFC 9449, 4.3",
    ),
)
