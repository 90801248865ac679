"""What objects of either side are called: as they are called now, or were."""

from __future__ import annotations

from auditor.diff.result import RuleRef
from auditor.diff.sides import Side, Sides
from auditor.lint.result import ObjectRef
from auditor.snapshot.models.base import Record
from auditor.snapshot.models.servers import AuthorizationServer
from auditor.text import quoted
from auditor.tokens.request import ORG_SERVER


def reference(record: Record) -> ObjectRef:
    """An object by type, id and name."""
    return ObjectRef(type=record.kind, id=record.id, name=record.title)


class Names:
    """The objects of two snapshots by id."""

    def __init__(self, sides: Sides) -> None:
        self._sides = sides

    def server(self, server: str) -> ObjectRef:
        """An authorization server; `org` is the org server."""
        for side in (self._sides.new, self._sides.old):
            if found := find_server(side, server):
                return reference(found)
        return ObjectRef(type="authorization_server", id=server, name=server)

    def server_words(self, server: str) -> str:
        """How a sentence calls a server."""
        if server == ORG_SERVER:
            return "the org authorization server"
        return f"authorization server {quoted(self.server(server).name)}"

    def client(self, client: str) -> ObjectRef:
        """A client by client id."""
        for side in (self._sides.new, self._sides.old):
            if found := side.org.client(client):
                return ObjectRef(type=found.kind, id=client, name=found.title)
        return ObjectRef(type="client", id=client, name=client)

    def rule(self, server: str, ids: tuple[str, str] | None, *, new: bool) -> RuleRef | None:
        """A rule by the ids of its policy and its own, on one side."""
        side = self._sides.new if new else self._sides.old
        found = find_server(side, server)
        if ids is None or found is None:
            return None
        policy = next(item for item in side.org.policies(found) if item.id == ids[0])
        rule = next(item for item in side.org.rules(policy) if item.id == ids[1])
        return RuleRef(reference(policy), reference(rule))


def find_server(side: Side, server: str) -> AuthorizationServer | None:
    """The server with an id, if a side has it."""
    try:
        return side.org.server(server)
    except KeyError:
        return None
