"""The files that accept findings: the suppressions and the baseline of a run."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from datetime import date
from enum import Enum, auto
from pathlib import Path

from auditor.config import EffectiveSettings
from auditor.config.policy_tree import PolicyTree
from auditor.errors import UsageError
from auditor.input_files import LARGEST_REVIEWED
from auditor.lint.acceptance.accept import accept
from auditor.lint.acceptance.baseline import Baseline
from auditor.lint.acceptance.baseline_file import DEFAULT_NAME as DEFAULT_BASELINE
from auditor.lint.acceptance.baseline_file import parse_baseline, read_baseline
from auditor.lint.acceptance.suppression import SuppressionPolicy, Suppressions
from auditor.lint.acceptance.suppressions_file import (
    DEFAULT_NAME,
    parse_suppressions,
    read_suppressions,
)
from auditor.lint.result import AuditResult, Notice
from auditor.lint.rule import Rule


class AcceptanceFile(Enum):
    """A file that accepts findings."""

    SUPPRESSIONS = auto()
    BASELINE = auto()


@dataclass(frozen=True)
class AcceptanceInputs:
    """What is accepted, read and checked before the audit."""

    rules: tuple[Rule, ...]
    """All there are, selected or not."""
    policy: SuppressionPolicy
    suppressions: Suppressions
    baseline: Baseline | None
    as_of: date
    path: Path
    """Where suppressions are, or would be."""
    baseline_path: Path = Path(DEFAULT_BASELINE)
    """Where the baseline is, or would be."""
    baseline_found: bool = False
    """Whether nothing names the baseline, so that it may be there for another org."""

    @property
    def forbidden(self) -> frozenset[str]:
        """Codes of rules whose findings nobody may accept."""
        return self.policy.forbidden(self.rules)

    def apply(self, result: AuditResult) -> AuditResult:
        """The result, with the accepted findings set apart.

        Raises:
            UsageError: the baseline is another org's, and something names it.
        """
        baseline = self.baseline
        strange: tuple[Notice, ...] = ()
        if baseline and self.baseline_found:
            try:
                baseline.check_tenant(result.tenant)
            except UsageError as error:
                message = f"It accepts nothing here: {error.message}"
                strange = (Notice(baseline.file, message, error.remedy),)
                baseline = None
        applied = accept(
            result, self.suppressions, baseline, as_of=self.as_of, forbidden=self.forbidden
        )
        return replace(applied, notices=(*applied.notices, *strange))

    def check_suppressions(self, text: str, path: Path) -> None:
        """Check that a text would do as the file of suppressions.

        Raises:
            UsageError: it would not.
        """
        parse_suppressions(text.removeprefix("\ufeff"), path, self.rules, self.policy, self.as_of)


def read_acceptance(
    effective: EffectiveSettings, rules: tuple[Rule, ...], *, writes: AcceptanceFile | None = None
) -> AcceptanceInputs:
    """Read the suppressions and, unless a command writes one of the two, the baseline.

    Args:
        effective: the settings.
        rules: all there are, selected or not.
        writes: the file that the command writes; it need not exist yet.

    Raises:
        UsageError: one of the files cannot be used as it stands.
    """
    settings, as_of = effective.settings, effective.as_of
    policy = settings.suppression_policy
    policy.forbidden(rules)  # raises now, before anything is read, if a rule there is unknown
    path = suppressions_path(effective)
    required = settings.suppressions and writes is not AcceptanceFile.SUPPRESSIONS
    tree = effective.tree
    readable = required or (not effective.isolated and _is_there(tree, path))
    line = baseline_path(effective)
    drawn = settings.baseline or (not effective.isolated and _is_there(tree, line))
    return AcceptanceInputs(
        rules=rules,
        policy=policy,
        suppressions=_suppressions(tree, path, rules, policy, as_of)
        if readable
        else Suppressions(),
        baseline=_baseline(tree, line) if drawn and not writes else None,
        as_of=as_of,
        path=path,
        baseline_path=line,
        baseline_found=settings.baseline is None,
    )


def _is_there(tree: PolicyTree | None, path: Path) -> bool:
    return tree.exists(path) if tree and tree.holds(path) else os.path.lexists(path)


def _suppressions(
    tree: PolicyTree | None,
    path: Path,
    rules: tuple[Rule, ...],
    policy: SuppressionPolicy,
    as_of: date,
) -> Suppressions:
    if tree and tree.holds(path):
        text, shown = policy_text(tree, path), Path(tree.shown(path))
        return parse_suppressions(text, shown, rules, policy, as_of)
    return read_suppressions(path, rules, policy, as_of)


def _baseline(tree: PolicyTree | None, path: Path) -> Baseline:
    if tree and tree.holds(path):
        return parse_baseline(policy_text(tree, path), Path(tree.shown(path)))
    return read_baseline(path)


def policy_text(tree: PolicyTree, path: Path) -> str:
    """The text of a file that a commit must have.

    Raises:
        UsageError: it has none, or it cannot be read.
    """
    text = tree.text(path, LARGEST_REVIEWED)
    if text is None:
        raise UsageError(
            f"There is no {tree.shown(path)}.",
            remedy="Merge it first, or leave the setting that names it to the change.",
        )
    return text


def suppressions_path(effective: EffectiveSettings) -> Path:
    """The file of suppressions, whether it exists or not."""
    folder = effective.file.path.parent if effective.file else Path()
    return effective.settings.suppressions or folder / DEFAULT_NAME


def baseline_path(effective: EffectiveSettings) -> Path:
    """The file of the baseline, whether it exists or not."""
    folder = effective.file.path.parent if effective.file else Path()
    return effective.settings.baseline or folder / DEFAULT_BASELINE
