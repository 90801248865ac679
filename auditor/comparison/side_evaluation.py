"""What the live rules of one side give to some clients, whoever is assigned to them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from auditor.comparison.token_lifetimes import TokenLifetimes
from auditor.snapshot.models.servers import EVERYONE
from auditor.tokens.grants import REFRESHABLE_GRANTS
from auditor.tokens.people import members_known
from auditor.tokens.reach.regions import Evaluation
from auditor.tokens.reach.requestable import OTHER, UNNAMED
from auditor.tokens.reach.user_sets import Numbering, UncertainUsers
from auditor.tokens.rules_in_order import Candidate
from auditor.tokens.scopes import OFFLINE_ACCESS


@dataclass(frozen=True, slots=True)
class RuleScopes:
    """The scopes that one rule gives, and to whom; see `Region`."""

    candidate: Candidate | None
    scopes: frozenset[str]
    doubtful: frozenset[str]
    people: UncertainUsers
    lifetimes: TokenLifetimes

    @property
    def rule(self) -> tuple[str, str] | None:
        """The ids of policy and rule; None at the org server."""
        item = self.candidate
        return (item.policy.id, item.rule.id) if item and item.rule else None

    def gives(self, scope: str, *, unheard_of: bool) -> bool | None:
        """Whether the scope is among those given; None if it may be."""
        if scope in self.scopes:
            return True
        unnamed = unheard_of and any(map(scope.startswith, self.doubtful & UNNAMED))
        return None if scope in self.doubtful or unnamed else False


@dataclass(frozen=True)
class SideEvaluation:
    """What the rules of one side make of some requests.

    Args:
        evaluation: of the live rules; None if there is no way to a token.
        known: False if it is not known whether the server and the client exist.
        refreshing: whether the clients may use refresh tokens.
    """

    evaluation: Evaluation | None
    known: bool = True
    refreshing: bool = False

    @property
    def key(self) -> tuple[int | None, bool, bool]:
        """Equal for equal evaluations of one run."""
        return id(self.evaluation) if self.evaluation else None, self.known, self.refreshing

    def rule_scopes(self, everybody: Numbering) -> tuple[RuleScopes, ...]:
        """What each live rule gives, as if everybody were assigned; in order of evaluation."""
        if self.evaluation is not None:
            return tuple(self._rule_scopes(self.evaluation))
        if self.known:
            return ()
        anybody = UncertainUsers(everybody.none, everybody.all)
        return (RuleScopes(None, frozenset(), frozenset({OTHER}), anybody, TokenLifetimes(None)),)

    @property
    def universe(self) -> frozenset[str]:
        """The scopes that exist for all that is known."""
        return self.evaluation.requestable.universe if self.evaluation else frozenset()

    def _rule_scopes(self, evaluation: Evaluation) -> Iterator[RuleScopes]:
        situation = evaluation.situation
        for region in evaluation.regions:
            refresh = (
                OFFLINE_ACCESS in region.scopes
                and situation.grant in REFRESHABLE_GRANTS
                and self.refreshing
            )
            if situation.server is None:
                lifetimes = TokenLifetimes.of_org_server(refresh_token=refresh)
            else:
                lifetimes = TokenLifetimes.of_rule(region.candidate, refresh_token=refresh)
            yield RuleScopes(
                region.candidate, region.scopes, region.doubtful, region.people, lifetimes
            )

    @cached_property
    def settled(self) -> bool:
        """Whether all was read that the evaluation rests on: the rest is for Okta to document."""
        if self.evaluation is None:
            return self.known
        situation = self.evaluation.situation
        org = situation.org
        if situation.server is None:
            return situation.granted_okta_scopes is not None
        if (
            situation.blocking_check
            or not situation.policies_known
            or situation.defined_scopes is None
        ):
            return False
        for item in situation.applicable:
            if item.rule is None:
                return False
            people = item.rule.people.groups
            named = {*people.include, *people.exclude} - {EVERYONE}
            if not all(members_known(org, group) for group in named):
                return False
        return True

    @cached_property
    def shape(self) -> tuple[object, ...]:
        """All of an evaluation but the people: equal shapes treat equal people equally."""
        if self.evaluation is None:
            return (self.known,)
        evaluation = self.evaluation
        requestable, situation = evaluation.requestable, evaluation.situation
        rules = tuple(
            (
                item.policy.id,
                item.rule and (item.rule.id, frozenset(item.rule.scopes), item.rule.token),
            )
            for item in situation.applicable
        )
        return (
            rules,
            requestable.universe,
            requestable.largest(requestable.universe),
            requestable.defaults,
            self.refreshing,
        )
