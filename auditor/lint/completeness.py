"""How much of an audit could be checked: the numbers, and the sentence that says so.

Every report, the comparison and the command line say it in these words.
"""

from __future__ import annotations

from dataclasses import dataclass

from auditor.lint.result import AuditResult
from auditor.snapshot.ledger import LedgerEntry
from auditor.text import counted

NO_RULES = "No rule was selected."


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
    reasons = incomplete_rules(Completeness.of(result))
    return f"Not everything was checked: {reasons}." if reasons else ""


def incomplete_rules(completeness: Completeness) -> str:
    """How many rules gave no answer, as a clause; empty if all did."""
    unread, crashed = completeness.unread, completeness.crashed
    rules = counted(completeness.rules, "rule")
    if not unread:
        return f"{crashed:,} of {rules} crashed" if crashed else ""
    also = f" and {crashed:,} crashed" if crashed else ""
    return f"{unread:,} of {rules} could not be evaluated{also}"
