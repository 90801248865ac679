"""Accepted gaps as reports, controls and evidence show them: in the same words everywhere."""

from __future__ import annotations

from dataclasses import dataclass

from auditor.lint.result import AcceptedGap, AuditResult
from auditor.text import counted, listed, one_line


@dataclass(frozen=True, slots=True)
class ShownGap:
    """An accepted gap as reports show it. Its parts are of one line each."""

    gap: AcceptedGap
    label: str
    """How a sentence calls what was not read."""
    explanation: str
    """Why it was not read, as a clause."""
    rules: tuple[str, ...]
    """Codes of the selected rules that could not be evaluated without it."""

    @property
    def accepted(self) -> str:
        """Until when, who answers for it, where that is written, and why, as a clause."""
        gap = self.gap
        ticket = f", ticket {gap.ticket}" if gap.ticket else ""
        return one_line(
            f"until {gap.expires}, owner {gap.owner}{ticket} ({gap.where}): {gap.reason}"
        )

    @property
    def costs(self) -> str:
        """What is not known without it, as a clause."""
        if not self.rules:
            return "no selected rule needs it"
        return f"{counted(len(self.rules), 'rule')} not evaluated: {listed(self.rules, most=10)}"

    @property
    def sentence(self) -> str:
        """All of it, in two sentences, the last of which ends as the reason does."""
        return (
            f"Accepted gap: {self.label} ({self.gap.collection}) were not read completely "
            f"({self.explanation}); {self.costs}. Accepted {self.accepted}"
        )


def shown_gaps(result: AuditResult) -> tuple[ShownGap, ...]:
    """The accepted gaps of a result, each with what it costs."""
    entries = {entry.collection: entry for entry in result.coverage}
    return tuple(
        ShownGap(
            gap,
            entries[gap.collection].label,
            one_line(entries[gap.collection].explanation()),
            tuple(
                item.rule.code for item in result.not_evaluated if gap.collection in item.missing
            ),
        )
        for gap in result.accepted_gaps
    )


def gaps_by_rule(result: AuditResult) -> dict[str, tuple[ShownGap, ...]]:
    """The accepted gaps because of which a rule was not evaluated, by code.

    A rule that anything else kept from being evaluated is not there: nobody accepts that.
    """
    gaps = shown_gaps(result)
    return {
        item.rule.code: tuple(gap for gap in gaps if gap.gap.collection in item.missing)
        for item in result.unread
        if result.accepts(item)
    }
