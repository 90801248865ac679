"""What an accepted gap must hold to besides the terms of any entry."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

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
        item = self.checks.entry(GapAcceptance, value, table)
        if item.collection not in BY_NAME:
            name = next((n for n, row in BY_NAME.items() if row.label == item.collection), None)
            raise self.checks.error(
                table,
                "collection",
                f"there is no collection {quoted(item.collection)}"
                + (f"; its name is {name}" if name else ""),
                "docs/reference/collections.md names them all.",
                did_you_mean=None if name else closest(item.collection, list(BY_NAME)),
            )
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
