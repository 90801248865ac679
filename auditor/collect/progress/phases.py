"""How far an export is, in three phases that run beside each other.

A phase is what belongs together for a reader: the collections of a few rate-limit buckets.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from auditor.snapshot.collections import (
    AGENTS,
    APPS,
    BY_NAME,
    CLIENTS,
    COLLECTIONS,
    GROUPS,
    INTEGRATIONS,
    MANAGEMENT,
    USERS,
    Collection,
)


class Phase(StrEnum):
    """A part of an export, as a sentence calls it."""

    SERVERS = "Servers and policies"
    CLIENTS = "Clients"
    PEOPLE = "Groups and people"


_OF_BUCKET = {
    MANAGEMENT: Phase.SERVERS,
    APPS: Phase.CLIENTS,
    CLIENTS: Phase.CLIENTS,
    AGENTS: Phase.CLIENTS,
    INTEGRATIONS: Phase.CLIENTS,
    GROUPS: Phase.PEOPLE,
    USERS: Phase.PEOPLE,
}


def phase_of(row: Collection) -> Phase:
    """The phase in which a collection is read."""
    return _OF_BUCKET[row.bucket]


def _feeders(row: Collection) -> set[Phase]:
    """The phases that find lists of a collection."""
    named = {phase_of(other) for other in COLLECTIONS if other.names_groups and row.if_named}
    return named | ({phase_of(BY_NAME[row.parent])} if row.parent else set())


_FEEDERS = {
    phase: {x for row in COLLECTIONS if phase_of(row) is phase for x in _feeders(row)} - {phase}
    for phase in Phase
}
_ROOTS = {
    phase: frozenset(r.name for r in COLLECTIONS if phase_of(r) is phase and r.parent is None)
    for phase in Phase
}


@dataclass(slots=True)
class Extent:
    """How much of a phase is known, and how much is done. Both in lists."""

    planned: int = 0
    read: int = 0
    begun: set[str] = field(default_factory=set)
    """Collections of which lists were planned."""

    @property
    def left(self) -> int:
        """Lists to read, as far as they are known: as many requests at least."""
        return self.planned - self.read


class Phases:
    """Counts lists by phase."""

    def __init__(self) -> None:
        self.extents = {phase: Extent() for phase in Phase}

    def planned(self, row: Collection, lists: int) -> None:
        """More lists of a collection are to be read."""
        extent = self.extents[phase_of(row)]
        extent.planned += lists
        extent.begun.add(row.name)

    def read(self, row: Collection) -> None:
        """A list of a collection was read."""
        self.extents[phase_of(row)].read += 1

    def over(self, phase: Phase) -> bool:
        """Whether everything was read, and nothing more can be found that is to be read."""
        extent = self.extents[phase]
        whole = not extent.left and extent.begun >= _ROOTS[phase]
        return whole and all(self.over(feeder) for feeder in _FEEDERS[phase])
