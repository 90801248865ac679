"""What an accepted gap must hold to besides the terms of any entry."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from auditor.errors import UsageError, together
from auditor.lint.acceptance.entry_checks import EntryChecks
from auditor.lint.acceptance.gap_entry import GapAcceptance
from auditor.snapshot.collections import BY_NAME
from auditor.text import closest, quoted
from auditor.toml_lines import TableLines


@dataclass(frozen=True)
class GapChecks:
    """What the accepted gaps of a file must hold to.

    Args:
        checks: those of any entry.
    """

    checks: EntryChecks
    _lines: dict[str, int] = field(default_factory=dict)
    """Where each collection was accepted first."""

    def gap(self, value: dict[str, Any], table: TableLines) -> GapAcceptance:
        """The entry, if it is sound and the first of its collection.

        Raises:
            UsageError: it is not.
        """
        problems = list(self._name_problems(value.get("collection"), table))
        try:
            item = self.checks.entry(GapAcceptance, value, table)
        except UsageError as error:
            raise together([*problems, error]) from None
        if problems:
            raise together(problems)
        earlier = self._lines.setdefault(item.collection, table.line)
        if earlier != table.line:
            raise self.checks.error(
                table,
                "collection",
                f"the gap of {item.collection} is accepted already on line {earlier}",
                "Keep one.",
            )
        self.checks.check_terms(item, table)
        return item

    def _name_problems(self, name: object, table: TableLines) -> Iterator[UsageError]:
        """What is wrong with a name, besides that it may be missing or no text."""
        if not isinstance(name, str) or not name.strip() or name in BY_NAME:
            return
        known = next((n for n, row in BY_NAME.items() if row.label == name), None)
        yield self.checks.error(
            table,
            "collection",
            f"there is no collection {quoted(name)}" + (f"; its name is {known}" if known else ""),
            "docs/reference/collections.md names them all.",
            did_you_mean=None if known else closest(name, list(BY_NAME)),
        )
