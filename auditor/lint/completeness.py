"""How much of an audit could be checked: the numbers, and the sentence that says so.

Every report, the comparison and the command line say it in these words.
"""

from __future__ import annotations

from dataclasses import dataclass

from auditor.lint.result import AuditResult
from auditor.snapshot.ledger import LedgerEntry
from auditor.text import counted, listed

NO_RULES = "No rule was selected."
NO_ANSWER = "No rule could be evaluated."
_COLLECTIONS_NAMED = 5


@dataclass(frozen=True, slots=True)
class Completeness:
    """What an audit did and did not check."""

    rules: int
    """How many rules were selected."""
    unread: int
    """Rules that could not be evaluated, because what they read was not read completely."""
    crashed: int
    collections: int
    unread_collections: tuple[LedgerEntry, ...]
    """Collections that were not read completely, whether a selected rule reads them or not."""

    @classmethod
    def of(cls, result: AuditResult) -> Completeness:
        """Count what a result says."""
        return cls(
            rules=len(result.rules),
            unread=len(result.unread),
            crashed=len(result.crashed),
            collections=len(result.coverage),
            unread_collections=unread_collections(result),
        )


def unread_collections(result: AuditResult) -> tuple[LedgerEntry, ...]:
    """The collections that were not read completely although the org has them."""
    return tuple(entry for entry in result.coverage if entry.incomplete)


def incompleteness(result: AuditResult) -> str:
    """Why the absence of findings proves nothing; empty if everything was checked."""
    if not result.rules:
        return NO_RULES
    if result.complete:
        return ""
    completeness = Completeness.of(result)
    reasons = incomplete_rules(completeness) or unread_share(completeness)
    if not reasons:
        return NO_ANSWER
    accepted = accepted_gaps_sentence(result)
    return f"Not everything was checked: {reasons}.{' ' if accepted else ''}{accepted}"


def accepted_gaps_sentence(result: AuditResult) -> str:
    """How much of what is missing is accepted, and until when; empty if nothing is."""
    if not result.accepted_gaps:
        return ""
    gaps = counted(len(result.accepted_gaps), "gap")
    if result.unaccepted:
        return f"{gaps} of that {'is' if len(result.accepted_gaps) == 1 else 'are'} accepted."
    first = min(gap.expires for gap in result.accepted_gaps)
    until = "until" if len({gap.expires for gap in result.accepted_gaps}) == 1 else "at first until"
    return f"All of that is accepted ({gaps}), {until} {first}."


def unchecked(result: AuditResult) -> str:
    """What could not be checked, by code or name, as a clause."""
    if codes := sorted(result.unchecked_codes):
        return f"{counted(len(codes), 'rule')} not evaluated: {listed(codes, most=10)}"
    if unread := unread_collections(result):
        labels = listed([entry.label for entry in unread], most=_COLLECTIONS_NAMED)
        return f"not completely read: {labels}"
    return "no rule could be evaluated"


def unread_share(completeness: Completeness) -> str:
    """How many collections were not read completely, as a clause; empty if all were."""
    unread = len(completeness.unread_collections)
    collections = counted(completeness.collections, "collection")
    were = "was" if unread == 1 else "were"
    return f"{unread:,} of {collections} {were} not read completely" if unread else ""


def incomplete_rules(completeness: Completeness) -> str:
    """How many rules gave no answer, as a clause; empty if all did."""
    unread, crashed = completeness.unread, completeness.crashed
    rules = counted(completeness.rules, "rule")
    if not unread:
        return f"{crashed:,} of {rules} crashed" if crashed else ""
    also = f" and {crashed:,} crashed" if crashed else ""
    return f"{unread:,} of {rules} could not be evaluated{also}"
