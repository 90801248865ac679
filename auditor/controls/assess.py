"""What an audit says about the controls of a framework. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from auditor.controls.model import Control, Framework
from auditor.lint.result import AuditResult


class Status(StrEnum):
    """What the configuration shows of a control."""

    SATISFIED = "satisfied"
    """Each direct rule was evaluated and found nothing, not even anything that is accepted."""
    NOT_SATISFIED = "not satisfied"
    """A direct rule found something; that somebody accepts it makes it no less true."""
    NOT_EVALUATED = "not evaluated"
    """There is no direct rule, or one was not evaluated to the end and none found anything."""


@dataclass(frozen=True, slots=True)
class Assessment:
    """A control, what the audit shows of it, and what that rests on."""

    control: Control
    status: Status
    findings: int
    """Findings of direct rules that count."""
    accepted: int
    """Findings of direct rules that a suppression or the baseline accepts."""
    related: int
    """Findings of related rules, accepted or not; they decide nothing."""
    not_evaluated: tuple[str, ...]
    """Codes of direct rules that were not selected, not evaluated, or crashed."""

    @property
    def reason(self) -> str:
        """Why it is not evaluated; empty where it is."""
        if self.status is not Status.NOT_EVALUATED:
            return ""
        if not self.not_evaluated:
            return "only related rules bear on it"
        return f"not evaluated: {', '.join(self.not_evaluated)}"


def assess(framework: Framework, result: AuditResult) -> tuple[Assessment, ...]:
    """What an audit says about each control, in the framework's order."""
    open_ = _counts(finding.rule.code for finding in result.findings)
    accepted = _counts(finding.rule.code for finding in result.accepted)
    unfinished = {item.rule.code for item in result.not_evaluated}
    unfinished |= {item.rule.code for item in result.crashed}
    evaluated = {rule.code for rule in result.rules} - unfinished
    return tuple(_assessment(control, open_, accepted, evaluated) for control in framework.controls)


def _assessment(
    control: Control, open_: dict[str, int], accepted: dict[str, int], evaluated: set[str]
) -> Assessment:
    direct = [mapped.rule for mapped in control.rules if mapped.strength == "direct"]
    related = [mapped.rule for mapped in control.rules if mapped.strength == "related"]
    missing = tuple(code for code in direct if code not in evaluated)
    failing = sum(open_.get(code, 0) for code in direct)
    excused = sum(accepted.get(code, 0) for code in direct)
    if failing or excused:
        status = Status.NOT_SATISFIED
    elif missing or not direct:
        status = Status.NOT_EVALUATED
    else:
        status = Status.SATISFIED
    return Assessment(
        control=control,
        status=status,
        findings=failing,
        accepted=excused,
        related=sum(open_.get(code, 0) + accepted.get(code, 0) for code in related),
        not_evaluated=missing,
    )


def _counts(codes: Iterable[str]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for code in codes:
        counts[code] = counts.get(code, 0) + 1
    return counts
