"""What a whole authorization server gives, over all its clients and their users.

Clients to which the same rules are live are looked at together, so that a policy for all
clients is evaluated once and not once per client. For each region (`regions.py`) one client
with one assigned person in it is enough; only rules, scopes and clients for which there is
none take a look at every client.

Okta's own apps are left out: the org does not configure them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property

from auditor.snapshot.models.base import RecordPlace
from auditor.snapshot.models.clients import App
from auditor.snapshot.models.servers import (
    ALL_CLIENTS,
    AccessPolicy,
    AuthorizationServer,
    PolicyRule,
)
from auditor.snapshot.org import Org
from auditor.tokens.decision import Outcome
from auditor.tokens.endpoint import CONSULTS
from auditor.tokens.grants import KNOWN_GRANTS, USERLESS_GRANTS
from auditor.tokens.populations import Populations
from auditor.tokens.reach import Reach
from auditor.tokens.regions import Evaluation, Region, Rung, everybody_in
from auditor.tokens.request import TokenRequest
from auditor.tokens.situation import Situation
from auditor.tokens.userset import People, UserSet

READS = ("policy_rules", "scopes", "app_users", "app_groups", "group_members", "users")
"""The collections that decisions of custom servers rest on; a rule that asks for a whole server
declares them, and consults `endpoint.CONSULTS`."""


def tenant_of(org: Org, populations: Populations | None = None) -> Tenant:
    """All requests of an org, worked out once for all who ask.

    Args:
        org: the org; a restricted view must read `READS` and consult `endpoint.CONSULTS`.
        populations: the people, where they were worked out already.
    """

    def made(view: Org) -> Tenant:
        reach = Reach(view)
        if populations is not None:
            reach.populations = populations
        return Tenant(reach)

    return org.remembered("reach", READS, made, CONSULTS)


class Why(StrEnum):
    """Why no request reaches a rule: the last hurdle that some request came to."""

    STATUS = "status"
    """The rule, its policy or the server is not active."""

    CLIENTS = "clients"
    """No active client is covered by the policy."""

    GRANTS = "grants"
    """No client that is covered may use any of the rule's grant types."""

    TOKEN_ENDPOINT = "token_endpoint"  # noqa: S105 - a hurdle
    """The clients that are left cannot authenticate, or their network zones match no address."""

    EMPTY_SCOPES = "empty_scopes"
    """The rule lists no scopes."""

    UNDEFINED_SCOPES = "undefined_scopes"
    """The server has none of the scopes that the rule lists."""

    SCOPES_NOT_FOR_GRANT = "scopes_not_for_grant"
    """None of the scopes can be asked for with the rule's grant types."""

    PEOPLE = "people"
    """Nobody whom the rule admits can sign in and is assigned to a client."""

    SHADOWED = "shadowed"
    """Earlier rules take every request that the rule would match."""


_HURDLES = list(Why)
_WHATEVER_CLIENTS = frozenset({Why.STATUS, Why.EMPTY_SCOPES, Why.UNDEFINED_SCOPES})
"""Hurdles that a client which was not read cannot take either."""


@dataclass(frozen=True, slots=True)
class Taken:
    """Traffic of a rule that an earlier rule takes."""

    policy: AccessPolicy
    rule: PolicyRule
    grant: str
    people: UserSet
    """Those who are assigned to a client and whom no rule before this one takes."""


@dataclass(frozen=True, slots=True)
class RuleReach:
    """Whether any request reaches a rule."""

    policy: AccessPolicy
    rule: PolicyRule
    reached: bool | None
    """None if that is not known."""

    why: Why | None = None
    """Why none does; None if one does or may."""

    taken: tuple[Taken, ...] = ()
    """Which earlier rules take its traffic, where it is shadowed; in order of evaluation."""

    witness: TokenRequest | None = None
    """A request that ends in the rule. Or, where none does, one that the rule is meant for and
    that ends elsewhere; None where there is nothing to show."""


