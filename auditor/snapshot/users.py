"""The users of an org: too many to read them all for the few that a rule looks at.

Reading 200,000 records into models takes as long as parsing a file with 5,000,000 ids. So
what is plainly a user stays as it is until somebody asks for it. Any other record is read
at once, because one that cannot be understood has to be known before rules are evaluated.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any, cast

from auditor.snapshot.collections import BY_NAME
from auditor.snapshot.ledger import Quarantined
from auditor.snapshot.models.base import RecordPlace
from auditor.snapshot.models.directory import SHUT_OUT_STATUSES, User
from auditor.snapshot.records import read_record

_ROW = BY_NAME["users"]


class UserTable:
    """The users of one list of raw records. A record that cannot be understood is no user."""

    def __init__(self, raw: list[Any]) -> None:
        self._read: dict[int, User] = {}
        self.quarantined: list[Quarantined] = []
        """The records that cannot be understood."""
        odd = set(_odd(raw))
        self._rows = [
            (position, value)
            for position, value in enumerate(raw)
            if position not in odd or self._understood(position, value)
        ]

    @cached_property
    def everyone(self) -> tuple[User, ...]:
        """All users, in the order of the list."""
        return tuple(self._user(position, value) for position, value in self._rows)

    @cached_property
    def able(self) -> frozenset[str]:
        """Ids of the users who are not shut out."""
        return frozenset(
            [value["id"] for _, value in self._rows if value.get("status") not in SHUT_OUT_STATUSES]
        )

    @cached_property
    def by_status(self) -> dict[str | None, list[str]]:
        """Ids of the users of each status, in the order of the list."""
        ids: dict[str | None, list[str]] = {}
        for _, value in self._rows:
            ids.setdefault(value.get("status"), []).append(value["id"])
        return ids

    @cached_property
    def logins(self) -> tuple[str, ...]:
        """The title of every user, in the order of the list, without reading them."""
        return tuple(
            (value.get("profile") or {}).get("login") or value["id"] for _, value in self._rows
        )

    def like(self, word: str) -> tuple[User, ...]:
        """Users whom a word may name: by id, or in any case by login or what is before its `@`."""
        folded = word.casefold()
        return tuple(
            self._user(position, value)
            for (position, value), login in zip(self._rows, self.logins, strict=True)
            if value["id"] == word
            or login.casefold().partition("@")[0] == folded
            or login.casefold() == folded
        )

    def get(self, user_id: str) -> User | None:
        """The user with an id."""
        row = self._by_id.get(user_id)
        return self._user(*row) if row else None

    @cached_property
    def _by_id(self) -> dict[str, tuple[int, Any]]:
        return {row[1]["id"]: row for row in self._rows}

    def _user(self, position: int, value: Any) -> User:
        if position not in self._read:
            self._understood(position, value)
        return self._read[position]

    def _understood(self, position: int, value: Any) -> bool:
        read = read_record(_ROW, _ROW.path, position, value)
        if isinstance(read, Quarantined):
            self.quarantined.append(read)
            return False
        user = cast("User", read)
        user.put(RecordPlace(_ROW.path, position))
        self._read[position] = user
        return True


def plain(value: Any) -> bool:
    """Whether the model is sure to accept a record: each of its fields has the usual type."""
    return not any(True for _ in _odd([value]))


def _odd(raw: list[Any]) -> Iterator[int]:
    """The positions of records that are not plain. One loop, since there may be 200,000."""
    for position, value in enumerate(raw):
        try:
            usual = (
                type(value["id"]) is str
                and type(value["status"]) is str
                and type(value["profile"]["login"]) is str
            )
        except (KeyError, TypeError, IndexError):
            usual = False
        if not usual:
            yield position
