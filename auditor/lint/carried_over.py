"""What was not read again but carried over from an older snapshot: said in every report."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC

from auditor.snapshot.ledger import LedgerEntry
from auditor.text import counted, listed

_ALL = 100
"""More than there are collections."""


def carried_over(entries: Iterable[LedgerEntry]) -> str:
    """Sentences that count what was carried over, how old it is and what proves it; or empty."""
    carried = [entry for entry in entries if entry.carried_over]
    if not carried:
        return ""
    times = {item.read_at.astimezone(UTC) for entry in carried for item in entry.carried_over}
    since = f"{min(times):%Y-%m-%d at %H:%M %Z}{'' if len(times) == 1 else ' or later'}"
    counts = listed((f"{entry.label} ({_lists(entry)})" for entry in carried), most=_ALL)
    unproven = [e.label for e in carried if not all(item.proven for item in e.carried_over)]
    doubt = (
        f" That nothing has changed in the {listed(unproven, most=_ALL)} since then is not "
        "proven: it rests on lastUpdated of their apps alone."
        if unproven
        else ""
    )
    return f"Not read again but carried over, as read on {since}: {counts}.{doubt}"


def _lists(entry: LedgerEntry) -> str:
    return counted(sum(len(item.paths) for item in entry.carried_over), "list")
