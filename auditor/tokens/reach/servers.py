"""What a whole authorization server gives, over all its clients and their users.

Clients to which the same rules apply are looked at together (`client_groups.py`), so that a
policy for all clients is evaluated once and not once per client. For each region (`regions.py`)
one client with one assigned person in it is enough; every client is looked at only for the rules,
scopes and clients for which there is none.

Okta's own apps are left out: the org does not configure them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from auditor.snapshot.models.clients import App
from auditor.snapshot.models.servers import AuthorizationServer
from auditor.snapshot.org import Org
from auditor.tokens.reach.client_groups import ClientGroup, client_groups, client_kinds
from auditor.tokens.reach.populations import shared_populations
from auditor.tokens.reach.regions import Region, everybody_in
from auditor.tokens.reach.rules import (
    RuleReach,
    UnreachedRules,
    names_unknown_agents,
    request_to,
)
from auditor.tokens.reach.situations import Reach
from auditor.tokens.reads import CONSULTS, CUSTOM_SERVER_READS
from auditor.tokens.request import TokenRequest
from auditor.tokens.situation import ClientKind


def tenant_reach(org: Org) -> TenantReach:
    """All requests of an org, computed once for all callers.

    Args:
        org: the org; a restricted view must read `CUSTOM_SERVER_READS` and consult `CONSULTS`.
    """
    return org.remembered(_tenant_reach, CUSTOM_SERVER_READS, CONSULTS)


def _tenant_reach(view: Org) -> TenantReach:
    reach = Reach(view)
    reach.populations = shared_populations(view)
    return TenantReach(reach)


@dataclass(frozen=True)
class _Inhabited:
    """Whether anybody is in a region, and the request of one who is."""

    region: Region
    anybody: bool | None
    witness: TokenRequest | None


class TenantReach:
    """All requests to all custom authorization servers of a tenant.

    Args:
        reach: shared by all servers.
    """

    def __init__(self, reach: Reach) -> None:
        self.reach = reach
        self._servers: dict[str, ServerReach] = {}

    def server(self, server: AuthorizationServer) -> ServerReach:
        """All requests to one server."""
        if server.id not in self._servers:
            self._servers[server.id] = ServerReach(self, server)
        return self._servers[server.id]

    @cached_property
    def clients(self) -> tuple[App, ...]:
        """Active clients that the org configures, AI agents included."""
        return tuple(app for app in self.reach.org.clients if app.active and app.configurable)

    @cached_property
    def kinds(self) -> Mapping[ClientKind, Mapping[str, App]]:
        """The clients that may use a grant type, by kind and client id."""
        return client_kinds(self.reach.org, self.clients)


@dataclass(frozen=True)
class ServerReach:
    """All requests to one authorization server.

    Args:
        tenant: its clients and people.
        server: the server.
    """

    tenant: TenantReach
    server: AuthorizationServer

    @cached_property
    def rules(self) -> tuple[RuleReach, ...]:
        """Each rule that was read, in order of evaluation, and whether any request reaches it."""
        reached: dict[tuple[str, str], RuleReach] = {}
        for place in self._inhabited:
            candidate = place.region.candidate
            if candidate is None or candidate.rule is None or place.anybody is False:
                continue
            key = (candidate.policy.id, candidate.rule.id)
            if key not in reached or (place.anybody and not reached[key].reached):
                reached[key] = RuleReach(
                    candidate.policy, candidate.rule, place.anybody, witness=place.witness
                )
        reach = self.tenant.reach
        unreached_rules = UnreachedRules(reach, self.server, self.tenant.clients, self.groups)
        return tuple(
            reached.get((policy.id, rule.id)) or unreached_rules.unreached(policy, rule)
            for policy in reach.org.policies(self.server)
            for rule in reach.org.rules(policy)
        )

    @cached_property
    def scopes(self) -> Mapping[str, bool | None]:
        """Each scope of the server, and whether anybody can obtain it; None if not known.

        Where the clients were not all read, or a policy names an agent that is not known, a scope
        that nobody obtains is not known either.
        """
        org = self.tenant.reach.org
        unknown = not org.known("apps") or any(
            names_unknown_agents(org, policy) for policy in org.active_policies(self.server)
        )
        none_yet = None if unknown else False
        obtained: dict[str, bool | None] = {
            scope.name: none_yet for scope in org.scopes(self.server)
        }
        for place in self._inhabited:
            for name in place.region.scopes & obtained.keys():
                obtained[name] = _either(obtained[name], place.anybody)
            for name in place.region.doubtful & obtained.keys():
                obtained[name] = _either(obtained[name], None if place.anybody is None else False)
        return dict(sorted(obtained.items()))

    @cached_property
    def clients(self) -> Mapping[str, bool | None]:
        """Clients that a rule applies to, and whether anybody can obtain anything by them.

        By client id; None if not known. A client that is not here can obtain nothing.
        """
        obtaining: dict[str, bool | None] = {}
        for group in self.groups:
            none = self.tenant.reach.populations.all(group.grant).none
            total = everybody_in(group.evaluation.regions, none)
            for client in group.clients:
                obtaining.setdefault(client.client_id, False)
            for client, people in group.people(total):
                obtaining[client.client_id] = _either(obtaining[client.client_id], people.any)
        return obtaining

    @cached_property
    def groups(self) -> tuple[ClientGroup, ...]:
        """The active clients, grouped by grant type and by the rules that apply to them."""
        if not self.server.active:
            return ()
        return tuple(client_groups(self.tenant.reach, self.server, self.tenant.kinds))

    @cached_property
    def _inhabited(self) -> tuple[_Inhabited, ...]:
        return tuple(
            self._look(group, region)
            for group in self.groups
            for region in group.evaluation.regions
        )

    def _look(self, group: ClientGroup, region: Region) -> _Inhabited:
        anybody: bool | None = False
        for client, people in group.people(region.people, user_checked=region.user_checked):
            if people.sure:
                scopes = None if region.omitted else region.scopes
                witness = request_to(self.server, client, group.grant, people.sure, scopes)
                return _Inhabited(region, anybody=True, witness=witness)
            anybody = None if people.possible else anybody
        return _Inhabited(region, anybody, None)


def _either(*answers: bool | None) -> bool | None:
    """Or, with three values."""
    if any(answers):
        return True
    return None if None in answers else False
