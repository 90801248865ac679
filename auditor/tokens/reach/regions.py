"""Where the requests of all people for all scope sets end, exactly and without enumeration.

Take the rules that are live for a server, a client and a grant type, in order; rule k lets
people P_k have scopes S_k. Let L_k be the largest valid scope set within S_k
(`requestable.py`). A person p ends in rule k with *some* explicit request if and only if p is
in P_k and in no earlier P_i with L_k a part of S_i:

- if there is no such rule, the request for L_k itself passes all earlier rules and ends in k;
- if there is one, then every valid T within S_k is a part of L_k, thus of S_i, and rule i (or
  one before it) takes the request.

So the largest request is the best one to ask with, for every rule and for every scope in it,
and the sets L_k that end in their own rule are all maximal sets a person can obtain. It takes
at most r²/2 comparisons of scope sets for r live rules, of those that allow the rarest scope of a
request, and a set of people for each pair that compares; the number of scope sets, 2^n, plays no
part.

A request without a scope parameter asks for the default scopes D, and ends in the first rule
with P_i and any of D. It can matter: D may hold scopes that cannot be asked for by name.

What was not read makes sets three-valued (`user_sets.UncertainUsers`). A person who may be in P_i
stops there without a decision, and may fall on to later rules.

For token exchange there are two readings: Okta holds the user against assignments and people,
or it does not. By the second, the first rule with L_k within its scopes takes everybody. What is
certain is so by both. Behind a rule that takes everybody by the second, only the first is left:
there a person has to be named and assigned.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from heapq import merge

from auditor.snapshot.models.servers import OIDC_SCOPES
from auditor.tokens.reach.populations import Populations
from auditor.tokens.reach.requestable import Largest, Requestable
from auditor.tokens.reach.user_sets import UncertainUsers, UserSet
from auditor.tokens.rules_in_order import Candidate
from auditor.tokens.situation import Situation


@dataclass(frozen=True, slots=True)
class Region:
    """The people to whom one rule gives a scope set."""

    candidate: Candidate | None
    """The rule; None at the org server, which has none, and where the policies, or all rules,
    or what becomes of them, are not known. Its `rule` is None if the policy's were not read."""

    scopes: frozenset[str]
    """The largest set obtained: each of its valid parts is obtained as well, by this rule or an
    earlier one."""

    doubtful: frozenset[str]
    """Further scopes that may exist and then belong to the set."""

    omitted: bool
    """Whether the request leaves the scope parameter out, and the set is what it gets then."""

    people: UncertainUsers
    """Who obtains it for certain, and who may."""

    user_checked: bool = False
    """Whether only people who are assigned may obtain it, even in token exchange."""


@dataclass(frozen=True, slots=True)
class Stage:
    """One step of an evaluation: a live rule, or something that is not known."""

    candidate: Candidate | None
    admitted: UncertainUsers
    named: UncertainUsers
    """Those who meet the people condition, where `admitted` leaves open whether that matters."""
    openid_listed: bool

    @property
    def is_rule(self) -> bool:
        """Whether it is a rule, which grants no scopes if none are asked for."""
        return self.candidate is not None and self.candidate.rule is not None

    def granted_part(self, scopes: frozenset[str], *, omitted: bool) -> frozenset[str]:
        """The scopes that it gives of those asked for; empty if its scope condition fails."""
        if self.candidate is None or not self.is_rule:
            return scopes
        return self.candidate.grants(scopes, omitted=omitted, openid_listed=self.openid_listed)


