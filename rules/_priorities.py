"""Ties in priority. Okta documents no order for them, so they count only where it matters."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from auditor.models import AccessPolicy, PolicyRule

R = TypeVar("R", AccessPolicy, PolicyRule)


def tied(records: Sequence[R], meet: Callable[[R, R], bool]) -> Iterator[tuple[R, tuple[R, ...]]]:
    """Each record that is tied with earlier ones, and those.

    Args:
        records: policies or rules, in order.
        meet: whether one request can meet both, so that their order decides.
    """
    for position, record in enumerate(records):
        if record.priority is None:
            continue
        earlier = tuple(
            other
            for other in records[:position]
            if other.priority == record.priority and meet(other, record)
        )
        if earlier:
            yield record, earlier