@dataclass(frozen=True)
class Group:
    """Clients to which the same rules of a server are live, in one grant type."""

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

    def people(self, among: People, *, held: bool = False) -> Iterator[tuple[App, People]]:
        """Each client with those of some people who can sign in and are assigned to it.

        Args:
            among: the people.
            held: as in `Region.held`.
        """
        populations, userless = self.evaluation.populations, self.grant in USERLESS_GRANTS
        able = among if userless else among & populations.sign_in(self.evaluation.situation)
        if not able.possible:
            return
        for client in self.clients:
            if userless:
                yield client, able
            else:
                yield client, able & populations.entitled(client, self.grant, held=held)


@dataclass(frozen=True)
class _Found:
    """Whether anybody is in a region, and the request of one who is."""

    region: Region
    anybody: bool | None
    witness: TokenRequest | None


class Tenant:
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
        """Active clients that the org configures."""
        return tuple(app for app in self.reach.org.apps if app.active and app.configurable)

    @cached_property
    def kinds(self) -> Mapping[tuple[str, bool, str], Mapping[str, App]]:
        """The clients that may use a grant type, apart by what bears on scopes, by client id.

        By grant type, whether they are service apps, and usual response type.
        """
        found: dict[tuple[str, bool, str], dict[str, App]] = {}
        for app in self.clients:
            for grant in dict.fromkeys(app.grant_types):
                situation = Situation(self.reach.org, None, app, grant)
                if not (situation.blocked and situation.blocked.rejection):
                    kind = (grant, app.service, situation.default_response_type)
                    found.setdefault(kind, {})[app.client_id] = app
        return found


