"""Clients to which the same rules of a server apply, in one grant type: evaluated once for all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from auditor.snapshot.models.base import RecordPlace
from auditor.snapshot.models.clients import App
from auditor.snapshot.models.servers import ALL_CLIENTS, AccessPolicy, AuthorizationServer
from auditor.snapshot.org import Org
from auditor.tokens.grants import USERLESS_GRANTS
from auditor.tokens.reach.regions import Evaluation
from auditor.tokens.reach.situations import Reach
from auditor.tokens.reach.user_sets import UncertainUsers
from auditor.tokens.reach.zones import let_in
from auditor.tokens.situation import ClientKind, Situation


@dataclass(frozen=True)
class ClientGroup:
    """Clients to which the same rules of a server apply, in one grant type."""

    clients: tuple[App, ...]
    evaluation: Evaluation

    @property
    def grant(self) -> str:
        """The grant type."""
        return self.evaluation.situation.grant

    @cached_property
    def client_ids(self) -> tuple[str, ...]:
        """The ids of the clients: the same for groups of other servers that have the same ones."""
        return tuple(client.client_id for client in self.clients)

    def people(
        self, among: UncertainUsers, *, user_checked: bool = False
    ) -> Iterator[tuple[App, UncertainUsers]]:
        """Each client with those of some people who can sign in and are assigned to it.

        Args:
            among: the people.
            user_checked: as in `Region.user_checked`.
        """
        populations, userless = self.evaluation.populations, self.grant in USERLESS_GRANTS
        able = among if userless else among & populations.sign_in(self.evaluation.situation)
        if not able.possible:
            return
        for client in self.clients:
            eligible = able
            if not userless:
                eligible &= populations.entitled(client, self.grant, user_checked=user_checked)
            yield client, let_in(self.evaluation.situation.org, eligible, client, self.grant)


def client_kinds(org: Org, clients: tuple[App, ...]) -> Mapping[ClientKind, Mapping[str, App]]:
    """The clients that may use a grant type, by kind and client id."""
    kinds: dict[ClientKind, dict[str, App]] = {}
    for app in clients:
        for grant in dict.fromkeys(app.grant_types):
            situation = Situation(org, None, app, grant)
            if not (situation.blocking_check and situation.blocking_check.rejection):
                kinds.setdefault(situation.client_kind, {})[app.client_id] = app
    return kinds


def client_groups(
    reach: Reach,
    server: AuthorizationServer,
    kinds: Mapping[ClientKind, Mapping[str, App]],
) -> Iterator[ClientGroup]:
    """The clients, grouped by kind and by the policies of a server that cover them."""
    org = reach.org
    policies = org.policies(server)
    by_client: dict[str, set[int]] = {}
    for at, policy in enumerate(policies):
        for name in policy.clients if policy.active else ():
            by_client.setdefault(name, set()).add(at)
    complete = org.known("policies", server)
    for (grant, *_), clients in kinds.items():
        applicable = {at for at, policy in enumerate(policies) if _may_match(org, policy, grant)}
        everybody = by_client.get(ALL_CLIENTS, set()) & applicable
        # Most servers name few of the tenant's clients.
        named = [clients[name] for name in by_client if name in clients]
        possible = clients.values() if everybody or not complete else sorted(named, key=_place)
        parts: dict[frozenset[int], list[App]] = {}
        for client in possible:
            own = by_client.get(client.client_id, set()) & applicable
            parts.setdefault(frozenset(everybody | own), []).append(client)
        for covering, apps in parts.items():
            if covering or not complete:
                situation = Situation(org, server, apps[0], grant)
                yield ClientGroup(tuple(apps), reach.evaluation(situation))


def _may_match(org: Org, policy: AccessPolicy, grant: str) -> bool:
    return not org.known("policy_rules", policy) or any(
        rule.active and grant in rule.grant_types for rule in org.rules(policy)
    )


def _place(client: App) -> RecordPlace:
    return client.place
