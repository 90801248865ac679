"""An active rule allows the password grant.

With the resource owner password grant the client sees the user's password, and the user gets
used to typing it anywhere. No second factor can be asked for, so where the sign-on policy
demands one the request fails, and where it does not a stolen password is enough. RFC 9700
says that this grant must not be used. A rule without scopes lets nothing through, which OAM301
reports.

Fix: move the clients to authorization_code with PKCE, or to client_credentials where no user
takes part, then remove password from the rule.

Flagged:

    {"/api/v1/authorizationServers/aus1/policies/p1/rules": [
       {"name": "Legacy", "conditions": {"grantTypes": {"include": ["password"]},
                                      "scopes": {"include": ["openid"]}}}]}

Accepted:

    {"/api/v1/authorizationServers/aus1/policies/p1/rules": [
       {"name": "Web", "conditions": {"grantTypes": {"include": ["authorization_code"]}}},
       {"name": "Old", "status": "INACTIVE",
        "conditions": {"grantTypes": {"include": ["password"]}}}]}

Accepted:

    {"/api/v1/authorizationServers/aus1/policies/p1/rules": [
       {"name": "Without scopes, see OAM301",
        "conditions": {"grantTypes": {"include": ["password"]}}}]}

See:
- RFC 9700, section 2.4, "Resource Owner Password Credentials Grant"
- Okta developer documentation, "API Access Management", recommended practices
"""

from __future__ import annotations

from collections.abc import Iterator

from auditor import Finding, Impact, Org, Severity, rule

from ._active import active_rules, rule_name
from ._witness import minted_by, of_rule


@rule("OAM305", severity=Severity.HIGH, impact=Impact.RISKY, reads=["policy_rules"])
def check(org: Org) -> Iterator[Finding]:
    for server, policy, policy_rule in active_rules(org):
        if policy_rule.scopes and "password" in policy_rule.grant_types:
            yield Finding(
                policy_rule,
                f"{rule_name(policy_rule, policy, server)} allows the password grant: clients "
                "see passwords, and no second factor can be asked for.",
                field="conditions.grantTypes.include",
                witness=of_rule(
                    server, policy, policy_rule, minted_by(policy_rule), grants=["password"]
                ),
            )
