"""A rule gives refresh tokens an unlimited lifetime.

Such a token works as long as somebody uses it within the idle window, 7 days by default: a
client, or a thief, can go on for years without the user signing in again or a second factor
being asked for. It ends only if it is revoked, the user or client is deactivated, or the
authorization server is changed. Unlimited is Okta's default. Only rules that allow
offline_access with a grant that can bring a refresh token are reported.

Fix: set a refresh token lifetime, for example 129,600 minutes (90 days) or less.

Flagged:

    {"/api/v1/authorizationServers/aus1/policies/p1/rules": [
       {"name": "Web", "conditions": {"grantTypes": {"include": ["authorization_code"]},
                                      "scopes": {"include": ["openid", "offline_access"]}},
        "actions": {"token": {"refreshTokenLifetimeMinutes": 0}}}]}

Flagged:

    {"/api/v1/authorizationServers/aus1/policies/p1/rules": [
       {"name": "Web", "conditions": {"grantTypes": {"include": ["password"]},
                                      "scopes": {"include": ["*"]}}}]}

Accepted:

    {"/api/v1/authorizationServers/aus1/policies/p1/rules": [
       {"name": "Web", "conditions": {"grantTypes": {"include": ["authorization_code"]},
                                      "scopes": {"include": ["openid", "offline_access"]}},
        "actions": {"token": {"refreshTokenLifetimeMinutes": 129600}}}]}

Accepted:

    {"/api/v1/authorizationServers/aus1/policies/p1/rules": [
       {"name": "No refresh", "conditions": {"grantTypes": {"include": ["authorization_code"]},
                                             "scopes": {"include": ["openid"]}}},
       {"name": "Jobs", "conditions": {"grantTypes": {"include": ["client_credentials"]},
                                       "scopes": {"include": ["*"]}}}]}

See:
- Okta developer documentation, "Refresh access tokens and rotate refresh tokens"
- RFC 9700, section 4.14, "Refresh Token Protection"
"""

from __future__ import annotations

from collections.abc import Iterator

from auditor import Finding, Impact, Org, Severity, rule
from auditor.oauth import gives_refresh_tokens

from ._active import active_rules, rule_name
from ._lifetimes import UNLIMITED, spoken
from ._witness import minted_by, of_rule

_DEFAULT_WINDOW = 10_080


@rule("OAM705", severity=Severity.MEDIUM, impact=Impact.RISKY, reads=["policy_rules"])
def check(org: Org) -> Iterator[Finding]:
    for server, policy, policy_rule in active_rules(org):
        token = policy_rule.token
        lifetime = token.refresh_token_lifetime_minutes or UNLIMITED
        if lifetime == UNLIMITED and gives_refresh_tokens(policy_rule):
            window = token.refresh_token_window_minutes or _DEFAULT_WINDOW
            yield Finding(
                policy_rule,
                f"{rule_name(policy_rule, policy, server)} gives refresh tokens that never "
                f"expire as long as they are used every {spoken(window)}.",
                field="actions.token.refreshTokenLifetimeMinutes",
                witness=of_rule(server, policy, policy_rule, minted_by(policy_rule)),
            )
