"""What libraries say that refuse a token: its audience, its issuer, its key, its times.

Okta says none of it. The texts are those of common validators: okta-jwt-verifier and okta-auth-js,
jsonwebtoken and jose (Node), PyJWT, Spring Security and Nimbus, Microsoft.IdentityModel and go-oidc
(Kubernetes, Argo CD, Vault, oauth2-proxy).
"""

from __future__ import annotations

import re

from auditor.diagnosis.case import Case
from auditor.diagnosis.causes.sent_token import (
    NOT_PASTED,
    TOKEN_OF_ORG_SERVER,
    of_org_server,
    readable_token,
    sent_token,
    unread_servers,
)
from auditor.diagnosis.causes.token_keys import SIGNING_KEY_NOT_FOUND
from auditor.diagnosis.causes.verdict import (
    CauseVerdict,
    evidence,
    not_so,
    proven,
    unknown,
)
from auditor.diagnosis.clues import TokenClue
from auditor.diagnosis.known_error import KnownError, request, setting
from auditor.diagnosis.token_issuer import at_domain_of, issuing_server
from auditor.diagnosis.token_kind import is_id_token
from auditor.snapshot.models.servers import AuthorizationServer
from auditor.text import listed, quoted


def _audiences(token: TokenClue) -> tuple[str, ...]:
    value = token.claims.get("aud")
    if isinstance(value, str):
        return (value,)
    return tuple(one for one in value if isinstance(one, str)) if isinstance(value, list) else ()


def _audience_changed(case: Case) -> CauseVerdict:
    token = readable_token(case)
    if isinstance(token, CauseVerdict):
        return token
    server = issuing_server(token, case.org)
    if server is None:
        return not_so("it is no token of a custom authorization server of the org")
    if is_id_token(token):
        return not_so("it is an ID token, whose audience is a client")
    shown = evidence(server, "audiences", server.audiences)
    if set(_audiences(token)) & set(server.audiences):
        return not_so("the token has the audience that its server has", shown)
    own = listed(map(quoted, server.audiences), most=3)
    stated = listed(map(quoted, _audiences(token)), most=3)
    return proven(
        f"the token's audience is {stated}, and authorization server {quoted(server.title)} has "
        f"{own} now",
        shown,
    ).fixed_by("ask for a new token, and have the API expect the server's audience")


def _validator_audience(case: Case) -> CauseVerdict:
    """The token is as its server makes it; then the API expects another audience."""
    token = sent_token(case)
    if token is None:
        return _expected_audience(case)
    if verdict := unread_servers(case, token):
        return verdict
    server = issuing_server(token, case.org)
    if is_id_token(token):
        client = listed(map(quoted, _audiences(token)), most=3)
        return proven(f"it is an ID token, whose audience is its client, {client}").fixed_by(
            "send an API an access token", "in a client, expect its own client id as the audience"
        )
    if server is None or not set(_audiences(token)) & set(server.audiences):
        return not_so("the token itself does not have the audience of its server")
    own = quoted(server.audiences[0])
    meant = [one for one in _servers_named(case) if one is not server]
    if meant:
        return proven(
            f"the token is for {own}, and the API expects the audience of authorization server "
            f"{quoted(meant[0].title)}: the client asked the wrong server",
            evidence(server, "audiences", server.audiences),
            evidence(meant[0], "audiences", meant[0].audiences),
        ).fixed_by(f"have the client ask {quoted(str(meant[0].issuer or meant[0].title))}")
    return proven(
        f"the token has the audience of its server, {own}: the API's validator expects another",
        evidence(server, "audiences", server.audiences),
    ).fixed_by(f"set the expected audience of the API's validator to {own}")


def _servers_named(case: Case) -> list[AuthorizationServer]:
    """The servers one of whose audiences stands in the error."""
    text = case.error_text
    return [one for one in case.org.servers if any(_named(own, text) for own in one.audiences)]


def _named(audience: str, text: str) -> bool:
    """Whether a text has an audience as it is, and not as the beginning of a longer one."""
    if not audience:
        return False
    whole = rf"(?<![\w:/.-]){re.escape(audience)}(?![\w:/-]|\.\w)"
    return re.search(whole, text) is not None


def _expected_audience(case: Case) -> CauseVerdict:
    having = _servers_named(case)
    if len(having) == 1:
        return unknown(
            f"the error names the audience of authorization server {quoted(having[0].title)}; "
            f"{NOT_PASTED}"
        )
    return unknown(NOT_PASTED)


