"""What one authorization server gives to whom, in the plain values of `access.py`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from auditor.lint.access import (
    Cell,
    Obtains,
    PolicyAccess,
    RuleAccess,
    ScopeAccess,
    ServerAccess,
    Standing,
)
from auditor.lint.look_scopes import Obtained
from auditor.lint.look_words import clients_words, failure_words, people_words, why_words
from auditor.snapshot.index import Org, UnreadMembersError
from auditor.snapshot.models.clients import App
from auditor.snapshot.models.servers import AccessPolicy, PolicyRule
from auditor.tokens.grants import USERLESS_GRANTS
from auditor.tokens.reach.client_groups import ClientGroup
from auditor.tokens.reach.regions import Region
from auditor.tokens.reach.rules import Obstacle, RuleReach
from auditor.tokens.reach.servers import ServerReach
from auditor.tokens.reach.user_sets import People


@dataclass
class _Gathered:
    """What is found out about one client, region by region."""

    sure: set[str] = field(default_factory=set)
    possible: set[str] = field(default_factory=set)
    eligible: bool = False
    live: bool = False

    def add(self, region: Region, people: People) -> None:
        """Take in what some people obtain."""
        if people.sure:
            self.sure |= region.scopes
        self.possible |= region.scopes | region.doubtful


@dataclass(frozen=True)
class Look:
    """One server.

    Args:
        reach: all requests to it.
        sensitive: whether a scope of some name is sensitive.
    """

    reach: ServerReach
    sensitive: Callable[[str], bool]

    @property
    def _org(self) -> Org:
        return self.reach.tenant.reach.org

    def cells(self, clients: Iterable[App]) -> Mapping[str, Cell]:
        """What each of some clients lets somebody obtain, by client id."""
        wanted = {client.client_id: client for client in clients}
        try:
            found = self._gather(wanted)
        except UnreadMembersError:
            return dict.fromkeys(wanted, Cell(obtains=Obtains.UNKNOWN, more=True))
        return {name: self._cell(client, found[name]) for name, client in wanted.items()}

    def _gather(self, wanted: Mapping[str, App]) -> dict[str, _Gathered]:
        found = {name: _Gathered() for name in wanted}
        for group in self.reach.groups:
            for client, eligible in self._eligible(group):
                if client.client_id not in found:
                    continue
                here = found[client.client_id]
                here.live = True
                here.eligible = here.eligible or bool(eligible.possible)
                for region in group.evaluation.regions:
                    if (people := region.people & eligible).possible:
                        here.add(region, people)
        for group in self.reach.groups:
            for name in found.keys() & set(group.client_ids):
                found[name].live = True
        return found

    def _eligible(self, group: ClientGroup) -> Iterator[tuple[App, People]]:
        """Each client of a group with those who can sign in and are assigned to it."""
        everybody = self.reach.tenant.reach.populations.all(group.grant).all
        return group.people(People.certain(everybody))

    def _cell(self, client: App, found: _Gathered) -> Cell:
        scopes = tuple(sorted(found.sure))
        secret = tuple(name for name in scopes if name in self._sensitive)
        if secret:
            obtains = Obtains.SENSITIVE
        elif scopes:
            obtains = Obtains.SCOPES
        else:
            obtains = Obtains.UNKNOWN if found.possible else Obtains.NOTHING
        return Cell(
            obtains=obtains,
            scopes=scopes,
            sensitive=secret,
            more=bool(found.possible - found.sure),
            failure=self._failure(client, found) if obtains is Obtains.NOTHING else "",
        )

    def _failure(self, client: App, found: _Gathered) -> str:
        """Why nothing is obtained although an active policy names the client."""
        server = self.reach.server
        active = (policy for policy in self._org.policies(server) if policy.active)
        if not server.active or not any(client.client_id in policy.clients for policy in active):
            return ""
        return failure_words(self._org, server, client, live=found.live, assigned=found.eligible)

    @cached_property
    def _sensitive(self) -> frozenset[str]:
        """The server's own scopes that are sensitive."""
        return frozenset(
            scope.name
            for scope in self._org.scopes(self.reach.server)
            if scope.custom and self.sensitive(scope.name)
        )

    def server_access(self) -> ServerAccess:
        """Its policies and rules in order of evaluation, and what falls through them."""
        org, server = self._org, self.reach.server
        try:
            reaches = {(r.policy.id, r.rule.id): r for r in self.reach.rules}
            scopes = self.reach.scopes
            sensitive = tuple(self._scope_access()) if server.active else ()
        except UnreadMembersError:
            reaches, sensitive = {}, ()
            scopes = {scope.name: None for scope in org.scopes(server)}
        return ServerAccess(
            id=server.id,
            name=server.title,
            active=server.active,
            policies=tuple(self._policy(policy, reaches) for policy in org.policies(server)),
            known=org.known("policies", server),
            sensitive=tuple(sorted(sensitive, key=lambda scope: (-scope.people, scope.name))),
            unobtainable=tuple(name for name, can in scopes.items() if can is False),
            unknown=tuple(name for name, can in scopes.items() if can is None),
        )

    def _policy(
        self, policy: AccessPolicy, reaches: Mapping[tuple[str, str], RuleReach]
    ) -> PolicyAccess:
        return PolicyAccess(
            id=policy.id,
            name=policy.title,
            active=policy.active,
            clients=clients_words(self._org, policy),
            rules=tuple(
                self._rule(policy, rule, reaches.get((policy.id, rule.id)))
                for rule in self._org.rules(policy)
            ),
            known=self._org.known("policy_rules", policy),
        )

    def _rule(self, policy: AccessPolicy, rule: PolicyRule, reach: RuleReach | None) -> RuleAccess:
        standing = Standing.UNKNOWN
        if not (self.reach.server.active and policy.active and rule.active):
            standing = Standing.INACTIVE
        elif reach and reach.reached is not None:
            standing = Standing.REACHED if reach.reached else Standing.NEVER
        takers = {taken.rule.place: taken for taken in reach.shadowed_by} if reach else {}
        return RuleAccess(
            id=rule.id,
            name=rule.title,
            grants=rule.grant_types,
            scopes=rule.scopes,
            people=people_words(self._org, rule),
            standing=standing,
            why=why_words(reach.obstacle, rule) if reach and standing is Standing.NEVER else "",
            taken_by=tuple(
                taken.rule.title
                if taken.policy.id == policy.id
                else f"{taken.rule.title} of policy {taken.policy.title}"
                for taken in takers.values()
            )
            if reach and reach.obstacle is Obstacle.SHADOWED
            else (),
            access_minutes=rule.token.access_token_lifetime_minutes,
            refresh_minutes=rule.token.refresh_token_lifetime_minutes,
            window_minutes=rule.token.refresh_token_window_minutes,
        )

    def _scope_access(self) -> Iterator[ScopeAccess]:
        found: dict[str, Obtained] = {}
        for group in self.reach.groups:
            regions = [
                (region, self._sensitive & (region.scopes | region.doubtful))
                for region in group.evaluation.regions
            ]
            regions = [(region, names) for region, names in regions if names]
            for client, eligible in self._eligible(group) if regions else ():
                for region, names in regions:
                    here = region.people & eligible
                    if not here.possible:
                        continue
                    for name in names:
                        certain = here.sure if name in region.scopes else None
                        obtained = found.setdefault(name, Obtained())
                        obtained.more |= not certain or certain != here.possible
                        userless = group.grant in USERLESS_GRANTS
                        obtained.add(client, region.candidate, certain, userless=userless)
        for name in sorted(found):
            yield found[name].access(self._org, name)
