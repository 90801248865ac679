"""The rules that are live on both sides for some clients, and whose requests may end otherwise.

An evaluation (`tokens/regions.py`) is compared once for all clients that share it on both
sides, as if everybody were assigned to them. What is left to do for a client is to
intersect the people for whom something differs with those who are assigned.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from auditor.snapshot.models.servers import EVERYONE
from auditor.tokens.candidates import Candidate
from auditor.tokens.decide import ORG_ACCESS_TOKEN_MINUTES, ORG_REFRESH_TOKEN_MINUTES
from auditor.tokens.grants import REFRESHABLE_GRANTS
from auditor.tokens.people import members_known
from auditor.tokens.reach.regions import Evaluation
from auditor.tokens.reach.requestable import OTHER, UNNAMED
from auditor.tokens.reach.user_sets import Numbering, People, UserSet
from auditor.tokens.scopes import OFFLINE_ACCESS


@dataclass(frozen=True, slots=True)
class Lifetimes:
    """How long the tokens of one rule live, in minutes; a refresh lifetime of 0 is unlimited."""

    access: int | None
    refresh: int | None = None
    window: int | None = None
    refresh_token: bool = False
    """Whether a refresh token can be had."""


@dataclass(frozen=True, slots=True)
class Gift:
    """What one rule gives to whom; see `Region`."""

    candidate: Candidate | None
    scopes: frozenset[str]
    doubtful: frozenset[str]
    people: People
    lifetimes: Lifetimes

    @property
    def rule(self) -> tuple[str, str] | None:
        """The ids of policy and rule; None at the org server."""
        found = self.candidate
        return (found.policy.id, found.rule.id) if found and found.rule else None

    def gives(self, scope: str, *, unheard_of: bool) -> bool | None:
        """Whether the scope is among those given; None if it may be."""
        if scope in self.scopes:
            return True
        unnamed = unheard_of and any(map(scope.startswith, self.doubtful & UNNAMED))
        return None if scope in self.doubtful or unnamed else False


@dataclass(frozen=True)
class Standing:
    """How requests stand on one side.

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
        """Equal for equal standings of one run."""
        return id(self.evaluation) if self.evaluation else None, self.known, self.refreshing

    def gifts(self, everybody: Numbering) -> tuple[Gift, ...]:
        """What each live rule gives, as if everybody were assigned; in order of evaluation."""
        if self.evaluation is not None:
            return tuple(self._gifts(self.evaluation))
        if self.known:
            return ()
        anybody = People(everybody.none, everybody.all)
        return (Gift(None, frozenset(), frozenset({OTHER}), anybody, Lifetimes(None)),)

    @property
    def universe(self) -> frozenset[str]:
        """The scopes that exist for all that is known."""
        return self.evaluation.requestable.universe if self.evaluation else frozenset()

    def _gifts(self, evaluation: Evaluation) -> Iterator[Gift]:
        situation = evaluation.situation
        for region in evaluation.regions:
            refresh = (
                OFFLINE_ACCESS in region.scopes
                and situation.grant in REFRESHABLE_GRANTS
                and self.refreshing
            )
            item = region.candidate
            lifetimes = Lifetimes(None)
            if item is not None and item.rule is not None:
                token = item.rule.token
                lifetimes = Lifetimes(token.access_token_lifetime_minutes)
                if refresh:
                    lifetimes = Lifetimes(
                        token.access_token_lifetime_minutes,
                        token.refresh_token_lifetime_minutes,
                        token.refresh_token_window_minutes,
                        refresh_token=True,
                    )
            elif situation.server is None:
                lifetimes = Lifetimes(ORG_ACCESS_TOKEN_MINUTES)
                if refresh:
                    ninety_days = ORG_REFRESH_TOKEN_MINUTES
                    lifetimes = Lifetimes(ORG_ACCESS_TOKEN_MINUTES, ninety_days, refresh_token=True)
            yield Gift(item, region.scopes, region.doubtful, region.people, lifetimes)

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


@dataclass(frozen=True, slots=True)
class Ways:
    """By which rules one side gives a scope, each with the people who may use it."""

    gifts: tuple[tuple[Gift, People], ...]
    total: People

    def among(self, eligible: People) -> Ways:
        """The same for those people only."""
        gifts = tuple((gift, people & eligible) for gift, people in self.gifts)
        return Ways(gifts, self.total & eligible)

    def lifetimes(self, none: UserSet) -> dict[tuple[tuple[str, str] | None, Lifetimes], People]:
        """Who has a token of which lifetimes by which rule.

        Whoever can have a refresh token by a rule is not listed once more without it.
        """
        found: dict[tuple[tuple[str, str] | None, Lifetimes], People] = {}
        for gift, people in self.gifts:
            key = gift.rule, gift.lifetimes
            found[key] = found.get(key, People.certain(none)) | people
        for (rule, lifetimes), people in list(found.items()):
            if not lifetimes.refresh_token:
                continue
            plain = rule, Lifetimes(lifetimes.access)
            if plain in found:
                found[plain] -= people
        return {key: people for key, people in found.items() if people.possible}


