"""A scope with a privileged name is a default scope.

A client that names no scope is given the default scopes that the matching rule allows. A
privileged one among them ends up in tokens of clients that never asked for it, and whoever
steals such a token can do more with it than the client ever wanted to. Whether a scope is
privileged is judged by its name (write, delete, manage, admin, all and the like; an option).

Fix: stop making it a default scope, and let the clients that need it ask for it by
name.

Flagged:

    {"/api/v1/authorizationServers/aus1/policies/p1/rules": [
       {"name": "Apps", "conditions": {"scopes": {"include": ["*"]}}}],
     "/api/v1/authorizationServers/aus1/scopes": [{"name": "orders:write", "default": true}]}

Accepted:

    {"/api/v1/authorizationServers/aus1/policies/p1/rules": [
       {"name": "Apps", "conditions": {"scopes": {"include": ["*"]}}}],
     "/api/v1/authorizationServers/aus1/scopes": [
       {"name": "orders:read", "default": true}, {"name": "orders:write", "default": false}]}

Accepted:

    {"/api/v1/authorizationServers/aus1/policies/p1/rules": [
       {"name": "Readers", "conditions": {"scopes": {"include": ["orders:read"]}}}],
     "/api/v1/authorizationServers/aus1/scopes": [{"name": "orders:write", "default": true}]}

See:
- Okta developer documentation, "Create an authorization server", scopes
- RFC 9700, section 2.3, "Access Token Privilege Restriction"
"""

from __future__ import annotations

from collections.abc import Iterator

from auditor import Finding, Impact, Org, Severity, counted, quoted, rule

from ._active import active_servers
from ._scopes import rules_in_use
from ._sensitive import PrivilegeOptions
from ._witness import Fits, minted, of_server


@rule(
    "OAM406",
    severity=Severity.MEDIUM,
    impact=Impact.RISKY,
    reads=["policy_rules", "scopes"],
    options=PrivilegeOptions,
)
def check(org: Org, options: PrivilegeOptions) -> Iterator[Finding]:
    for server in active_servers(org):
        rules = rules_in_use(org, server)
        for scope in org.scopes(server):
            if not (scope.default and scope.custom and options.privileged(scope.name)):
                continue
            # One that no rule allows is no danger, and reported by OAM404.
            if allowing := sum(1 for r in rules if r.allows(scope.name)):
                yield Finding(
                    scope,
                    f"Scope {quoted(scope.name)} of authorization server {quoted(server.title)} "
                    f"is a default scope: by {counted(allowing, 'active rule')} clients get it "
                    "without asking for it.",
                    field="default",
                    witness=of_server(server, _grants(scope.name), scopes=None),
                )


def _grants(scope: str) -> Fits:
    return lambda decision: minted(decision) and scope in decision.granted_scopes
