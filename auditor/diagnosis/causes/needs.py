"""Checks that need a client or a user: they are asked for where nobody knows which it was."""

from __future__ import annotations

from collections.abc import Callable

from auditor.diagnosis.case import Case
from auditor.diagnosis.causes.verdict import CauseVerdict, likely, unknown
from auditor.snapshot.models.agents import AgentClient
from auditor.snapshot.models.clients import App
from auditor.snapshot.models.directory import User
from auditor.text import quoted


def of_client(check: Callable[[Case, App], CauseVerdict]) -> Callable[[Case], CauseVerdict]:
    """The check of a client that is known."""

    def with_client(case: Case) -> CauseVerdict:
        if case.client is None:
            return unknown("which client it was is not known", "--client")
        return check(case, case.client)

    return with_client


def of_settings(check: Callable[[Case, App], CauseVerdict]) -> Callable[[Case], CauseVerdict]:
    """The check of the settings of a client that is known, if the snapshot has them."""

    def with_settings(case: Case, client: App) -> CauseVerdict:
        return unread_settings(client) or check(case, client)

    return of_client(with_settings)


def of_app(check: Callable[[App], CauseVerdict]) -> Callable[[Case], CauseVerdict]:
    """The check of the settings of a client that is known, for which nothing else is needed."""
    return of_settings(lambda _, client: check(client))


def unread_settings(client: App) -> CauseVerdict | None:
    """The verdict on a client whose settings no snapshot has: an AI agent, or Okta's own app."""
    name = quoted(client.title)
    if isinstance(client, AgentClient):
        return unknown(f"{name} is an AI agent, whose credentials and settings are not read")
    if not client.configurable:
        return unknown(f"{name} is Okta's own app, whose settings no snapshot has")
    return None


def of_user(check: Callable[[Case, User], CauseVerdict]) -> Callable[[Case], CauseVerdict]:
    """The check of a user who is known; of one who is gone, nothing but the id is."""

    def with_user(case: Case) -> CauseVerdict:
        return _not_there(case) or _unread_user(case) or check(case, _user(case))

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
        return _unread_user(case) or check(case, client, user)

    return with_both


def _user(case: Case) -> User:
    assert case.user is not None
    return case.user


def _not_there(case: Case) -> CauseVerdict | None:
    """The verdict on a user whom the snapshot does not have: gone, misspelt, or not in it."""
    if not case.org.known("users"):
        return None
    if case.user is not None and case.user_id is None:
        return likely(_unlisted(case))
    if "user" not in case.problems:
        return None
    name = quoted(case.words.user or "")
    return likely(f"no user of the org has login {name}: deprovisioned, deleted, or misspelt")


def _unread_user(case: Case) -> CauseVerdict | None:
    """The verdict where nobody is named, or by a word that could not be looked up."""
    if case.user is None:
        return unknown("which user it was is not known", "--user")
    if case.user_id is not None:
        return None
    return unknown(_unlisted(case) if case.org.known("users") else case.unread("users"))


def _unlisted(case: Case) -> str:
    """That a user is none of the snapshot's: after it was read, or in a redacted one, as well."""
    return (
        f"the snapshot has no user {case.user_name}: deprovisioned, deleted, created later, of "
        "another org, or replaced because the snapshot is redacted"
    )
