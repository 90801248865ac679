"""People replaced by keyed hashes, so that evidence can leave the company and be compared.

With the same key the same person has the same pseudonym every night; without it, nobody can
try out who it is. The audit is then of the redacted snapshot, so that no report holds more.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from functools import lru_cache
from typing import Any

from auditor.lint.reported_finding import ReportedFinding
from auditor.lint.result import AuditResult
from auditor.pseudonyms import Pseudonyms
from auditor.snapshot.collections import match, resource_keys
from auditor.snapshot.document import Snapshot, dump_snapshot
from auditor.snapshot.ledger import Ledger

_REMEMBERED = 1 << 16
"""Texts whose redacted form is remembered."""

_FREE_TEXT = frozenset({"name", "label", "description", "displayName"})
_PEOPLE_KEYS = frozenset({"userId", "createdBy", "lastUpdatedBy"})

Json = dict[str, Any]


class Redactor:
    """Replaces what identifies the people of one snapshot."""

    def __init__(self, snapshot: Snapshot, key: bytes) -> None:
        self._pseudonyms = Pseudonyms(key)
        self._ids: dict[str, str] = {}
        for people in _people(snapshot):
            self._ids.update(dict.fromkeys(people, ""))
        self._logins = {login.lower() for login in _logins(snapshot)}
        for person in self._ids:
            self._ids[person] = self._pseudonyms.person(person)
        # Names of members and most values occur again and again.
        self._redacted = lru_cache(maxsize=_REMEMBERED)(self._text)

    def snapshot(self, snapshot: Snapshot) -> bytes:
        """The redacted document."""
        resources = {
            self.text(path): _sorted(path, self._value(value, ""))
            for path, value in snapshot.resources.items()
        }
        for path, value in resources.items():
            if _collection(path) == "users":
                self._bare_logins(value)
        ledger = self._value(snapshot.ledger.model_dump(mode="json"), "")
        return dump_snapshot(
            Snapshot(
                capture=snapshot.capture,
                ledger=Ledger.model_validate(ledger),
                resources=dict(sorted(resources.items())),
            )
        )

    def result(self, result: AuditResult) -> AuditResult:
        """The result without what the suppressions say of people."""
        return replace(
            result,
            findings=tuple(map(self._finding, result.findings)),
            accepted=tuple(map(self._finding, result.accepted)),
            accepted_gaps=tuple(
                replace(gap, owner=self.login(gap.owner), reason=self.text(gap.reason, free=True))
                for gap in result.accepted_gaps
            ),
            notices=tuple(
                replace(item, message=self.text(item.message)) for item in result.notices
            ),
        )

    def text(self, text: str, *, free: bool = False) -> str:
        """The text with ids and addresses of people replaced, and in free text bare logins."""
        return self._redacted(text, free)

    def _text(self, text: str, free: bool) -> str:  # noqa: FBT001 - the cache wants it so
        if person := self._ids.get(text):
            return person
        if text.lower() in self._logins and (free or "@" in text):
            return self.login(text)
        return self._pseudonyms.text(text, self._known_in_free_text if free else self._ids.get)

    def login(self, login: str) -> str:
        """The pseudonym of a login or an address; letters' case does not matter."""
        return self._pseudonyms.login(login)

    def _known_in_free_text(self, word: str) -> str | None:
        person = self._ids.get(word)
        return self.login(word) if person is None and word.lower() in self._logins else person

    def _value(self, value: Any, key: str) -> Any:
        if isinstance(value, str):
            return self.text(value, free=key in _FREE_TEXT)
        if isinstance(value, list):
            people = self._ids
            with suppress(KeyError, TypeError):
                return [people[item] for item in value]  # millions of members: no test for each
            return [
                people[item] if isinstance(item, str) and item in people else self._value(item, key)
                for item in value
            ]
        if isinstance(value, dict):
            return {self.text(name): self._value(item, name) for name, item in value.items()}
        return value

    def _bare_logins(self, users: Any) -> None:
        for user in users if isinstance(users, list) else ():
            profile = user.get("profile") if isinstance(user, dict) else None
            if not isinstance(profile, dict):
                continue
            login = profile.get("login")
            if isinstance(login, str) and login.lower() in self._logins:
                profile["login"] = self.login(login)

    def _finding(self, item: ReportedFinding) -> ReportedFinding:
        taken = item.acceptance
        if taken is None:
            return replace(item, remark=self.text(item.remark))
        owner = self.login(taken.owner) if taken.owner else ""
        return replace(
            item, acceptance=replace(taken, owner=owner, reason=self.text(taken.reason, free=True))
        )


def _people(snapshot: Snapshot) -> Iterator[Iterable[str]]:
    """Ids of people, a list at a time."""
    for path, value in snapshot.resources.items():
        name = _collection(path)
        if name == "users":
            yield (row["id"] for row in _rows(value) if isinstance(row.get("id"), str))
        elif name == "group_members":
            yield _strings(value)
        elif name == "app_users":
            yield from (row.get("ids", ()) for row in _rows(value))
        elif name == "token_owner_roles":
            yield [resource_keys(path)[-1]]
        if name not in {"users", "group_members", "app_users"}:
            yield _named(value)


def _strings(values: list[Any]) -> Iterable[str]:
    """Those of the values that are texts: nearly always all."""
    if set(map(type, values)) <= {str}:
        return values
    return (item for item in values if isinstance(item, str))


def _named(value: Any) -> Iterator[str]:
    """Ids of people that a record names."""
    if isinstance(value, list):
        for item in value:
            yield from _named(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            if key in _PEOPLE_KEYS:
                person = item.get("id") if isinstance(item, dict) else item
                yield from [person] if isinstance(person, str) else []
            elif key == "people" and isinstance(item, dict) and isinstance(item.get("users"), dict):
                for side in item["users"].values():
                    yield from (each for each in side or () if isinstance(each, str))
            yield from _named(item)


def _logins(snapshot: Snapshot) -> Iterator[str]:
    for path, value in snapshot.resources.items():
        if _collection(path) == "users":
            for row in _rows(value):
                login = (row.get("profile") or {}).get("login")
                if isinstance(login, str) and login:
                    yield login


def _rows(value: Any) -> Iterator[Json]:
    yield from (row for row in value if isinstance(row, dict)) if isinstance(value, list) else ()


def _collection(path: str) -> str:
    """The collection that a resource belongs to; empty for an unknown one."""
    matched = match(path)
    return matched[0].name if matched else ""


def _sorted(path: str, value: Any) -> Any:
    """Records and ids in the order that a snapshot has them in, or the old order would tell."""
    name = _collection(path)
    if name == "users":
        return sorted(value, key=lambda row: str(row.get("id")))
    if name == "group_members":
        return sorted(value)
    if name == "app_users":
        return [{**row, "ids": sorted(row.get("ids", ()))} for row in value]
    return value
