"""A rule lets assertions in for every client, or gives them every scope.

With the grant type JWT bearer a client exchanges an assertion about a user for an access token,
and no user is asked. AI agents and cross-app access work in this way. What an agent obtains is
decided twice: by its resource connection, and by the rule of the access policy. A policy for all
clients leaves it to the connections alone which agents, present and future, get tokens; `*` does
so with the scopes.

A rule is left alone if none of the clients that its policy names may use the grant. Rules that are
wide open in every respect are the subject of OAM303.

Fix: name the agents and clients in a policy of their own, and list the scopes that they need.

Flagged:

    {"/api/v1/apps": [{"id": "0oa1", "label": "Assistant", "settings": {"oauthClient": {
       "application_type": "web", "grant_types": [
         "urn:ietf:params:oauth:grant-type:jwt-bearer"]}}}],
     "/api/v1/authorizationServers/aus1/policies": [
       {"id": "p1", "name": "Anybody", "conditions": {"clients": {"include": ["ALL_CLIENTS"]}}},
       {"id": "p2", "name": "Agents", "conditions": {"clients": {"include": ["wlp1"]}}}],
     "/api/v1/authorizationServers/aus1/policies/p1/rules": [
       {"conditions": {"grantTypes": {"include": ["urn:ietf:params:oauth:grant-type:jwt-bearer"]},
                       "people": {"groups": {"include": ["EVERYONE"]}},
                       "scopes": {"include": ["crm:read"]}}}],
     "/api/v1/authorizationServers/aus1/policies/p2/rules": [
       {"conditions": {"grantTypes": {"include": ["urn:ietf:params:oauth:grant-type:jwt-bearer"]},
                       "people": {"groups": {"include": ["EVERYONE"]}},
                       "scopes": {"include": ["*"]}}}],
     "/api/v1/authorizationServers/aus1/scopes": [{"name": "crm:read"}]}

Accepted:

    {"/api/v1/authorizationServers/aus1/policies": [
       {"id": "p1", "name": "Agents", "conditions": {"clients": {"include": ["wlp1"]}}},
       {"id": "p2", "name": "People", "conditions": {"clients": {"include": ["ALL_CLIENTS"]}}}],
     "/api/v1/authorizationServers/aus1/policies/p1/rules": [
       {"conditions": {"grantTypes": {"include": ["urn:ietf:params:oauth:grant-type:jwt-bearer"]},
                       "people": {"groups": {"include": ["EVERYONE"]}},
                       "scopes": {"include": ["crm:read"]}}}],
     "/api/v1/authorizationServers/aus1/policies/p2/rules": [
       {"conditions": {"grantTypes": {"include": ["authorization_code"]},
                       "people": {"groups": {"include": ["EVERYONE"]}},
                       "scopes": {"include": ["*"]}}}],
     "/api/v1/authorizationServers/aus1/scopes": [{"name": "crm:read"}]}

Accepted:

    {"/api/v1/apps": [{"id": "0oa1", "label": "See OAM520", "settings": {"oauthClient": {
       "application_type": "web", "grant_types": ["authorization_code"]}}}],
     "/api/v1/authorizationServers/aus1/policies": [
       {"id": "p1", "conditions": {"clients": {"include": ["0oa1"]}}}],
     "/api/v1/authorizationServers/aus1/policies/p1/rules": [
       {"conditions": {"grantTypes": {"include": ["authorization_code",
                                        "urn:ietf:params:oauth:grant-type:jwt-bearer"]},
                       "people": {"groups": {"include": ["EVERYONE"]}},
                       "scopes": {"include": ["*"]}}}],
     "/api/v1/authorizationServers/aus1/scopes": [{"name": "crm:read"}]}

See:
- Okta developer documentation, "Set up third-party AI Agent token exchange" and "API Access
  Management", recommended practices: All Clients only if nothing else works
- RFC 9700, section 2.3, "Access Token Privilege Restriction"
"""

from __future__ import annotations

from collections.abc import Iterator

from auditor import Finding, Impact, Org, Severity, counted, rule
from auditor.models import ALL_CLIENTS
from auditor.oauth import JWT_BEARER

from ._active import active_rules, rule_name
from ._assertions import all_scopes_by_assertion
from ._wide_open import is_wide_open


@rule(
    "OAM319",
    severity=Severity.MEDIUM,
    impact=Impact.RISKY,
    reads=["apps", "policy_rules", "scopes"],
)
def check(org: Org) -> Iterator[Finding]:
    for server, policy, each in active_rules(org):
        if JWT_BEARER not in each.grant_types or is_wide_open(policy, each):
            continue
        custom = sum(scope.custom for scope in org.scopes(server))
        who = ALL_CLIENTS in policy.clients and bool(each.scopes)
        what = bool(custom) and all_scopes_by_assertion(org, policy, each)
        if not who and not what:
            continue
        clients = "any client, present and future," if who else "its clients"
        scopes = f"any scope ({counted(custom, 'custom scope')} now)" if what else "its scopes"
        yield Finding(
            each,
            f"{rule_name(each, policy, server)} lets {clients} exchange assertions about users "
            f"for {scopes}.",
            field="conditions.scopes.include" if what else "conditions.grantTypes.include",
            key="" if what else JWT_BEARER,
        )
