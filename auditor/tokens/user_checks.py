"""Whether the user of a request can sign in and is assigned to the client."""

from __future__ import annotations

from collections.abc import Iterator

from auditor.snapshot.org import Org
from auditor.tokens import rejections
from auditor.tokens.checks import Check, Verdict, rejected, unknown
from auditor.tokens.conditions import Condition
from auditor.tokens.grants import (
    BROWSER_GRANTS,
    DEVICE_CODE,
    INTERACTION_CODE,
    OUT_OF_BAND,
    PASSWORD,
    USER_CHECK_UNDOCUMENTED,
)
from auditor.tokens.missing_facts import MissingFact, MissingFactKind
from auditor.tokens.people import Test

_WITH_PAGES = BROWSER_GRANTS | {DEVICE_CODE, INTERACTION_CODE}
"""Grant types in which an expired password can be changed on the way."""

_PASSING = frozenset({"LOCKED_OUT", "PASSWORD_EXPIRED", "RECOVERY"})
"""Statuses that a password does not do for; what else they keep a user from is not published."""

_GONE = frozenset({"SUSPENDED", "DEPROVISIONED"})

_ASSIGNED = Check(Condition.ASSIGNMENT)


def user_checks(org: Org, grant: str, assigned: Test, user_id: str | None) -> Iterator[Check]:
    """Whether the user can sign in and is assigned; checks after the first that ends mean nothing.

    Args:
        org: the tenant.
        grant: a grant type with a user.
        assigned: whether a user is assigned to the client.
        user_id: None if the request names nobody.
    """
    if user_id is None:
        yield unknown(Condition.USER, MissingFactKind.USER)
        return
    if status_check := _status_check(org, grant, user_id):
        yield status_check
    yield _assignment_check(grant, answer=assigned(user_id))


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
    """The check of the user's status; None if the user can sign in."""
    user = org.user(user_id)
    if user is None and not org.known("users"):
        return unknown(Condition.USER, MissingFactKind.USERS)
    if user is not None and (attribute := org.not_known_before_apply("users", user)):
        fact = MissingFact(kind=MissingFactKind.ATTRIBUTE, attribute=attribute)
        return Check(Condition.USER, Verdict.UNKNOWN, missing=fact)
    able = False if user is None else can_sign_in(grant, user.status)
    if able:
        return None
    if able is None:
        # The request goes on: where no rule covers what it asks for, it is rejected anyway.
        fact = MissingFact(kind=MissingFactKind.USER_STATUS)
        return Check(Condition.USER, Verdict.UNKNOWN, unsettled=fact)
    locked = user is not None and user.status == "LOCKED_OUT"
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
    out_of_band = grant == OUT_OF_BAND
    words = rejections.NOT_ASSIGNED_OUT_OF_BAND if out_of_band else rejections.NOT_ASSIGNED
    return rejected(Condition.ASSIGNMENT, words)


def can_sign_in(grant: str, status: str | None) -> bool | None:
    """Whether a user's status allows it; None where that is not published.

    An expired password can be changed in a browser, and does not do for the password grant; nor
    does the password of a user who is locked out or recovering (support question "LOCKED_OUT and
    RECOVERY status and Authentication": no factor does, which leaves open sessions that there are,
    and assertions). About the other grant types no source tells.
    """
    if status == "ACTIVE":
        return True
    if status == "PASSWORD_EXPIRED" and grant in _WITH_PAGES:
        return True
    return None if status in _PASSING and grant != PASSWORD else False
