"""The entries that would accept gaps, with nothing filled in: no reader takes them as they are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from auditor.snapshot.ledger import LedgerEntry


def gap_template(entries: Iterable[LedgerEntry], *, ticket: bool) -> Iterator[str]:
    """The lines of TOML, an entry for each collection.

    Empty texts are refused, so that nothing is accepted without a reason, an owner and an end.

    Args:
        entries: of collections that lack rights only.
        ticket: whether each must name one.
    """
    for entry in entries:
        yield "[[accepted_gaps]]"
        yield f'collection = "{entry.collection}"  # {entry.label}'
        yield 'reason = ""'
        yield 'owner = ""'
        if ticket:
            yield 'ticket = ""'
        yield 'expires = ""  # the last day on which it holds, as 2027-01-31, without quotes'
        yield ""
