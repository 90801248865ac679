"""A scope that needs a user's consent is allowed where there is no user.

With consent REQUIRED a scope is granted only after a user has agreed, and client_credentials has
no user to ask: Okta refuses the request. A rule for client_credentials alone that names such a
scope promises what no request can get. FLEXIBLE is the setting that asks users and lets machines
through.

Fix: set the scope's consent to FLEXIBLE if machines may have it, or take it out of the rule.

Flagged:

    {"/api/v1/authorizationServers/aus1/policies/p1/rules": [
       {"conditions": {"grantTypes": {"include": ["client_credentials"]},
                       "scopes": {"include": ["orders:read"]}}}],
     "/api/v1/authorizationServers/aus1/scopes": [{"name": "orders:read", "consent": "REQUIRED"}]}

Accepted:

    {"/api/v1/authorizationServers/aus1/policies/p1/rules": [
       {"conditions": {"grantTypes": {"include": ["client_credentials"]},
                       "scopes": {"include": ["orders:read"]}}}],
     "/api/v1/authorizationServers/aus1/scopes": [{"name": "orders:read", "consent": "FLEXIBLE"}]}

Accepted:

    {"/api/v1/authorizationServers/aus1/policies/p1/rules": [
       {"conditions": {"grantTypes": {"include": ["client_credentials"]},
                       "scopes": {"include": ["*"]}}},
       {"conditions": {"people": {"groups": {"include": ["EVERYONE"]}},
                       "grantTypes": {"include": ["authorization_code", "client_credentials"]},
                       "scopes": {"include": ["orders:read"]}}}],
     "/api/v1/authorizationServers/aus1/scopes": [{"name": "orders:read", "consent": "REQUIRED"}]}

See:
- Okta developer documentation, "Request user consent", "Block services from requesting this scope"
"""

from __future__ import annotations

from collections.abc import Iterator

from auditor import Finding, Impact, Org, Related, Severity, counted, quoted, rule
from auditor.models import AccessPolicy, PolicyRule, Scope
from auditor.oauth import CLIENT_CREDENTIALS, admits_userless

from ._active import active_servers
from ._witness import of_rule, rejected


@rule(
    "OAM414",
    severity=Severity.MEDIUM,
    impact=Impact.BROKEN,
    reads=["policy_rules", "scopes"],
)
def check(org: Org) -> Iterator[Finding]:
    for server in active_servers(org):
        asking = [s for s in org.scopes(server) if s.custom and s.consent == "REQUIRED"]
        rules = list(org.active_rules(server)) if asking else []
        for scope in asking:
            if pairs := _in_vain(scope, rules):
                yield Finding(
                    scope,
                    f"Scope {quoted(scope.name)} of authorization server {quoted(server.title)} "
                    f"needs a user's consent, but {counted(len(pairs), 'rule')} "
                    f"{'allows' if len(pairs) == 1 else 'allow'} it to machines alone, which "
                    "have no user, so their requests for it are rejected.",
                    field="consent",
                    related=tuple(
                        Related(record=each, role="a rule for machines alone") for _, each in pairs
                    ),
                    witness=of_rule(
                        server,
                        *pairs[0],
                        rejected("consent"),
                        grants=[CLIENT_CREDENTIALS],
                        scopes=[frozenset({scope.name})],
                    ),
                )


def _in_vain(
    scope: Scope, rules: list[tuple[AccessPolicy, PolicyRule]]
) -> list[tuple[AccessPolicy, PolicyRule]]:
    """Rules for machines that name the scope, or all that allow it if no other rule does."""
    allowing = [(policy, each) for policy, each in rules if each.allows(scope.name)]
    machines = [
        (policy, each)
        for policy, each in allowing
        if set(each.grant_types) == {CLIENT_CREDENTIALS} and admits_userless(each)
    ]
    if len(machines) == len(allowing):
        return machines
    return [(policy, each) for policy, each in machines if scope.name in each.scopes]
