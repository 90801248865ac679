"""What one authorization server gives to whom."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from auditor.access_overview.model import (
    ClientServerAccess,
    Obtains,
    PolicyAccess,
    RuleAccess,
    RuleUse,
    ScopeAccess,
    ServerAccess,
)
from auditor.access_overview.obtained_scope import ObtainedScopes
from auditor.access_overview.wording import clients_words, failure_words, people_words, why_words
from auditor.snapshot.models.clients import App
from auditor.snapshot.models.servers import AccessPolicy, PolicyRule
from auditor.snapshot.org import Org
from auditor.snapshot.view import UnreadListError
from auditor.tokens.reach.client_groups import ClientGroup
from auditor.tokens.reach.regions import Region
from auditor.tokens.reach.rules import Obstacle, RuleReach
from auditor.tokens.reach.servers import ServerReach
from auditor.tokens.reach.user_sets import UncertainUsers

_NOTHING = ClientServerAccess(obtains=Obtains.NOTHING)


@dataclass
class _ClientScopes:
    """Gathers what one client lets somebody obtain, region by region."""

    sure: set[str] = field(default_factory=set)
    possible: set[str] = field(default_factory=set)
    eligible: bool = False
    """Whether anybody who can sign in is assigned to it, or it needs nobody."""
    live: bool = False
    """Whether a rule for it allows one of its grant types."""

    def add(self, region: Region, people: UncertainUsers) -> None:
        """Add what some people obtain."""
        if people.sure:
            self.sure |= region.scopes
        self.possible |= region.scopes | region.doubtful


@dataclass(frozen=True)
class ServerOverview:
    """Works out the access that one server gives.

    Args:
        reach: all requests to it.
        sensitive: whether a scope of some name is sensitive.
    """

    reach: ServerReach
    sensitive: Callable[[str], bool]

    @property
    def _org(self) -> Org:
        return self.reach.tenant.reach.org

    def clients(self, apps: Iterable[App]) -> Mapping[str, ClientServerAccess]:
        """What each of some clients lets somebody obtain, by client id."""
        clients = {app.client_id: app for app in apps}
        try:
            obtained = self._obtained_by(clients)
        except UnreadListError:
            unknown = ClientServerAccess(obtains=Obtains.UNKNOWN, more=True)
            return dict.fromkeys(clients, unknown)
        return {
            client_id: self._client(app, obtained[client_id]) for client_id, app in clients.items()
        }

    def _obtained_by(self, client_ids: Iterable[str]) -> dict[str, _ClientScopes]:
        obtained = {client_id: _ClientScopes() for client_id in client_ids}
        for group in self.reach.groups:
            for client, eligible in self._eligible(group):
                scopes = obtained.get(client.client_id)
                if scopes is None:
                    continue
                scopes.live = True
                scopes.eligible = scopes.eligible or bool(eligible.possible)
                for region in group.evaluation.regions:
                    if (people := region.people & eligible).possible:
                        scopes.add(region, people)
        for group in self.reach.groups:
            for client_id in obtained.keys() & set(group.client_ids):
                obtained[client_id].live = True
        return obtained

    def _eligible(self, group: ClientGroup) -> Iterator[tuple[App, UncertainUsers]]:
        """Each client of a group with those who can sign in and are assigned to it."""
        everybody = self.reach.tenant.reach.populations.all(group.grant).all
        return group.people(UncertainUsers.certain(everybody))

    def _client(self, client: App, obtained: _ClientScopes) -> ClientServerAccess:
        if not obtained.possible and client.client_id not in self._named:
            return _NOTHING  # that is most of the clients of a large tenant
        scopes = tuple(sorted(obtained.sure))
        sensitive = tuple(name for name in scopes if name in self._sensitive_scopes)
        if sensitive:
            obtains = Obtains.SENSITIVE
        elif scopes:
            obtains = Obtains.SCOPES
        else:
            obtains = Obtains.UNKNOWN if obtained.possible else Obtains.NOTHING
        return ClientServerAccess(
            obtains=obtains,
            scopes=scopes,
            sensitive=sensitive,
            more=bool(obtained.possible - obtained.sure),
            failure=self._failure(client, obtained) if obtains is Obtains.NOTHING else "",
        )

    def _failure(self, client: App, obtained: _ClientScopes) -> str:
        """Why nothing is obtained although an active policy names the client."""
        if client.client_id not in self._named:
            return ""
        return failure_words(
            self._org, self.reach.server, client, live=obtained.live, assigned=obtained.eligible
        )

    @cached_property
    def _named(self) -> frozenset[str]:
        """The client ids that an active policy names, if the server is active."""
        policies = self._org.policies(self.reach.server) if self.reach.server.active else ()
        return frozenset(id_ for policy in policies if policy.active for id_ in policy.clients)

    @cached_property
    def _sensitive_scopes(self) -> frozenset[str]:
        """The server's own scopes that are sensitive."""
        return frozenset(
            scope.name
            for scope in self._org.scopes(self.reach.server)
            if scope.custom and self.sensitive(scope.name)
        )

    def access(self) -> ServerAccess:
        """Its policies and rules in order of evaluation, and what falls through them."""
        org, server = self._org, self.reach.server
        try:
            reaches = {(r.policy.id, r.rule.id): r for r in self.reach.rules}
            scopes = self.reach.scopes
            sensitive = tuple(self._scope_access()) if server.active else ()
        except UnreadListError:
            reaches, sensitive = {}, ()
            scopes = {scope.name: None for scope in org.scopes(server)}
        return ServerAccess(
            id=server.id,
            name=server.title,
            active=server.active,
            policies=tuple(self._policy(policy, reaches) for policy in org.policies(server)),
            complete=org.known("policies", server),
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
            complete=self._org.known("policy_rules", policy),
        )

    def _rule(self, policy: AccessPolicy, rule: PolicyRule, reach: RuleReach | None) -> RuleAccess:
        use = RuleUse.UNKNOWN
        if not (self.reach.server.active and policy.active and rule.active):
            use = RuleUse.INACTIVE
        elif reach and reach.reached is not None:
            use = RuleUse.REACHED if reach.reached else RuleUse.NEVER
        takers = {taken.rule.place: taken for taken in reach.shadowed_by} if reach else {}
        return RuleAccess(
            id=rule.id,
            name=rule.title,
            grants=rule.grant_types,
            scopes=rule.scopes,
            people=people_words(self._org, rule),
            use=use,
            why=why_words(reach.obstacle, rule) if reach and use is RuleUse.NEVER else "",
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
        obtained = ObtainedScopes(self.reach.groups, self._eligible)
        return obtained.accesses(self._org, self._sensitive_scopes)
