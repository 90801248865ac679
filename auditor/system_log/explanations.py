"""Ties each group of failed requests to a snapshot and to the changes of the log.

A change before a group's first request is only ever before it: that it is the cause would have to
be shown by decisions on snapshots from before and after it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from auditor.snapshot.models.clients import App
from auditor.snapshot.models.servers import AuthorizationServer
from auditor.snapshot.org import Org
from auditor.system_log.changes import Changes
from auditor.system_log.decisions import Agreement, GroupDecider, Outcomes
from auditor.system_log.groups import Change, Group, GroupedLog
from auditor.system_log.situations import Situations, UndecidedReason, situations
from auditor.tokens.decide import Decider
from auditor.tokens.request import ORG_SERVER

_MOST_PEOPLE = 1_000
"""People of a group whose own changes are looked for."""


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

    @property
    def confirmed(self) -> int:
        """How many requests the snapshot rejects for the reason that the log has."""
        return sum(
            outcome.count for outcome in self.outcomes if outcome.agreement is Agreement.CONFIRMED
        )


def explained_groups(log: GroupedLog, org: Org, decider: Decider) -> Iterator[ExplainedGroup]:
    """The groups of a log with what explains them, the one with the most requests first.

    Args:
        log: the events.
        org: the snapshot.
        decider: of the same.
    """
    explaining = _Explaining(org, decider, Changes(log.changes), len(log.groups))
    return map(explaining.explained, log.in_order())


def unexplained(group: Group) -> ExplainedGroup:
    """A group of which nothing more is known, because there is no snapshot."""
    return ExplainedGroup(group, None, None, (), None, None, None)


class _Explaining:
    def __init__(self, org: Org, decider: Decider, changes: Changes, groups: int) -> None:
        self._org = org
        self._changes = changes
        self._deciding = GroupDecider(decider, groups)
        self._situations: dict[tuple[object, ...], Situations] = {}
        self._of_server: dict[str, tuple[str, ...]] = {}

    def explained(self, group: Group) -> ExplainedGroup:
        """A group with what explains it."""
        known = self._known(group)
        objects = tuple(dict.fromkeys(self._objects(group, known)))
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
            outcomes=self._deciding.outcomes(group, known),
            before=changes.last_until(group.first, objects),
            meanwhile=changes.last_between(after, until, objects),
            deletion=next(filter(None, map(changes.deletion_of, gone)), None),
        )

    def _known(self, group: Group) -> Situations:
        key = group.key
        same = (key.type, key.server, key.server_name, key.client, key.grant)
        if same not in self._situations:
            self._situations[same] = situations(self._org, key)
        return self._situations[same]

    def _objects(self, group: Group, known: Situations) -> Iterator[str]:
        """Ids of what requests of a group meet, each of them at least once."""
        key, server, client = group.key, known.server, known.client
        if key.server != ORG_SERVER:
            yield from filter(None, [key.server])
        if server is not None:
            if server.id not in self._of_server:
                self._of_server[server.id] = tuple(_of_server(self._org, server))
            yield from self._of_server[server.id]
            for scope in self._org.scopes(server) if self._org.known("scopes", server) else ():
                if scope.name in (key.scopes or ()):
                    yield scope.id
        yield from filter(None, [key.client])
        if client is not None:
            yield from (client.id, client.client_id)
        yield from islice(sorted(group.people), _MOST_PEOPLE)


def _of_server(org: Org, server: AuthorizationServer) -> Iterator[str]:
    yield server.id
    for policy in org.policies(server) if org.known("policies", server) else ():
        yield policy.id
        for rule in org.rules(policy) if org.known("policy_rules", policy) else ():
            yield rule.id
