"""Clients to which the rules of a server give the same, and what each of the rules gives.

What a rule gives depends on a client by the policies that cover it, by what kind of client it is,
and by whether it may have refresh tokens. By whom it is used it is not: the people of all clients
together are counted, each once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from auditor.snapshot.models.clients import App
from auditor.snapshot.models.servers import AccessPolicy, AuthorizationServer, PolicyRule
from auditor.snapshot.org import Org
from auditor.tokens.caveats import gives_refresh_token
from auditor.tokens.decide import minutes_at_org_server
from auditor.tokens.grants import REFRESH_TOKEN
from auditor.tokens.reach.regions import Region
from auditor.tokens.reach.requestable import OTHER
from auditor.tokens.reach.situations import Reach, SituationReach
from auditor.tokens.reach.user_sets import UncertainUsers, UserSet
from auditor.tokens.server_tables import ServerTables
from auditor.tokens.situation import Situation


class RuleGift(NamedTuple):
    """Who obtains a scope by one rule, and for how long."""

    policy: AccessPolicy | None
    rule: PolicyRule | None
    clients: tuple[App, ...]
    """Those through which somebody may obtain it."""
    people: int
    """How many obtain it for certain, or the client without a user."""
    uncertain: bool
    """Whether there may be more."""
    access_token_minutes: int | None
    refresh_token: bool | None
    sure: UserSet | None
    """Those whom `people` counts, if somebody wants them named."""


_Part = tuple[int, bool]
"""A region's place, and whether the scope is among those that it has for certain."""


