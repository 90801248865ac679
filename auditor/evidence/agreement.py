"""Whether the files of a bundle say the same of the audit: how complete, and of which snapshot."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from auditor.errors import SnapshotError
from auditor.evidence.bundle_reading import Bundle, chunks
from auditor.evidence.manifest import MANIFEST, Predicate
from auditor.snapshot.document import parse_snapshot
from auditor.snapshot.json_reader import read_json

_SNAPSHOT = "snapshot.json"


def disagreements(bundle: Bundle, predicate: Predicate) -> Iterator[str]:
    """What files say otherwise than the manifest, a sentence each without its full stop.

    Args:
        bundle: its files are those that the manifest lists.
        predicate: what the manifest says.
    """
    for name, part in (("results.json", ("summary",)), ("ledger.json", ())):
        document = _json(bundle, name, predicate)
        claims = document
        for key in part:
            claims = claims.get(key) if isinstance(claims, dict) else None
        complete = claims.get("complete") if isinstance(claims, dict) else None
        if complete is not predicate.complete:
            yield f"{name} and {MANIFEST} disagree about whether the audit is complete"
        digest = document.get("snapshot_digest") if isinstance(document, dict) else None
        if digest != predicate.snapshot_digest:
            yield f"{name} is not of the snapshot that {MANIFEST} names"
    try:
        snapshot = parse_snapshot(_content(bundle, _SNAPSHOT, predicate), Path(_SNAPSHOT))
    except SnapshotError:
        yield f"{_SNAPSHOT} is not a usable snapshot"
        return
    if snapshot.digest != predicate.snapshot_digest:
        yield f"{_SNAPSHOT} is not the snapshot that {MANIFEST} names: its digest is another"
    if predicate.complete and snapshot.ledger.incomplete:
        label = snapshot.ledger.incomplete[0].label
        yield f"{MANIFEST} says that the audit is complete, and {_SNAPSHOT} that {label} are not"


def _json(bundle: Bundle, name: str, predicate: Predicate) -> Any:
    try:
        return read_json(_content(bundle, name, predicate))
    except ValueError:
        return None


def _content(bundle: Bundle, name: str, predicate: Predicate) -> bytes:
    return b"".join(chunks(bundle, name, predicate.sizes[name]))
