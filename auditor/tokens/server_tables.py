"""What all situations of an authorization server share: its scopes, and the rules that can match.

Which rules can match depends on a client only by the policies that cover it. They are looked up
by the policies' clients, so that a tenant with many policies and many clients does not take each
policy with each client.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from auditor.snapshot.models.servers import ALL_CLIENTS, AccessPolicy, AuthorizationServer, Scope
from auditor.snapshot.org import Org
from auditor.tokens.rules_in_order import Candidate, live_candidates


@dataclass(frozen=True)
class _Covering:
    """The active policies of one server, and which of them cover whom, by position."""

    policies: tuple[AccessPolicy, ...]
    everybody: tuple[int, ...]
    named: Mapping[str, frozenset[int]]
    """By client id. A policy for all clients is not among them."""

    def of(self, client_id: str) -> tuple[int, ...]:
        own = self.named.get(client_id)
        return tuple(sorted(own.union(self.everybody))) if own else self.everybody


@dataclass
class ServerTables:
    """Shared by all situations of an org, or of one view of it.

    Args:
        org: the tenant; a restricted view must read `reads.READS` and consult `reads.CONSULTS`.
    """

    org: Org
    _covering: dict[str, _Covering] = field(default_factory=dict)
    _scopes: dict[str, Mapping[str, Scope]] = field(default_factory=dict)
    _live: dict[tuple[str, int, str], tuple[Candidate, ...]] = field(default_factory=dict)
    _applicable: dict[tuple[str, tuple[int, ...], str], tuple[Candidate, ...]] = field(
        default_factory=dict
    )

    @classmethod
    def of(cls, org: Org) -> ServerTables:
        """Those of an org, the same object for all who ask."""
        return org.remembered(cls)

    def scopes(self, server: AuthorizationServer) -> Mapping[str, Scope] | None:
        """A server's scopes by name; None if they were not read."""
        if not self.org.known("scopes", server):
            return None
        if server.id not in self._scopes:
            self._scopes[server.id] = {scope.name: scope for scope in self.org.scopes(server)}
        return self._scopes[server.id]

    def covering(self, server: AuthorizationServer, client_id: str) -> tuple[int, ...]:
        """Which of the server's active policies cover a client, by their place among those."""
        return self._policies(server).of(client_id)

    def applicable(
        self, server: AuthorizationServer, client_id: str, grant: str
    ) -> tuple[Candidate, ...]:
        """The rules that can match requests of a client, in order of evaluation."""
        places = self.covering(server, client_id)
        key = (server.id, places, grant)
        if key not in self._applicable:
            self._applicable[key] = tuple(
                candidate for place in places for candidate in self._of(server, place, grant)
            )
        return self._applicable[key]

    def _of(self, server: AuthorizationServer, place: int, grant: str) -> tuple[Candidate, ...]:
        key = (server.id, place, grant)
        if key not in self._live:
            policy = self._policies(server).policies[place]
            self._live[key] = tuple(live_candidates(self.org, policy, grant))
        return self._live[key]

    def _policies(self, server: AuthorizationServer) -> _Covering:
        if server.id not in self._covering:
            active = tuple(self.org.active_policies(server))
            everybody: list[int] = []
            named: dict[str, set[int]] = {}
            for place, policy in enumerate(active):
                if ALL_CLIENTS in policy.clients:
                    everybody.append(place)
                    continue
                for client in policy.clients:
                    named.setdefault(client, set()).add(place)
            self._covering[server.id] = _Covering(
                active,
                tuple(everybody),
                {client: frozenset(places) for client, places in named.items()},
            )
        return self._covering[server.id]
