"""The lines of a journal: a checksum and a JSON object each, and whether they make sense."""

from __future__ import annotations

import hashlib
from typing import Any

from auditor import exact_json
from auditor.collect.lists.kept_page import KeptPage
from auditor.snapshot.collections import Collection

FORMAT = b"okta-auditor-journal 1"
"""What a journal begins with; the number is that of the format."""

_ASSIGNMENT_KEYS = {"scope", "status", "ids"}


def line_of(entry: dict[str, Any]) -> bytes:
    """The line that holds an entry."""
    body = exact_json.dumps(entry)
    return _checksum(body) + b" " + body + b"\n"


def checked(line: bytes) -> dict[str, Any] | None:
    """The entry that a line holds; None if it is not whole."""
    checksum, _, body = line.removesuffix(b"\n").partition(b" ")
    if not line.endswith(b"\n") or checksum != _checksum(body):
        return None
    try:
        entry = exact_json.loads(body)
    except ValueError:
        return None
    return entry if isinstance(entry, dict) else None


def _checksum(body: bytes) -> bytes:
    return hashlib.blake2b(body, digest_size=8).hexdigest().encode()


def as_entry(page: KeptPage) -> dict[str, Any]:
    """What a line holds of a page."""
    entry: dict[str, Any] = {"values": page.values}
    counts = {"left_out": page.left_out, "duplicates": page.duplicates, "moved": page.moved}
    entry |= {name: count for name, count in counts.items() if count}
    return entry | ({"odd": page.quarantined} if page.quarantined else {})


def kept_page(entry: dict[str, Any]) -> KeptPage:
    """The page that a plausible line holds."""
    return KeptPage(
        values=tuple(entry["values"]),
        left_out=entry.get("left_out", 0),
        duplicates=entry.get("duplicates", 0),
        moved=entry.get("moved", 0),
        quarantined=tuple((record, why) for record, why in entry.get("odd", ())),
    )


def plausible(row: Collection, entry: dict[str, Any]) -> bool:
    """Whether a page has the shape of its collection's."""
    counts = [entry.get(name, 0) for name in ("left_out", "duplicates", "moved")]
    values, quarantined = entry["values"], entry.get("odd", [])
    return (
        all(isinstance(count, int) and count >= 0 for count in counts)
        and isinstance(quarantined, list)
        and all(
            isinstance(pair, list) and list(map(type, pair)) == [str, str] for pair in quarantined
        )
        and not (row.single and len(values) + len(quarantined) != 1)
        and (row.pack is None or all(_packed(row, value) for value in values))
    )


def _packed(row: Collection, value: Any) -> bool:
    """Whether a value is an id, or ids that have a way of assignment in common."""
    if row.model is None:
        return isinstance(value, str)
    match value:
        case {"scope": str(), "status": str(), "ids": list(ids)}:
            return set(value) == _ASSIGNMENT_KEYS and all(
                isinstance(identity, str) for identity in ids
            )
    return False
