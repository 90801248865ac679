"""Which objects were added, removed, renamed or changed, by immutable id."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from auditor.comparison.differences import DiffFilter
from auditor.comparison.object_names import reference
from auditor.comparison.result import ChangeKind, ObjectChange, Uncompared
from auditor.comparison.snapshot_pair import SnapshotPair, SnapshotSide
from auditor.lint.object_types import type_name
from auditor.snapshot.kept_fields import kept
from auditor.snapshot.models.base import Record
from auditor.snapshot.models.servers import AuthorizationServer
from auditor.snapshot.org import Org
from auditor.text import one_line, quoted

_NAMES = frozenset({"name", "label", "description", "displayName"})
_NOISE = frozenset(
    {
        *("created", "lastUpdated", "lastMembershipUpdated"),
        *("_links", "_embedded", "credentials.signing"),
    }
)
"""What differs without anybody having changed the object; keys rotate by themselves."""

_OF_THE_ORG: Mapping[str, Callable[[Org], Iterable[Record]]] = {
    "api_service_integrations": lambda org: org.api_service_integrations,
    "custom_domains": lambda org: org.custom_domains,
    "delegation_links": lambda org: org.delegation_links,
    "group_rules": lambda org: org.group_rules,
}
"""Further lists of the org that are compared where the whole org is."""

ObjectsById = Mapping[str, tuple[Record, AuthorizationServer | None, Any]]


class ObjectChanges:
    """The objects of two sides: servers and what belongs to them, clients, AI agents and others."""

    def __init__(self, sides: SnapshotPair, only: DiffFilter) -> None:
        self._sides = sides
        self._only = only
        self._unread: dict[Uncompared, None] = {}
        self.changes = tuple(self._changes())
        self.uncompared = tuple(sorted(self._unread, key=lambda item: (item.what, item.why)))

    def _changes(self) -> Iterator[ObjectChange]:
        old, new = (self._lists(side) for side in self._sides.both)
        for key in sorted(old.keys() & new.keys()):
            yield from _compare(old[key], new[key])

    def _lists(self, side: SnapshotSide) -> dict[str, ObjectsById]:
        """By kind and list; a list that was not read is not there."""
        lists: dict[str, ObjectsById] = {}
        if self._only.client is None:
            lists |= self._servers(side)
        if self._only.server is None:
            if self._read(side, "apps"):
                apps = [app for app in side.org.apps if self._only.client in {None, app.client_id}]
                lists["4 clients"] = _by_id(side, apps, None)
            lists |= self._agents(side)
        if self._only == DiffFilter():
            for name, read in _OF_THE_ORG.items():
                if self._read(side, name):
                    lists[f"7 {name}"] = _by_id(side, read(side.org), None)
        return lists

    def _servers(self, side: SnapshotSide) -> dict[str, ObjectsById]:
        org, lists = side.org, {}
        servers = [s for s in org.servers if self._only.server in {None, s.id}]
        if self._read(side, "authorization_servers"):
            lists["1 servers"] = _by_id(side, servers, None)
        for server in servers:
            for name, records in (
                ("policies", org.policies(server)),
                ("scopes", org.scopes(server)),
                ("claims", org.claims(server)),
            ):
                if self._read(side, name, server):
                    lists[f"2 {server.id} {name}"] = _by_id(side, records, server)
            for policy in org.policies(server):
                if self._read(side, "policy_rules", policy, server):
                    lists[f"3 {server.id} {policy.id}"] = _by_id(side, org.rules(policy), server)
        return lists

    def _agents(self, side: SnapshotSide) -> dict[str, ObjectsById]:
        org = side.org
        if not self._read(side, "ai_agents"):
            return {}
        agents = [agent for agent in org.agents if self._only.client in {None, agent.client_id}]
        lists = {"5 agents": _by_id(side, agents, None)}
        for agent in agents:
            if self._read(side, "agent_connections", agent):
                lists[f"6 {agent.id}"] = _by_id(side, org.connections(agent), None)
        return lists

    def _read(
        self,
        side: SnapshotSide,
        name: str,
        parent: Record | None = None,
        server: Record | None = None,
    ) -> bool:
        if side.read(name, parent):
            return True
        entry = side.org.ledger.entry(name)
        owner = server or parent
        of = f" of {type_name(owner.kind)} {quoted(owner.title)}" if owner else ""
        missing = Uncompared(
            what=f"{entry.label}{of}",
            why=one_line(f"not completely read in {side.name}: {entry.explanation()}"),
            remedy=one_line(entry.remedy()),
            missing=(name,),
        )
        self._unread[missing] = None
        return False


def _by_id(
    side: SnapshotSide, records: Iterable[Record], server: AuthorizationServer | None
) -> ObjectsById:
    return {record.id: (record, server, side.org.raw(record)) for record in records}


def _compare(old: ObjectsById, new: ObjectsById) -> Iterator[ObjectChange]:
    for identity in sorted({*old, *new}):
        record, server, raw = new.get(identity) or old[identity]
        owner = reference(server) if server else None
        if identity not in old or identity not in new:
            change = ChangeKind.ADDED if identity in new else ChangeKind.REMOVED
            yield ObjectChange(change=change, object=reference(record), server=owner)
            continue
        old_record, _, old_raw = old[identity]
        if old_raw is raw or old_raw == raw:
            continue
        if record.title != old_record.title:
            yield ObjectChange(
                change=ChangeKind.RENAMED,
                object=reference(record),
                server=owner,
                old_name=old_record.title,
            )
        # A snapshot of an older version may hold more fields than are kept now.
        kept_old, kept_new = kept(old_raw, type(old_record)), kept(raw, type(record))
        if fields := sorted(".".join(path) for path in _changed_fields(kept_old, kept_new)):
            yield ObjectChange(
                change=ChangeKind.CHANGED,
                object=reference(record),
                server=owner,
                fields=tuple(fields),
            )


def _changed_fields(old: Any, new: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The fields that differ, as paths of keys; names and bookkeeping are left out."""
    if not (isinstance(old, dict) and isinstance(new, dict)):
        yield path
        return
    for key in old.keys() | new.keys():
        inner = (*path, key)
        if key in _NOISE or ".".join(inner) in _NOISE or (not path and key in _NAMES):
            continue
        if old.get(key) != new.get(key):
            yield from _changed_fields(old.get(key), new.get(key), inner)
