"""For whom a token is asked at `/token`, and whether the request proves it.

Of the assertion of a JWT bearer request nothing is verified: `sub` names the user by id, login or
email, `scope` is what it carries. A subject token has to be one that the sandbox gave.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import jwt

from auditor.sandbox.client_assertions import client_id
from auditor.sandbox.token_requests.call import Call
from auditor.sandbox.token_requests.issued_grants import IssuedGrant, Register
from auditor.sandbox.token_requests.people import People, knows_password
from auditor.tokens import rejections
from auditor.tokens.conditions import Condition
from auditor.tokens.grants import JWT_BEARER, PASSWORD, REFRESH_TOKEN, TOKEN_EXCHANGE
from auditor.tokens.rejections import Rejection

Json = dict[str, Any]

# The wiki of the National Cancer Institute, which quotes Okta's answer.
WRONG_PASSWORD = Rejection(
    Condition.USER, "invalid_grant", "The credentials provided were invalid."
)

_SHOWN = {
    REFRESH_TOKEN: ("refresh_token", ("refresh_token",), rejections.REFRESH_ENDED),
    TOKEN_EXCHANGE: (
        "subject_token",
        ("access_token", "id_token"),
        rejections.SUBJECT_TOKEN_INVALID,
    ),
}
"""Grant types in which a token is shown: in which parameter, of which kinds, and what a bad one is
answered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """For whom a token is asked."""

    user: Json | None = None
    server: str | None = None
    """The id of the server of a subject token, or `org`."""

    scopes: frozenset[str] | None = None
    """Those that the assertion carries, or those of the refresh token."""

    unproven: Rejection | None = None
    """How Okta refuses what the request shows of the user, if it is nothing good."""


def subject_of(call: Call, app: Json, people: People, register: Register) -> Subject:
    """For whom a request to /token asks.

    Args:
        call: the request.
        app: the client.
        people: the users.
        register: what was issued.
    """
    form = call.form
    grant = form.get("grant_type")
    if grant == PASSWORD:
        user = people.named(form.get("username"))
        if user is None or not knows_password(user, form.get("password")):
            return Subject(unproven=WRONG_PASSWORD)
        return Subject(user=user)
    if grant == JWT_BEARER:
        return _of_assertion(form.get("assertion", ""), people)
    if grant in _SHOWN:
        parameter, kinds, words = _SHOWN[grant]
        return _of_token(register.token(form.get(parameter, ""), kinds), app, grant, words)
    return Subject(user=people.named(form.get("login_hint")))


def _of_token(issued: IssuedGrant | None, app: Json, grant: str, unproven: Rejection) -> Subject:
    if issued is None:
        return Subject(unproven=unproven)
    if grant == TOKEN_EXCHANGE:
        return Subject(user=issued.user, server=issued.request.server)
    if issued.request.client != client_id(app):
        return Subject(unproven=unproven)
    return Subject(user=issued.user, scopes=frozenset(issued.decision.granted_scopes))


def _of_assertion(assertion: str, people: People) -> Subject:
    try:
        claims = jwt.decode(assertion, options={"verify_signature": False})
    except jwt.PyJWTError:
        return Subject()
    scope = claims.get("scope")
    scopes = frozenset(scope.split()) if isinstance(scope, str) else None
    return Subject(user=people.named(str(claims.get("sub"))), scopes=scopes)
