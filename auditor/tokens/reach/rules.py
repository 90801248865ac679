"""Whether any request reaches a rule, and if none does, what stands in the way.

A rule is reached where a region (`regions.py`) of it has anybody in it. If none has, every
group of clients that the rule applies to is asked how far its requests come; the obstacle of the
one that comes farthest is the rule's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property

from auditor.snapshot.models.agents import is_agent_id
from auditor.snapshot.models.clients import App
from auditor.snapshot.models.servers import (
    ALL_CLIENTS,
    AccessPolicy,
    AuthorizationServer,
    PolicyRule,
)
from auditor.snapshot.org import Org
from auditor.tokens.grants import KNOWN_GRANTS
from auditor.tokens.outcome import Outcome
from auditor.tokens.reach.client_groups import ClientGroup
from auditor.tokens.reach.regions import Stage
from auditor.tokens.reach.situations import Reach
from auditor.tokens.reach.user_sets import UserSet
from auditor.tokens.request import TokenRequest
from auditor.tokens.usual_request import usual_request


class Obstacle(StrEnum):
    """Why no request reaches a rule: the last obstacle that any request comes to."""

    STATUS = "status"
    """The rule, its policy or the server is not active."""

    CLIENTS = "clients"
    """No active client is covered by the policy."""

    GRANTS = "grants"
    """No client that is covered may use any of the rule's grant types."""

    TOKEN_ENDPOINT = "token_endpoint"  # noqa: S105 - an obstacle
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


_ORDER = list(Obstacle)
_WHATEVER_CLIENTS = frozenset({Obstacle.STATUS, Obstacle.EMPTY_SCOPES, Obstacle.UNDEFINED_SCOPES})
"""Obstacles that would also stop a client that was not read."""


@dataclass(frozen=True, slots=True)
class ShadowingRule:
    """An earlier rule that takes traffic of a rule."""

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

    obstacle: Obstacle | None = None
    """Why no request does; None if one does or may."""

    shadowed_by: tuple[ShadowingRule, ...] = ()
    """Which earlier rules take its traffic, where it is shadowed; in order of evaluation."""

    witness: TokenRequest | None = None
    """A request that ends in the rule. Or, where none does, one that the rule is meant for and
    that ends elsewhere; None where there is nothing to show."""


