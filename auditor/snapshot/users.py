"""The users of an org: too many to read them all for the few that a rule looks at.

Reading 200,000 records into models takes as long as parsing a file with 5,000,000 ids. So
what is plainly a user stays JSON until somebody asks for it. Any other record is read
at once, because one that cannot be understood has to be known before rules are evaluated.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from functools import cached_property
from operator import itemgetter, lt
from typing import Any, NamedTuple, cast

from auditor.snapshot.collections import BY_NAME
from auditor.snapshot.ledger import Quarantined
from auditor.snapshot.models.base import RecordPlace
from auditor.snapshot.models.directory import SHUT_OUT_STATUSES, User
from auditor.snapshot.packed_values import RecordList
from auditor.snapshot.records import read_record

_ID = itemgetter("id")
_ROW = BY_NAME["users"]
_MANY = 4_000
"""Users that are looked up one by one, each in a stretch of the list."""


class UserList(RecordList):
    """Raw records of users, and what has to be known of all of them at once."""

    def __init__(self) -> None:
        super().__init__()
        self.odd: list[int] = []
        """The positions of those that are not plainly users."""
        self._first_ids: list[str] = []
        self._last_id = ""
        self._in_order = True
        """Whether each id is greater than the one before, as the exporter sorts them."""

    def add(self, records: list[Any], text: bytes | None) -> None:
        """Add a stretch to the end; as `RecordList.add`."""
        odd = list(_odd(records))
        self.odd += [len(self) + place for place in odd]
        if odd:
            self._in_order = False
        elif self._in_order:
            ids = list(map(_ID, records))
            self._in_order = all(map(lt, [self._last_id, *ids], ids))
            self._first_ids.append(ids[0])
            self._last_id = ids[-1]
        super().add(records, text)

    @property
    def in_order(self) -> bool:
        """Whether all are plainly users, each with a greater id than the one before."""
        return self._in_order

    def position(self, user_id: str) -> int | None:
        """Where the user with an id stands in a list that is in order; None if nowhere."""
        number = bisect_right(self._first_ids, user_id) - 1
        if number < 0:
            return None
        start, records = self.stretch(number)
        places = (place for place, value in enumerate(records, start) if value["id"] == user_id)
        return next(places, None)


class _Columns(NamedTuple):
    """What is known of all users, in the order of the list."""

    ids: list[str]
    statuses: list[str | None]


class UserTable:
    """The users of one list of raw records. A record that cannot be understood is no user."""

    def __init__(self, raw: Sequence[Any]) -> None:
        self._raw = UserList.of(raw)
        self._read: dict[int, User] = {}
        self._found: dict[str, User | None] = {}
        self.quarantined: list[Quarantined] = []
        """The records that cannot be understood."""
        self._no_users = {
            position
            for position in self._raw.odd
            if not self._understood(position, self._raw[position])
        }

    @cached_property
    def everyone(self) -> tuple[User, ...]:
        """All users, in the order of the list."""
        return tuple(
            self._user(position, value)
            for start, records in self._raw.stretches()
            for position, value in self._rows(start, records)
        )

    @cached_property
    def able(self) -> frozenset[str]:
        """Ids of the users who are not shut out."""
        columns = self._columns
        return frozenset(
            [
                user
                for user, status in zip(columns.ids, columns.statuses, strict=True)
                if status not in SHUT_OUT_STATUSES
            ]
        )

    @cached_property
    def by_status(self) -> dict[str | None, list[str]]:
        """Ids of the users of each status, in the order of the list."""
        columns = self._columns
        ids: dict[str | None, list[str]] = {}
        for user, status in zip(columns.ids, columns.statuses, strict=True):
            ids.setdefault(status, []).append(user)
        return ids

    @property
    def logins(self) -> Iterator[str]:
        """The title of every user, in the order of the list, without reading them."""
        return (
            _login(value)
            for start, records in self._raw.stretches()
            for _, value in self._rows(start, records)
        )

    def like(self, word: str) -> tuple[User, ...]:
        """Users whom a word may name: by id, or in any case by login or what is before its `@`."""
        folded = word.casefold()
        return tuple(
            self._user(position, value)
            for start, records in self._raw.naming(word)
            for position, value in self._rows(start, records)
            if value["id"] == word
            or (login := _login(value).casefold()) == folded
            or login.partition("@")[0] == folded
        )

    def get(self, user_id: str) -> User | None:
        """The user with an id."""
        if user_id not in self._found:
            if len(self._found) > _MANY:
                return self._by_id.get(user_id)
            self._found[user_id] = self._looked_up(user_id)
        return self._found[user_id]

    @cached_property
    def _by_id(self) -> dict[str, User]:
        """All users, for whoever asks for so many that a look at each stretch takes longer."""
        return {user.id: user for user in self.everyone}

    def _looked_up(self, user_id: str) -> User | None:
        raw = self._raw
        position = raw.position(user_id) if raw.in_order else self._positions.get(user_id)
        if position is None:
            return None
        return self._read.get(position) or self._user(position, raw[position])

    @cached_property
    def _positions(self) -> dict[str, int]:
        """Where users stand in the list, by id."""
        return {
            value["id"]: position
            for start, records in self._raw.stretches()
            for position, value in self._rows(start, records)
        }

    @cached_property
    def _columns(self) -> _Columns:
        ids: list[str] = []
        statuses: list[str | None] = []
        words: dict[str | None, str | None] = {}
        for start, records in self._raw.stretches():
            for _, value in self._rows(start, records):
                ids.append(value["id"])
                status = value.get("status")
                statuses.append(words.setdefault(status, status))  # one object for each word
        return _Columns(ids, statuses)

    def _rows(self, start: int, records: list[Any]) -> Iterator[tuple[int, Any]]:
        """The users among some records, with their positions in the list."""
        if not self._no_users:
            return enumerate(records, start)
        return (row for row in enumerate(records, start) if row[0] not in self._no_users)

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


def _login(value: Any) -> str:
    """The title of a user, from a record that is one."""
    return cast("str", (value.get("profile") or {}).get("login") or value["id"])


def plain(value: Any) -> bool:
    """Whether the model is sure to accept a record: each of its fields has the usual type."""
    return not any(True for _ in _odd([value]))


def _odd(raw: Sequence[Any]) -> Iterator[int]:
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
