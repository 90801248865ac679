"""The public keys that a verifier trusts, each with the period in which it may sign.

Keys are rotated; a series goes on. What counts is when a bundle's snapshot was captured, because
nothing else about time is signed. A revoked key vouches for nothing: whoever has stolen it can
write any time into a manifest.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from auditor.errors import UsageError, together
from auditor.evidence.signing import raw as raw_key
from auditor.evidence.signing import read_public
from auditor.lint.reviewed_file import read_reviewed, unusable
from auditor.text import one_line, quoted
from auditor.toml_lines import Key, key_lines, line_of, syntax_problem
from auditor.toml_lines import parse as parse_toml

_LARGEST = 1_000_000
_LONGEST = 1 << 16
"""Characters: hundreds of keys. How long reading takes may grow with the square of it."""
_RAW = re.compile("[0-9a-f]{64}")
_REMEDY = "docs/evidence.md has an example of a file of keys."


@dataclass(frozen=True, kw_only=True)
class TrustedKey:
    """A public key, whose it is, and when it may sign."""

    raw: str
    """Its 32 bytes in hexadecimal, as manifests name it."""
    name: str = ""
    owner: str = ""
    not_before: datetime | None = None
    not_after: datetime | None = None
    """The first moment at which it may not sign any more."""
    revoked: bool = False

    @property
    def label(self) -> str:
        """How messages call it."""
        key = f"key {one_line(self.name)} {self.raw}" if self.name else f"key {self.raw}"
        return f"{one_line(self.owner)} ({key})" if self.owner else key

    def refusal(self, captured_at: datetime) -> str | None:
        """Why it may not sign what was captured at a time, as a clause; None if it may."""
        when = f"and the capture is of {captured_at.isoformat()}"
        if self.revoked:
            return f"it is signed by {self.label}, which is revoked"
        if self.not_before and captured_at < self.not_before:
            start = self.not_before.isoformat()
            return f"it is signed by {self.label}, whose period begins at {start}, {when}"
        if self.not_after and captured_at >= self.not_after:
            end = self.not_after.isoformat()
            return f"it is signed by {self.label}, whose period ended at {end}, {when}"
        return None


@dataclass(frozen=True)
class TrustedKeys:
    """All keys that a verifier trusts."""

    keys: tuple[TrustedKey, ...]

    def find(self, raw: str) -> TrustedKey | None:
        """The key of these 32 bytes; None if it is not trusted."""
        return next((key for key in self.keys if key.raw == raw), None)

    def refusal(self, signer: str, captured_at: datetime) -> str | None:
        """Why a signature does not count, as a clause; None if it does."""
        key = self.find(signer)
        if key is not None:
            return key.refusal(captured_at)
        if len(self.keys) == 1:
            return f"the signature is not that of the given key {self.keys[0].raw}, but of {signer}"
        return f"the signature is that of key {signer}, which is none of the given keys"


class _KeyEntry(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    id: str = Field(min_length=1)
    owner: str = ""
    public_key: str
    not_before: date | datetime | None = None
    not_after: date | datetime | None = None
    revoked: bool | date | datetime = False


class _KeyFile(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    key: list[_KeyEntry] = Field(min_length=1)


def read_trusted_keys(path: Path) -> tuple[TrustedKey, ...]:
    """Read a file of keys.

    Raises:
        UsageError: it cannot be used as it stands.
    """
    text = read_reviewed(path, missing=_REMEDY, damaged=_REMEDY, largest=_LARGEST)
    if len(text) > _LONGEST:
        raise unusable(path, 1, f"it is longer than {_LONGEST:,} characters", _REMEDY)
    try:
        document = parse_toml(text)
    except tomllib.TOMLDecodeError as error:
        problem = syntax_problem(error, text)
        raise unusable(path, problem.line, one_line(problem.what), _REMEDY) from None
    lines = key_lines(text)
    try:
        entries = _KeyFile.model_validate(document).key
    except ValidationError as error:
        raise _invalid(path, lines, error) from None
    keys = []
    for index, entry in enumerate(entries):
        try:
            keys.append(_trusted(entry, path))
        except ValueError as error:
            line = line_of(lines, ("key", index)) or 1
            raise unusable(path, line, f"key {quoted(entry.id)}: {error}", _REMEDY) from None
    _check_apart(path, keys)
    return tuple(keys)


def distinct(keys: Iterable[TrustedKey]) -> TrustedKeys:
    """The keys of a call. One that a file names, too, keeps the period that the file gives it."""
    by_raw: dict[str, TrustedKey] = {}
    for key in keys:
        by_raw.setdefault(key.raw, key)
    return TrustedKeys(tuple(by_raw.values()))


def _trusted(entry: _KeyEntry, path: Path) -> TrustedKey:
    """The key of an entry.

    Raises:
        ValueError: the entry makes no sense.
    """
    raw = entry.public_key.strip()
    if not _RAW.fullmatch(raw):
        try:
            raw = raw_key(read_public(raw.encode(), str(path)))
        except UsageError:
            raise ValueError(
                "public_key is neither 64 hexadecimal digits nor an Ed25519 key in PEM"
            ) from None
    start = _moment(entry.not_before, timedelta(0))
    end = _moment(entry.not_after, timedelta(days=1))
    if start and end and end <= start:
        raise ValueError("not_after is earlier than not_before")
    return TrustedKey(
        raw=raw,
        name=entry.id,
        owner=entry.owner,
        not_before=start,
        not_after=end,
        revoked=entry.revoked is not False,
    )


def _moment(value: date | datetime | None, added: timedelta) -> datetime | None:
    """A day with what is added to its beginning in UTC, or a time as it stands.

    Raises:
        ValueError: the time does not say how far it is from UTC.
    """
    if value is None:
        return None
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueError("a time needs its distance from UTC: 2026-07-01T00:00:00Z")
        return value
    try:
        return datetime.combine(value, time(), UTC) + added
    except OverflowError:
        raise ValueError(f"{value} is too late a day") from None


def _check_apart(path: Path, keys: list[TrustedKey]) -> None:
    for attribute, word in (("raw", "public_key"), ("name", "id")):
        values = [getattr(key, attribute) for key in keys]
        if twice := next((value for value in values if values.count(value) > 1), None):
            raise unusable(path, 1, f"{word} {quoted(twice)} is there twice", _REMEDY)


def _invalid(path: Path, lines: dict[Key, int], error: ValidationError) -> UsageError:
    found: dict[str, UsageError] = {}
    for problem in error.errors(include_url=False, include_input=False):
        place = tuple(part for part in problem["loc"] if part not in {"date", "datetime", "bool"})
        line = line_of(lines, place) or 1
        name = one_line(".".join(str(part) for part in place)) or "the file"
        # A value that could be of several types has a problem with each.
        found.setdefault(name, unusable(path, line, f"{name}: {_plain(problem)}", _REMEDY))
    return together(list(found.values()))


def _plain(error: Any) -> str:
    kinds = {"extra_forbidden": "unknown key", "missing": "the key is missing"}
    return kinds.get(error["type"], f"unusable value ({error['msg']})")
