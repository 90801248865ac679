"""A client may use refresh tokens, but no rule that it can meet lets it ask for one.

A refresh token comes with a token request for `offline_access`, and like every scope that one
must be allowed by the rule that matches. Where no rule allows it, a request that names it is
rejected with access_denied, and one that does not brings no refresh token: people are sent to
the sign-in page every time the access token ends. Whether rules must list OpenID scopes is
disputed in Okta's own texts, and the org authorization server asks for no rule, hence the low
confidence.

Fix: add `offline_access` to a rule for the client, or take the refresh_token grant from it.

Flagged:

    {"/api/v1/apps": [{"id": "0oa1", "label": "Shop", "settings": {"oauthClient": {
       "grant_types": ["authorization_code", "refresh_token"]}}}],
     "/api/v1/authorizationServers/aus1/policies": [
       {"id": "p1", "conditions": {"clients": {"include": ["0oa1"]}}}],
     "/api/v1/authorizationServers/aus1/policies/p1/rules": [
       {"name": "Sign-in", "conditions": {"grantTypes": {"include": ["authorization_code"]},
                                          "scopes": {"include": ["openid"]}}},
       {"name": "Machines", "conditions": {"grantTypes": {"include": ["client_credentials"]},
                                           "scopes": {"include": ["*"]}}}]}

Accepted:

    {"/api/v1/apps": [{"id": "0oa1", "label": "Shop", "settings": {"oauthClient": {
       "grant_types": ["authorization_code", "refresh_token"]}}},
      {"id": "0oa2", "label": "Never refreshes", "settings": {"oauthClient": {
       "grant_types": ["authorization_code"]}}}],
     "/api/v1/authorizationServers/aus1/policies": [
       {"id": "p1", "conditions": {"clients": {"include": ["0oa1"]}}},
       {"id": "p2", "conditions": {"clients": {"include": ["0oa2"]}}}],
     "/api/v1/authorizationServers/aus1/policies/p1/rules": [
       {"conditions": {"grantTypes": {"include": ["authorization_code"]},
                       "scopes": {"include": ["openid", "offline_access"]}}}],
     "/api/v1/authorizationServers/aus1/policies/p2/rules": [
       {"conditions": {"grantTypes": {"include": ["authorization_code"]},
                       "scopes": {"include": ["openid"]}}}]}

Accepted:

    {"/api/v1/apps": [{"id": "0oa1", "label": "See OAM503", "settings": {"oauthClient": {
       "grant_types": ["authorization_code", "refresh_token"]}}}],
     "/api/v1/authorizationServers/aus1/policies": [
       {"id": "p1", "conditions": {"clients": {"include": ["0oa1"]}}}],
     "/api/v1/authorizationServers/aus1/policies/p1/rules": [
       {"conditions": {"grantTypes": {"include": ["client_credentials"]},
                       "scopes": {"include": ["openid"]}}}]}

See:
- Okta developer documentation, "Refresh access tokens"
- Okta support article "Tokens not issued with lifetime configured in Access Rule for Custom
  Authorization Server"
"""

from __future__ import annotations

from collections.abc import Iterator

from auditor import Confidence, Finding, Impact, Org, Related, Severity, quoted, rule
from auditor.oauth import (
    NO_MATCHING_RULE,
    OFFLINE_ACCESS,
    REFRESH_TOKEN,
    REFRESHABLE_GRANTS,
    Answer,
)

from ._clients import meant_servers, own_clients
from ._witness import of_client, rejected


@rule(
    "OAM517",
    severity=Severity.MEDIUM,
    impact=Impact.BROKEN,
    confidence=Confidence.LOW,
    reads=["apps", "policy_rules"],
    answer=Answer.of(NO_MATCHING_RULE),
)
def check(org: Org) -> Iterator[Finding]:
    for client in own_clients(org):
        grants = REFRESHABLE_GRANTS.intersection(client.grant_types)
        if REFRESH_TOKEN not in client.grant_types:
            continue
        met = [
            (server, each)
            for server, policies in meant_servers(org, client)
            for policy in policies
            for each in org.live_rules(policy)
            if each.scopes and grants.intersection(each.grant_types)
        ]
        if not met or any(each.allows(OFFLINE_ACCESS) for _, each in met):
            continue
        server, first = met[0]
        rules = "the only rule" if len(met) == 1 else f"none of the {len(met):,} rules"
        does = "does not allow" if len(met) == 1 else "allows"
        yield Finding(
            client,
            f"Client {quoted(client.title)} may use refresh tokens, but {rules} that it can meet "
            f"where policies name it {does} offline_access, so it gets none there.",
            field="settings.oauthClient.grant_types",
            fix=f"Add offline_access to rule {quoted(first.title)}, or take the refresh_token "
            f"grant from client {quoted(client.title)}.",
            related=(Related(record=first, role="the first rule that it can meet"),),
            witness=of_client(
                server,
                client,
                rejected("policy"),
                grants=sorted(grants.intersection(first.grant_types)),
                scopes=[frozenset({"openid", OFFLINE_ACCESS})],
            ),
        )
