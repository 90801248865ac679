"""By which rules either side gives scopes, and to whom."""

from __future__ import annotations

from dataclasses import dataclass

from auditor.comparison.side_evaluation import RuleScopes
from auditor.comparison.token_lifetimes import TokenLifetimes
from auditor.tokens.reach.user_sets import UncertainUsers, UserSet

RuleId = tuple[str, str] | None
"""The ids of policy and rule; None at the org server."""


@dataclass(frozen=True, slots=True)
class ScopeSources:
    """By which rules one side gives a scope, each with the people who may use it."""

    sources: tuple[tuple[RuleScopes, UncertainUsers], ...]
    total: UncertainUsers

    def among(self, eligible: UncertainUsers) -> ScopeSources:
        """The same for those people only."""
        sources = tuple((source, people & eligible) for source, people in self.sources)
        return ScopeSources(sources, self.total & eligible)

    def lifetimes(self, none: UserSet) -> dict[tuple[RuleId, TokenLifetimes], UncertainUsers]:
        """Who has a token of which lifetimes by which rule.

        Whoever can have a refresh token by a rule is not listed once more without it.
        """
        holders: dict[tuple[RuleId, TokenLifetimes], UncertainUsers] = {}
        for source, people in self.sources:
            key = source.rule, source.lifetimes
            holders[key] = holders.get(key, UncertainUsers.certain(none)) | people
        for (rule, lifetimes), people in list(holders.items()):
            access_only = rule, TokenLifetimes(lifetimes.access)
            if lifetimes.refresh_token and access_only in holders:
                holders[access_only] -= people
        return {key: people for key, people in holders.items() if people.possible}


@dataclass(frozen=True, slots=True)
class ScopeClass:
    """Scopes that the same rules give, on both sides."""

    scopes: frozenset[str]
    old: ScopeSources
    new: ScopeSources
