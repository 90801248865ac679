"""What a command line and the configuration say about findings that are accepted."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Literal

from auditor.cli.options import AuditOptions
from auditor.config import Config
from auditor.errors import UsageError
from auditor.lint.accept import accept
from auditor.lint.baseline import DEFAULT_NAME as DEFAULT_BASELINE
from auditor.lint.baseline import Baseline, read_baseline
from auditor.lint.result import AuditResult
from auditor.lint.rule import Rule
from auditor.lint.suppressions import (
    DEFAULT_NAME,
    SuppressionPolicy,
    Suppressions,
    parse_suppressions,
    read_suppressions,
)

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


def accepting(
    options: AuditOptions, settings: Config, rules: tuple[Rule, ...], writing: Writing
) -> Accepting:
    """Read the suppressions and, unless a command writes one of the two, the baseline.

    Raises:
        UsageError: one of the files cannot be used as it stands.
    """
    as_of = judged_on(options.as_of)
    policy = settings.suppression_policy
    policy.forbidden(rules)  # an unknown rule there is told before anything is read
    path = suppressions_path(options.suppressions, options.config, settings)
    named = (options.suppressions or settings.suppressions) and writing != "suppressions"
    there = named or (options.discover and os.path.lexists(path))
    baseline = None if writing else options.baseline or settings.baseline
    return Accepting(
        rules=rules,
        policy=policy,
        suppressions=read_suppressions(path, rules, policy, as_of) if there else Suppressions(),
        baseline=read_baseline(baseline) if baseline else None,
        as_of=as_of,
    )


def suppressions_path(given: Path | None, config: Path | None, settings: Config) -> Path:
    """The file of suppressions, whether it exists or not.

    Args:
        given: what the command line says.
        config: the configuration file.
        settings: what is in it.
    """
    folder = config.parent if config else Path()
    return given or settings.suppressions or folder / DEFAULT_NAME


def baseline_path(settings: Config) -> Path:
    """Where a baseline is written if nobody says otherwise."""
    return settings.baseline or Path(DEFAULT_BASELINE)


def judged_on(given: datetime | None) -> date:
    """The day by which expiry is judged: as given, SOURCE_DATE_EPOCH's, or today's, in UTC.

    Raises:
        UsageError: SOURCE_DATE_EPOCH is no time.
    """
    if given is not None:
        return given.date()
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    if not epoch:
        return datetime.now(UTC).date()
    try:
        return datetime.fromtimestamp(int(epoch), UTC).date()
    except (ValueError, OverflowError, OSError):
        raise UsageError(
            "SOURCE_DATE_EPOCH is not a number of seconds since 1970.",
            remedy="Unset it, or name the day by which expiry is judged: --as-of YYYY-MM-DD.",
        ) from None
