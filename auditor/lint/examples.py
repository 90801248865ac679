"""Snapshots from a few lines of JSON, for the examples on rule pages and for tests.

An example names only what matters: ids, statuses, priorities and parents that it leaves
out are filled in, so are empty lists. Every collection counts as completely read.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from difflib import SequenceMatcher
from typing import Any

from auditor.lint.rule_page import DeclarationError
from auditor.snapshot.collections import BY_NAME, COLLECTIONS, Collection, match
from auditor.snapshot.document import Capture, Snapshot
from auditor.snapshot.proof import complete_ledger, expected_lists, is_everyone
from auditor.text import did_you_mean

CAPTURED_AT = datetime(2026, 1, 1, tzinfo=UTC)
"""The moment at which every example is taken."""

_LEAST_LIKENESS = 0.6

Json = dict[str, Any]


def example_snapshot(example: Mapping[str, Any], *, people: bool = True) -> Snapshot:
    """Make a snapshot of an example.

    Args:
        example: API paths to lists of records (or, for single objects, to one object).
            App users may be given as records, group members as ids.
        people: whether to add the group and the user that every org has, so that the snapshot
            passes for a whole one when it is read from a file.

    Raises:
        DeclarationError: a key is no path that is read from a tenant.
    """
    resources: dict[str, Any] = {}
    for path, value in example.items():
        matched = match(path)
        if matched is None:
            hint = did_you_mean(_similar_path(path))
            raise DeclarationError(f"{path} is no path that is read from a tenant{hint}")
        row, keys = matched
        resources[path] = value if row.single else _filled_list(row, value)
        _imply_parents(resources, example, row, keys)
    if people:
        _imply_people(resources)
    _imply_empty_lists(resources)
    return Snapshot(
        capture=Capture(
            org_url="https://example.okta.com",
            tool_version="0",
            started_at=CAPTURED_AT,
            finished_at=CAPTURED_AT,
        ),
        ledger=complete_ledger(resources),
        resources=resources,
    )


def _similar_path(path: str) -> str | None:
    """The path that was probably meant, with the same ids in it.

    Paths are compared word by word, since what they have in common says nothing.
    """
    parts = path.split("/")
    meant, likest = None, 0.0
    for row in COLLECTIONS:
        template = row.path.split("/")
        if len(template) != len(parts):
            continue
        likeness = min(map(_likeness, parts, template))
        if likeness > max(likest, _LEAST_LIKENESS):
            words = (
                part if word == "{}" else word for part, word in zip(parts, template, strict=True)
            )
            meant, likest = "/".join(words), likeness
    return meant


def _likeness(part: str, word: str) -> float:
    """How alike a part of a path and a word of a template are, from 0 to 1."""
    return 1.0 if word == "{}" else SequenceMatcher(None, part.lower(), word.lower()).ratio()


def _filled_list(row: Collection, records: list[Any]) -> list[Any]:
    if row.pack and all(isinstance(record, dict) and "ids" not in record for record in records):
        return row.pack(records)
    if row.model is None or row.pack:
        return records
    return [_filled(row, record, position) for position, record in enumerate(records, 1)]


def _filled(row: Collection, record: Json, position: int) -> Json:
    (record,) = row.with_ids([record])
    identity = str(record.get("id") or record.get("kid") or f"{row.name}-{position}")
    defaults: Json = {"id": identity, "status": "ACTIVE"}
    if row.name in {"policies", "policy_rules"}:
        defaults |= {"name": identity, "priority": position}
    if row.name == "apps":
        settings = {"oauthClient": {}, **record.get("settings", {})}
        return {**defaults, "signOnMode": "OPENID_CONNECT", **record, "settings": settings}
    return {**defaults, **record}


def _imply_parents(
    resources: dict[str, Any], example: Mapping[str, Any], row: Collection, keys: tuple[str, ...]
) -> None:
    """Add the parents that a path speaks of and the example does not."""
    if row.parent is None:
        return
    parent = BY_NAME[row.parent]
    path = parent.path.format(*keys[:-1])
    parents = resources.setdefault(path, _filled_list(parent, example.get(path, [])))
    if keys[-1] not in {_key(row, parent, item) for item in parents}:
        parents.append(_filled(parent, {"id": keys[-1], "name": keys[-1]}, len(parents) + 1))
    _imply_parents(resources, example, parent, keys[:-1])


def _imply_people(resources: dict[str, Any]) -> None:
    """Add what every org has: the group Everyone and somebody."""
    users = resources.setdefault(BY_NAME["users"].path, [])
    if not users:
        users.append({"id": "00u0", "status": "ACTIVE", "profile": {"login": "somebody"}})
    groups = resources.setdefault(BY_NAME["groups"].path, [])
    if not any(map(is_everyone, groups)):
        groups.append({"id": "00g0", "type": "BUILT_IN", "profile": {"name": "Everyone"}})
        members = BY_NAME["group_members"].path.format("00g0")
        resources.setdefault(members, sorted(user["id"] for user in users))


def _imply_empty_lists(resources: dict[str, Any]) -> None:
    """Add the lists that an exporter would have read and found empty."""
    for row in COLLECTIONS:  # parents come first
        if row.parent:
            parents = {path: value for path, value in resources.items() if _is_of(path, row.parent)}
            for path in expected_lists(row, parents):
                resources.setdefault(path, [])
        elif not row.single:
            resources.setdefault(row.path, [])


def _is_of(path: str, name: str) -> bool:
    matched = match(path)
    return matched is not None and matched[0].name == name


def _key(row: Collection, parent: Collection, item: Json) -> str | None:
    assert parent.model is not None
    return row.parent_key(parent.model.model_validate(item))
