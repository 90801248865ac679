"""Finds in a snapshot what the requests of a group are about."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from auditor.snapshot.models.servers import AuthorizationServer
from auditor.snapshot.org import Org
from auditor.system_log.groups import Group
from auditor.system_log.situations import Situations, situations
from auditor.tokens.request import ORG_SERVER

_MOST_PEOPLE = 1_000
"""People of a group whose own changes are looked for."""


class GroupLookup:
    """Finds what groups are about; what many of them have in common is found once."""

    def __init__(self, org: Org) -> None:
        self._org = org
        self._situations: dict[tuple[object, ...], Situations] = {}
        self._of_server: dict[str, tuple[str, ...]] = {}

    def situations(self, group: Group) -> Situations:
        """The server, the client and the grant types of a group's requests."""
        key = group.key
        same = (key.type, key.server, key.server_name, key.client, key.grant)
        if same not in self._situations:
            self._situations[same] = situations(self._org, key)
        return self._situations[same]

    def objects(self, group: Group) -> tuple[str, ...]:
        """Ids of what a group's requests meet, each once."""
        return tuple(dict.fromkeys(self._objects(group, self.situations(group))))

    def _objects(self, group: Group, known: Situations) -> Iterator[str]:
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
