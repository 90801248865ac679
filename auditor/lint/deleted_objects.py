"""What was deleted while a tenant was read: left out, and said in every report."""

from __future__ import annotations

from collections.abc import Iterable

from auditor.snapshot.ledger import LedgerEntry


def deleted_objects(entries: Iterable[LedgerEntry]) -> str:
    """A sentence that counts what was deleted meanwhile, by collection; empty without any."""
    counts = [f"{entry.label} {entry.gone:,}" for entry in entries if entry.gone]
    if not counts:
        return ""
    return (
        "Deleted while the org was read, and left out with what belonged to them: "
        f"{', '.join(counts)}."
    )