@dataclass(frozen=True)
class UnreachedRules:
    """What keeps requests from the rules of one server that none reaches.

    Args:
        reach: the tenant's.
        server: the server.
        clients: the active clients that the org configures.
        groups: the server's groups of clients.
    """

    reach: Reach
    server: AuthorizationServer
    clients: tuple[App, ...]
    groups: tuple[ClientGroup, ...]

    def unreached(self, policy: AccessPolicy, rule: PolicyRule) -> RuleReach:
        """Why no request reaches a rule; `reached` is None where unread clients might."""
        farthest = self._before_evaluation(policy, rule)
        for group, at in self._applicable.get((policy.id, rule.id), ()):
            stopped = self._stopped(group, at)
            if farthest.obstacle is Obstacle.SHADOWED and stopped.obstacle is Obstacle.SHADOWED:
                both = (*farthest.shadowed_by, *stopped.shadowed_by)
                farthest = replace(farthest, shadowed_by=both)
            elif _rank(stopped) > _rank(farthest):
                farthest = stopped
        unknown = not self.reach.org.known("apps") or names_unknown_agents(self.reach.org, policy)
        if farthest.obstacle not in _WHATEVER_CLIENTS and unknown:
            return RuleReach(policy, rule, reached=None)
        return farthest

    @cached_property
    def _applicable(self) -> Mapping[tuple[str, str], list[tuple[ClientGroup, int]]]:
        """Where each rule applies: groups, and its position in their evaluation."""
        places: dict[tuple[str, str], list[tuple[ClientGroup, int]]] = {}
        for group in self.groups:
            for at, stage in enumerate(group.evaluation.stages):
                if stage.candidate is not None and stage.candidate.rule is not None:
                    key = (stage.candidate.policy.id, stage.candidate.rule.id)
                    places.setdefault(key, []).append((group, at))
        return places

    def _before_evaluation(self, policy: AccessPolicy, rule: PolicyRule) -> RuleReach:
        """Why a rule takes no part for any client."""
        unreached = RuleReach(policy, rule, reached=False)
        if not (self.server.active and policy.active and rule.active):
            return replace(unreached, obstacle=Obstacle.STATUS)
        if not rule.scopes:
            return replace(unreached, obstacle=Obstacle.EMPTY_SCOPES)
        names = set(policy.clients)
        covered = [c for c in self.clients if ALL_CLIENTS in names or c.client_id in names]
        if not covered:
            return replace(unreached, obstacle=Obstacle.CLIENTS)
        usable = [grant for grant in rule.grant_types if grant in KNOWN_GRANTS]
        using = ((c, grant) for c in covered for grant in usable if grant in c.grant_types)
        turned_away = next(using, None)
        obstacle = Obstacle.TOKEN_ENDPOINT if turned_away else Obstacle.GRANTS
        witness = None
        if rule.grant_types:
            client, grant = turned_away or (covered[0], rule.grant_types[0])
            witness = request_to(self.server, client, grant, None, frozenset(rule.scopes))
        return replace(unreached, obstacle=obstacle, witness=witness)

    def _stopped(self, group: ClientGroup, at: int) -> RuleReach:
        """What stops the requests of some clients on the way to a rule that applies to them."""
        evaluation, stage = group.evaluation, group.evaluation.stages[at]
        candidate = stage.candidate
        assert candidate is not None
        assert candidate.rule is not None
        unreached = RuleReach(candidate.policy, candidate.rule, reached=False)
        largest = evaluation.largest(stage)
        if not largest.possible:
            existing = stage.granted_part(evaluation.requestable.universe, omitted=True)
            return self._without_scopes(unreached, group, existing)
        scopes = largest.sure or largest.possible
        assigned = [(c, p) for c, p in group.people(stage.named, user_checked=True) if p.possible]
        for_all = self._taking_everybody(group, at, scopes)
        if not assigned and for_all is None:
            witness = self._request(group.clients[0], group.grant, stage.named.sure, scopes)
            return replace(unreached, obstacle=Obstacle.PEOPLE, witness=witness)
        client, people = next(iter(assigned), (group.clients[0], stage.named))
        intended = people.possible
        for _, more in assigned[1:]:
            intended |= more.possible
        shadowing = list(_shadowing(group, evaluation.earlier_matches(at, scopes), intended))
        if for_all is not None and for_all.rule.place not in {s.rule.place for s in shadowing}:
            shadowing.insert(0, for_all)
        request = self._request(client, group.grant, people.sure or people.possible, scopes)
        shown = for_all is None or self._mints(request)
        return replace(
            unreached,
            obstacle=Obstacle.SHADOWED,
            shadowed_by=tuple(shadowing),
            witness=request if shown else None,
        )

    def _without_scopes(
        self, unreached: RuleReach, group: ClientGroup, existing: frozenset[str]
    ) -> RuleReach:
        """A rule of whose scopes none can be asked for; `existing` are those that exist."""
        rule = unreached.rule
        obstacle = Obstacle.SCOPES_NOT_FOR_GRANT if existing else Obstacle.UNDEFINED_SCOPES
        if not rule.scopes:
            obstacle = Obstacle.EMPTY_SCOPES
        scopes = existing or frozenset(rule.scopes)
        witness = self._request(group.clients[0], group.grant, None, scopes)
        return replace(unreached, obstacle=obstacle, witness=witness if scopes else None)

    def _taking_everybody(
        self, group: ClientGroup, at: int, scopes: frozenset[str]
    ) -> ShadowingRule | None:
        """The earlier rule that takes all requests if Okta checks nobody against rules' people."""
        situation = group.evaluation.situation
        if not situation.user_check_undocumented:
            return None
        able = group.evaluation.populations.sign_in(situation).possible
        for stage in group.evaluation.earlier_matches(at, scopes) if able else ():
            candidate = stage.candidate
            if candidate is not None and candidate.rule is not None:
                return ShadowingRule(candidate.policy, candidate.rule, group.grant, able)
        return None

    def _mints(self, request: TokenRequest) -> bool:
        return self.reach.decider.decide(request).outcome is Outcome.MINTED

    def _request(
        self, client: App, grant: str, people: UserSet | None, scopes: frozenset[str] | None
    ) -> TokenRequest:
        return request_to(self.server, client, grant, people, scopes)


def names_unknown_agents(org: Org, policy: AccessPolicy) -> bool:
    """Whether a policy names AI agents, or other workload principals, of which nothing is known."""
    return any(is_agent_id(name) and org.client(name) is None for name in policy.clients)


def request_to(
    server: AuthorizationServer,
    client: App,
    grant: str,
    people: UserSet | None,
    scopes: frozenset[str] | None,
) -> TokenRequest:
    """A request of the first of some people; without a user if there are none."""
    return usual_request(server, client, grant, people.first() if people else None, scopes)


def _shadowing(
    group: ClientGroup, earlier: Iterator[Stage], intended: UserSet
) -> Iterator[ShadowingRule]:
    left = intended
    for stage in earlier if left else ():
        taken = left & stage.admitted.sure
        left -= taken
        if taken and stage.candidate is not None and stage.candidate.rule is not None:
            policy, rule = stage.candidate.policy, stage.candidate.rule
            yield ShadowingRule(policy, rule, group.grant, taken)
        if not left:
            return


def _rank(unreached: RuleReach) -> int:
    assert unreached.obstacle is not None
    return _ORDER.index(unreached.obstacle)
