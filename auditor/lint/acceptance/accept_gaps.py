"""Which accepted gaps hold for an audit: only rights may be missing, and none may be over."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from auditor.lint.acceptance.expiry import days_left, ends_soon, has_expired
from auditor.lint.acceptance.gap_entry import GapEntry
from auditor.lint.result import AcceptedGap, Notice
from auditor.snapshot.collections import BY_NAME
from auditor.snapshot.ledger import CollectionStatus, LedgerEntry
from auditor.text import counted, quoted


def gaps_in_force(
    coverage: Sequence[LedgerEntry], entries: Sequence[GapEntry], as_of: date
) -> tuple[AcceptedGap, ...]:
    """The accepted gaps that hold, in the order of the collection table.

    Args:
        coverage: how completely each collection was read.
        entries: of the file, one for a collection at most.
        as_of: the day by which expiry is judged. A gap is accepted on its last day.
    """
    by_name = {entry.gap.collection: entry for entry in entries}
    return tuple(
        AcceptedGap(
            collection=read.collection,
            reason=entry.gap.reason,
            owner=entry.gap.owner,
            ticket=entry.gap.ticket or "",
            expires=entry.gap.expires,
            where=entry.where,
        )
        for read in coverage
        if read.lacks_only_rights
        and (entry := by_name.get(read.collection)) is not None
        and not has_expired(entry.gap.expires, as_of)
    )


def gap_notices(
    coverage: Sequence[LedgerEntry], entries: Sequence[GapEntry], as_of: date
) -> Iterator[Notice]:
    """About accepted gaps that expire, accept nothing, or cannot; in the order of the file."""
    read = {entry.collection: entry for entry in coverage}
    for entry in entries:
        found = read.get(entry.gap.collection)
        if found is None or not found.incomplete:
            yield _unused(entry, found)
        elif not found.lacks_only_rights:
            yield Notice(
                entry.where,
                f"{_subject(entry)} does not hold: only what Okta refuses for want of a right can "
                f"be accepted, and here that is not proven to be all ({found.explanation()}).",
                "Run the snapshot again; what fails again is to be mended.",
            )
        else:
            yield from _expiry(entry, as_of)


def _unused(entry: GapEntry, read: LedgerEntry | None) -> Notice:
    absent = read is not None and read.status is CollectionStatus.ABSENT
    why = "the org does not have them" if absent else "nothing is missing of them"
    return Notice(entry.where, f"{_subject(entry)} is not needed: {why}.", "Remove it.")


def _expiry(entry: GapEntry, as_of: date) -> Iterator[Notice]:
    expires, owner = entry.gap.expires, quoted(entry.gap.owner)
    if has_expired(expires, as_of):
        yield Notice(
            entry.where,
            f"{_subject(entry)} expired on {expires}, so that the audit is incomplete again.",
            f"Give the right and remove the entry, or let {owner} decide again.",
        )
    elif ends_soon(expires, as_of):
        days = days_left(expires, as_of)
        when = f"in {counted(days, 'day')}" if days else "today"
        yield Notice(
            entry.where,
            f"{_subject(entry)} ends {when}, on {expires}.",
            f"Give the right, or let {owner} decide again.",
        )


def _subject(entry: GapEntry) -> str:
    name = entry.gap.collection
    return f"The accepted gap of {name} ({BY_NAME[name].label})"