@dataclass(frozen=True)
class ServerReach:
    """All requests to one authorization server.

    Args:
        tenant: its clients and people.
        server: the server.
    """

    tenant: Tenant
    server: AuthorizationServer

    @cached_property
    def rules(self) -> tuple[RuleReach, ...]:
        """Each rule that was read, in order of evaluation, and whether any request reaches it."""
        reached: dict[tuple[str, str], RuleReach] = {}
        for found in self._found:
            item = found.region.candidate
            if item is None or item.rule is None or found.anybody is False:
                continue
            key = (item.policy.id, item.rule.id)
            if key not in reached or (found.anybody and not reached[key].reached):
                reached[key] = RuleReach(
                    item.policy, item.rule, found.anybody, witness=found.witness
                )
        org = self.tenant.reach.org
        return tuple(
            reached.get((policy.id, rule.id)) or self._unreached(policy, rule)
            for policy in org.policies(self.server)
            for rule in org.rules(policy)
        )

    @cached_property
    def scopes(self) -> Mapping[str, bool | None]:
        """Each scope of the server, and whether anybody can obtain it; None if not known.

        Where the clients were not all read, a scope that nobody obtains is not known either.
        """
        org = self.tenant.reach.org
        none_yet = False if org.known("apps") else None
        found: dict[str, bool | None] = {scope.name: none_yet for scope in org.scopes(self.server)}
        for item in self._found:
            for name in item.region.scopes & found.keys():
                found[name] = _either(found[name], item.anybody)
            for name in item.region.doubtful & found.keys():
                found[name] = _either(found[name], None if item.anybody is None else False)
        return dict(sorted(found.items()))

    @cached_property
    def clients(self) -> Mapping[str, bool | None]:
        """Clients that a rule is live for, and whether anybody can obtain anything by them.

        By client id; None if not known. A client that is not here can obtain nothing.
        """
        found: dict[str, bool | None] = {}
        for group in self.groups:
            none = self.tenant.reach.populations.all(group.grant).none
            total = everybody_in(group.evaluation.regions, none)
            for client in group.clients:
                found.setdefault(client.client_id, False)
            for client, people in group.people(total):
                found[client.client_id] = _either(found[client.client_id], people.any)
        return found

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        """The active clients, apart by grant type and by what is live for them."""
        return tuple(self._groups()) if self.server.active else ()

    def _groups(self) -> Iterator[Group]:
        reach = self.tenant.reach
        policies = reach.org.policies(self.server)
        by_client: dict[str, set[int]] = {}
        for at, policy in enumerate(policies):
            for name in policy.clients if policy.active else ():
                by_client.setdefault(name, set()).add(at)
        known = reach.org.known("policies", self.server)
        for (grant, *_), clients in self.tenant.kinds.items():
            live = {at for at, policy in enumerate(policies) if self._may_match(policy, grant)}
            everybody = by_client.get(ALL_CLIENTS, set()) & live
            # Most servers are for few of the tenant's clients.
            few = [clients[name] for name in by_client if name in clients]
            several = clients.values() if everybody or not known else sorted(few, key=_place)
            parts: dict[frozenset[int], list[App]] = {}
            for client in several:
                own = by_client.get(client.client_id, set()) & live
                parts.setdefault(frozenset(everybody | own), []).append(client)
            for covering, apps in parts.items():
                if covering or not known:
                    situation = Situation(reach.org, self.server, apps[0], grant)
                    yield Group(tuple(apps), reach.evaluation(situation))

    def _may_match(self, policy: AccessPolicy, grant: str) -> bool:
        org = self.tenant.reach.org
        return not org.known("policy_rules", policy) or any(
            rule.active and grant in rule.grant_types for rule in org.rules(policy)
        )

    @cached_property
    def _found(self) -> tuple[_Found, ...]:
        return tuple(
            self._look(group, region)
            for group in self.groups
            for region in group.evaluation.regions
        )

    def _look(self, group: Group, region: Region) -> _Found:
        anybody: bool | None = False
        for client, people in group.people(region.people, held=region.held):
            if people.sure:
                scopes = None if region.omitted else region.scopes
                witness = self._request(client, group.grant, people.sure, scopes)
                return _Found(region, True, witness)  # noqa: FBT003
            anybody = None if people.possible else anybody
        return _Found(region, anybody, None)

    @cached_property
    def _live(self) -> Mapping[tuple[str, str], list[tuple[Group, int]]]:
        """Where each rule is live: groups, and its position in their evaluation."""
        found: dict[tuple[str, str], list[tuple[Group, int]]] = {}
        for group in self.groups:
            for at, rung in enumerate(group.evaluation.rungs):
                if rung.candidate is not None and rung.candidate.rule is not None:
                    key = (rung.candidate.policy.id, rung.candidate.rule.id)
                    found.setdefault(key, []).append((group, at))
        return found

    def _unreached(self, policy: AccessPolicy, rule: PolicyRule) -> RuleReach:
        best = self._before_evaluation(policy, rule)
        for group, at in self._live.get((policy.id, rule.id), ()):
            found = self._hurdle(group, at)
            if best.why is Why.SHADOWED and found.why is Why.SHADOWED:
                best = replace(best, taken=(*best.taken, *found.taken))
            elif _HURDLES.index(_why(found)) > _HURDLES.index(_why(best)):
                best = found
        if best.why not in _WHATEVER_CLIENTS and not self.tenant.reach.org.known("apps"):
            return RuleReach(policy, rule, None)
        return best

    def _before_evaluation(self, policy: AccessPolicy, rule: PolicyRule) -> RuleReach:
        """Why a rule takes no part for any client."""
        if not (self.server.active and policy.active and rule.active):
            return RuleReach(policy, rule, False, Why.STATUS)  # noqa: FBT003
        if not rule.scopes:
            return RuleReach(policy, rule, False, Why.EMPTY_SCOPES)  # noqa: FBT003
        names = set(policy.clients)
        covered = [c for c in self.tenant.clients if ALL_CLIENTS in names or c.client_id in names]
        if not covered:
            return RuleReach(policy, rule, False, Why.CLIENTS)  # noqa: FBT003
        usable = [grant for grant in rule.grant_types if grant in KNOWN_GRANTS]
        using = ((c, grant) for c in covered for grant in usable if grant in c.grant_types)
        turned_away = next(using, None)
        why = Why.TOKEN_ENDPOINT if turned_away else Why.GRANTS
        witness = None
        if rule.grant_types:
            client, grant = turned_away or (covered[0], rule.grant_types[0])
            witness = self._request(client, grant, None, frozenset(rule.scopes))
        return RuleReach(policy, rule, False, why, witness=witness)  # noqa: FBT003

    def _hurdle(self, group: Group, at: int) -> RuleReach:
        """Why no request of some clients reaches a rule that is live for them."""
        evaluation, rung = group.evaluation, group.evaluation.rungs[at]
        item = rung.candidate
        assert item is not None
        assert item.rule is not None
        unreached = RuleReach(item.policy, item.rule, False)  # noqa: FBT003
        largest = evaluation.largest(rung)
        if not largest.possible:
            exist = rung.part(evaluation.requestable.universe, omitted=True)
            why = Why.SCOPES_NOT_FOR_GRANT if exist else Why.UNDEFINED_SCOPES
            if not item.rule.scopes:
                why = Why.EMPTY_SCOPES
            scopes = exist or frozenset(item.rule.scopes)
            witness = self._request(group.clients[0], group.grant, None, scopes)
            return replace(unreached, why=why, witness=witness if scopes else None)
        scopes = largest.sure or largest.possible
        assigned = [(c, p) for c, p in group.people(rung.named, held=True) if p.possible]
        taken = self._taken_by_all(group, at, scopes) if evaluation.situation.unheld else None
        if not assigned and taken is None:
            witness = self._request(group.clients[0], group.grant, rung.named.sure, scopes)
            return replace(unreached, why=Why.PEOPLE, witness=witness)
        client, some = next(iter(assigned), (group.clients[0], rung.named))
        meant = some.possible
        for _, people in assigned[1:]:
            meant |= people.possible
        found = list(_takers(group, evaluation.takers(at, scopes), meant))
        if taken is not None and taken.rule.place not in {other.rule.place for other in found}:
            found.insert(0, taken)
        request = self._request(client, group.grant, some.sure or some.possible, scopes)
        shown = taken is None or self._mints(request)
        return replace(
            unreached,
            why=Why.SHADOWED,
            taken=tuple(found),
            witness=request if shown else None,
        )

    def _taken_by_all(self, group: Group, at: int, scopes: frozenset[str]) -> Taken | None:
        """The rule that takes a rule's traffic if nobody is held against the people of one."""
        able = group.evaluation.populations.sign_in(group.evaluation.situation).possible
        for rung in group.evaluation.takers(at, scopes) if able else ():
            item = rung.candidate
            if item is not None and item.rule is not None:
                return Taken(item.policy, item.rule, group.grant, able)
        return None

    def _mints(self, request: TokenRequest) -> bool:
        return self.tenant.reach.decider.decide(request).outcome is Outcome.MINTED

    def _request(
        self, client: App, grant: str, people: UserSet | None, scopes: frozenset[str] | None
    ) -> TokenRequest:
        return TokenRequest(
            server=self.server.id,
            client=client.client_id,
            grant=grant,
            user=people.first() if people else None,
            scopes=scopes,
        )


def _place(client: App) -> RecordPlace:
    return client.place


def _takers(group: Group, earlier: Iterator[Rung], meant: UserSet) -> Iterator[Taken]:
    rest = meant
    for rung in earlier:
        took = rest & rung.admitted.sure
        rest -= took
        if took and rung.candidate is not None and rung.candidate.rule is not None:
            yield Taken(rung.candidate.policy, rung.candidate.rule, group.grant, took)


def _why(found: RuleReach) -> Why:
    assert found.why is not None
    return found.why


def _either(*answers: bool | None) -> bool | None:
    """Or, with three values."""
    if any(answers):
        return True
    return None if None in answers else False
