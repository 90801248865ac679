"""The order in which collections depend on one another."""

from __future__ import annotations

from collections.abc import Iterable

from auditor.snapshot.collections import BY_NAME, Collection


def parents_first(rows: Iterable[Collection]) -> list[Collection]:
    """The rows, each after the one whose records its lists belong to."""

    def depth(row: Collection) -> int:
        return 1 + depth(BY_NAME[row.parent]) if row.parent else 0

    return sorted(rows, key=depth)
