"""What an audit says about the controls of each framework, for reports."""

from __future__ import annotations

from dataclasses import dataclass

from auditor.controls.assessment import Assessment, ControlStatus, assess
from auditor.controls.framework_loading import builtin_frameworks
from auditor.lint.framework import Framework
from auditor.lint.result import AuditResult
from auditor.lint.rule_outcomes import RuleOutcomes


@dataclass(frozen=True, slots=True)
class AssessedFramework:
    """A framework, and what the audit says about each of its controls."""

    framework: Framework
    controls: tuple[Assessment, ...]
    """In the framework's order."""

    @property
    def counts(self) -> dict[ControlStatus, int]:
        """How many controls have each status; every status is there."""
        statuses = [item.status for item in self.controls]
        return {status: statuses.count(status) for status in ControlStatus}


def assessed_frameworks(result: AuditResult) -> tuple[AssessedFramework, ...]:
    """The frameworks of a result, judged by what it found."""
    outcomes = RuleOutcomes(result)
    frameworks = builtin_frameworks() if result.frameworks is None else result.frameworks
    return tuple(AssessedFramework(item, assess(item, outcomes)) for item in frameworks)
