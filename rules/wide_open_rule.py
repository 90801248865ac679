"""An active rule gives every scope to everyone through any client.

Its policy is for all clients, its people condition is for anybody assigned to the client and
its scope list is `*`. Nothing is left that a policy could refuse: every client of the org,
present and future, obtains every scope of this server, present and future. A new app for an
unrelated purpose can call the API with full rights. It is the shape of Okta's own default
policy rule, and of most quick starts.
A server without scopes of its own is not reported: there is no API to call with its tokens.
OAM201 reports its policy for all clients.

Fix: assign the policy to the clients that need it, and list the scopes that they need, one
rule per kind of access.

Flagged:

    {"/api/v1/authorizationServers/aus1/policies": [
       {"id": "p1", "name": "Default", "conditions": {"clients": {"include": ["ALL_CLIENTS"]}}}],
     "/api/v1/authorizationServers/aus1/policies/p1/rules": [
       {"name": "Default rule", "conditions": {
          "people": {"groups": {"include": ["EVERYONE"]}},
          "grantTypes": {"include": ["authorization_code", "client_credentials"]},
          "scopes": {"include": ["*"]}}}],
     "/api/v1/authorizationServers/aus1/scopes": [{"name": "payments:write"}]}

Accepted:

    {"/api/v1/authorizationServers/aus1/policies": [
       {"id": "p1", "name": "Billing", "conditions": {"clients": {"include": ["0oa1"]}}}],
     "/api/v1/authorizationServers/aus1/policies/p1/rules": [
       {"conditions": {"people": {"groups": {"include": ["EVERYONE"]}},
                       "grantTypes": {"include": ["authorization_code"]},
                       "scopes": {"include": ["*"]}}}]}

Accepted:

    {"/api/v1/authorizationServers/aus1/policies": [
       {"id": "p1", "name": "Sign-in", "conditions": {"clients": {"include": ["ALL_CLIENTS"]}}}],
     "/api/v1/authorizationServers/aus1/policies/p1/rules": [
       {"conditions": {"people": {"groups": {"include": ["EVERYONE"]}},
                       "grantTypes": {"include": ["authorization_code"]},
                       "scopes": {"include": ["openid", "profile"]}}}]}

Accepted:

    {"/api/v1/authorizationServers/aus1/policies": [
       {"id": "p1", "name": "Default", "conditions": {"clients": {"include": ["ALL_CLIENTS"]}}}],
     "/api/v1/authorizationServers/aus1/policies/p1/rules": [
       {"name": "Sign-in only", "conditions": {
          "people": {"groups": {"include": ["EVERYONE"]}},
          "grantTypes": {"include": ["authorization_code"]},
          "scopes": {"include": ["*"]}}}],
     "/api/v1/authorizationServers/aus1/scopes": [{"name": "openid", "system": true}]}

See:
- Okta developer documentation, "API Access Management", recommended practices: an overly
  broad rule is the cause of unexpected scopes
- RFC 9700, section 2.3, "Access Token Privilege Restriction"
"""

from __future__ import annotations

from collections.abc import Iterator

from auditor import Finding, Impact, Org, Severity, counted, rule

from ._active import active_rules, rule_name
from ._wide_open import is_wide_open
from ._witness import minted, of_rule


@rule("OAM303", severity=Severity.CRITICAL, impact=Impact.RISKY, reads=["policy_rules", "scopes"])
def check(org: Org) -> Iterator[Finding]:
    for server, policy, policy_rule in active_rules(org):
        if not is_wide_open(policy, policy_rule):
            continue
        if custom := sum(1 for scope in org.scopes(server) if scope.custom):
            yield Finding(
                policy_rule,
                f"{rule_name(policy_rule, policy, server)} lets any client of the org obtain any "
                f"scope for anybody assigned to it: {counted(custom, 'custom scope')} today, "
                "and every one that is added.",
                field="conditions.scopes.include",
                witness=of_rule(server, policy, policy_rule, minted),
            )
