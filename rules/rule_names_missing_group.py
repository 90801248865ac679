"""An active rule names a group that does not exist, or only groups without members.

A group that is included and does not exist lets nobody through; one that is excluded
and does not exist keeps nobody out, so people whom somebody meant to stop may pass.
Where all included groups are empty and no user is named, no user can match the rule at
all, and requests fall through to later rules or fail with `access_denied`.

Fix: name groups that exist and have members, or remove the entry.

Flagged:

    {"/api/v1/authorizationServers/aus1/policies/p1/rules": [
       {"name": "Staff", "conditions": {"people": {"groups": {"include": ["00g1", "00g2"]}}}}],
     "/api/v1/groups": [{"id": "00g1"}],
     "/api/v1/groups/00g1/users": ["00u1"]}

Flagged:

    {"/api/v1/authorizationServers/aus1/policies/p1/rules": [
       {"name": "Staff", "conditions": {"people": {"groups": {
          "include": ["EVERYONE"], "exclude": ["00g2"]}}}}]}

Flagged:

    {"/api/v1/authorizationServers/aus1/policies/p1/rules": [
       {"name": "Staff", "conditions": {"people": {"groups": {"include": ["00g1"]}}}}],
     "/api/v1/groups": [{"id": "00g1", "profile": {"name": "Staff"}}]}

Accepted:

    {"/api/v1/authorizationServers/aus1/policies/p1/rules": [
       {"name": "Staff", "conditions": {"people": {"groups": {"include": ["00g1"]}}}},
       {"name": "Rest", "conditions": {"people": {"groups": {"include": ["EVERYONE"]}}}}],
     "/api/v1/groups": [{"id": "00g1"}],
     "/api/v1/groups/00g1/users": ["00u1"]}

Accepted:

    {"/api/v1/authorizationServers/aus1/policies/p1/rules": [
       {"name": "Staff", "conditions": {"people": {
          "groups": {"include": ["00g1"], "exclude": ["00g1"]},
          "users": {"include": ["00u1"]}}}}],
     "/api/v1/groups": [{"id": "00g1"}]}

Accepted:

    {"/api/v1/authorizationServers/aus1/policies/p1/rules": [
       {"name": "All", "conditions": {"people": {"groups": {"include": ["00g1"]}}}}],
     "/api/v1/groups": [{"id": "00g1", "type": "BUILT_IN", "profile": {"name": "Everyone"}}]}

See:
- Okta developer documentation, "Configure an access policy"
- System Log filters: `eventType eq "group.lifecycle.delete"`;
  `outcome.reason eq "no_matching_policy"`
"""

from __future__ import annotations

from collections.abc import Iterator

from auditor import Finding, Impact, Org, Related, Severity, counted, listed, quoted, rule
from auditor.models import EVERYONE, PeopleCondition

from ._active import active_rules, rule_name

_INCLUDE = "conditions.people.groups.include"
_EXCLUDE = "conditions.people.groups.exclude"


@rule(
    "OAM306",
    severity=Severity.MEDIUM,
    impact=Impact.DEAD,
    reads=["policy_rules", "groups", "group_members"],
)
def check(org: Org) -> Iterator[Finding]:
    for server, policy, policy_rule in active_rules(org):
        who = rule_name(policy_rule, policy, server)
        people = policy_rule.people
        for group in _unknown(org, people.groups.include):
            yield Finding(
                policy_rule,
                f"{who} includes group {quoted(group)}, which does not exist and so lets "
                "nobody through.",
                field=_INCLUDE,
                key=group,
            )
        for group in _unknown(org, people.groups.exclude):
            yield Finding(
                policy_rule,
                f"{who} excludes group {quoted(group)}, which does not exist and so keeps "
                "nobody out.",
                field=_EXCLUDE,
                key=group,
            )
        if _all_empty(org, people):
            groups = [org.group(group) for group in dict.fromkeys(people.groups.include)]
            existing = [group for group in groups if group]
            yield Finding(
                policy_rule,
                f"{who} is only for {counted(len(existing), 'group')} without members, "
                f"{listed(quoted(group.title) for group in existing)}, so no user matches it.",
                field=_INCLUDE,
                related=tuple(Related(record=group, role="has no members") for group in existing),
            )


def _unknown(org: Org, groups: tuple[str, ...]) -> Iterator[str]:
    return (g for g in dict.fromkeys(groups) if g != EVERYONE and org.group(g) is None)


def _all_empty(org: Org, people: PeopleCondition) -> bool:
    """Whether all included groups exist, none has a member, and nobody else is included."""
    groups = people.groups.include
    if not groups or people.everyone or people.users.include:
        return False
    return all(_is_empty(org, group) for group in groups)


def _is_empty(org: Org, group_id: str) -> bool:
    # Okta's own group Everyone has everyone, even where its members were not listed.
    group = org.group(group_id)
    return group is not None and not group.built_in and not org.member_list(group_id)
