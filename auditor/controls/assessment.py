"""What an audit says about the controls of a framework. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from auditor.lint.framework import Control, Framework, Mapped, Strength
from auditor.lint.rule_outcomes import RuleOutcome, RuleOutcomes


class ControlStatus(StrEnum):
    """What the configuration shows of a control."""

    SATISFIED = "satisfied"
    """Each direct rule was evaluated and found nothing, not even anything that is accepted."""
    NOT_SATISFIED = "not satisfied"
    """A direct rule found something; that somebody accepts it makes it no less true."""
    NOT_EVALUATED = "not evaluated"
    """A direct rule was not evaluated to the end, and none found anything."""
    NOT_CLAIMED = "not claimed"
    """There are only related rules, which cannot show whether the control is met."""


@dataclass(frozen=True, slots=True)
class MappedOutcome:
    """A rule that bears on a control, and what became of it."""

    mapped: Mapped
    outcome: RuleOutcome
    findings: int
    """Those that count."""
    accepted: int
    """Those that a suppression or the baseline accepts."""
    gaps: tuple[str, ...]
    """Collections whose gap is accepted, because of which it was not evaluated."""


@dataclass(frozen=True, slots=True)
class Assessment:
    """A control, what the audit shows of it, and what that rests on."""

    control: Control
    rules: tuple[MappedOutcome, ...]
    """In the control's order."""

    @property
    def status(self) -> ControlStatus:
        """Never satisfied unless all that could show the contrary was looked at."""
        return status_of([item.outcome for item in self._of("direct")])

    @property
    def findings(self) -> int:
        """Findings of direct rules that count."""
        return sum(item.findings for item in self._of("direct"))

    @property
    def accepted(self) -> int:
        """Findings of direct rules that are accepted."""
        return sum(item.accepted for item in self._of("direct"))

    @property
    def related(self) -> int:
        """Findings of related rules, accepted or not; they decide nothing."""
        return sum(item.findings + item.accepted for item in self._of("related"))

    @property
    def not_evaluated(self) -> tuple[str, ...]:
        """Codes of direct rules that were not evaluated to the end, for whatever reason."""
        evaluated = {RuleOutcome.CLEAN, RuleOutcome.FINDINGS}
        return tuple(i.mapped.rule for i in self._of("direct") if i.outcome not in evaluated)

    def _of(self, strength: Strength) -> list[MappedOutcome]:
        return [item for item in self.rules if item.mapped.strength == strength]


def status_of(direct: Sequence[RuleOutcome]) -> ControlStatus:
    """The status of a control whose direct rules came to these outcomes."""
    if not direct:
        return ControlStatus.NOT_CLAIMED
    if RuleOutcome.FINDINGS in direct:
        return ControlStatus.NOT_SATISFIED
    clean = all(item is RuleOutcome.CLEAN for item in direct)
    return ControlStatus.SATISFIED if clean else ControlStatus.NOT_EVALUATED


def assess(framework: Framework, outcomes: RuleOutcomes) -> tuple[Assessment, ...]:
    """What the audit says about each control, in the framework's order."""
    return tuple(
        Assessment(control, tuple(_mapped_outcome(each, outcomes) for each in control.rules))
        for control in framework.controls
    )


def _mapped_outcome(mapped: Mapped, outcomes: RuleOutcomes) -> MappedOutcome:
    findings = outcomes.findings(mapped.rule)
    accepted = sum(item.acceptance is not None for item in findings)
    return MappedOutcome(
        mapped,
        outcomes.of(mapped.rule),
        len(findings) - accepted,
        accepted,
        outcomes.gaps(mapped.rule),
    )
