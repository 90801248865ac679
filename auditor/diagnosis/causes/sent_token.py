"""The token that came with an error, and the authorization server that issued it."""

from __future__ import annotations

from auditor.diagnosis.case import Case
from auditor.diagnosis.causes.verdict import (
    CauseVerdict,
    likely,
    not_so,
    proven,
    unknown,
)
from auditor.diagnosis.clues import TokenClue
from auditor.diagnosis.known_error import request
from auditor.diagnosis.token_issuer import issuing_server
from auditor.diagnosis.token_kind import other_maker
from auditor.text import listed, quoted
from auditor.tokens.lookup.issuers import server_in_url
from auditor.tokens.request import ORG_SERVER

NOT_PASTED = "the token is not known: paste it as well; it is taken apart here and not shown"
"""The text of a verdict for want of the token."""


def sent_token(case: Case) -> TokenClue | None:
    """The first token that an Okta server issued; None if there is none with an `iss`."""
    of_servers = (one for one in case.tokens if one.claims.get("iss") and not other_maker(one))
    return next(of_servers, None)


def unread_servers(case: Case, token: TokenClue) -> CauseVerdict | None:
    """The verdict where the token's server may be one that was not read."""
    known = case.org.known("authorization_servers")
    if known or of_org_server(token) or issuing_server(token, case.org) is not None:
        return None
    return unknown(case.unread("authorization_servers"))


def readable_token(case: Case) -> TokenClue | CauseVerdict:
    """The token, or the verdict where it or its server is not known."""
    token = sent_token(case)
    if token is None:
        return unknown(NOT_PASTED)
    return unread_servers(case, token) or token


def of_org_server(token: TokenClue) -> bool:
    """Whether the org authorization server issued a token."""
    return server_in_url(str(token.claims["iss"])) == ORG_SERVER


def _from_org_server(case: Case) -> CauseVerdict:
    token = sent_token(case)
    if token is None and case.at_org:
        return likely(
            "the request goes to the org authorization server, whose tokens only Okta's own APIs "
            "can validate"
        )
    if token is None:
        return unknown(NOT_PASTED)
    if not of_org_server(token):
        return not_so("a custom authorization server issued the token")
    having = [one for one in case.org.servers if one.active and one.issuer]
    names = listed([quoted(str(one.issuer)) for one in having], most=3, word="or")
    return proven(
        "the org authorization server issued the token, which is for the Okta APIs: its audience "
        "is the org, and your own APIs cannot validate it"
    ).fixed_by(f"ask a custom authorization server instead: {names}")


TOKEN_OF_ORG_SERVER = request(
    "token-of-org-server",
    "the org server issued the token, which only Okta's own APIs can validate",
    "ask a custom authorization server",
    _from_org_server,
)
"""A cause of every error of a validator but those of times."""
