"""What an audit says about the controls of a framework. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from auditor.controls.model import Control, Framework, Mapped, Strength
from auditor.lint.result import AuditResult, ReportedFinding


class Outcome(StrEnum):
    """What became of one rule."""

    CLEAN = "no findings"
    FINDINGS = "findings"
    """Some of them may be accepted: that says who bears the risk, not that it is gone."""
    NOT_EVALUATED = "not evaluated"
    ABSENT = "not applicable"
    """The org does not have what the rule reads."""
    CRASHED = "crashed"
    NOT_SELECTED = "not selected"


class Status(StrEnum):
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
class RuleOutcome:
    """A rule that bears on a control, and what became of it."""

    mapped: Mapped
    outcome: Outcome
    findings: int
    """Those that count."""
    accepted: int
    """Those that a suppression or the baseline accepts."""


@dataclass(frozen=True, slots=True)
class Assessment:
    """A control, what the audit shows of it, and what that rests on."""

    control: Control
    rules: tuple[RuleOutcome, ...]
    """In the control's order."""

    @property
    def status(self) -> Status:
        """Never satisfied unless all that could show the contrary was looked at."""
        direct = [item.outcome for item in self._of("direct")]
        if not direct:
            return Status.NOT_CLAIMED
        if Outcome.FINDINGS in direct:
            return Status.NOT_SATISFIED
        clean = all(item is Outcome.CLEAN for item in direct)
        return Status.SATISFIED if clean else Status.NOT_EVALUATED

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
        looked = {Outcome.CLEAN, Outcome.FINDINGS}
        return tuple(i.mapped.rule for i in self._of("direct") if i.outcome not in looked)

    def _of(self, strength: Strength) -> list[RuleOutcome]:
        return [item for item in self.rules if item.mapped.strength == strength]


class Outcomes:
    """What became of every rule of an audit, and what that says about controls."""

    def __init__(self, result: AuditResult) -> None:
        self._unread = {item.rule.code: item for item in result.not_evaluated}
        self._crashed = {item.rule.code for item in result.crashed}
        self._selected = {item.code for item in result.rules}
        self._findings: dict[str, list[ReportedFinding]] = {}
        for item in (*result.findings, *result.accepted):
            self._findings.setdefault(item.rule.code, []).append(item)

    def of(self, code: str) -> Outcome:
        """What became of a rule, whether there is such a one or not."""
        if code not in self._selected:
            return Outcome.NOT_SELECTED
        if code in self._crashed:
            return Outcome.CRASHED
        if unread := self._unread.get(code):
            return Outcome.ABSENT if unread.absent else Outcome.NOT_EVALUATED
        return Outcome.FINDINGS if code in self._findings else Outcome.CLEAN

    def findings(self, code: str) -> list[ReportedFinding]:
        """A rule's findings: those that count, and then accepted ones."""
        return self._findings.get(code, [])

    def assess(self, framework: Framework) -> tuple[Assessment, ...]:
        """What the audit says about each control, in the framework's order."""
        return tuple(
            Assessment(control, tuple(map(self._became, control.rules)))
            for control in framework.controls
        )

    def _became(self, mapped: Mapped) -> RuleOutcome:
        found = self.findings(mapped.rule)
        accepted = sum(item.acceptance is not None for item in found)
        return RuleOutcome(mapped, self.of(mapped.rule), len(found) - accepted, accepted)
