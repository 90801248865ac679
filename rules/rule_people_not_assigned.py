"""A policy rule names people who are not assigned to any client of its policy.

A rule for users or groups does not assign them: a user must match the rule and be assigned to
the app. Those who are not get `access_denied` and "User is not assigned to the client
application.", and if that holds for all of them, the rule never matches.

This rule checks policy rules with a user grant in policies that name their clients, as
far as those clients share a grant type with the policy rule and have people assigned.
It leaves out users who cannot sign in, and clients in Federation Broker Mode. A policy
rule that names a group built in by Okta, such as Everyone, is reported only if it never
matches. Confidence is medium, because a group may be wider than the app on purpose.

Fix: assign the people to the client, or take them out of the rule.

Flagged:

    {"/api/v1/apps": [{"id": "0oa1", "label": "Portal", "settings": {"oauthClient": {
       "grant_types": ["authorization_code"]}}}],
     "/api/v1/apps/0oa1/users": [{"id": "00u1", "scope": "USER", "status": "ACTIVE"}],
     "/api/v1/users": [{"id": "00u1", "profile": {"login": "ada@example.com"}},
                       {"id": "00u2", "profile": {"login": "bob@example.com"}}],
     "/api/v1/groups": [{"id": "00g1", "profile": {"name": "Operators"}}],
     "/api/v1/groups/00g1/users": ["00u2"],
     "/api/v1/authorizationServers/aus1/policies": [
       {"id": "p1", "name": "Apps", "conditions": {"clients": {"include": ["0oa1"]}}}],
     "/api/v1/authorizationServers/aus1/policies/p1/rules": [{"name": "Operators", "conditions": {
       "grantTypes": {"include": ["authorization_code"]}, "scopes": {"include": ["*"]},
       "people": {"groups": {"include": ["00g1"]}}}}]}

Flagged:

    {"/api/v1/apps": [{"id": "0oa1", "label": "Portal", "settings": {"oauthClient": {
       "grant_types": ["authorization_code"]}}}],
     "/api/v1/apps/0oa1/users": [{"id": "00u1", "scope": "USER", "status": "ACTIVE"}],
     "/api/v1/users": [{"id": "00u1", "profile": {"login": "ada@example.com"}},
                       {"id": "00u2", "profile": {"login": "bob@example.com"}}],
     "/api/v1/authorizationServers/aus1/policies": [
       {"id": "p1", "name": "Apps", "conditions": {"clients": {"include": ["0oa1"]}}}],
     "/api/v1/authorizationServers/aus1/policies/p1/rules": [{"name": "Operators", "conditions": {
       "grantTypes": {"include": ["authorization_code"]}, "scopes": {"include": ["*"]},
       "people": {"users": {"include": ["00u1", "00u2"]}}}}]}

Accepted:

    {"/api/v1/apps": [{"id": "0oa1", "label": "Portal", "settings": {"oauthClient": {
       "grant_types": ["authorization_code"]}}}],
     "/api/v1/apps/0oa1/groups": [{"id": "00g1"}],
     "/api/v1/users": [{"id": "00u1", "profile": {"login": "ada@example.com"}},
                       {"id": "00u2", "profile": {"login": "bob@example.com"}}],
     "/api/v1/groups/00g1/users": ["00u1", "00u2"],
     "/api/v1/authorizationServers/aus1/policies": [
       {"id": "p1", "name": "Apps", "conditions": {"clients": {"include": ["0oa1"]}}}],
     "/api/v1/authorizationServers/aus1/policies/p1/rules": [{"name": "Operators", "conditions": {
       "grantTypes": {"include": ["authorization_code"]}, "scopes": {"include": ["*"]},
       "people": {"users": {"include": ["00u2"]}}}}]}

Accepted:

    {"/api/v1/apps": [{"id": "0oa1", "label": "Portal", "settings": {"oauthClient": {
       "grant_types": ["authorization_code"]}}}],
     "/api/v1/apps/0oa1/users": [{"id": "00u1", "scope": "USER", "status": "ACTIVE"}],
     "/api/v1/users": [{"id": "00u1", "profile": {"login": "ada@example.com"}},
                       {"id": "00u2", "profile": {"login": "bob@example.com"}}],
     "/api/v1/groups": [{"id": "00g9", "type": "BUILT_IN", "profile": {"name": "Everyone"}}],
     "/api/v1/groups/00g9/users": ["00u1", "00u2"],
     "/api/v1/authorizationServers/aus1/policies": [
       {"id": "p1", "name": "Apps", "conditions": {"clients": {"include": ["0oa1"]}}}],
     "/api/v1/authorizationServers/aus1/policies/p1/rules": [{"name": "Staff", "conditions": {
       "grantTypes": {"include": ["authorization_code"]}, "scopes": {"include": ["*"]},
       "people": {"groups": {"include": ["00g9"]}}}}]}

Accepted:

    {"/api/v1/apps": [{"id": "0oa1", "label": "Nobody assigned: OAM601", "settings": {
       "oauthClient": {"grant_types": ["authorization_code"]}}}],
     "/api/v1/users": [{"id": "00u2", "profile": {"login": "bob@example.com"}}],
     "/api/v1/authorizationServers/aus1/policies": [
       {"id": "p1", "name": "Apps", "conditions": {"clients": {"include": ["0oa1"]}}}],
     "/api/v1/authorizationServers/aus1/policies/p1/rules": [{"name": "Operators", "conditions": {
       "grantTypes": {"include": ["authorization_code"]}, "scopes": {"include": ["*"]},
       "people": {"users": {"include": ["00u2"]}}}}]}

Accepted:

    {"/api/v1/apps": [{"id": "0oa1", "label": "Portal", "settings": {"oauthClient": {
       "grant_types": ["authorization_code"]}}}],
     "/api/v1/apps/0oa1/users": [{"id": "00u1", "scope": "USER", "status": "ACTIVE"}],
     "/api/v1/users": [{"id": "00u1", "profile": {"login": "ada@example.com"}},
                       {"id": "00u2", "status": "SUSPENDED"}],
     "/api/v1/authorizationServers/aus1/policies": [
       {"id": "p1", "name": "Apps", "conditions": {"clients": {"include": ["0oa1"]}}}],
     "/api/v1/authorizationServers/aus1/policies/p1/rules": [{"name": "Operators", "conditions": {
       "grantTypes": {"include": ["authorization_code"]}, "scopes": {"include": ["*"]},
       "people": {"users": {"include": ["00u1", "00u2"]}}}}]}

See:
- Okta developer documentation, "Create rules for each access policy", on "Any user assigned
  the app"
"""

