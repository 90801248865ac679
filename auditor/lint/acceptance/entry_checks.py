"""What any entry of the file of suppressions must hold to; errors name its line and key."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from auditor.errors import UsageError, together
from auditor.lint.acceptance.expiry import latest_end
from auditor.lint.acceptance.gap_entry import GapAcceptance
from auditor.lint.acceptance.suppression import Suppression, SuppressionPolicy
from auditor.lint.reviewed_file import unusable
from auditor.text import closest, counted, one_line, quoted
from auditor.toml_lines import TableLines

REMEDY = "`okta-auditor schema suppressions` describes every key."

_EXPECTED = {
    "name": "must be text, in quotes",
    "fingerprint": "must be the 32 hexadecimal digits that a report shows, in quotes",
    "expires": "must be a date such as 2027-01-31, without quotes and without a time",
}
"""What a key's value must be; that of any other key must be text that is not blank."""

_Entry = TypeVar("_Entry", Suppression, GapAcceptance)


@dataclass(frozen=True)
class EntryChecks:
    """The keys of an entry, and the terms on which it may be there.

    Args:
        path: the file.
        policy: what may be accepted, and for how long.
        as_of: the day from which the policy's horizon counts.
    """

    path: Path
    policy: SuppressionPolicy
    as_of: date

    def entry(self, model: type[_Entry], value: dict[str, Any], table: TableLines) -> _Entry:
        """The entry, if all of its keys are sound.

        Raises:
            UsageError: they are not; it names all that is wrong.
        """
        try:
            return model.model_validate(value)
        except ValidationError as error:
            problems = error.errors(include_url=False, include_input=False)
        problems.sort(key=lambda problem: _line(table, problem["loc"][0]))
        raise together([self._unusable(model, problem, table) for problem in problems])

    def check_terms(self, item: Suppression | GapAcceptance, table: TableLines) -> None:
        """Hold an entry to the policy's terms.

        Raises:
            UsageError: it lacks a ticket, or ends too late.
        """
        if self.policy.require_ticket and not item.ticket:
            raise self.error(
                table,
                "ticket",
                "the key is missing, and `require_ticket` under `suppression_policy` in the "
                "configuration asks for it",
                "Name the ticket.",
            )
        last = latest_end(self.as_of, self.policy.max_days)
        if item.expires > last:
            raise self.error(
                table,
                "expires",
                f"{item.expires} is more than {counted(self.policy.max_days, 'day')} after "
                f"{self.as_of}",
                f"Choose a day up to {last}; `max_days` under `suppression_policy` in the "
                "configuration sets the limit.",
            )

    def error(
        self, table: TableLines, key: str, what: str, remedy: str, did_you_mean: str | None = None
    ) -> UsageError:
        """The error for a key's value."""
        line = _line(table, key)
        return unusable(self.path, line, f"{key}: {what}", remedy, did_you_mean=did_you_mean)

    def _unusable(
        self, model: type[_Entry], problem: ErrorDetails, table: TableLines
    ) -> UsageError:
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
            did_you_mean=closest(key, model.model_fields) if unknown else None,
        )


def _line(table: TableLines, key: object) -> int:
    return table.keys.get(str(key), table.line)
