"""What is kept of one page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class KeptPage:
    """What is kept of one page: no secret, and of people no more than a snapshot holds."""

    values: tuple[Any, ...]
    """Records with the fields that are kept; packed where the collection is."""

    left_out: int = 0
    duplicates: int = 0

    moved: int = 0
    """Those duplicates whose record is on an earlier page: the list changed in between."""

    quarantined: tuple[tuple[str, str], ...] = ()
    """Records that cannot be understood: the id or position of each, and why."""
