"""An active policy rule allows a scope that its authorization server does not define.

A request for such a scope fails with `invalid_scope`, "One or more scopes are not configured
for the authorization server resource", before any rule is looked at. The scopes openid,
profile, email, address, phone, offline_access and device_sso are built in, and so are
online_access and interclient_access, which not every list shows; `groups` is not,
and must be created on each server that is asked for it. Scopes that begin with `okta.` are
minted by the org authorization server.

Fix: define the scope on the server, or remove it from the rule.

Flagged:

    {"/api/v1/authorizationServers/aus1/policies/p1/rules": [
       {"name": "Readers", "conditions": {"scopes": {"include": ["openid", "order:read"]}}}],
     "/api/v1/authorizationServers/aus1/scopes": [{"name": "orders:read"}]}

Flagged:

    {"/api/v1/authorizationServers/aus1/policies/p1/rules": [
       {"name": "Sign-in", "conditions": {"scopes": {"include": ["openid", "groups"]}}}]}

Accepted:

    {"/api/v1/authorizationServers/aus1/policies/p1/rules": [
       {"name": "Readers", "conditions": {"scopes": {"include": ["openid", "orders:read"]}}},
       {"name": "Admins", "conditions": {"scopes": {"include": ["*"]}}}],
     "/api/v1/authorizationServers/aus1/scopes": [{"name": "orders:read"}]}

Accepted:

    {"/api/v1/authorizationServers/aus1/policies/p1/rules": [
       {"name": "Native to Web", "conditions": {
          "scopes": {"include": ["openid", "interclient_access", "online_access"]}}}],
     "/api/v1/authorizationServers/aus1/scopes": []}

See:
- Okta support article "One or more scopes are not configured for the authorization server
  resource"
- Okta developer documentation, "Native to Web SSO": scope `interclient_access`
- System Log filter:
  `eventType sw "app.oauth2.as." and (outcome.result eq "FAILURE" or outcome.result eq "DENY")`
"""

from __future__ import annotations

from collections.abc import Iterator

from auditor import Finding, Impact, Org, Severity, quoted, rule
from auditor.models import ALL_SCOPES, AuthorizationServer, PolicyRule
from auditor.oauth import UNDEFINED_SCOPE, Answer

from ._active import active_rules, rule_name
from ._scopes import defined_scopes, nearest
from ._witness import of_rule, rejected


@rule(
    "OAM302",
    severity=Severity.HIGH,
    impact=Impact.BROKEN,
    reads=["policy_rules", "scopes"],
    answer=Answer.of(UNDEFINED_SCOPE),
)
def check(org: Org) -> Iterator[Finding]:
    defined_by = {server.id: defined_scopes(org, server) for server in org.servers}
    for server, policy, policy_rule in active_rules(org):
        defined = defined_by[server.id]
        for scope in dict.fromkeys(policy_rule.scopes):
            if scope == ALL_SCOPES or scope in defined:
                continue
            name, similar = quoted(scope), nearest(scope, defined)
            yield Finding(
                policy_rule,
                f"{rule_name(policy_rule, policy, server)} allows scope {name}, which the server "
                "does not define, so a request for it fails with invalid_scope.",
                field="conditions.scopes.include",
                key=scope,
                witness=of_rule(
                    server, policy, policy_rule, rejected("scopes"), scopes=[frozenset({scope})]
                ),
                fix=f"Replace {name} by {quoted(similar)} in rule {quoted(policy_rule.title)}, "
                "or define it on the server."
                if similar
                else _define(scope, server, policy_rule),
            )


def _define(scope: str, server: AuthorizationServer, policy_rule: PolicyRule) -> str:
    remove = f"remove it from rule {quoted(policy_rule.title)}"
    if scope.startswith(("okta.", "okta:")):
        return f"Ask the org authorization server for {quoted(scope)}, and {remove}."
    define = f"Define scope {quoted(scope)} on authorization server {quoted(server.title)}"
    built_in = " (groups is built in at the org server only)" if scope == "groups" else ""
    return f"{define}{built_in}, or {remove}."
