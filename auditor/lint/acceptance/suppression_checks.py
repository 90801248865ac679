"""What an entry of the file of suppressions must hold to; every error names its line and key."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from auditor.errors import UsageError, together
from auditor.lint.acceptance.expiry import latest_end
from auditor.lint.acceptance.suppression import Suppression, SuppressionPolicy
from auditor.lint.acceptance.suppression_lookup import meeting
from auditor.lint.reviewed_file import unusable
from auditor.lint.rule import Rule
from auditor.text import closest, counted, one_line, quoted
from auditor.toml_lines import TableLines

REMEDY = "`okta-auditor schema suppressions` describes every key."

_EXPECTED = {
    "name": "must be text, in quotes",
    "fingerprint": "must be the 32 hexadecimal digits that a report shows, in quotes",
    "expires": "must be a date such as 2027-01-31, without quotes and without a time",
}
"""What a key's value must be; that of any other key must be text that is not blank."""


@dataclass(frozen=True)
class EntryChecks:
    """What an entry must hold to."""

    path: Path
    rules: Sequence[Rule]
    policy: SuppressionPolicy
    forbidden: frozenset[str]
    as_of: date

    @cached_property
    def _codes(self) -> frozenset[str]:
        return frozenset(rule.code for rule in self.rules)

    def suppression(self, value: dict[str, Any], table: TableLines) -> Suppression:
        """The entry, if it is sound.

        Raises:
            UsageError: it is not.
        """
        try:
            item = Suppression.model_validate(value)
        except ValidationError as error:
            raise self._invalid(error, table) from None
        self._check_rule(item, table)
        self._check_terms(item, table)
        return item

    def _check_rule(self, item: Suppression, table: TableLines) -> None:
        if item.rule not in self._codes:
            code_by_name = {rule.name: rule.code for rule in self.rules}
            code = code_by_name.get(item.rule)
            its_code = f"; its code is {code}" if code else ""
            raise self._error(
                table,
                "rule",
                f"no rule has the code {quoted(item.rule)}{its_code}",
                "`okta-auditor rules` lists them all.",
                did_you_mean=None if code else closest(item.rule, sorted(self._codes)),
            )
        if item.rule in self.forbidden:
            raise self._error(
                table,
                "rule",
                f"findings of {item.rule} may not be suppressed",
                "Fix what it finds, or change `never` under `suppression_policy` in the "
                "configuration.",
            )

    def _check_terms(self, item: Suppression, table: TableLines) -> None:
        if item.fingerprint and (item.field or item.key):
            raise self._error(
                table,
                "fingerprint",
                "a fingerprint says it all; `field` and `key` cannot stand beside it",
                "Remove one or the other.",
            )
        if self.policy.require_ticket and not item.ticket:
            raise self._error(
                table,
                "ticket",
                "the key is missing, and `require_ticket` under `suppression_policy` in the "
                "configuration asks for it",
                "Name the ticket.",
            )
        last = latest_end(self.as_of, self.policy.max_days)
        if item.expires > last:
            raise self._error(
                table,
                "expires",
                f"{item.expires} is more than {counted(self.policy.max_days, 'day')} after "
                f"{self.as_of}",
                f"Choose a day up to {last}; `max_days` under `suppression_policy` in the "
                "configuration sets the limit.",
            )

    def _invalid(self, error: ValidationError, table: TableLines) -> UsageError:
        """All that is wrong with an entry."""
        problems = error.errors(include_url=False, include_input=False)
        problems.sort(key=lambda problem: _line(table, problem["loc"][0]))
        return together([self._unusable(problem, table) for problem in problems])

    def _unusable(self, problem: ErrorDetails, table: TableLines) -> UsageError:
        key = str(problem["loc"][0])
        unknown = problem["type"] == "extra_forbidden"
        if unknown:
            what = f"unknown key {quoted(key)}"
        elif problem["type"] == "missing":
            what = f"{key}: the key is missing"
        else:
            expected = _EXPECTED.get(key, "must be text that is not empty, in quotes")
            what = f"{one_line(key)}: {expected}"
        return unusable(
            self.path,
            _line(table, key),
            what,
            REMEDY,
            did_you_mean=closest(key, Suppression.model_fields) if unknown else None,
        )

    def _error(
        self, table: TableLines, key: str, what: str, remedy: str, did_you_mean: str | None = None
    ) -> UsageError:
        line = _line(table, key)
        return unusable(self.path, line, f"{key}: {what}", remedy, did_you_mean=did_you_mean)


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


def _line(table: TableLines, key: object) -> int:
    return table.keys.get(str(key), table.line)
