"""An org in which nothing issues tokens or asks for them: finding nothing there is no news."""

from __future__ import annotations

from collections.abc import Iterable

from auditor.snapshot.ledger import LedgerEntry

_OF_INTEREST = frozenset({"authorization_servers", "apps"})


def empty_org(coverage: Iterable[LedgerEntry]) -> str:
    """The warning, in two sentences; empty where there is something, or may be.

    Args:
        coverage: the ledger's entries.
    """
    entries = [entry for entry in coverage if entry.collection in _OF_INTEREST]
    if not entries or any(entry.objects or entry.incomplete for entry in entries):
        return ""
    return (
        "The org has neither authorization servers nor OIDC apps, so an audit proves nothing. "
        "See whether it is the right org."
    )
