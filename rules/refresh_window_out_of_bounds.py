"""A rule's refresh token window is one that Okta does not allow.

A refresh token that is not used within the window is revoked. The window is 10 minutes to 5 years
(2,628,000 minutes) by the API's description, 7 days unless the rule says otherwise; the Admin
Console and the Terraform provider accept 5 minutes as well, so that only less is reported. Where
a client can get refresh tokens by the rule, it must also lie between the lifetimes of access and
refresh token: a shorter window revokes the refresh token before it is first needed, and a longer
one never takes effect.

Fix: set a window from 5 minutes to 5 years, no shorter than the access token lifetime and no
longer than the refresh token lifetime.

Flagged:

    {"/api/v1/apps": [{"id": "0oa1", "settings": {"oauthClient": {
       "grant_types": ["authorization_code", "refresh_token"]}}}],
     "/api/v1/authorizationServers/aus1/policies": [
       {"id": "p1", "conditions": {"clients": {"include": ["0oa1"]}}}],
     "/api/v1/authorizationServers/aus1/policies/p1/rules": [
       {"name": "Web", "actions": {"token": {"refreshTokenWindowMinutes": 4}}}]}

Flagged:

    {"/api/v1/apps": [{"id": "0oa1", "settings": {"oauthClient": {
       "grant_types": ["authorization_code", "refresh_token"]}}}],
     "/api/v1/authorizationServers/aus1/policies": [
       {"id": "p1", "conditions": {"clients": {"include": ["0oa1"]}}}],
     "/api/v1/authorizationServers/aus1/policies/p1/rules": [
       {"name": "Web", "conditions": {"grantTypes": {"include": ["authorization_code"]},
                                      "scopes": {"include": ["openid", "offline_access"]}},
        "actions": {"token": {"accessTokenLifetimeMinutes": 60,
                              "refreshTokenLifetimeMinutes": 0,
                              "refreshTokenWindowMinutes": 30}}}]}

Flagged:

    {"/api/v1/apps": [{"id": "0oa1", "settings": {"oauthClient": {
       "grant_types": ["authorization_code", "refresh_token"]}}}],
     "/api/v1/authorizationServers/aus1/policies": [
       {"id": "p1", "conditions": {"clients": {"include": ["0oa1"]}}}],
     "/api/v1/authorizationServers/aus1/policies/p1/rules": [
       {"name": "Web", "conditions": {"grantTypes": {"include": ["authorization_code"]},
                                      "scopes": {"include": ["*"]}},
        "actions": {"token": {"refreshTokenLifetimeMinutes": 1440,
                              "refreshTokenWindowMinutes": 10080}}}]}

Accepted:

    {"/api/v1/apps": [{"id": "0oa1", "settings": {"oauthClient": {
       "grant_types": ["authorization_code", "refresh_token"]}}}],
     "/api/v1/authorizationServers/aus1/policies": [
       {"id": "p1", "conditions": {"clients": {"include": ["0oa1"]}}}],
     "/api/v1/authorizationServers/aus1/policies/p1/rules": [
       {"name": "Web", "conditions": {"grantTypes": {"include": ["authorization_code"]},
                                      "scopes": {"include": ["openid", "offline_access"]}},
        "actions": {"token": {"accessTokenLifetimeMinutes": 60,
                              "refreshTokenLifetimeMinutes": 0,
                              "refreshTokenWindowMinutes": 2628000}}},
       {"name": "Jobs", "conditions": {"grantTypes": {"include": ["client_credentials"]},
                                       "scopes": {"include": ["*"]}},
        "actions": {"token": {"accessTokenLifetimeMinutes": 60,
                              "refreshTokenLifetimeMinutes": 1440,
                              "refreshTokenWindowMinutes": 10080}}},
       {"name": "See OAM703", "conditions": {"grantTypes": {"include": ["authorization_code"]},
                                             "scopes": {"include": ["*"]}},
        "actions": {"token": {"accessTokenLifetimeMinutes": 60,
                              "refreshTokenLifetimeMinutes": 30,
                              "refreshTokenWindowMinutes": 30}}},
       {"name": "Five minutes", "conditions": {"grantTypes": {"include": ["authorization_code"]},
                                               "scopes": {"include": ["*"]}},
        "actions": {"token": {"accessTokenLifetimeMinutes": 5,
                              "refreshTokenLifetimeMinutes": 60,
                              "refreshTokenWindowMinutes": 5}}}]}

Accepted:

    {"/api/v1/apps": [{"id": "0oa1", "label": "Does not refresh", "settings": {"oauthClient": {
       "application_type": "native", "grant_types": ["authorization_code"]}}},
      {"id": "0oa2", "label": "Begins by another grant", "settings": {"oauthClient": {
       "grant_types": ["password", "refresh_token"]}}}],
     "/api/v1/authorizationServers/aus1/policies": [
       {"id": "p1", "conditions": {"clients": {"include": ["ALL_CLIENTS"]}}}],
     "/api/v1/authorizationServers/aus1/policies/p1/rules": [
       {"conditions": {"grantTypes": {"include": ["authorization_code"]},
                       "scopes": {"include": ["*"]}},
        "actions": {"token": {"refreshTokenLifetimeMinutes": 1440,
                              "refreshTokenWindowMinutes": 10080}}}]}

See:
- Okta Management API, authorization server rules, `refreshTokenWindowMinutes`
- Okta support article "Refresh Token Idle Lifetime"
- terraform-provider-okta, issue 75: a window of 5 minutes
"""

from __future__ import annotations

from collections.abc import Iterator

from auditor import Finding, Impact, Org, Severity, rule
from auditor.models import TokenAction
from auditor.oauth import REFRESH_ENDED, REFRESH_TOKEN, Answer

from ._active import active_rules, rule_name
from ._clients import Roster
from ._lifetimes import LONGEST_WINDOW, SHORTEST_ACCEPTED_WINDOW, refresh_ends_first, spoken
from ._witness import minted_by, of_rule


@rule(
    "OAM704",
    severity=Severity.MEDIUM,
    impact=Impact.BROKEN,
    reads=["apps", "policy_rules"],
    answer=Answer.of(REFRESH_ENDED, REFRESH_TOKEN),
)
def check(org: Org) -> Iterator[Finding]:
    roster = Roster.of(org)
    for server, policy, policy_rule in active_rules(org):
        token = policy_rule.token
        window = token.refresh_token_window_minutes
        if window is None:
            continue
        fault = _out_of_range(window)
        if not fault and roster.refreshes(policy, policy_rule):
            fault = _out_of_proportion(token, window)
        if fault:
            yield Finding(
                policy_rule,
                f"{rule_name(policy_rule, policy, server)} revokes refresh tokens that are unused "
                f"for {spoken(window)}, {fault}.",
                field="actions.token.refreshTokenWindowMinutes",
                witness=of_rule(server, policy, policy_rule, minted_by(policy_rule)),
            )


def _out_of_range(window: int) -> str:
    if SHORTEST_ACCEPTED_WINDOW <= window <= LONGEST_WINDOW:
        return ""
    return f"and Okta allows {SHORTEST_ACCEPTED_WINDOW} to {LONGEST_WINDOW:,}"


def _out_of_proportion(token: TokenAction, window: int) -> str:
    access, refresh = token.access_token_lifetime_minutes, token.refresh_token_lifetime_minutes
    if refresh_ends_first(token):
        return ""
    if access is not None and window < access:
        return f"less than the {spoken(access)} an access token lives"
    if refresh and window > refresh:
        return f"more than the {spoken(refresh)} a refresh token lives"
    return ""
