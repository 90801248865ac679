"""A rule gives refresh tokens a shorter lifetime than access tokens.

A refresh token is there to get a new access token when the old one has expired. One that
expires first is of no use, and Okta requires it to live at least as long as the access token
(0 means unlimited). A plan with such a rule fails when it is applied.

Fix: set the refresh token lifetime to at least that of the access token, or shorten the
latter.

Flagged:

    {"/api/v1/authorizationServers/aus1/policies/p1/rules": [
       {"name": "Web", "actions": {"token": {"accessTokenLifetimeMinutes": 60,
                                             "refreshTokenLifetimeMinutes": 30}}}]}

Accepted:

    {"/api/v1/authorizationServers/aus1/policies/p1/rules": [
       {"name": "Equal", "actions": {"token": {"accessTokenLifetimeMinutes": 60,
                                               "refreshTokenLifetimeMinutes": 60}}},
       {"name": "Unlimited", "actions": {"token": {"accessTokenLifetimeMinutes": 60,
                                                   "refreshTokenLifetimeMinutes": 0}}},
       {"name": "Default", "actions": {"token": {"accessTokenLifetimeMinutes": 60}}}]}

See:
- Okta Management API, authorization server rules, `refreshTokenLifetimeMinutes`
"""

from __future__ import annotations

from collections.abc import Iterator

from auditor import Finding, Impact, Org, Severity, rule
from auditor.oauth import REFRESH_ENDED, REFRESH_TOKEN, Answer

from ._active import active_rules, rule_name
from ._lifetimes import refresh_ends_first, spoken
from ._witness import minted_by, of_rule


@rule(
    "OAM703",
    severity=Severity.MEDIUM,
    impact=Impact.BROKEN,
    reads=["policy_rules"],
    answer=Answer.of(REFRESH_ENDED, REFRESH_TOKEN),
)
def check(org: Org) -> Iterator[Finding]:
    for server, policy, policy_rule in active_rules(org):
        token = policy_rule.token
        if refresh_ends_first(token):
            yield Finding(
                policy_rule,
                f"{rule_name(policy_rule, policy, server)} lets refresh tokens live "
                f"{spoken(token.refresh_token_lifetime_minutes or 0)}, less than the "
                f"{spoken(token.access_token_lifetime_minutes or 0)} of access tokens.",
                field="actions.token.refreshTokenLifetimeMinutes",
                witness=of_rule(server, policy, policy_rule, minted_by(policy_rule)),
            )
