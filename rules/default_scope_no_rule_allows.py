"""No active rule of its authorization server allows a default scope.

A client that names no scope gets the default scopes that the matching rule allows. One that
no rule allows is left out in silence, and a request that names it fails with `access_denied`,
so the scope is never in a token. Servers without an active rule that has scopes are not
reported scope by scope.

Fix: add the scope to the rules whose clients rely on it, or stop making it a default
scope.

Flagged:

    {"/api/v1/authorizationServers/aus1/policies/p1/rules": [
       {"name": "Readers", "conditions": {"scopes": {"include": ["orders:list"]}}}],
     "/api/v1/authorizationServers/aus1/scopes": [
       {"name": "orders:list"}, {"name": "orders:read", "default": true}]}

Accepted:

    {"/api/v1/authorizationServers/aus1/policies/p1/rules": [
       {"name": "Readers", "conditions": {"scopes": {"include": ["orders:read"]}}}],
     "/api/v1/authorizationServers/aus1/scopes": [
       {"name": "orders:read", "default": true}, {"name": "orders:write", "default": false},
       {"name": "profile", "default": true, "system": true}]}

Accepted:

    {"/api/v1/authorizationServers/aus1/policies/p1/rules": [
       {"name": "Unfinished", "conditions": {"scopes": {"include": []}}}],
     "/api/v1/authorizationServers/aus1/scopes": [{"name": "orders:read", "default": true}]}

See:
- Okta developer documentation, "Create an authorization server", scopes: default scopes that
  the access policy rule permits
"""

from __future__ import annotations

from collections.abc import Iterator

from auditor import Finding, Impact, Org, Severity, quoted, rule
from auditor.models import OIDC_SCOPES
from auditor.oauth import NO_MATCHING_RULE, Answer

from ._active import active_servers
from ._scopes import add_to_a_rule, allowed_by_none, rules_in_use
from ._witness import of_server, rejected


@rule(
    "OAM404",
    severity=Severity.MEDIUM,
    impact=Impact.BROKEN,
    reads=["policy_rules", "scopes"],
    answer=Answer.of(NO_MATCHING_RULE),
)
def check(org: Org) -> Iterator[Finding]:
    for server in active_servers(org):
        rules = rules_in_use(org, server)
        for scope in org.scopes(server) if rules else ():
            # Whether a rule has to list OpenID scopes is disputed, so they are left out.
            if not scope.default or scope.name in OIDC_SCOPES:
                continue
            if any(r.allows(scope.name) for r in rules):
                continue
            yield Finding(
                scope,
                f"Default scope {quoted(scope.name)} of authorization server "
                f"{quoted(server.title)} is out of reach: {allowed_by_none(rules)}, "
                "so no token ever carries it.",
                field="default",
                witness=of_server(server, rejected("policy"), scopes=frozenset({scope.name})),
                fix=add_to_a_rule(scope, rules, "make it no default scope"),
            )
