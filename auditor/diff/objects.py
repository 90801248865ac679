"""Which objects came, went, were renamed or changed, by immutable id."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from auditor.diff.naming import reference
from auditor.diff.result import ObjectChange, Uncompared
from auditor.diff.sides import Side, Sides
from auditor.diff.situations import Question
from auditor.snapshot.kept_fields import kept
from auditor.snapshot.models.base import Record
from auditor.snapshot.models.servers import AuthorizationServer
from auditor.text import one_line, quoted

_NAMES = frozenset({"name", "label", "description", "displayName"})
_NOISE = frozenset({"created", "lastUpdated", "_links", "_embedded", "credentials.signing"})
"""What differs without anybody having changed the object; keys rotate by themselves."""

Found = Mapping[str, tuple[Record, AuthorizationServer | None, Any]]


class Objects:
    """The servers with their policies, rules, scopes and claims, and the clients, of two sides."""

    def __init__(self, sides: Sides, question: Question) -> None:
        self._sides = sides
        self._question = question
        self._unread: dict[Uncompared, None] = {}
        self.changes = tuple(self._changes())
        self.uncompared = tuple(sorted(self._unread, key=lambda item: (item.what, item.why)))

    def _changes(self) -> Iterator[ObjectChange]:
        everything = [self._of(side) for side in self._sides.both]
        whole = {kind for kind in everything[0] if kind in everything[1]}
        for kind in sorted(whole):
            yield from _compare(everything[0][kind], everything[1][kind])

    def _of(self, side: Side) -> dict[str, Found]:
        """By kind and list; a list that was not read is not there."""
        org, found = side.org, {}
        servers = [s for s in org.servers if self._question.server in {None, s.id}]
        if self._read(side, "authorization_servers") and self._question.client is None:
            found["1 servers"] = _found(side, servers, None)
        for server in servers if self._question.client is None else ():
            for name, records in (
                ("policies", org.policies(server)),
                ("scopes", org.scopes(server)),
                ("claims", org.claims(server)),
            ):
                if self._read(side, name, server):
                    found[f"2 {server.id} {name}"] = _found(side, records, server)
            for policy in org.policies(server):
                if self._read(side, "policy_rules", policy, server):
                    found[f"3 {server.id} {policy.id}"] = _found(side, org.rules(policy), server)
        if self._read(side, "apps") and self._question.server is None:
            apps = [a for a in org.apps if self._question.client in {None, a.client_id}]
            found["4 clients"] = _found(side, apps, None)
        return found

    def _read(
        self, side: Side, name: str, parent: Record | None = None, server: Record | None = None
    ) -> bool:
        if side.read(name, parent):
            return True
        entry = side.org.ledger.entry(name)
        owner = server or parent
        of = f" of authorization server {quoted(owner.title)}" if owner else ""
        missing = Uncompared(
            what=f"{entry.label}{of}",
            why=one_line(f"not completely read in {side.name}: {entry.explanation()}"),
            remedy=one_line(entry.remedy()),
        )
        self._unread[missing] = None
        return False


def _found(side: Side, records: Iterable[Record], server: AuthorizationServer | None) -> Found:
    return {record.id: (record, server, side.org.raw(record)) for record in records}


def _compare(old: Found, new: Found) -> Iterator[ObjectChange]:
    for identity in sorted({*old, *new}):
        record, server, raw = new.get(identity) or old[identity]
        own = reference(server) if server else None
        if identity not in old or identity not in new:
            change = "added" if identity in new else "removed"
            yield ObjectChange(change=change, object=reference(record), server=own)
            continue
        before, _, was = old[identity]
        if was is raw or was == raw:
            continue
        # A file of an older version may hold more than a snapshot keeps.
        model = type(record)
        fields = sorted(_fields(kept(was, model), kept(raw, model)))
        if record.title != before.title:
            yield ObjectChange(
                change="renamed", object=reference(record), server=own, old_name=before.title
            )
        if fields:
            yield ObjectChange(
                change="changed", object=reference(record), server=own, fields=tuple(fields)
            )


def _fields(old: Any, new: Any, prefix: str = "") -> Iterator[str]:
    """Dotted names of the fields that differ; names and bookkeeping are left out."""
    if not (isinstance(old, dict) and isinstance(new, dict)):
        yield prefix.rstrip(".")
        return
    for key in old.keys() | new.keys():
        if key in _NOISE or prefix + key in _NOISE or (not prefix and key in _NAMES):
            continue
        if old.get(key) != new.get(key):
            yield from _fields(old.get(key), new.get(key), f"{prefix}{key}.")
