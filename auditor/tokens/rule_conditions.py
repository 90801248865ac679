"""The conditions of access policies and rules, one by one.

Semantics and sources: Okta's "Configure an access policy" guide and the support article
"Tokens not issued with lifetime configured in Access Rule for Custom Authorization
Server": rules are allow-lists of grant types, people and scopes, and all three must match.
"""

from __future__ import annotations

from auditor.snapshot.models.servers import (
    EVERYONE,
    PolicyRule,
)
from auditor.snapshot.org import Org
from auditor.tokens.grants import PEOPLE_DEMANDED, REFRESHABLE_GRANTS, USERLESS_GRANTS
from auditor.tokens.scopes import OFFLINE_ACCESS


def admits_userless(rule: PolicyRule) -> bool:
    """Whether the people condition lets a request without a user through.

    Rules that name users or groups never match one; EVERYONE and an empty condition do
    (support article "Access Policy Rules with 'AND User is' Filter Do Not Apply").
    """
    return rule.people.everyone or rule.people.unrestricted


def names_nobody(rule: PolicyRule, grant: str) -> bool:
    """Whether a rule includes nobody, in a grant type with a user where no source explains that.

    See `grants.PEOPLE_DEMANDED`.
    """
    return rule.people.unrestricted and grant not in PEOPLE_DEMANDED | USERLESS_GRANTS


def gives_refresh_tokens(rule: PolicyRule) -> bool:
    """Whether a request can get a refresh token by this rule, if its client may have one."""
    return rule.allows(OFFLINE_ACCESS) and not REFRESHABLE_GRANTS.isdisjoint(rule.grant_types)


def admitted_users(org: Org, rule: PolicyRule) -> frozenset[str]:
    """Ids of the users whom a rule names, directly or through groups, less the excluded ones.

    Meaningful only where the rule does not admit everyone. Needs `group_members`.
    """
    people = rule.people
    included = set(people.users.include)
    for group in people.groups.include:
        if group != EVERYONE:
            included |= org.members(group)
    return frozenset(included - excluded_users(org, rule))


def excluded_users(org: Org, rule: PolicyRule) -> frozenset[str]:
    """Ids of the users whom a rule excludes, directly or through groups."""
    people = rule.people
    excluded = set(people.users.exclude)
    for group in people.groups.exclude:
        excluded |= org.members(group)
    return frozenset(excluded)