def _another_issuer(case: Case) -> CauseVerdict:
    token = readable_token(case)
    if isinstance(token, CauseVerdict):
        return token
    issuer = str(token.claims["iss"])
    server = issuing_server(token, case.org)
    if server is None:
        if not of_org_server(token) and case.org.known("authorization_servers"):
            return proven(
                f"no authorization server of the org is issuer {quoted(issuer)}"
            ).fixed_by("get the token from the org that the API trusts")
        return not_so("the org server issued the token")
    shown = evidence(server, "issuer", server.issuer)
    mode = evidence(server, "issuerMode", server.issuer_mode)
    if _dynamic(case, server, issuer):
        return not_so("the issuer is the domain of the org that the client asks", mode)
    if server.issuer and server.issuer != issuer:
        own = at_domain_of(case.org, issuer)
        why = "the org has two domains" if own else "another domain of the org, or another org"
        return proven(
            f"the token says issuer {quoted(issuer)}, and authorization server "
            f"{quoted(server.title)} is {quoted(server.issuer)}: {why}",
            shown,
            mode,
        ).fixed_by("use one org, and one domain of it, in the client and in the API")
    return not_so("the token says the issuer that its server has", shown)


def _validator_issuer(case: Case) -> CauseVerdict:
    token = readable_token(case)
    if isinstance(token, CauseVerdict):
        return token
    server = issuing_server(token, case.org)
    issuer = str(token.claims["iss"])
    differs = server is not None and server.issuer and server.issuer != issuer
    if server is None or (differs and not _dynamic(case, server, issuer)):
        return not_so("the token itself is of another issuer")
    return proven(
        f"the token is of {quoted(issuer)}, as it should be: the API's validator is set up for "
        "another issuer",
        evidence(server, "issuer", server.issuer),
    ).fixed_by(f"set the issuer of the API's validator to {quoted(issuer)}, character by character")


def _dynamic(case: Case, server: AuthorizationServer, issuer: str) -> bool:
    """Whether a server's issuer is the domain that was asked, and the issuer is one of the org."""
    return server.issuer_mode == "DYNAMIC" and at_domain_of(case.org, issuer)


ROWS: tuple[KnownError, ...] = (
    KnownError(
        name="token-audience",
        text="jwt audience invalid",
        pattern=r"jwt audience invalid|IDX10214|Audience doesn't match|\bInvalid audience|"
        r"The aud claim is not valid|audience claim .{0,300} does not match|"
        r"unexpected \"aud\" claim value|oidc: expected audience|"
        r".Audience. was not able to be validated|The audience .{0,300} does not match",
        meaning="A library refuses the token because its audience is another than it expects.",
        status="of the API that validates the token",
        causes=(
            TOKEN_OF_ORG_SERVER,
            setting(
                "audience-changed",
                "the server's audience was changed since",
                "ask for a new token",
                _audience_changed,
            ),
            request(
                "validator-audience",
                "the API's validator expects another audience",
                "set it to the server's audience",
                _validator_audience,
            ),
        ),
        source="texts of token validators",
    ),
    KnownError(
        name="token-issuer",
        text="jwt issuer invalid",
        pattern=r"jwt issuer invalid|IDX10205|\bInvalid issuer|The iss claim is not valid|"
        r"\bissuer .{0,300} does not match|issued by a different provider|"
        r".Issuer. was not able to be validated|unexpected \"iss\" claim value",
        meaning="A library refuses the token because its issuer is another than it expects.",
        status="of the API that validates the token",
        causes=(
            TOKEN_OF_ORG_SERVER,
            setting(
                "issuers-differ",
                "the issuer is another domain of the org, or another org",
                "use one domain for both",
                _another_issuer,
            ),
            request(
                "validator-issuer",
                "the API's validator is set up for another issuer",
                "set it to the server's issuer",
                _validator_issuer,
            ),
        ),
        source="texts of token validators",
    ),
    SIGNING_KEY_NOT_FOUND,
    KnownError(
        name="token-times",
        text="The JWT was issued in the future",
        pattern=r"(?:JWT|token) was issued in the future|jwt not active|"
        r"token is not yet valid|Token used before issued|IDX10222|"
        r"\"(?:nbf|iat)\" claim timestamp check failed",
        meaning="A library refuses the token because by its clock it is not valid yet.",
        status="of the API that validates the token",
        causes=(
            request(
                "clock",
                "the clock of the machine that validates it is slow",
                "synchronise it (NTP), and allow for a minute",
            ),
        ),
        source="texts of token validators",
    ),
    KnownError(
        name="token-expired",
        text="jwt expired",
        pattern=r"jwt expired|IDX10223|Signature has expired|oidc: token is expired|"
        r"Jwt expired at|"
        r"JWT expired and is no longer valid|\"exp\" claim timestamp check failed",
        meaning="A library refuses the token because it has expired.",
        status="of the API that validates the token",
        causes=(
            request(
                "token-kept-too-long",
                "the client sends a token that is over, or the validator's clock is fast",
                "refresh it before exp; synchronise the clock (NTP)",
            ),
        ),
        source="texts of token validators",
    ),
)
