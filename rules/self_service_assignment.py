"""People can assign a client to themselves.

With self-service every user of the org can add the app to their dashboard, which assigns it.
Policy rules for "any user assigned the app" then admit whoever wants to be admitted. Only
clients that an active policy names are reported, and only where they meet such a rule. Whether a
request has to be approved is not in the configuration that Okta's API gives out, hence the medium
confidence.

Fix: turn self-service off for the app and assign groups, or name groups in the rules.

Flagged:

    {"/api/v1/apps": [{"id": "0oa1", "label": "Refunds", "accessibility": {"selfService": true},
       "settings": {"oauthClient": {"grant_types": ["authorization_code"]}}}],
     "/api/v1/authorizationServers/aus1/policies": [
       {"id": "p1", "conditions": {"clients": {"include": ["0oa1"]}}}],
     "/api/v1/authorizationServers/aus1/policies/p1/rules": [
       {"conditions": {"people": {"groups": {"include": ["EVERYONE"]}},
                       "grantTypes": {"include": ["authorization_code"]},
                       "scopes": {"include": ["openid"]}}}]}

Accepted:

    {"/api/v1/apps": [{"id": "0oa1", "label": "Refunds", "accessibility": {"selfService": true},
       "settings": {"oauthClient": {"grant_types": ["authorization_code"]}}}],
     "/api/v1/authorizationServers/aus1/policies": [
       {"id": "p1", "conditions": {"clients": {"include": ["0oa1"]}}}],
     "/api/v1/authorizationServers/aus1/policies/p1/rules": [
       {"conditions": {"people": {"groups": {"include": ["00g1"]}},
                       "grantTypes": {"include": ["authorization_code"]},
                       "scopes": {"include": ["openid"]}}}]}

Accepted:

    {"/api/v1/apps": [{"id": "0oa1", "label": "No API", "accessibility": {"selfService": true},
       "settings": {"oauthClient": {"grant_types": ["authorization_code"]}}}]}

See:
- Okta Help Center, "Enable self-service access"
- Okta API reference, "Applications", accessibility object
"""

from __future__ import annotations

from collections.abc import Iterator

from auditor import Confidence, Finding, Impact, Org, Related, Severity, counted, quoted, rule
from auditor.oauth import user_grants

from ._clients import covering_policies, named, own_clients, reachable_rules


@rule(
    "OAM611",
    severity=Severity.LOW,
    impact=Impact.RISKY,
    confidence=Confidence.MEDIUM,
    reads=["apps", "policy_rules"],
)
def check(org: Org) -> Iterator[Finding]:
    for client in own_clients(org):
        if not client.accessibility.self_service:
            continue
        if not any(named(org, client, policy) for policy in covering_policies(org, client)):
            continue
        grants = user_grants(client.grant_types)
        met = [
            each
            for each in reachable_rules(org, client)
            if each.people.everyone and each.scopes and grants & set(each.grant_types)
        ]
        if met:
            yield Finding(
                client,
                f"People can assign client {quoted(client.title)} to themselves, and "
                f"{counted(len(met), 'rule')} that it meets "
                f"{'admits' if len(met) == 1 else 'admit'} anybody who is assigned.",
                field="accessibility.selfService",
                related=tuple(
                    Related(record=each, role="a rule for any user assigned the app")
                    for each in met
                ),
            )
