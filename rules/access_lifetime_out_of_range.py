"""A rule gives access tokens a lifetime that Okta does not allow.

An access token of a custom authorization server lives 5 minutes to 1 day (1,440 minutes), 1
hour unless the rule says otherwise. Okta refuses other values, so a plan with one fails when
it is applied.

Fix: set a lifetime from 5 to 1,440 minutes; minutes rather than hours where money or personal
data can be reached.

Flagged:

    {"/api/v1/authorizationServers/aus1/policies/p1/rules": [
       {"name": "Web", "actions": {"token": {"accessTokenLifetimeMinutes": 2880}}}]}

Flagged:

    {"/api/v1/authorizationServers/aus1/policies/p1/rules": [
       {"name": "Web", "actions": {"token": {"accessTokenLifetimeMinutes": 4}}}]}

Accepted:

    {"/api/v1/authorizationServers/aus1/policies/p1/rules": [
       {"name": "Short", "actions": {"token": {"accessTokenLifetimeMinutes": 5}}},
       {"name": "Long", "actions": {"token": {"accessTokenLifetimeMinutes": 1440}}},
       {"name": "Usual"}]}

See:
- Okta Management API, authorization server rules, `accessTokenLifetimeMinutes`
"""

from __future__ import annotations

from collections.abc import Iterator

from auditor import Finding, Impact, Org, Severity, rule

from ._active import active_rules, rule_name
from ._lifetimes import LONGEST_ACCESS, SHORTEST_ACCESS, spoken
from ._witness import minted_by, of_rule


@rule("OAM701", severity=Severity.MEDIUM, impact=Impact.BROKEN, reads=["policy_rules"])
def check(org: Org) -> Iterator[Finding]:
    for server, policy, policy_rule in active_rules(org):
        lifetime = policy_rule.token.access_token_lifetime_minutes
        if lifetime is not None and not SHORTEST_ACCESS <= lifetime <= LONGEST_ACCESS:
            yield Finding(
                policy_rule,
                f"{rule_name(policy_rule, policy, server)} lets access tokens live "
                f"{spoken(lifetime)}; Okta allows {SHORTEST_ACCESS} to {LONGEST_ACCESS:,}.",
                field="actions.token.accessTokenLifetimeMinutes",
                witness=of_rule(server, policy, policy_rule, minted_by(policy_rule)),
            )
