"""An active rule allows all scopes of a server that has privileged ones.

With `*` in its scope list a rule gives its clients every scope of the server, also
those that write, delete or administer, and every one that is defined later. A client
that only reads can then ask for more than it needs. Whether a scope is privileged is
judged by its name. Rules that are wide open in every respect are the subject of OAM303, those
for assertions that of OAM319.

Fix: list the scopes that the rule's clients need.

Flagged:

    {"/api/v1/authorizationServers/aus1/policies/p1/rules": [
       {"name": "Readers", "conditions": {"people": {"groups": {"include": ["00g1"]}},
                                          "scopes": {"include": ["*"]}}}],
     "/api/v1/authorizationServers/aus1/scopes": [
       {"name": "orders:read"}, {"name": "orders:write"}]}

Accepted:

    {"/api/v1/authorizationServers/aus1/policies/p1/rules": [
       {"name": "Readers", "conditions": {"scopes": {"include": ["*"]}}}],
     "/api/v1/authorizationServers/aus1/scopes": [{"name": "orders:read"}, {"name": "calls:list"}]}

Accepted:

    {"/api/v1/authorizationServers/aus1/policies/p1/rules": [
       {"name": "Writers", "conditions": {"scopes": {"include": ["orders:read", "orders:write"]}}}],
     "/api/v1/authorizationServers/aus1/scopes": [
       {"name": "orders:read"}, {"name": "orders:write"}]}

See:
- Okta developer documentation, "API Access Management", recommended practices
- RFC 9700, section 2.3, "Access Token Privilege Restriction"
"""

from __future__ import annotations

from collections.abc import Iterator

from auditor import Finding, Impact, Org, Severity, listed, quoted, rule
from auditor.models import ALL_SCOPES

from ._active import active_rules, rule_name
from ._assertions import all_scopes_by_assertion
from ._sensitive import PrivilegeOptions
from ._wide_open import is_wide_open
from ._witness import minted_by, of_rule


@rule(
    "OAM309",
    severity=Severity.MEDIUM,
    impact=Impact.RISKY,
    reads=["apps", "policy_rules", "scopes"],
    options=PrivilegeOptions,
)
def check(org: Org, options: PrivilegeOptions) -> Iterator[Finding]:
    for server, policy, policy_rule in active_rules(org):
        if ALL_SCOPES not in policy_rule.scopes or is_wide_open(policy, policy_rule):
            continue
        if all_scopes_by_assertion(org, policy, policy_rule):
            continue
        custom = {scope.name for scope in org.scopes(server) if scope.custom}
        privileged = options.of(custom)
        if privileged:
            yield Finding(
                policy_rule,
                f"{rule_name(policy_rule, policy, server)} allows all scopes, {len(privileged)} "
                f"of {len(custom)} with a privileged name: {listed(map(quoted, privileged))}.",
                field="conditions.scopes.include",
                witness=of_rule(
                    server,
                    policy,
                    policy_rule,
                    minted_by(policy_rule),
                    scopes=[frozenset({privileged[0]})],
                ),
            )
