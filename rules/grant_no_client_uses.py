"""A rule allows a grant type that no client of its policy may use.

A request must be allowed by the client and by the rule. A grant type that only the rule allows
has no effect today, but it is waiting: whoever gives one of the clients that grant finds the
rule already open. It also hides mistakes, such as an app that was set up without the grant it
needs. Implicit and password are the subject of OAM304 and OAM305.
Policies that name AI agents are left out, because their grant types are not known.

Fix: take the grant type out of the rule, or give it to the client that needs it.

Flagged:

    {"/api/v1/apps": [{"id": "0oa1", "label": "Shop", "settings": {"oauthClient": {
       "grant_types": ["authorization_code"]}}}],
     "/api/v1/authorizationServers/aus1/policies": [
       {"id": "p1", "conditions": {"clients": {"include": ["0oa1"]}}}],
     "/api/v1/authorizationServers/aus1/policies/p1/rules": [
       {"conditions": {"grantTypes": {"include": ["authorization_code", "interaction_code"]},
                       "scopes": {"include": ["openid"]}}}]}

Accepted:

    {"/api/v1/apps": [{"id": "0oa1", "label": "Shop", "settings": {"oauthClient": {
       "grant_types": ["authorization_code"]}}}],
     "/api/v1/authorizationServers/aus1/policies": [
       {"id": "p1", "conditions": {"clients": {"include": ["0oa1"]}}},
       {"id": "p2", "conditions": {"clients": {"include": ["ALL_CLIENTS"]}}}],
     "/api/v1/authorizationServers/aus1/policies/p1/rules": [
       {"conditions": {"grantTypes": {"include": ["authorization_code", "implicit"]},
                       "scopes": {"include": ["openid"]}}}],
     "/api/v1/authorizationServers/aus1/policies/p2/rules": [
       {"conditions": {"grantTypes": {"include": ["client_credentials"]},
                       "scopes": {"include": ["orders:read"]}}}]}

Accepted:

    {"/api/v1/authorizationServers/aus1/policies": [
       {"id": "p1", "conditions": {"clients": {"include": ["deleted, see OAM203"]}}}],
     "/api/v1/authorizationServers/aus1/policies/p1/rules": [
       {"conditions": {"grantTypes": {"include": ["authorization_code"]},
                       "scopes": {"include": ["openid"]}}}]}

Accepted:

    {"/api/v1/apps": [{"id": "0oa1", "label": "Shop", "settings": {"oauthClient": {
       "grant_types": ["authorization_code"]}}}],
     "/api/v1/authorizationServers/aus1/policies": [
       {"id": "p1", "conditions": {"clients": {"include": ["0oa1", "wlp1qa1kd02bWzlBC0g7"]}}}],
     "/api/v1/authorizationServers/aus1/policies/p1/rules": [
       {"conditions": {"grantTypes": {"include": ["authorization_code",
                                        "urn:ietf:params:oauth:grant-type:jwt-bearer"]},
                       "scopes": {"include": ["openid"]}}}]}

See:
- Okta developer documentation, "Configure an access policy"
"""

from __future__ import annotations

from collections.abc import Iterator

from auditor import Finding, Impact, Org, Severity, counted, listed, quoted, rule
from auditor.models import ALL_CLIENTS
from auditor.oauth import IMPLICIT, PASSWORD, REFRESH_TOKEN

from ._active import active_rules, rule_name
from ._agents import names_agents
from ._clients import Roster

_ELSEWHERE = frozenset({IMPLICIT, PASSWORD, REFRESH_TOKEN})
"""Grant types that other rules report, or that no rule decides."""


@rule("OAM520", severity=Severity.LOW, impact=Impact.DEAD, reads=["apps", "policy_rules"])
def check(org: Org) -> Iterator[Finding]:
    roster = Roster.of(org)
    for server, policy, policy_rule in active_rules(org):
        if names_agents(policy):
            continue
        clients = () if ALL_CLIENTS in policy.clients else roster.named(policy)
        used = _ELSEWHERE.union(*(each.grant_types for each in clients))
        unused = [grant for grant in dict.fromkeys(policy_rule.grant_types) if grant not in used]
        if clients and unused:
            yield Finding(
                policy_rule,
                f"{rule_name(policy_rule, policy, server)} allows "
                f"{listed(map(quoted, unused))}, which the policy's "
                f"{counted(len(clients), 'active client')} may not use.",
                field="conditions.grantTypes.include",
            )
