"""What a suppression must hold to besides the terms of any entry."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from auditor.lint.acceptance.entry_checks import EntryChecks
from auditor.lint.acceptance.suppression import Suppression
from auditor.lint.acceptance.suppression_lookup import meeting
from auditor.lint.reviewed_file import unusable
from auditor.lint.rule import Rule
from auditor.text import closest, quoted
from auditor.toml_lines import TableLines


@dataclass(frozen=True)
class SuppressionChecks:
    """What a suppression must hold to.

    Args:
        checks: those of any entry.
        rules: all there are, selected or not.
        forbidden: codes of rules whose findings nobody may accept.
    """

    checks: EntryChecks
    rules: Sequence[Rule]
    forbidden: frozenset[str]

    @cached_property
    def _codes(self) -> frozenset[str]:
        return frozenset(rule.code for rule in self.rules)

    def suppression(self, value: dict[str, Any], table: TableLines) -> Suppression:
        """The entry, if it is sound.

        Raises:
            UsageError: it is not.
        """
        item = self.checks.entry(Suppression, value, table)
        self._check_rule(item, table)
        if item.fingerprint and (item.field or item.key):
            raise self.checks.error(
                table,
                "fingerprint",
                "a fingerprint says it all; `field` and `key` cannot stand beside it",
                "Remove one or the other.",
            )
        self.checks.check_terms(item, table)
        return item

    def _check_rule(self, item: Suppression, table: TableLines) -> None:
        if item.rule not in self._codes:
            code_by_name = {rule.name: rule.code for rule in self.rules}
            code = code_by_name.get(item.rule)
            its_code = f"; its code is {code}" if code else ""
            raise self.checks.error(
                table,
                "rule",
                f"no rule has the code {quoted(item.rule)}{its_code}",
                "`okta-auditor rules` lists them all.",
                did_you_mean=None if code else closest(item.rule, sorted(self._codes)),
            )
        if item.rule in self.forbidden:
            raise self.checks.error(
                table,
                "rule",
                f"findings of {item.rule} may not be suppressed",
                "Fix what it finds, or change `never` under `suppression_policy` in the "
                "configuration.",
            )


def check_apart(path: Path, entries: Sequence[tuple[Suppression, TableLines]]) -> None:
    """Refuse entries that could disagree on one finding.

    Raises:
        UsageError: two of them could.
    """
    for position, before in meeting([item for item, _ in entries]):
        (item, table), (_, earlier) = entries[position], entries[before]
        raise unusable(
            path,
            table.line,
            f"{item.rule} on {quoted(item.target)} is suppressed already on line "
            f"{earlier.line}, and both entries can mean the same finding",
            "Keep one, or set them apart with `field`, `key` or `fingerprint` in each.",
        )
