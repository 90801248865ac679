"""A rule gives refresh tokens an unlimited lifetime.

Such a token works as long as somebody uses it within the idle window, 7 days by default: a
client, or a thief, can go on for years without the user signing in again or a second factor
being asked for. It ends only if it is revoked, the user or client is deactivated, or the
authorization server is changed. Unlimited is Okta's default. Only rules are
reported by which a client of the policy can get one: it has the refresh_token grant, and the
rule allows offline_access with a grant type of the client that can bring a refresh token.

Fix: set a refresh token lifetime, for example 129,600 minutes (90 days) or less.

Flagged:

    {"/api/v1/apps": [{"id": "0oa1", "settings": {"oauthClient": {
       "grant_types": ["authorization_code", "refresh_token"]}}}],
     "/api/v1/authorizationServers/aus1/policies": [
       {"id": "p1", "conditions": {"clients": {"include": ["0oa1"]}}}],
     "/api/v1/authorizationServers/aus1/policies/p1/rules": [
       {"name": "Web", "conditions": {"grantTypes": {"include": ["authorization_code"]},
                                      "scopes": {"include": ["openid", "offline_access"]}},
        "actions": {"token": {"refreshTokenLifetimeMinutes": 0}}}]}

Flagged:

    {"/api/v1/apps": [{"id": "0oa1", "settings": {"oauthClient": {
       "grant_types": ["password", "refresh_token"]}}}],
     "/api/v1/authorizationServers/aus1/policies": [
       {"id": "p1", "conditions": {"clients": {"include": ["0oa1"]}}}],
     "/api/v1/authorizationServers/aus1/policies/p1/rules": [
       {"name": "Web", "conditions": {"grantTypes": {"include": ["password"]},
                                      "scopes": {"include": ["*"]}}}]}

Accepted:

    {"/api/v1/apps": [{"id": "0oa1", "settings": {"oauthClient": {
       "grant_types": ["authorization_code", "refresh_token"]}}}],
     "/api/v1/authorizationServers/aus1/policies": [
       {"id": "p1", "conditions": {"clients": {"include": ["0oa1"]}}}],
     "/api/v1/authorizationServers/aus1/policies/p1/rules": [
       {"name": "Web", "conditions": {"grantTypes": {"include": ["authorization_code"]},
                                      "scopes": {"include": ["openid", "offline_access"]}},
        "actions": {"token": {"refreshTokenLifetimeMinutes": 129600}}},
       {"name": "No refresh", "conditions": {"grantTypes": {"include": ["authorization_code"]},
                                             "scopes": {"include": ["openid"]}}},
       {"name": "Jobs", "conditions": {"grantTypes": {"include": ["client_credentials"]},
                                       "scopes": {"include": ["*"]}}}]}

Accepted:

    {"/api/v1/apps": [{"id": "0oa1", "label": "Does not refresh", "settings": {"oauthClient": {
       "application_type": "native", "grant_types": ["authorization_code"]}}},
      {"id": "0oa2", "label": "Begins by another grant", "settings": {"oauthClient": {
       "grant_types": ["password", "refresh_token"]}}}],
     "/api/v1/authorizationServers/aus1/policies": [
       {"id": "p1", "conditions": {"clients": {"include": ["ALL_CLIENTS"]}}}],
     "/api/v1/authorizationServers/aus1/policies/p1/rules": [
       {"conditions": {"grantTypes": {"include": ["authorization_code"]},
                       "scopes": {"include": ["*"]}}}]}

See:
- Okta developer documentation, "Refresh access tokens and rotate refresh tokens"
- RFC 9700, section 4.14, "Refresh Token Protection"
"""

from __future__ import annotations

from collections.abc import Iterator

from auditor import Finding, Impact, Org, Severity, rule

from ._active import active_rules, rule_name
from ._clients import Roster
from ._lifetimes import UNLIMITED, spoken
from ._witness import minted_by, of_rule

_DEFAULT_WINDOW = 10_080


@rule("OAM705", severity=Severity.MEDIUM, impact=Impact.RISKY, reads=["apps", "policy_rules"])
def check(org: Org) -> Iterator[Finding]:
    roster = Roster.of(org)
    for server, policy, policy_rule in active_rules(org):
        token = policy_rule.token
        lifetime = token.refresh_token_lifetime_minutes or UNLIMITED
        if lifetime == UNLIMITED and roster.refreshes(policy, policy_rule):
            window = token.refresh_token_window_minutes or _DEFAULT_WINDOW
            yield Finding(
                policy_rule,
                f"{rule_name(policy_rule, policy, server)} gives refresh tokens that never "
                f"expire as long as they are used every {spoken(window)}.",
                field="actions.token.refreshTokenLifetimeMinutes",
                witness=of_rule(server, policy, policy_rule, minted_by(policy_rule)),
            )
