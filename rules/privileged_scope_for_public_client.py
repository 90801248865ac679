"""A public client may obtain a privileged scope in a token that works for whoever holds it.

Code in a browser or on a phone cannot keep a secret, and its tokens lie where scripts, other apps
and thieves can get at them. A bearer token with a privileged scope works for anybody. DPoP binds
it to a key that does not leave the client; RFC 9700 recommends sender-constrained tokens. Whether
a scope is privileged is judged by its name (write, delete, manage, admin and the like; an
option), hence the low confidence. Rules that allow all scopes are the subject of OAM309.

Fix: require DPoP for the client, or let a server-side app make the privileged calls.

Flagged:

    {"/api/v1/apps": [{"id": "0oa1", "label": "Shop",
       "credentials": {"oauthClient": {"token_endpoint_auth_method": "none"}},
       "settings": {"oauthClient": {"application_type": "browser",
                                    "grant_types": ["authorization_code"]}}}],
     "/api/v1/authorizationServers/aus1/policies": [
       {"id": "p1", "conditions": {"clients": {"include": ["0oa1"]}}}],
     "/api/v1/authorizationServers/aus1/policies/p1/rules": [
       {"conditions": {"people": {"groups": {"include": ["EVERYONE"]}},
                       "grantTypes": {"include": ["authorization_code"]},
                       "scopes": {"include": ["openid", "users:delete"]}}}],
     "/api/v1/authorizationServers/aus1/scopes": [{"name": "users:delete"}]}

Accepted:

    {"/api/v1/apps": [
       {"id": "0oa1", "label": "Shop, with DPoP",
        "credentials": {"oauthClient": {"token_endpoint_auth_method": "none"}},
        "settings": {"oauthClient": {"application_type": "browser",
          "grant_types": ["authorization_code"], "dpop_bound_access_tokens": true}}},
       {"id": "0oa2", "label": "Server-side",
        "credentials": {"oauthClient": {"token_endpoint_auth_method": "client_secret_basic"}},
        "settings": {"oauthClient": {"application_type": "web",
          "grant_types": ["authorization_code"]}}}],
     "/api/v1/authorizationServers/aus1/policies": [
       {"id": "p1", "conditions": {"clients": {"include": ["0oa1", "0oa2"]}}}],
     "/api/v1/authorizationServers/aus1/policies/p1/rules": [
       {"conditions": {"people": {"groups": {"include": ["EVERYONE"]}},
                       "grantTypes": {"include": ["authorization_code"]},
                       "scopes": {"include": ["openid", "users:delete"]}}}],
     "/api/v1/authorizationServers/aus1/scopes": [{"name": "users:delete"}]}

See:
- RFC 9700, section 2.2.1, "Access Tokens"
- Okta developer documentation, "Configure OAuth 2.0 Demonstrating Proof-of-Possession"
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
from auditor.models import AuthorizationServer, PolicyRule
from auditor.oauth import user_grants

from ._clients import own_clients, reachable
from ._sensitive import PrivilegeOptions
from ._witness import minted, of_client


@rule(
    "OAM524",
    severity=Severity.MEDIUM,
    impact=Impact.RISKY,
    confidence=Confidence.LOW,
    reads=["apps", "policy_rules", "scopes"],
    options=PrivilegeOptions,
)
def check(org: Org, options: PrivilegeOptions) -> Iterator[Finding]:
    privileged: dict[str, frozenset[str]] = {}

    def of(server: AuthorizationServer, policy_rule: PolicyRule) -> frozenset[str]:
        if server.id not in privileged:
            custom = (scope.name for scope in org.scopes(server) if scope.custom)
            privileged[server.id] = frozenset(options.of(custom))
        return privileged[server.id].intersection(policy_rule.scopes)

    for client in own_clients(org):
        if not client.public or client.oauth.dpop_bound_access_tokens:
            continue
        grants = user_grants(client.grant_types)
        met = [
            (each, of(server, each), server)
            for server, _, each in reachable(org, client)
            if grants.intersection(each.grant_types) and not each.people.unrestricted
        ]
        scopes = sorted(frozenset().union(*(names for _, names, _ in met)))
        if scopes:
            first = next(place for place in met if place[1])
            yield Finding(
                client,
                f"Public client {quoted(client.title)} may obtain "
                f"{counted(len(scopes), 'privileged scope')}, "
                f"{listed(map(quoted, scopes))}, in bearer tokens.",
                field="settings.oauthClient.dpop_bound_access_tokens",
                witness=of_client(
                    first[2],
                    client,
                    minted,
                    grants=sorted(grants.intersection(first[0].grant_types)),
                    scopes=[first[1]],
                ),
                related=tuple(
                    Related(record=each, role="a rule that allows it")
                    for each, names, _ in met
                    if names
                ),
            )
