"""An active rule allows the implicit grant.

The implicit grant hands tokens over in the URL of a redirect, where browser history, logs,
extensions and other pages can get at them, and nothing binds them to the client. RFC 9700
advises against it. Single-page and native apps use the authorization code grant with PKCE.
Only rules are reported
that a client can meet: one of the policy's has the grant type, or the policy is for all clients.
A rule without scopes lets nothing through (OAM301).

Fix: move the clients to authorization_code with PKCE, then remove implicit from the rule.

Flagged:

    {"/api/v1/authorizationServers/aus1/policies": [
       {"id": "p1", "conditions": {"clients": {"include": ["ALL_CLIENTS"]}}}],
     "/api/v1/authorizationServers/aus1/policies/p1/rules": [
       {"name": "Web", "conditions": {"grantTypes": {"include": ["implicit"]},
                                      "scopes": {"include": ["openid"]}}}]}

Accepted:

    {"/api/v1/authorizationServers/aus1/policies": [
       {"id": "p1", "conditions": {"clients": {"include": ["ALL_CLIENTS"]}}}],
     "/api/v1/authorizationServers/aus1/policies/p1/rules": [
       {"name": "Web", "conditions": {"grantTypes": {"include": ["authorization_code"]}}},
       {"name": "Old", "status": "INACTIVE",
        "conditions": {"grantTypes": {"include": ["implicit"]}}}]}

Accepted:

    {"/api/v1/apps": [{"id": "0oa1", "settings": {"oauthClient": {
       "grant_types": ["authorization_code"]}}}],
     "/api/v1/authorizationServers/aus1/policies": [
       {"id": "p1", "conditions": {"clients": {"include": ["ALL_CLIENTS"]}}},
       {"id": "p2", "conditions": {"clients": {"include": ["0oa1"]}}}],
     "/api/v1/authorizationServers/aus1/policies/p1/rules": [
       {"name": "Without scopes, see OAM301",
        "conditions": {"grantTypes": {"include": ["implicit"]}}}],
     "/api/v1/authorizationServers/aus1/policies/p2/rules": [
       {"name": "No client has the grant, see OAM520", "conditions": {
          "grantTypes": {"include": ["authorization_code", "implicit"]},
          "scopes": {"include": ["openid"]}}}]}

See:
- RFC 9700, section 2.1.2, "Implicit Grant"
- System Log filter: `eventType sw "app.oauth2.as.authorize.implicit"`
"""

from __future__ import annotations

from collections.abc import Iterator

from auditor import Finding, Impact, Org, Severity, rule
from auditor.oauth import IMPLICIT

from ._active import active_rules, rule_name
from ._clients import Roster
from ._witness import minted_by, of_rule


@rule("OAM304", severity=Severity.MEDIUM, impact=Impact.RISKY, reads=["apps", "policy_rules"])
def check(org: Org) -> Iterator[Finding]:
    roster = Roster.of(org)
    for server, policy, policy_rule in active_rules(org):
        if policy_rule.scopes and roster.meets(policy, policy_rule, IMPLICIT):
            yield Finding(
                policy_rule,
                f"{rule_name(policy_rule, policy, server)} allows the implicit grant, "
                "which puts tokens into redirect URLs.",
                field="conditions.grantTypes.include",
                witness=of_rule(
                    server, policy, policy_rule, minted_by(policy_rule), grants=[IMPLICIT]
                ),
            )
