"""Who signs in: a user by id, login or email, and with a password where one is asked for.

A convention of the sandbox, where Okta would show a page: `login_hint` names who signs in. A
password is `credentials.password.value` of the user in the tenant file; of a user who has none
there, any will do.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

from auditor.sandbox.client_assertions import member
from auditor.sandbox.tenant import TenantFile

Json = dict[str, Any]


class People:
    """The users of one tenant file."""

    def __init__(self, tenant: TenantFile) -> None:
        self._users = tenant.records("/api/v1/users")

    @cached_property
    def _by_name(self) -> dict[str, Json]:
        # What is put in later wins: ids before logins before email addresses, and the first user.
        found: dict[str, Json] = {}
        for path in (("profile", "email"), ("profile", "login"), ("id",)):
            for user in reversed(self._users):
                if isinstance(name := member(user, *path), str):
                    found[name.casefold()] = user
        return found

    def named(self, name: str | None) -> Json | None:
        """The user of an id, a login or an email address, the first two before the last."""
        return self._by_name.get(name.casefold()) if name else None


def knows_password(user: Json, password: str | None) -> bool:
    """Whether a password is a user's."""
    own = member(user, "credentials", "password", "value")
    return bool(password) and (own is None or own == password)


def login(user: Json) -> str:
    """What tokens and the log call a user."""
    return str(member(user, "profile", "login") or user.get("id"))