@dataclass(frozen=True)
class Evaluation:
    """The live rules of a server, for all clients and users to which the same ones are live.

    Args:
        situation: the server, grant type, and any one of the clients.
        populations: the people of the tenant.
        requestable: what may be asked for.
        openid_listed: whether a rule must list OpenID scopes.
    """

    situation: Situation
    populations: Populations
    requestable: Requestable
    openid_listed: bool

    @cached_property
    def stages(self) -> tuple[Stage, ...]:
        """What a request meets, in order."""
        situation, grant = self.situation, self.situation.grant
        everybody = self.populations.all(grant)
        anybody = UncertainUsers(everybody.none, everybody.all)
        stages = []
        blocked = situation.blocking_check
        if (blocked and blocked.missing) or not situation.policies_known:
            stages.append(Stage(None, anybody, anybody, self.openid_listed))
        elif situation.server is None:
            certain = UncertainUsers.certain(everybody.all)
            stages.append(Stage(None, certain, certain, self.openid_listed))
        for candidate in situation.applicable:
            admitted = named = anybody
            if candidate.rule is not None:
                admitted = self.populations.admitted(candidate.rule, grant)
                named = self.populations.named(candidate.rule, grant)
            stages.append(Stage(candidate, admitted, named, self.openid_listed))
        return tuple(stages)

    @cached_property
    def regions(self) -> tuple[Region, ...]:
        """Where everybody's requests end, as if everybody were assigned to the client."""
        return (*self._explicit(), *self._omitted())

    def largest(self, stage: Stage) -> Largest:
        """The largest set that may be asked for of a rule's scopes."""
        return self.requestable.largest(stage.granted_part(self.requestable.universe, omitted=True))

    def earlier_matches(self, at: int, scopes: frozenset[str]) -> Iterator[Stage]:
        """The earlier rules that take a request for scopes before stage `at` can."""
        for place in self._allowing(scopes):
            if place >= at:
                return
            stage = self.stages[place]
            if stage.granted_part(scopes, omitted=False):
                yield stage

    def _allowing(self, scopes: frozenset[str]) -> Iterable[int]:
        """The places of the stages that allow the rarest of some scopes, in order.

        Those that allow all of them are among these. In a server with many rules they are few.
        """
        if not scopes:
            return ()
        rarest = min((self._by_scope.get(name, ()) for name in scopes), key=len)
        return merge(rarest, self._allowing_all)

    @cached_property
    def _by_scope(self) -> Mapping[str, list[int]]:
        """The stages that allow a scope, but for those that allow all."""
        places: dict[str, list[int]] = {}
        unlisted = frozenset[str]() if self.openid_listed else OIDC_SCOPES
        for at, stage in enumerate(self.stages):
            allowed = stage.candidate.scopes if stage.is_rule and stage.candidate else None
            for name in allowed | unlisted if allowed else ():
                places.setdefault(name, []).append(at)
        return places

    @cached_property
    def _allowing_all(self) -> list[int]:
        return [
            at
            for at, stage in enumerate(self.stages)
            if not stage.is_rule or (stage.candidate and stage.candidate.scopes is None)
        ]

    def _explicit(self) -> Iterator[Region]:
        for at, stage in enumerate(self.stages):
            largest = self.largest(stage)
            user_checked = self.situation.user_check_undocumented and any(
                earlier.is_rule for earlier in self.earlier_matches(at, largest.possible)
            )
            people = self._left(at, largest, user_checked=user_checked)
            if people.possible:
                doubtful = largest.possible - largest.sure
                yield Region(
                    stage.candidate,
                    largest.sure,
                    doubtful,
                    omitted=False,
                    people=people,
                    user_checked=user_checked,
                )

    def _left(self, at: int, largest: Largest, *, user_checked: bool) -> UncertainUsers:
        """The people of a stage whom no earlier one takes."""
        stage = self.stages[at]
        none = self.populations.all(self.situation.grant).none
        sure = stage.admitted.sure if largest.sure else none
        admitted = stage.named if user_checked else stage.admitted
        possible = admitted.possible if largest.possible else none
        # Whoever takes a request for all that is possible takes one for what is certain, too, so
        # that what is certain stays a part.
        for earlier in self.earlier_matches(at, largest.sure) if sure else ():
            sure -= earlier.admitted.possible
            if not sure:
                break
        for earlier in self.earlier_matches(at, largest.possible) if possible else ():
            possible -= earlier.admitted.sure
            if not possible:
                break
        return UncertainUsers(sure, possible)

    def _omitted(self) -> Iterator[Region]:
        defaults = self.requestable.defaults
        everybody = self.populations.all(self.situation.grant)
        undecided, unsettled, user_checked = everybody.all, everybody.all, False
        for stage in self.stages:
            sure = (
                stage.granted_part(defaults.sure, omitted=True)
                if defaults.sure
                else frozenset[str]()
            )
            possible = stage.granted_part(defaults.possible, omitted=True)
            if not possible:
                continue
            admitted = stage.named if user_checked else stage.admitted
            certain = sure and not possible & self.requestable.refused
            people = UncertainUsers(
                stage.admitted.sure & undecided if certain else everybody.none,
                admitted.possible & unsettled,
            )
            if people.possible and not sure & self.requestable.refused:
                yield Region(
                    stage.candidate,
                    sure,
                    possible - sure,
                    omitted=True,
                    people=people,
                    user_checked=user_checked,
                )
            undecided -= stage.admitted.possible
            if sure:
                unsettled -= stage.admitted.sure
                user_checked = user_checked or (
                    self.situation.user_check_undocumented and stage.is_rule
                )


def everybody_in(regions: tuple[Region, ...], none: UserSet) -> UncertainUsers:
    """All people of some regions."""
    people = UncertainUsers.certain(none)
    for region in regions:
        people |= region.people
    return people
