"""Which policies and rules a client can meet, worked out once for every rule that asks.

Most clients are named by few policies. Looking for those among all policies, for each of
thousands of clients and in each of several rules, is what would take the time.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Generic, TypeVar

from auditor.snapshot.models.servers import ALL_CLIENTS, AccessPolicy

T = TypeVar("T")


class Coverage(Generic[T]):
    """Things that belong to policies, by the clients that the policies cover.

    Args:
        things: each with its policy, in the order in which they are to be found.
    """

    def __init__(self, things: Iterable[tuple[AccessPolicy, T]]) -> None:
        self._things: list[T] = []
        self._by_name: dict[str, set[int]] = defaultdict(set)
        self._found: dict[str, tuple[T, ...]] = {}
        for position, (policy, thing) in enumerate(things):
            self._things.append(thing)
            for client_id in policy.clients:
                self._by_name[client_id].add(position)
        self._for_all = self._at(self._by_name[ALL_CLIENTS])

    def of(self, client_id: str) -> tuple[T, ...]:
        """What a client meets, because a policy names it or applies to all clients."""
        if client_id not in self._by_name:
            return self._for_all
        if client_id not in self._found:
            both = self._by_name[client_id] | self._by_name[ALL_CLIENTS]
            self._found[client_id] = self._at(both)
        return self._found[client_id]

    def _at(self, positions: set[int]) -> tuple[T, ...]:
        return tuple(self._things[position] for position in sorted(positions))
