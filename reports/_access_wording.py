"""Words and classes of style in the HTML report's pictures of access."""

from __future__ import annotations

from auditor import counted, listed
from auditor.results import MOST_LOGINS, RuleUse, ScopeAccess, ScopePath


def whom(scope: ScopeAccess) -> str:
    """Who obtains a scope: people, machines, and whether there may be more."""
    parts = []
    if scope.people:
        all_named = len(scope.logins) == scope.people
        logins = f" ({listed(scope.logins, most=MOST_LOGINS)})" if all_named else ""
        parts.append(f"{counted(scope.people, 'person', 'people')}{logins}")
    if scope.machines:
        parts.append(f"{counted(scope.machines, 'client')} without a user")
    if not parts:
        return "not known" if scope.more else ""
    return f"{' and '.join(parts)}{', maybe more: not known' if scope.more else ''}"


def path_recipients(path: ScopePath) -> str:
    """Who obtains a scope through one client and rule."""
    if not path.certain:
        return "maybe: not known"
    return counted(path.people, "person", "people") if path.people else "without a user"


_STEP_CLASSES = {
    RuleUse.REACHED: "reached",
    RuleUse.NEVER: "never-reached",
    RuleUse.INACTIVE: "inactive",
    RuleUse.UNKNOWN: "not-known",
}


def step_class(use: RuleUse) -> str:
    """The class of style of a policy rule."""
    return _STEP_CLASSES[use]


def grants_words(grants: tuple[str, ...]) -> str:
    """Some grant types, those that are URNs by their last part."""
    names = (grant.rpartition(":")[2] for grant in grants)
    return listed(names, most=6, empty="no grant type")


def scopes_words(scopes: tuple[str, ...]) -> str:
    """Some scopes of a rule or a cell."""
    return listed(scopes, most=12, empty="no scope")
