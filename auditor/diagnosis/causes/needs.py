"""Checks that need a client or a user: they are asked for where nobody knows which it was."""

from __future__ import annotations

from collections.abc import Callable

from auditor.diagnosis.case import Case
from auditor.diagnosis.causes.verdict import CauseVerdict, unknown
from auditor.snapshot.models.clients import App
from auditor.snapshot.models.directory import User


def of_client(check: Callable[[Case, App], CauseVerdict]) -> Callable[[Case], CauseVerdict]:
    """The check of a client that is known."""

    def with_client(case: Case) -> CauseVerdict:
        if case.client is None:
            return unknown("which client it was is not known", "--client")
        return check(case, case.client)

    return with_client


def of_app(check: Callable[[App], CauseVerdict]) -> Callable[[Case], CauseVerdict]:
    """The check of a client that is known, for which its own record is enough."""
    return of_client(lambda _, client: check(client))


def of_user(check: Callable[[Case, User], CauseVerdict]) -> Callable[[Case], CauseVerdict]:
    """The check of a user who is known, with the status that the snapshot has."""

    def with_user(case: Case) -> CauseVerdict:
        if case.user is None:
            return unknown("which user it was is not known", "--user")
        return check(case, case.user)

    return with_user


def of_client_and_user(
    check: Callable[[Case, App, User], CauseVerdict],
) -> Callable[[Case], CauseVerdict]:
    """The check of a client and a user who are both known."""

    def with_both(case: Case) -> CauseVerdict:
        client, user = case.client, case.user
        if client is None or user is None:
            missing = [name for name, one in (("--client", client), ("--user", user)) if not one]
            return unknown("which client and which user it was is not known", *missing)
        return check(case, client, user)

    return with_both
