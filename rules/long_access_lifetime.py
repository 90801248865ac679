"""A rule gives access tokens a long lifetime.

An access token works wherever its API checks it locally until it expires, whether or not the
user was deactivated, the client deleted or the token revoked meanwhile. Its lifetime is how
long a thief can use it. Okta's default is 60 minutes, and its advice minutes where transfers
or personal data are at stake. Refresh tokens spare users a new sign-in. What is long is an
option: more than 60 minutes unless you say otherwise.

Fix: set the lifetime to the ceiling or less.

Flagged:

    {"/api/v1/authorizationServers/aus1/policies/p1/rules": [
       {"name": "Web", "actions": {"token": {"accessTokenLifetimeMinutes": 1440}}}]}

Accepted:

    {"/api/v1/authorizationServers/aus1/policies/p1/rules": [
       {"name": "Web", "actions": {"token": {"accessTokenLifetimeMinutes": 60}}},
       {"name": "Old", "status": "INACTIVE",
        "actions": {"token": {"accessTokenLifetimeMinutes": 720}}}]}

Accepted:

    {"/api/v1/authorizationServers/aus1/policies/p1/rules": [
       {"name": "Impossible, see OAM701",
        "actions": {"token": {"accessTokenLifetimeMinutes": 2880}}}]}

See:
- Okta developer documentation, "API Access Management", recommended practices
"""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import Field

from auditor import Finding, Impact, Org, RuleOptions, Severity, rule

from ._active import active_rules, rule_name
from ._lifetimes import LONGEST_ACCESS, SHORTEST_ACCESS, spoken
from ._witness import minted_by, of_rule


class AccessLifetimeOptions(RuleOptions):
    """What a long lifetime is."""

    ceiling_minutes: int = Field(
        default=60,
        ge=SHORTEST_ACCESS,
        le=LONGEST_ACCESS,
        description="The longest lifetime of an access token that is not reported, in minutes.",
    )


@rule(
    "OAM702",
    severity=Severity.MEDIUM,
    impact=Impact.RISKY,
    reads=["policy_rules"],
    options=AccessLifetimeOptions,
)
def check(org: Org, options: AccessLifetimeOptions) -> Iterator[Finding]:
    for server, policy, policy_rule in active_rules(org):
        lifetime = policy_rule.token.access_token_lifetime_minutes
        if lifetime is not None and options.ceiling_minutes < lifetime <= LONGEST_ACCESS:
            yield Finding(
                policy_rule,
                f"{rule_name(policy_rule, policy, server)} lets access tokens live "
                f"{spoken(lifetime)}, more than {options.ceiling_minutes:,}: a stolen one works "
                "that long.",
                field="actions.token.accessTokenLifetimeMinutes",
                witness=of_rule(server, policy, policy_rule, minted_by(policy_rule)),
            )