from __future__ import annotations

from collections.abc import Iterator

from auditor import (
    Confidence,
    Finding,
    Impact,
    Org,
    Related,
    Severity,
    counted,
    listed,
    quoted,
    rule,
)
from auditor.models import PolicyRule
from auditor.oauth import NOT_ASSIGNED, Answer, user_grants

from ._active import active_rules, rule_name
from ._people import RulePeople
from ._witness import of_client, rejected


@rule(
    "OAM602",
    severity=Severity.MEDIUM,
    impact=Impact.BROKEN,
    confidence=Confidence.MEDIUM,
    reads=["policy_rules", "group_members", "app_users", "app_groups", "users"],
    answer=Answer.of(NOT_ASSIGNED),
)
def check(org: Org) -> Iterator[Finding]:
    people = RulePeople.of(org)
    for server, policy, policy_rule in active_rules(org):
        if policy_rule.people.everyone or policy_rule.people.unrestricted:
            continue
        clients = people.audience(policy, policy_rule)
        named = people.named(policy_rule)
        reached = people.reached(policy, policy_rule)
        if named == reached or not people.assigned(clients):
            continue
        if reached and _built_in(org, policy_rule):
            continue
        logins = people.logins(named - reached)
        share = f"{len(named - reached):,} of them ({logins}) not" if reached else "none of them"
        yield Finding(
            policy_rule,
            f"{rule_name(policy_rule, policy, server)} names "
            f"{counted(len(named), 'person', 'people')}, {share} assigned "
            f"to {listed(quoted(client.title) for client in clients)}, so "
            f"{'their requests are rejected' if reached else 'it never matches'}.",
            field="conditions.people",
            witness=of_client(
                server,
                clients[0],
                rejected("assignment"),
                grants=sorted(user_grants(policy_rule.grant_types) & set(clients[0].grant_types)),
                scopes=[frozenset({"openid"}), *(frozenset({s}) for s in policy_rule.scopes)],
                user=(named - reached).first(),
            ),
            related=tuple(
                Related(record=client, role="a client that the policy names") for client in clients
            ),
        )


def _built_in(org: Org, policy_rule: PolicyRule) -> bool:
    groups = map(org.group, policy_rule.people.groups.include)
    return any(group is not None and group.built_in for group in groups)
