"""Who gained access, who lost it, whose tokens live longer or shorter, and what is uncertain."""

from __future__ import annotations

from dataclasses import dataclass

from auditor.comparison.scope_sources import ScopeClass
from auditor.comparison.token_lifetimes import TokenLifetimes
from auditor.tokens.reach.user_sets import UncertainUsers, UserSet


@dataclass(frozen=True, slots=True)
class AccessDifference:
    """What became of the scopes of one class, for certain people."""

    gained: UserSet
    lost: UserSet
    changed: UserSet
    """Those who can obtain them as before, with other lifetimes."""
    unclear: UserSet
    """Those for whom a side is indeterminate."""


def compare_access(item: ScopeClass, uncertain_for: UserSet) -> AccessDifference:
    """Who gained and lost, whose lifetimes changed, and of whom that is not known.

    Args:
        item: the scopes, by which rules they are given, and to whom.
        uncertain_for: those of whom nothing may be said where a side is indeterminate.
    """
    old, new = item.old.total, item.new.total
    none = uncertain_for - uncertain_for
    stay = old.sure & new.sure
    changed, uncertain = none, none
    if stay:
        before, after = item.old.lifetimes(none), item.new.lifetimes(none)
        holders: dict[TokenLifetimes, list[UncertainUsers]] = {}
        for side, by_rule in enumerate((before, after)):
            for (_, lifetimes), people in by_rule.items():
                holders.setdefault(lifetimes, [UncertainUsers.certain(none)] * 2)[side] |= people
        for old_holders, new_holders in holders.values():
            changed |= old_holders.sure ^ new_holders.sure
            uncertain |= old_holders.unknown | new_holders.unknown
        uncertain &= stay
        changed = (changed & stay) - uncertain
    unclear = (old.unknown | new.unknown | uncertain) & uncertain_for
    return AccessDifference(new.sure - old.possible, old.sure - new.possible, changed, unclear)
