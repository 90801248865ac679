"""What a command line and the configuration say about findings that are accepted."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

from auditor.config import Effective
from auditor.lint.acceptance.accept import accept
from auditor.lint.acceptance.baseline import Baseline
from auditor.lint.acceptance.baseline_file import DEFAULT_NAME as DEFAULT_BASELINE
from auditor.lint.acceptance.baseline_file import read_baseline
from auditor.lint.acceptance.suppression import SuppressionPolicy, Suppressions
from auditor.lint.acceptance.suppressions_file import (
    DEFAULT_NAME,
    parse_suppressions,
    read_suppressions,
)
from auditor.lint.result import AuditResult
from auditor.lint.rule import Rule

Writing = Literal["", "suppressions", "baseline"]
"""The file that a command is going to write: it need not be there yet."""


@dataclass(frozen=True)
class Accepting:
    """What is accepted, read and checked before the audit."""

    rules: tuple[Rule, ...]
    """All there are, selected or not."""
    policy: SuppressionPolicy
    suppressions: Suppressions
    baseline: Baseline | None
    as_of: date
    path: Path
    """Where suppressions are, or would be."""

    @property
    def forbidden(self) -> frozenset[str]:
        """Codes of rules whose findings nobody may accept."""
        return self.policy.forbidden(self.rules)

    def apply(self, result: AuditResult) -> AuditResult:
        """The result, with the accepted findings set apart.

        Raises:
            UsageError: the baseline is another org's.
        """
        return accept(
            result, self.suppressions, self.baseline, as_of=self.as_of, forbidden=self.forbidden
        )

    def check(self, text: str, path: Path) -> None:
        """Whether text would do as the file of suppressions.

        Raises:
            UsageError: it would not.
        """
        parse_suppressions(text.removeprefix("\ufeff"), path, self.rules, self.policy, self.as_of)


def accepting(effective: Effective, rules: tuple[Rule, ...], writing: Writing) -> Accepting:
    """Read the suppressions and, unless a command writes one of the two, the baseline.

    Raises:
        UsageError: one of the files cannot be used as it stands.
    """
    settings, as_of = effective.settings, effective.as_of
    policy = settings.suppression_policy
    policy.forbidden(rules)  # an unknown rule there is told before anything is read
    path = suppressions_path(effective)
    named = settings.suppressions and writing != "suppressions"
    there = named or (not effective.isolated and os.path.lexists(path))
    baseline = None if writing else settings.baseline
    return Accepting(
        rules=rules,
        policy=policy,
        suppressions=read_suppressions(path, rules, policy, as_of) if there else Suppressions(),
        baseline=read_baseline(baseline) if baseline else None,
        as_of=as_of,
        path=path,
    )


def suppressions_path(effective: Effective) -> Path:
    """The file of suppressions, whether it exists or not."""
    folder = effective.file.path.parent if effective.file else Path()
    return effective.settings.suppressions or folder / DEFAULT_NAME


def baseline_path(effective: Effective) -> Path:
    """Where a baseline is written if nobody says otherwise."""
    return effective.settings.baseline or Path(DEFAULT_BASELINE)
