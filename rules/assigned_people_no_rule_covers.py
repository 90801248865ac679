"""People are assigned to a client, but none of the rules that it can meet admits them.

A policy names the client, its rules name users or groups, and some of the people who are
assigned to the client are in none of them. They can open the app, and then its requests for a
token fail with `access_denied` and "Policy evaluation failed for this request, please check the
policy configurations."

The rule checks clients that a policy names, per authorization server and for user
grants, where no policy rule is for any user assigned the app. Rules that reach nobody
at all are the subject of OAM602 and OAM306. Confidence is medium, because the app may
let only some of its people call the API.

Fix: add the people to a rule, directly or through a group, or take away their assignment.

Flagged:

    {"/api/v1/apps": [{"id": "0oa1", "label": "Portal", "settings": {"oauthClient": {
       "grant_types": ["authorization_code"]}}}],
     "/api/v1/apps/0oa1/users": [{"id": "00u1", "scope": "USER", "status": "ACTIVE"},
                                 {"id": "00u2", "scope": "USER", "status": "ACTIVE"}],
     "/api/v1/users": [{"id": "00u1", "profile": {"login": "ada@example.com"}},
                       {"id": "00u2", "profile": {"login": "bob@example.com"}}],
     "/api/v1/authorizationServers/aus1/policies": [
       {"id": "p1", "name": "Apps", "conditions": {"clients": {"include": ["0oa1"]}}}],
     "/api/v1/authorizationServers/aus1/policies/p1/rules": [{"name": "Operators", "conditions": {
       "grantTypes": {"include": ["authorization_code"]}, "scopes": {"include": ["*"]},
       "people": {"users": {"include": ["00u1"]}}}}]}

Accepted:

    {"/api/v1/apps": [{"id": "0oa1", "label": "Portal", "settings": {"oauthClient": {
       "grant_types": ["authorization_code"]}}}],
     "/api/v1/apps/0oa1/users": [{"id": "00u1", "scope": "USER", "status": "ACTIVE"},
                                 {"id": "00u2", "scope": "USER", "status": "ACTIVE"}],
     "/api/v1/users": [{"id": "00u1", "profile": {"login": "ada@example.com"}},
                       {"id": "00u2", "profile": {"login": "bob@example.com"}}],
     "/api/v1/authorizationServers/aus1/policies": [
       {"id": "p1", "name": "Apps", "conditions": {"clients": {"include": ["0oa1"]}}}],
     "/api/v1/authorizationServers/aus1/policies/p1/rules": [
       {"name": "Operators", "conditions": {
         "grantTypes": {"include": ["authorization_code"]}, "scopes": {"include": ["*"]},
         "people": {"users": {"include": ["00u1"]}}}},
       {"name": "Others", "conditions": {
         "grantTypes": {"include": ["authorization_code"]}, "scopes": {"include": ["openid"]},
         "people": {"groups": {"include": ["EVERYONE"]}}}}]}

Accepted:

    {"/api/v1/apps": [{"id": "0oa1", "label": "Reported as OAM602", "settings": {"oauthClient": {
       "grant_types": ["authorization_code"]}}}],
     "/api/v1/apps/0oa1/users": [{"id": "00u2", "scope": "USER", "status": "ACTIVE"}],
     "/api/v1/users": [{"id": "00u1", "profile": {"login": "ada@example.com"}},
                       {"id": "00u2", "profile": {"login": "bob@example.com"}}],
     "/api/v1/authorizationServers/aus1/policies": [
       {"id": "p1", "name": "Apps", "conditions": {"clients": {"include": ["0oa1"]}}}],
     "/api/v1/authorizationServers/aus1/policies/p1/rules": [{"name": "Operators", "conditions": {
       "grantTypes": {"include": ["authorization_code"]}, "scopes": {"include": ["*"]},
       "people": {"users": {"include": ["00u1"]}}}}]}

Accepted:

    {"/api/v1/apps": [{"id": "0oa1", "label": "Covered by a policy for all clients", "settings": {
       "oauthClient": {"grant_types": ["authorization_code"]}}}],
     "/api/v1/apps/0oa1/users": [{"id": "00u1", "scope": "USER", "status": "ACTIVE"},
                                 {"id": "00u2", "scope": "USER", "status": "ACTIVE"}],
     "/api/v1/users": [{"id": "00u1", "profile": {"login": "ada@example.com"}},
                       {"id": "00u2", "profile": {"login": "bob@example.com"}}],
     "/api/v1/authorizationServers/aus1/policies": [
       {"id": "p1", "name": "Default", "conditions": {"clients": {"include": ["ALL_CLIENTS"]}}}],
     "/api/v1/authorizationServers/aus1/policies/p1/rules": [{"name": "Operators", "conditions": {
       "grantTypes": {"include": ["authorization_code"]}, "scopes": {"include": ["*"]},
       "people": {"users": {"include": ["00u1"]}}}}]}

See:
- Okta developer documentation, "Create rules for each access policy"
"""

from __future__ import annotations

from collections.abc import Iterator

from auditor import Confidence, Finding, Impact, Org, Related, Severity, counted, quoted, rule
from auditor.models import AccessPolicy, App, AuthorizationServer, PolicyRule
from auditor.oauth import NO_MATCHING_RULE, Answer, user_grants

from ._clients import meant_servers, named, own_clients
from ._people import RulePeople
from ._witness import of_client, rejected


@rule(
    "OAM603",
    severity=Severity.MEDIUM,
    impact=Impact.BROKEN,
    confidence=Confidence.MEDIUM,
    reads=["policy_rules", "group_members", "app_users", "app_groups", "users"],
    answer=Answer.of(NO_MATCHING_RULE),
)
def check(org: Org) -> Iterator[Finding]:
    people = RulePeople.of(org)
    for client in own_clients(org):
        for server, met in _rules_for_people(org, client):
            assigned = people.assigned([client])
            left = assigned
            for _, each in met:
                left -= people.named(each)
            if left and (left != assigned or any(people.reached(*one) for one in met)):
                yield Finding(
                    client,
                    f"No rule of authorization server {quoted(server.title)} admits {len(left):,} "
                    f"of the {counted(len(assigned), 'person', 'people')} assigned to client "
                    f"{quoted(client.title)}, among them {people.logins(left)}, so their requests "
                    "are rejected with access_denied.",
                    key=server.id,
                    related=tuple(
                        Related(record=rule, role="a rule that names people") for _, rule in met
                    ),
                    witness=of_client(
                        server,
                        client,
                        rejected("policy"),
                        grants=sorted(user_grants(client.grant_types)),
                        scopes=[frozenset({"openid"}), frozenset(met[0][1].scopes)],
                        user=left.first(),
                    ),
                )


def _rules_for_people(
    org: Org, client: App
) -> Iterator[tuple[AuthorizationServer, list[tuple[AccessPolicy, PolicyRule]]]]:
    """Rules for people that the client can meet, by server, unless one of them is for anybody."""
    grants = user_grants(client.grant_types)
    if client.federation_broker or not grants:
        return
    for server, policies in meant_servers(org, client):
        met = [
            (policy, rule)
            for policy in policies
            for rule in org.live_rules(policy)
            if rule.scopes and grants & user_grants(rule.grant_types)
        ]
        by_name = any(named(org, client, policy) for policy, _ in met)
        if by_name and not any(rule.people.everyone for _, rule in met):
            yield server, met
