"""An active rule allows the implicit grant.

The implicit grant hands tokens over in the URL of a redirect, where browser history, logs,
extensions and other pages can get at them, and nothing binds them to the client. RFC 9700
advises against it. Single-page and native apps use the authorization code grant with PKCE. A
rule without scopes lets nothing through, which OAM301 reports.

Fix: move the clients to authorization_code with PKCE, then remove implicit from the rule.

Flagged:

    {"/api/v1/authorizationServers/aus1/policies/p1/rules": [
       {"name": "Web", "conditions": {"grantTypes": {"include": ["implicit"]},
                                      "scopes": {"include": ["openid"]}}}]}

Accepted:

    {"/api/v1/authorizationServers/aus1/policies/p1/rules": [
       {"name": "Web", "conditions": {"grantTypes": {"include": ["authorization_code"]}}},
       {"name": "Old", "status": "INACTIVE",
        "conditions": {"grantTypes": {"include": ["implicit"]}}}]}

Accepted:

    {"/api/v1/authorizationServers/aus1/policies/p1/rules": [
       {"name": "Without scopes, see OAM301",
        "conditions": {"grantTypes": {"include": ["implicit"]}}}]}

See:
- RFC 9700, section 2.1.2, "Implicit Grant"
- System Log filter: `eventType sw "app.oauth2.as.authorize.implicit"`
"""

from __future__ import annotations

from collections.abc import Iterator

from auditor import Finding, Impact, Org, Severity, rule

from ._active import active_rules, rule_name
from ._witness import minted_by, of_rule


@rule("OAM304", severity=Severity.MEDIUM, impact=Impact.RISKY, reads=["policy_rules"])
def check(org: Org) -> Iterator[Finding]:
    for server, policy, policy_rule in active_rules(org):
        if policy_rule.scopes and "implicit" in policy_rule.grant_types:
            yield Finding(
                policy_rule,
                f"{rule_name(policy_rule, policy, server)} allows the implicit grant, "
                "which puts tokens into redirect URLs.",
                field="conditions.grantTypes.include",
                witness=of_rule(
                    server, policy, policy_rule, minted_by(policy_rule), grants=["implicit"]
                ),
            )
