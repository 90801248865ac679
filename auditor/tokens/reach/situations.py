"""All requests of one server, client and grant type at once: who can obtain what, and how.

`Reach` shares what is the same for many clients: sets of people (`populations.py`), and the
evaluation of the rules (`regions.py`), which depends on a client only through the policies
that cover it and the kind of client it is. What is left to do for one client is to intersect
sets with the people assigned to it. `servers.py` asks about whole servers.

Requests are those that a well-behaved client sends: what a `TokenRequest` leaves open is left
open. Another response type could only take scopes away.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import chain

from auditor.snapshot.models.servers import ALL_SCOPES, AuthorizationServer
from auditor.snapshot.org import Org
from auditor.tokens.decide import Decider, OidcScopes
from auditor.tokens.decision import Decision
from auditor.tokens.reach.populations import Populations
from auditor.tokens.reach.regions import Evaluation, Region, everybody_in
from auditor.tokens.reach.requestable import UNNAMED, Requestable
from auditor.tokens.reach.user_sets import Numbering, UncertainUsers, UserSet
from auditor.tokens.request import TokenRequest
from auditor.tokens.rules_in_order import Candidate
from auditor.tokens.server_tables import ServerTables
from auditor.tokens.situation import Situation


@dataclass(frozen=True, slots=True)
class Way:
    """One rule by which people obtain a scope."""

    candidate: Candidate | None
    """The rule; None at the org server, or where it is not known."""

    people: UncertainUsers

    decision: Decision | None
    """Of the request that obtains most by it, with the lifetimes; None if nobody does so for
    certain."""


@dataclass(frozen=True, slots=True)
class Access:
    """Who can obtain a scope through a client, in one grant type."""

    people: UncertainUsers
    ways: tuple[Way, ...]
    """In order of evaluation; the same person may have several, with other scopes beside it."""


@dataclass(frozen=True)
class SituationReach:
    """All requests of one server, client and grant type.

    Args:
        reach: the tenant's.
        situation: the server, client and grant type.
        evaluation: of the rules that apply there.
    """

    reach: Reach
    situation: Situation
    evaluation: Evaluation

    @cached_property
    def eligible(self) -> UncertainUsers:
        """Those on whose requests policies decide: they can sign in and are assigned.

        Nobody in a situation in which every request is rejected (`Situation.blocking_check`), or
        every token refused for a claim.
        """
        blocked = self.situation.blocking_check
        refused = self.situation.usual_refusals.every_token
        if (blocked and blocked.rejection) or refused:
            return UncertainUsers.certain(self._none)
        return self.reach.populations.eligible(self.situation)

    @cached_property
    def eligible_if_checked(self) -> UncertainUsers:
        """Those of them who are assigned, where that is checked (`Region.user_checked`)."""
        eligible = self.eligible
        if not eligible.possible or not self.situation.user_check_undocumented:
            return eligible
        return self.reach.populations.eligible(self.situation, user_checked=True)

    @cached_property
    def regions(self) -> tuple[Region, ...]:
        """What each rule gives to whom; only those with anybody in them."""
        eligible = self.eligible
        if not eligible.possible:
            return ()
        checked = self.eligible_if_checked
        regions = (
            replace(region, people=region.people & (checked if region.user_checked else eligible))
            for region in self.evaluation.regions
        )
        return tuple(region for region in regions if region.people.possible)

    @cached_property
    def obtaining(self) -> UncertainUsers:
        """Those who can obtain anything."""
        return everybody_in(self.regions, self._none)

    @cached_property
    def scopes(self) -> frozenset[str]:
        """Scopes that somebody can obtain for certain."""
        return frozenset().union(*(r.scopes for r in self.regions if r.people.sure))

    def access(self, scope: str) -> Access:
        """Who can obtain a scope, and by which rules."""
        people, ways = UncertainUsers.certain(self._none), []
        unknown_scope = scope not in self.evaluation.requestable.universe
        for region in self.regions:
            obtaining = region.people
            if scope not in region.scopes:
                obtaining = UncertainUsers(self._none, obtaining.possible)
                unnamed = unknown_scope and any(map(scope.startswith, region.doubtful & UNNAMED))
                if scope not in region.doubtful and not unnamed:
                    continue
            people |= obtaining
            request = self.witness(region) if obtaining.sure else None
            decision = self.reach.decider.decide(request) if request else None
            ways.append(Way(region.candidate, obtaining, decision))
        return Access(people, tuple(ways))

    def witness(self, region: Region) -> TokenRequest | None:
        """A request that ends in a region; None if none does so for certain."""
        people = region.people.sure
        if not people:
            return None
        return self.request(people.first(), None if region.omitted else region.scopes)

    def request(self, user: str | None, scopes: frozenset[str] | None) -> TokenRequest:
        """A request of this situation."""
        return self.situation.request(user, scopes)

    @property
    def _none(self) -> UserSet:
        return self.reach.populations.all(self.situation.grant).none


@dataclass
class Reach:
    """All requests of one tenant.

    Args:
        org: the tenant; a restricted view must read `reads.READS` and consult
            `reads.CONSULTS`.
        oidc_scopes: which reading to go by.
        users: a numbering that is shared with another snapshot; see `Populations`.
    """

    org: Org
    oidc_scopes: OidcScopes = OidcScopes.LISTED
    users: Numbering | None = None
    _requestable: dict[Hashable, Requestable] = field(default_factory=dict)
    _evaluations: dict[Hashable, Evaluation] = field(default_factory=dict)

    @cached_property
    def populations(self) -> Populations:
        """The people of the tenant."""
        return Populations(self.org, self.users)

    @cached_property
    def decider(self) -> Decider:
        """Decides single requests of the same tenant by the same reading."""
        return Decider(self.org, self.oidc_scopes)

    def situation(self, server: str, client: str, grant: str) -> SituationReach:
        """One server, client and grant type, by ids.

        Raises:
            KeyError: the server or the client does not exist.
        """
        return self.of(self.decider.situation(server, client, grant))

    def of(self, situation: Situation) -> SituationReach:
        """All requests of a situation."""
        refused = frozenset(situation.usual_refusals.by_scope)
        return SituationReach(self, situation, self.evaluation(situation, refused))

    def evaluation(self, situation: Situation, refused: frozenset[str] = frozenset()) -> Evaluation:
        """The evaluation of a situation, the same object for all clients that share it.

        Args:
            situation: the server, client and grant type.
            refused: scopes with which tokens are refused for a claim. Whoever asks which rules
                requests reach leaves them out: such requests do reach a rule.
        """
        key = (self._key(situation), refused)
        if key not in self._evaluations:
            self._evaluations[key] = Evaluation(
                situation,
                self.populations,
                self._requestable_in(situation, refused),
                self.oidc_scopes is OidcScopes.LISTED,
            )
        return self._evaluations[key]

    def _key(self, situation: Situation) -> Hashable:
        """Equal for situations whose evaluations are."""
        server, client, blocked = situation.server, situation.client, situation.blocking_check
        if server is None:
            return client.client_id, situation.grant
        covering = ServerTables.of(self.org).covering(server, client.client_id)
        return _kind(situation), covering, bool(blocked and blocked.missing)

    def _requestable_in(self, situation: Situation, refused: frozenset[str]) -> Requestable:
        if situation.server is None:
            return Requestable(situation)
        key = (_kind(situation), refused)
        if key not in self._requestable:
            named = self._named(situation.server)
            self._requestable[key] = Requestable(situation, named, refused)
        return self._requestable[key]

    def _named(self, server: AuthorizationServer) -> frozenset[str]:
        """Scopes that rules of a server name."""
        rules = chain.from_iterable(map(self.org.rules, self.org.policies(server)))
        return frozenset(name for rule in rules for name in rule.scopes) - {ALL_SCOPES}


def _kind(situation: Situation) -> Hashable:
    """Everything on which it depends which scopes may be asked for at a custom server."""
    assert situation.server is not None
    return situation.server.id, situation.client_kind
