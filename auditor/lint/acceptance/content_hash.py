"""What of a finding's object must stay the same for a baseline to hold.

A baseline accepts a state, not a name: a changed object drops out of it. What counts is the
record as it was read, the value of the field at fault, and which other objects take part.
What does not count is what changes without anybody's decision (time stamps, rotated keys,
links), what only people read (names, descriptions), and the order of priorities, which moves
when something else is put in between; that of a field that is at fault counts.

Which members change by themselves: Okta Management API, "AuthorizationServer", "ApiToken"
(`expiresAt` moves with every use), "Application" and "Group".
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from typing import Any

from auditor.snapshot.kept_fields import kept as kept_fields_of
from auditor.snapshot.models.base import Record

_BY_ITSELF = frozenset(
    {
        "_embedded",
        "_links",
        "created",
        "createdBy",
        "expiresAt",
        "lastMembershipUpdated",
        "lastRotated",
        "lastUpdated",
        "lastUpdatedBy",
        "nextRotation",
    }
)
_FOR_PEOPLE = frozenset({"description", "displayName", "label", "login", "name"})
_NAMED_IN_REQUESTS = frozenset({"scope", "claim"})
"""Kinds whose name is part of the protocol: another name is another thing."""


def content_hash(
    record: Record, raw: Any, field: str | None, related: Iterable[Record] = ()
) -> str:
    """32 hexadecimal digits that change when what a finding rests on changes.

    Args:
        record: the finding's object.
        raw: the same as it stands in the snapshot.
        field: the field at fault, dotted.
        related: the other objects that take part.
    """
    # As a snapshot keeps it, whatever a file of an older version holds.
    raw = kept_fields_of(raw, type(record))
    kept = _kept(raw)
    if isinstance(kept, dict):
        kept.pop("priority", None)
        for part in (kept, kept.get("profile")):
            _strip(part, record.kind)
        if isinstance(signing := _member(kept, "credentials.signing"), dict):
            signing.pop("kid", None)  # Okta gives another one with each rotation
    value = [
        record.kind,
        kept,
        field,
        _field(raw, field),
        sorted({(other.kind, other.place.path, other.id) for other in related}),
    ]
    text = json.dumps(value, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _strip(part: Any, kind: str) -> None:
    if isinstance(part, dict):
        for name in _FOR_PEOPLE - ({"name"} if kind in _NAMED_IN_REQUESTS else set()):
            part.pop(name, None)


def _kept(value: Any) -> Any:
    """A copy without what changes by itself; null is absent, and lists of words are sets."""
    if isinstance(value, dict):
        return {
            key: _kept(item)
            for key, item in value.items()
            if item is not None and key not in _BY_ITSELF
        }
    if isinstance(value, list):
        items = [_kept(item) for item in value]
        return sorted(items) if all(isinstance(item, str) for item in items) else items
    return value


def _field(raw: Any, field: str | None) -> Any:
    if field is None or not _BY_ITSELF.isdisjoint(field.split(".")):
        return None
    return _kept(_member(raw, field))


def _member(value: Any, path: str) -> Any:
    for name in path.split("."):
        if isinstance(value, list) and name.isdigit() and int(name) < len(value):
            value = value[int(name)]
        else:
            value = value.get(name) if isinstance(value, dict) else None
    return value
