"""No active rule of its authorization server allows a custom scope.

The scopes of a rule are an allow-list, and all requested scopes must be in the list of
one rule. A scope that is in none of them can never be minted: every request that names
it fails with `access_denied`, also for the other scopes it asks for. Default scopes are
the subject of OAM404; servers without an active rule that has scopes are not reported
scope by scope.

Fix: add the scope to the rule whose clients need it, or delete it.

Flagged:

    {"/api/v1/authorizationServers/aus1/policies/p1/rules": [
       {"name": "Readers", "conditions": {"scopes": {"include": ["openid", "orders:read"]}}}],
     "/api/v1/authorizationServers/aus1/scopes": [
       {"name": "orders:read"}, {"name": "orders:write"}]}

Accepted:

    {"/api/v1/authorizationServers/aus1/policies/p1/rules": [
       {"name": "Admins", "conditions": {"scopes": {"include": ["*"]}}}],
     "/api/v1/authorizationServers/aus1/scopes": [{"name": "orders:write"}]}

Accepted:

    {"/api/v1/authorizationServers/aus1/policies/p1/rules": [
       {"name": "Readers", "conditions": {"scopes": {"include": ["orders:read"]}}}],
     "/api/v1/authorizationServers/aus1/scopes": [
       {"name": "orders:read"}, {"name": "device_sso", "system": true},
       {"name": "okta.myAccount.read", "system": false}]}

Accepted:

    {"/api/v1/authorizationServers/aus1/policies/p1/rules": [
       {"name": "Unfinished", "conditions": {"scopes": {"include": []}}}],
     "/api/v1/authorizationServers/aus1/scopes": [{"name": "orders:read"}]}

See:
- Okta support article "Tokens not issued with lifetime configured in Access Rule for Custom
  Authorization Server"
"""

from __future__ import annotations

from collections.abc import Iterator

from auditor import Finding, Impact, Org, Severity, quoted, rule
from auditor.oauth import NO_MATCHING_RULE, Answer

from ._active import active_servers
from ._scopes import add_to_a_rule, allowed_by_none, rules_in_use
from ._witness import of_server, rejected


@rule(
    "OAM401",
    severity=Severity.MEDIUM,
    impact=Impact.BROKEN,
    reads=["policy_rules", "scopes"],
    answer=Answer.of(NO_MATCHING_RULE),
)
def check(org: Org) -> Iterator[Finding]:
    for server in active_servers(org):
        rules = rules_in_use(org, server)
        for scope in org.scopes(server) if rules else ():
            if not scope.custom or scope.default or any(r.allows(scope.name) for r in rules):
                continue
            yield Finding(
                scope,
                f"Scope {quoted(scope.name)} of authorization server {quoted(server.title)} is "
                f"out of reach: {allowed_by_none(rules)}, so every request for it fails with "
                "access_denied.",
                field="name",
                witness=of_server(server, rejected("policy"), scopes=frozenset({scope.name})),
                fix=add_to_a_rule(scope, rules, "delete the scope"),
            )
