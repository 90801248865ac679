"""Ties each group of failed requests to a snapshot and to the changes of the log.

A change before a group's first request is only ever before it: that it is the cause is shown by
decisions on snapshots from before and after it (`base_comparison.py`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from auditor.snapshot.models.clients import App
from auditor.snapshot.models.servers import AuthorizationServer
from auditor.snapshot.org import Org
from auditor.system_log.base_comparison import Base, Comparison
from auditor.system_log.changes import Changes
from auditor.system_log.decisions import Agreement, GroupDecider, Outcomes
from auditor.system_log.group_lookup import GroupLookup
from auditor.system_log.groups import Change, Group, GroupedLog
from auditor.system_log.situations import UndecidedReason
from auditor.tokens.decide import Decider


@dataclass(frozen=True, slots=True)
class ExplainedGroup:
    """A group of failed requests, and what is known of why they failed."""

    group: Group
    server: AuthorizationServer | None
    client: App | None
    outcomes: tuple[Outcomes, ...]
    """What the snapshot says of the requests; the most frequent answer first."""
    before: Change | None
    """The last change up to the first request that concerns what the requests met."""
    meanwhile: Change | None
    """The last such change between the requests and the reading of the snapshot: what the snapshot
    says need not have been so at the time."""
    deletion: Change | None
    """What deleted the server or the client, where the log has it."""
    base: Comparison | None = None
    """What an older snapshot says of the same requests; None if there is none."""

    @property
    def confirmed(self) -> int:
        """How many requests the snapshot rejects for the reason that the log has."""
        return sum(
            outcome.count for outcome in self.outcomes if outcome.agreement is Agreement.CONFIRMED
        )


def explained_groups(
    log: GroupedLog,
    org: Org,
    decider: Decider,
    changes: Changes,
    base: Base | None = None,
) -> Iterator[ExplainedGroup]:
    """The groups of a log with what explains them, the one with the most requests first.

    Args:
        log: the events.
        org: the snapshot.
        decider: of the same.
        changes: those of the log.
        base: an older snapshot, on which the requests are decided as well.
    """
    explaining = _Explaining(org, decider, changes, len(log.groups), base)
    return map(explaining.explained, log.in_order())


def unexplained(group: Group) -> ExplainedGroup:
    """A group of which nothing more is known, because there is no snapshot."""
    return ExplainedGroup(group, None, None, (), None, None, None)


class _Explaining:
    def __init__(
        self, org: Org, decider: Decider, changes: Changes, groups: int, base: Base | None
    ) -> None:
        self._org = org
        self._changes = changes
        self._deciding = GroupDecider(decider, groups)
        self._lookup = GroupLookup(org)
        self._base = base

    def explained(self, group: Group) -> ExplainedGroup:
        """A group with what explains it."""
        known = self._lookup.situations(group)
        objects = self._lookup.objects(group)
        outcomes = self._deciding.outcomes(group, known)
        changes, read_at = self._changes, self._org.captured_at
        # Read after the requests began: what changed since then. Read before: until they ended.
        after, until = sorted((group.first, read_at))
        if read_at < group.first:
            until = group.last
        gone = [group.key.server] if known.unknown is UndecidedReason.SERVER else []
        gone += [group.key.client] if known.unknown is UndecidedReason.CLIENT else []
        return ExplainedGroup(
            group=group,
            server=known.server,
            client=known.client,
            outcomes=outcomes,
            before=changes.last_until(group.first, objects),
            meanwhile=changes.last_between(after, until, objects),
            deletion=next(filter(None, map(changes.deletion_of, gone)), None),
            base=self._base.compared(group, outcomes, objects) if self._base else None,
        )
