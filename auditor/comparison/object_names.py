"""The names of the objects of both snapshots: the new ones, or those that they had."""

from __future__ import annotations

from auditor.comparison.result import RuleRef
from auditor.comparison.snapshot_pair import SnapshotPair, SnapshotSide
from auditor.lint.reported_finding import ObjectRef
from auditor.snapshot.models.base import Record
from auditor.snapshot.models.servers import AuthorizationServer
from auditor.text import quoted
from auditor.tokens.request import ORG_SERVER


def reference(record: Record) -> ObjectRef:
    """An object by type, id and name."""
    return ObjectRef(type=record.kind, id=record.id, name=record.title)


class ObjectNames:
    """The objects of two snapshots by id."""

    def __init__(self, sides: SnapshotPair) -> None:
        self._sides = sides

    def server(self, server: str) -> ObjectRef:
        """An authorization server; `org` is the org server."""
        for side in (self._sides.new, self._sides.old):
            if record := find_server(side, server):
                return reference(record)
        return ObjectRef(type="authorization_server", id=server, name=server)

    def server_words(self, server: str) -> str:
        """How a sentence calls a server."""
        if server == ORG_SERVER:
            return "the org authorization server"
        return f"authorization server {quoted(self.server(server).name)}"

    def client(self, client: str) -> ObjectRef:
        """A client by client id."""
        for side in (self._sides.new, self._sides.old):
            if app := side.org.client(client):
                return ObjectRef(type=app.kind, id=client, name=app.title)
        return ObjectRef(type="client", id=client, name=client)

    def rule(self, server: str, ids: tuple[str, str] | None, *, new: bool) -> RuleRef | None:
        """A rule by the ids of its policy and its own, on one side."""
        side = self._sides.new if new else self._sides.old
        record = find_server(side, server)
        if ids is None or record is None:
            return None
        policy = next(item for item in side.org.policies(record) if item.id == ids[0])
        rule = next(item for item in side.org.rules(policy) if item.id == ids[1])
        return RuleRef(reference(policy), reference(rule))


def find_server(side: SnapshotSide, server: str) -> AuthorizationServer | None:
    """The server with an id, if a side has it."""
    try:
        return side.org.server(server)
    except KeyError:
        return None
