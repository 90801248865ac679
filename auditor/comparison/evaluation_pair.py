"""The rules that are live on both sides for some clients, and whose requests may end otherwise.

An evaluation (`tokens/reach/regions.py`) is compared once for all clients that share it on both
sides, as if everybody were assigned to them. What is left to do for a client is to
intersect the people for whom something differs with those who are assigned.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from auditor.comparison.access_difference import compare_access
from auditor.comparison.scope_sources import ScopeClass, ScopeSources
from auditor.comparison.side_evaluation import RuleScopes, SideEvaluation
from auditor.tokens.reach.requestable import OTHER
from auditor.tokens.reach.user_sets import Numbering, UncertainUsers, UserSet


@dataclass(frozen=True)
class EvaluationPair:
    """The evaluations of some clients' requests on both sides.

    Args:
        old: before.
        new: after.
        everybody: who could take part.
        untouched: whether all that the evaluations rest on was read and is the same.
        okta_only: whether only `okta.` scopes are compared.
    """

    old: SideEvaluation
    new: SideEvaluation
    everybody: Numbering
    untouched: bool = False
    okta_only: bool = False

    @cached_property
    def classes(self) -> tuple[ScopeClass, ...]:
        """The scopes, apart by the rules that give them."""
        sides = self.old.rule_scopes(self.everybody), self.new.rule_scopes(self.everybody)
        names = {OTHER} if not (self.old.known and self.new.known) else set[str]()
        for source in (*sides[0], *sides[1]):
            names |= source.scopes | source.doubtful
        universes = self.old.universe, self.new.universe
        by_marks: dict[tuple[tuple[bool | None, ...], ...], set[str]] = {}
        for name in names:
            if self.okta_only and not name.startswith("okta.") and name != OTHER:
                continue
            marks = tuple(
                tuple(source.gives(name, unheard_of=name not in universe) for source in side)
                for side, universe in zip(sides, universes, strict=True)
            )
            by_marks.setdefault(marks, set()).add(name)
        classes = [
            ScopeClass(frozenset(scopes), *map(self._sources, sides, marks))
            for marks, scopes in by_marks.items()
        ]
        return tuple(sorted(classes, key=lambda item: sorted(item.scopes)))

    def _sources(
        self, rule_scopes: tuple[RuleScopes, ...], marks: tuple[bool | None, ...]
    ) -> ScopeSources:
        """The rules that give a scope, or may: `marks` says so for each rule."""
        none = self.everybody.none
        sources = []
        total = UncertainUsers.certain(none)
        for source, given in zip(rule_scopes, marks, strict=True):
            if given is False:
                continue
            people = source.people if given else UncertainUsers(none, source.people.possible)
            sources.append((source, people))
            total |= people
        return ScopeSources(tuple(sources), total)

    @cached_property
    def affected(self) -> UserSet:
        """Those for whom something differs, or may, as if everybody were assigned."""
        users = self.everybody.none
        if self.untouched:
            return users
        for item in self.classes:
            difference = compare_access(item, self.uncertain_for)
            users |= difference.gained | difference.lost
            users |= difference.changed | difference.unclear
        return users

    @cached_property
    def uncertain_for(self) -> UserSet:
        """Those of whom nothing is said where a side is indeterminate.

        Where all was read on both sides and is the same for a person, the answer is the
        same, although Okta does not document which it is.
        """
        if self.untouched:
            return self.everybody.none
        if not (self.old.settled and self.new.settled and self.old.shape == self.new.shape):
            return self.everybody.all
        users = self.everybody.none
        if self.old.evaluation and self.new.evaluation:
            stages = zip(self.old.evaluation.stages, self.new.evaluation.stages, strict=True)
            for old, new in stages:
                users |= old.admitted.sure ^ new.admitted.sure
        return users
