"""What an audit says about controls. Not evaluated is never satisfied."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from auditor.controls import Control, Framework, Mapped
from auditor.lint.result import AuditResult, ReportedFinding


class Outcome(StrEnum):
    """What became of one rule."""

    CLEAN = "no findings"
    FINDINGS = "findings"
    NOT_EVALUATED = "not evaluated"
    ABSENT = "not applicable"
    CRASHED = "crashed"
    NOT_SELECTED = "not selected"


class State(StrEnum):
    """What the rules say about one control."""

    SATISFIED = "satisfied"
    NOT_SATISFIED = "not-satisfied"
    NOT_EVALUATED = "not-evaluated"
    """A rule that shows the control was not evaluated, or the org lacks what it reads."""
    NOT_CLAIMED = "not-claimed"
    """Only related rules exist, which say something, but not whether the control is met."""


@dataclass(frozen=True)
class Judged:
    """A control with its state."""

    framework: Framework
    control: Control
    state: State


class Outcomes:
    """What became of every rule, and what each has found."""

    def __init__(self, result: AuditResult) -> None:
        self._unread = {item.rule.code: item for item in result.not_evaluated}
        self._crashed = {item.rule.code for item in result.crashed}
        self._selected = {item.code for item in result.rules}
        self.findings: dict[str, list[ReportedFinding]] = {}
        """By code: those that count, and then accepted ones."""
        for item in (*result.findings, *result.accepted):
            self.findings.setdefault(item.rule.code, []).append(item)

    def outcome(self, code: str) -> Outcome:
        """What became of a rule, evaluated or not."""
        if code not in self._selected:
            return Outcome.NOT_SELECTED
        if code in self._crashed:
            return Outcome.CRASHED
        if unread := self._unread.get(code):
            return Outcome.ABSENT if unread.absent else Outcome.NOT_EVALUATED
        return Outcome.FINDINGS if self.findings.get(code) else Outcome.CLEAN

    def state(self, rules: tuple[Mapped, ...]) -> State:
        """What rules say about a control.

        An accepted finding is one still: acceptance says who bears the risk, not that it is gone.
        """
        direct = [self.outcome(item.rule) for item in rules if item.strength == "direct"]
        if not direct:
            return State.NOT_CLAIMED
        if Outcome.FINDINGS in direct:
            return State.NOT_SATISFIED
        whole = all(item is Outcome.CLEAN for item in direct)
        return State.SATISFIED if whole else State.NOT_EVALUATED

    def judged(self, frameworks: tuple[Framework, ...]) -> Iterator[Judged]:
        """Every control of the frameworks, in their order."""
        for framework in frameworks:
            for control in framework.controls:
                yield Judged(framework, control, self.state(control.rules))
