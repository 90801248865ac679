"""A service app may exchange a user's token for one with broad scopes.

In a token exchange a service app trades the token of a user for another one. Okta's engineers
have shown that the people condition of a rule need not bound it: the service obtained scopes that
the user's own groups would not have got. What the rule lists is then what every user's token can
be turned into. Rules with `*` or with a privileged scope are reported; whether a scope is
privileged is judged by its name (write, delete, manage, admin and the like; an option).

No document says whether Okta checks such a user against the rule. `explain` and
`access` therefore call a request indeterminate where it matters, and this finding says
what may be possible.

Fix: list in the rule exactly the scopes that the service needs on behalf of users.

Flagged:

    {"/api/v1/apps": [{"id": "0oa1", "label": "Agent", "settings": {"oauthClient": {
       "application_type": "service",
       "grant_types": ["urn:ietf:params:oauth:grant-type:token-exchange"]}}}],
     "/api/v1/authorizationServers/aus1/policies": [
       {"id": "p1", "conditions": {"clients": {"include": ["0oa1"]}}}],
     "/api/v1/authorizationServers/aus1/policies/p1/rules": [
       {"conditions": {"grantTypes": {"include": [
                         "urn:ietf:params:oauth:grant-type:token-exchange"]},
                       "scopes": {"include": ["orders:read", "orders:delete"]}}}],
     "/api/v1/authorizationServers/aus1/scopes": [
       {"name": "orders:read"}, {"name": "orders:delete"}]}

Accepted:

    {"/api/v1/apps": [{"id": "0oa1", "label": "Agent", "settings": {"oauthClient": {
       "application_type": "service",
       "grant_types": ["urn:ietf:params:oauth:grant-type:token-exchange"]}}}],
     "/api/v1/authorizationServers/aus1/policies": [
       {"id": "p1", "conditions": {"clients": {"include": ["0oa1"]}}}],
     "/api/v1/authorizationServers/aus1/policies/p1/rules": [
       {"conditions": {"grantTypes": {"include": [
                         "urn:ietf:params:oauth:grant-type:token-exchange"]},
                       "scopes": {"include": ["orders:read"]}}},
       {"conditions": {"grantTypes": {"include": ["client_credentials"]},
                       "scopes": {"include": ["orders:delete"]}}}],
     "/api/v1/authorizationServers/aus1/scopes": [
       {"name": "orders:read"}, {"name": "orders:delete"}]}

See:
- Okta blog, "An AI agent is not a service app" (2026-06-24)
- Okta developer documentation, "Set up OAuth 2.0 On-Behalf-Of Token Exchange"
"""

from __future__ import annotations

from collections.abc import Iterator

from auditor import Confidence, Finding, Impact, Org, Severity, listed, quoted, rule
from auditor.models import ALL_SCOPES, AuthorizationServer, PolicyRule
from auditor.oauth import TOKEN_EXCHANGE

from ._active import rule_name
from ._clients import own_clients, reachable
from ._sensitive import PrivilegeOptions


@rule(
    "OAM526",
    severity=Severity.HIGH,
    impact=Impact.RISKY,
    confidence=Confidence.MEDIUM,
    reads=["apps", "policy_rules", "scopes"],
    options=PrivilegeOptions,
)
def check(org: Org, options: PrivilegeOptions) -> Iterator[Finding]:
    seen = set()
    for client in own_clients(org):
        if not client.service or TOKEN_EXCHANGE not in client.grant_types:
            continue
        for server, policy, each in reachable(org, client):
            if TOKEN_EXCHANGE not in each.grant_types or each.place in seen:
                continue
            if broad := _broad(org, server, each, options):
                seen.add(each.place)
                yield Finding(
                    each,
                    f"{rule_name(each, policy, server)} may let service app "
                    f"{quoted(client.title)} turn any user's token into one with {broad}.",
                    field="conditions.scopes.include",
                )


def _broad(
    org: Org, server: AuthorizationServer, each: PolicyRule, options: PrivilegeOptions
) -> str:
    custom = {scope.name for scope in org.scopes(server) if scope.custom}
    if ALL_SCOPES in each.scopes:
        return f"any of the server's {len(custom)} scopes" if len(custom) > 1 else ""
    return listed(map(quoted, options.of(custom.intersection(each.scopes))), empty="")
