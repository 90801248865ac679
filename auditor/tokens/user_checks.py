"""Whether the user of a request can sign in and is assigned to the client."""

from __future__ import annotations

from auditor.snapshot.org import Org
from auditor.tokens import rejections
from auditor.tokens.checks import Check, Verdict, rejected, unknown
from auditor.tokens.conditions import Condition
from auditor.tokens.grants import BROWSER_GRANTS, INTERACTION_CODE, USER_CHECK_UNDOCUMENTED
from auditor.tokens.people import Test

_USABLE_IN_BROWSER = frozenset({"ACTIVE", "PASSWORD_EXPIRED"})
NO_USER = "a user: the grant type needs one"
USERS = "the users of the org"
ASSIGNMENTS = "the assignments of the client"
USER_CHECK_OF_EXCHANGE = (
    "whether Okta holds the subject token's user against assignments and the people of a rule"
)
"""The fact that a token exchange lacks where the two readings part; see
`USER_CHECK_UNDOCUMENTED`."""

_ASSIGNED = Check(Condition.ASSIGNMENT)


def user_check(org: Org, grant: str, assigned: Test, user_id: str | None) -> Check:
    """Whether the user can sign in and is assigned.

    Args:
        org: the tenant.
        grant: a grant type with a user.
        assigned: whether a user is assigned to the client.
        user_id: None if the request names nobody.
    """
    if user_id is None:
        return unknown(Condition.USER, NO_USER)
    return _status_check(org, grant, user_id) or _assignment_check(grant, answer=assigned(user_id))


def _status_check(org: Org, grant: str, user_id: str) -> Check | None:
    """The check that ends the request; None if the user can sign in."""
    user = org.user(user_id)
    if user is not None and can_sign_in(grant, user.status):
        return None
    if user is None and not org.known("users"):
        return unknown(Condition.USER, USERS)
    return rejected(Condition.USER, rejections.USER_SHUT_OUT)


def _assignment_check(grant: str, *, answer: bool | None) -> Check:
    if answer:
        return _ASSIGNED
    if grant in USER_CHECK_UNDOCUMENTED:
        # The request goes on: where no rule covers what it asks for, it is rejected anyway.
        fact = ASSIGNMENTS if answer is None else USER_CHECK_OF_EXCHANGE
        return Check(Condition.ASSIGNMENT, Verdict.UNKNOWN, unsettled=fact)
    if answer is None:
        return unknown(Condition.ASSIGNMENT, ASSIGNMENTS)
    return rejected(Condition.ASSIGNMENT, rejections.NOT_ASSIGNED)


def can_sign_in(grant: str, status: str | None) -> bool:
    """Whether a user's status allows it; an expired password can be changed in a browser."""
    browser = grant in BROWSER_GRANTS or grant == INTERACTION_CODE
    return status == "ACTIVE" or (browser and status in _USABLE_IN_BROWSER)
