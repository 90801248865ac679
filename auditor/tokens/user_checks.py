"""Whether the user of a request can sign in and is assigned to the client."""

from __future__ import annotations

from auditor.snapshot.org import Org
from auditor.tokens import rejections
from auditor.tokens.checks import Check, Verdict, rejected, unknown
from auditor.tokens.conditions import Condition
from auditor.tokens.grants import (
    BROWSER_GRANTS,
    DEVICE_CODE,
    INTERACTION_CODE,
    PASSWORD,
    USER_CHECK_UNDOCUMENTED,
)
from auditor.tokens.missing_facts import MissingFact, MissingFactKind
from auditor.tokens.people import Test

_USABLE_IN_BROWSER = frozenset({"ACTIVE", "PASSWORD_EXPIRED"})

_GONE = frozenset({"SUSPENDED", "DEPROVISIONED"})

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
        return unknown(Condition.USER, MissingFactKind.USER)
    return _status_check(org, grant, user_id) or _assignment_check(grant, answer=assigned(user_id))


def refresh_check(org: Org, assigned: Test, user_id: str | None) -> Check | None:
    """The check that ends a refresh because its user is gone; None if that is not known.

    A refresh token ends when its user is suspended, deprovisioned, or no longer assigned.
    """
    if user_id is None:
        return None
    user = org.user(user_id)
    gone = org.known("users") if user is None else user.status in _GONE
    if gone or assigned(user_id) is False:
        return rejected(Condition.REFRESH, rejections.REFRESH_ENDED)
    return None


def _status_check(org: Org, grant: str, user_id: str) -> Check | None:
    """The check that ends the request; None if the user can sign in."""
    user = org.user(user_id)
    if user is not None and can_sign_in(grant, user.status):
        return None
    if user is None and not org.known("users"):
        return unknown(Condition.USER, MissingFactKind.USERS)
    locked = grant == PASSWORD and user is not None and user.status == "LOCKED_OUT"
    return rejected(Condition.USER, rejections.LOCKED_OUT if locked else rejections.USER_SHUT_OUT)


def _assignment_check(grant: str, *, answer: bool | None) -> Check:
    if answer:
        return _ASSIGNED
    if grant in USER_CHECK_UNDOCUMENTED:
        # The request goes on: where no rule covers what it asks for, it is rejected anyway.
        unread = answer is None
        kind = MissingFactKind.ASSIGNMENTS if unread else MissingFactKind.EXCHANGE_USER_CHECK
        fact = MissingFact(kind=kind)
        return Check(Condition.ASSIGNMENT, Verdict.UNKNOWN, unsettled=fact)
    if answer is None:
        return unknown(Condition.ASSIGNMENT, MissingFactKind.ASSIGNMENTS)
    return rejected(Condition.ASSIGNMENT, rejections.NOT_ASSIGNED)


def can_sign_in(grant: str, status: str | None) -> bool:
    """Whether a user's status allows it; an expired password can be changed in a browser."""
    browser = grant in BROWSER_GRANTS | {DEVICE_CODE, INTERACTION_CODE}
    return status == "ACTIVE" or (browser and status in _USABLE_IN_BROWSER)
