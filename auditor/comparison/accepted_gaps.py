"""Which accepted gaps cover what could not be compared."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from auditor.comparison.result import DiffResult
from auditor.lint.acceptance.accept_gaps import gaps_in_force
from auditor.lint.acceptance.gap_entry import GapEntry
from auditor.snapshot.ledger import Ledger


def with_accepted_gaps(
    result: DiffResult, ledgers: Iterable[Ledger], entries: Sequence[GapEntry], as_of: date
) -> DiffResult:
    """The result, in which what could not be compared says which accepted gap covers it.

    A gap covers what is missing on either side, if that is for want of a right and nothing else.

    Args:
        result: of the comparison.
        ledgers: of its two sides.
        entries: the accepted gaps of the file.
        as_of: the day by which expiry is judged.
    """
    covered: dict[str, str] = {}
    open_gaps: set[str] = set()
    for ledger in ledgers:
        gaps = gaps_in_force(ledger.entries, entries, as_of)
        covered |= {
            gap.collection: f"accepted gap ({gap.where}), until {gap.expires}" for gap in gaps
        }
        unread = {entry.collection for entry in ledger.incomplete}
        open_gaps |= unread - {gap.collection for gap in gaps}
    by = {name: words for name, words in covered.items() if name not in open_gaps}
    return replace(
        result,
        uncompared=tuple(
            replace(item, accepted="; ".join(by[name] for name in item.missing))
            if item.missing and by.keys() >= set(item.missing)
            else item
            for item in result.uncompared
        ),
    )