@dataclass(frozen=True, slots=True)
class ScopeClass:
    """Scopes that the same rules give, on both sides."""

    scopes: frozenset[str]
    old: Ways
    new: Ways


@dataclass(frozen=True)
class Pair:
    """The standings of some clients' requests on both sides.

    Args:
        old: before.
        new: after.
        everybody: who could take part.
        untouched: whether all that the evaluations rest on was read and is the same.
        okta_only: whether only `okta.` scopes are compared.
    """

    old: Standing
    new: Standing
    everybody: Numbering
    untouched: bool = False
    okta_only: bool = False

    @cached_property
    def classes(self) -> tuple[ScopeClass, ...]:
        """The scopes, apart by the rules that give them."""
        gifts = self.old.gifts(self.everybody), self.new.gifts(self.everybody)
        names = {OTHER} if not (self.old.known and self.new.known) else set[str]()
        for gift in (*gifts[0], *gifts[1]):
            names |= gift.scopes | gift.doubtful
        universes = self.old.universe, self.new.universe
        parts: dict[tuple[tuple[bool | None, ...], ...], set[str]] = {}
        for name in names:
            if self.okta_only and not name.startswith("okta.") and name != OTHER:
                continue
            marks = tuple(
                tuple(gift.gives(name, unheard_of=name not in universe) for gift in side)
                for side, universe in zip(gifts, universes, strict=True)
            )
            parts.setdefault(marks, set()).add(name)
        found = [
            ScopeClass(frozenset(scopes), *map(self._ways, gifts, marks))
            for marks, scopes in parts.items()
        ]
        return tuple(sorted(found, key=lambda item: sorted(item.scopes)))

    def _ways(self, gifts: tuple[Gift, ...], marks: tuple[bool | None, ...]) -> Ways:
        none = self.everybody.none
        ways = []
        total = People.certain(none)
        for gift, given in zip(gifts, marks, strict=True):
            if given is False:
                continue
            people = gift.people if given else People(none, gift.people.possible)
            ways.append((gift, people))
            total |= people
        return Ways(tuple(ways), total)

    @cached_property
    def interesting(self) -> UserSet:
        """Those for whom something differs, or may, as if everybody were assigned."""
        found = self.everybody.none
        if self.untouched:
            return found
        for item in self.classes:
            outcome = compare(item, self.doubted)
            for people in (outcome.gained, outcome.lost, outcome.changed, outcome.unclear):
                found |= people
        return found

    @cached_property
    def doubted(self) -> UserSet:
        """Those of whom nothing is said where a side is indeterminate.

        Where all was read on both sides and is the same for a person, the answer is the
        same, although Okta does not document which it is.
        """
        if self.untouched:
            return self.everybody.none
        if not (self.old.settled and self.new.settled and self.old.shape == self.new.shape):
            return self.everybody.all
        found = self.everybody.none
        if self.old.evaluation and self.new.evaluation:
            for one, other in zip(
                self.old.evaluation.stages, self.new.evaluation.stages, strict=True
            ):
                found |= one.admitted.sure ^ other.admitted.sure
        return found


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of the scopes of one class, for certain people."""

    gained: UserSet
    lost: UserSet
    changed: UserSet
    """Those who can obtain them as before, with other lifetimes."""
    unclear: UserSet
    """Those for whom a side is indeterminate."""


def compare(item: ScopeClass, doubted: UserSet) -> Outcome:
    """Who gained and lost, whose lifetimes changed, and of whom that is not known.

    Args:
        item: the scopes, by which rules they are given, and to whom.
        doubted: those of whom nothing may be said where a side is indeterminate.
    """
    old, new = item.old.total, item.new.total
    none = doubted - doubted
    stay = old.sure & new.sure
    changed, shaky = none, none
    if stay:
        before, after = item.old.lifetimes(none), item.new.lifetimes(none)
        lives: dict[Lifetimes, list[People]] = {}
        for at, side in enumerate((before, after)):
            for (_, lifetimes), people in side.items():
                both = lives.setdefault(lifetimes, [People.certain(none)] * 2)
                both[at] |= people
        for one, other in lives.values():
            changed |= one.sure ^ other.sure
            shaky |= one.unknown | other.unknown
        shaky &= stay
        changed = (changed & stay) - shaky
    unclear = (old.unknown | new.unknown | shaky) & doubted
    return Outcome(new.sure - old.possible, old.sure - new.possible, changed, unclear)