@dataclass
class EqualAccess:
    """Clients to which the same rules apply in the same way, at one server, in one grant type."""

    reaches: list[SituationReach]
    """Of each client; somebody is assigned to each, for all that is known."""
    user: UncertainUsers | None = None
    """Whose access is wanted; None is everybody's."""
    named: bool = False
    """Whether people are wanted, and not only how many they are: they take memory."""
    _gifts: dict[tuple[_Part, ...], RuleGift | None] = field(default_factory=dict)
    _people: dict[int, UncertainUsers] = field(default_factory=dict)
    _clients: dict[int, int] = field(default_factory=dict)

    @property
    def situation(self) -> Situation:
        """That of the first client."""
        return self.reaches[0].situation

    @cached_property
    def scopes(self) -> dict[str, dict[tuple[str | None, str | None], list[_Part]]]:
        """By scope that may be obtained, and by policy and rule, the regions that have it."""
        by_scope: dict[str, dict[tuple[str | None, str | None], list[_Part]]] = {}
        for place, region in enumerate(self._regions):
            if not self._of(place).possible:
                continue
            candidate = region.candidate
            key = (
                candidate.policy.id if candidate else None,
                candidate.rule.id if candidate and candidate.rule else None,
            )
            for certain, names in ((True, region.scopes), (False, region.doubtful)):
                for name in names:
                    by_scope.setdefault(name, {}).setdefault(key, []).append((place, certain))
        return {
            name: by_rule
            for name, by_rule in by_scope.items()
            if name != OTHER and not name.endswith("." + OTHER)
        }

    def gifts(self, scope: str) -> Iterator[RuleGift]:
        """Who obtains a scope by which rule, in order of evaluation."""
        for parts in self.scopes[scope].values():
            key = tuple(parts)
            if key not in self._gifts:
                self._gifts[key] = self._gift(key)
            gift = self._gifts[key]
            if gift is not None:
                yield gift

    def _gift(self, parts: tuple[_Part, ...]) -> RuleGift | None:
        people: UncertainUsers | None = None
        clients, lifetimes = 0, None
        for place, certain in parts:
            own = self._of(place)
            if not certain:
                own = UncertainUsers(own.sure - own.sure, own.possible)
            people = own if people is None else people | own
            clients |= self._clients_of(place)
            if own.sure and lifetimes is None:
                lifetimes = self._lifetimes(self._regions[place])
        if people is None or not people.possible:
            return None
        candidate = self._regions[parts[0][0]].candidate
        return RuleGift(
            candidate.policy if candidate else None,
            candidate.rule if candidate else None,
            tuple(
                reach.situation.client
                for place, reach in enumerate(self.reaches)
                if clients >> place & 1
            ),
            len(people.sure),
            bool(people.unknown - self._passing) or not people.sure,
            *(lifetimes or (None, None)),
            people.sure if self.named else None,
        )

    @property
    def _passing(self) -> UserSet:
        """People who make no number uncertain, unless they are asked about.

        Whoever is locked out would make every number one at least.
        """
        passing = self.reaches[0].reach.populations.status_in_doubt(self.situation.grant)
        return passing if self.user is None else passing - passing

    @property
    def _regions(self) -> tuple[Region, ...]:
        return self.reaches[0].evaluation.regions

    def _of(self, place: int) -> UncertainUsers:
        """Those in a region who obtain its scopes through any of the clients."""
        if place not in self._people:
            region = self._regions[place]
            people = region.people & self._entitled(user_checked=region.user_checked)
            self._people[place] = people if self.user is None else people & self.user
        return self._people[place]

    def _entitled(self, *, user_checked: bool) -> UncertainUsers:
        return self._checked if user_checked else self._eligible

    @cached_property
    def _eligible(self) -> UncertainUsers:
        return _all(reach.eligible for reach in self.reaches)

    @cached_property
    def _checked(self) -> UncertainUsers:
        return _all(reach.eligible_if_checked for reach in self.reaches)

    def _clients_of(self, place: int) -> int:
        """The clients through which somebody in a region obtains something, as bits."""
        if len(self.reaches) == 1:
            return 1
        if place not in self._clients:
            region, people = self._regions[place], self._of(place).possible
            self._clients[place] = sum(
                1 << at
                for at, reach in enumerate(self.reaches)
                if people.meets(
                    (reach.eligible_if_checked if region.user_checked else reach.eligible).possible
                )
            )
        return self._clients[place]

    def _lifetimes(self, region: Region) -> tuple[int | None, bool | None]:
        """The minutes of the access token, and whether there is a refresh token."""
        situation = self.situation
        request = situation.request(None, None if region.omitted else region.scopes)
        asked = situation.asked(request)
        refresh = gives_refresh_token(situation, region.scopes)
        if region.candidate is None or region.candidate.rule is None:
            return minutes_at_org_server(asked), refresh
        minutes = region.candidate.rule.token.access_token_lifetime_minutes
        return minutes if asked.access_token else None, refresh


def _all(several: Iterable[UncertainUsers]) -> UncertainUsers:
    first, *rest = several
    for each in rest:
        first |= each
    return first


def equal_access(
    reach: Reach,
    server: AuthorizationServer | None,
    clients: Iterable[App],
    *,
    ignored_grants: frozenset[str],
    each_client: bool,
) -> Iterator[EqualAccess]:
    """The clients of a server by what its rules give them, in order of the first of each.

    Args:
        reach: all requests; it is left with what it has worked out for this server.
        server: the server; None is the org server.
        clients: the clients, in order.
        ignored_grants: grant types to leave out.
        each_client: whether each client stands by itself.
    """
    groups: dict[object, EqualAccess] = {}
    for client in clients:
        if server is not None and not _may_obtain(reach.org, server, client):
            continue
        for grant in sorted(set(client.grant_types) - ignored_grants):
            own = reach.of(Situation(reach.org, server, client, grant))
            if not own.eligible.possible:
                continue
            if each_client:
                yield EqualAccess([own])
                continue
            key = (id(own.evaluation), REFRESH_TOKEN in client.grant_types)
            groups.setdefault(key, EqualAccess([])).reaches.append(own)
    yield from groups.values()


def _may_obtain(org: Org, server: AuthorizationServer, client: App) -> bool:
    """Whether a policy covers a client, for all that is known; most servers cover few."""
    return (
        not client.configurable
        or not org.known("policies", server)
        or bool(ServerTables.of(org).covering(server, client.client_id))
    )
