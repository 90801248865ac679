"""A rule keeps refresh tokens alive that are not used for a long time.

A refresh token that is not used within the window is revoked. A long window keeps tokens of
lost phones, abandoned apps and old backups alive for whoever finds them. Okta's default is 7
days (10,080 minutes). What is long is an option: more than 30 days unless you say otherwise.
Only rules are reported by which a client of the policy can get a refresh token: it has that
grant, and the rule allows offline_access with a grant type of the client that can bring one.

Fix: set the window to the ceiling or less.

Flagged:

    {"/api/v1/apps": [{"id": "0oa1", "settings": {"oauthClient": {
       "grant_types": ["authorization_code", "refresh_token"]}}}],
     "/api/v1/authorizationServers/aus1/policies": [
       {"id": "p1", "conditions": {"clients": {"include": ["0oa1"]}}}],
     "/api/v1/authorizationServers/aus1/policies/p1/rules": [
       {"name": "App", "conditions": {"grantTypes": {"include": ["authorization_code"]},
                                      "scopes": {"include": ["openid", "offline_access"]}},
        "actions": {"token": {"refreshTokenWindowMinutes": 129600}}}]}

Accepted:

    {"/api/v1/apps": [{"id": "0oa1", "settings": {"oauthClient": {
       "grant_types": ["authorization_code", "refresh_token"]}}}],
     "/api/v1/authorizationServers/aus1/policies": [
       {"id": "p1", "conditions": {"clients": {"include": ["0oa1"]}}}],
     "/api/v1/authorizationServers/aus1/policies/p1/rules": [
       {"name": "App", "conditions": {"grantTypes": {"include": ["authorization_code"]},
                                      "scopes": {"include": ["openid", "offline_access"]}},
        "actions": {"token": {"refreshTokenWindowMinutes": 43200}}},
       {"name": "No refresh", "conditions": {"grantTypes": {"include": ["authorization_code"]},
                                             "scopes": {"include": ["openid"]}},
        "actions": {"token": {"refreshTokenWindowMinutes": 129600}}},
       {"name": "See OAM704", "conditions": {"grantTypes": {"include": ["authorization_code"]},
                                             "scopes": {"include": ["*"]}},
        "actions": {"token": {"refreshTokenLifetimeMinutes": 1440,
                              "refreshTokenWindowMinutes": 129600}}}]}

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
        "actions": {"token": {"refreshTokenWindowMinutes": 129600}}}]}

See:
- Okta support article "Refresh Token Idle Lifetime"
- RFC 9700, section 4.14, "Refresh Token Protection"
"""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import Field

from auditor import Finding, Impact, Org, RuleOptions, Severity, rule

from ._active import active_rules, rule_name
from ._clients import Roster
from ._lifetimes import LONGEST_WINDOW, SHORTEST_WINDOW, spoken
from ._witness import minted_by, of_rule


class RefreshWindowOptions(RuleOptions):
    """What a long window is."""

    ceiling_minutes: int = Field(
        default=43_200,
        ge=SHORTEST_WINDOW,
        le=LONGEST_WINDOW,
        description="The longest window that is not reported, in minutes.",
    )


@rule(
    "OAM706",
    severity=Severity.MEDIUM,
    impact=Impact.RISKY,
    reads=["apps", "policy_rules"],
    options=RefreshWindowOptions,
)
def check(org: Org, options: RefreshWindowOptions) -> Iterator[Finding]:
    roster = Roster.of(org)
    for server, policy, policy_rule in active_rules(org):
        token = policy_rule.token
        window = token.refresh_token_window_minutes or 0
        # A window beyond the lifetime has no effect; OAM704 reports it.
        longest = token.refresh_token_lifetime_minutes or LONGEST_WINDOW
        if options.ceiling_minutes < window <= longest and roster.refreshes(policy, policy_rule):
            yield Finding(
                policy_rule,
                f"{rule_name(policy_rule, policy, server)} keeps refresh tokens alive that are "
                f"unused for up to {spoken(window)}, more than {options.ceiling_minutes:,}.",
                field="actions.token.refreshTokenWindowMinutes",
                witness=of_rule(server, policy, policy_rule, minted_by(policy_rule)),
            )
