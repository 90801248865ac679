"""What tells beforehand how large an export is going to be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from auditor.collect.plan.assignment_side import AssignmentLists, Side
from auditor.collect.rate_limits.allowance import Allowance
from auditor.snapshot.collections import roots
from auditor.snapshot.document import OlderReading
from auditor.snapshot.ledger import LedgerEntry, NotAsked

READS = frozenset(row.name for row in roots()) | {"policies", "scopes", "agent_connections"}
"""What a survey reads: what an export reads once for the org, two lists of each server and one of
each agent. From there on, the number of lists is known, and all but one kind of them is bounded."""


@dataclass(frozen=True, slots=True)
class Survey:
    """What was found out before an export."""

    sent: Mapping[str, int]
    """Requests that it took, by bucket; an export that goes on from it does not send them."""
    lists: Mapping[str, int]
    """Lists to come, by collection."""
    unnamed: int
    """Groups whose members are read only if something names them that was not read so far."""
    objects: Mapping[str, int]
    """Objects of the collections that were read completely."""
    unread: tuple[LedgerEntry, ...]
    """What could not be read, so that nothing is known of what depends on it."""
    apps: int = 0
    """Apps of the org, those included that are not OIDC."""
    side: Side = Side.APPS
    """From which side group assignments are going to be read."""
    assignments: AssignmentLists | None = None
    """What there was to choose from; None if not all apps or groups are known."""
    not_asked: Mapping[str, tuple[NotAsked, ...]] = field(default_factory=dict)
    """Lists that nobody needs, by collection."""
    allowances: Mapping[str, Allowance] = field(default_factory=dict)
    """What the buckets let through. One that is missing was not asked."""
    carried_over: Mapping[str, int] = field(default_factory=dict)
    """Lists that an export would carry over from an older snapshot, by collection."""
    since: OlderReading | None = None
    """That snapshot, and what would become of it."""
