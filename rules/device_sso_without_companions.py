"""A rule allows device_sso without the scopes that it must be asked for with.

Single sign-on between native apps begins with a request for `device_sso` together with `openid`
and `offline_access`; without one of them Okta returns no device secret. A rule allows a request
only if it lists every scope in it, so a rule that lists `device_sso` but not the other two never
lets such a request through, which ends with access_denied unless a later rule allows all three.

Fix: add `openid` and `offline_access` to the rule, or take `device_sso` out of it.

Flagged:

    {"/api/v1/authorizationServers/aus1/policies/p1/rules": [
       {"name": "Phones", "conditions": {"grantTypes": {"include": ["authorization_code"]},
                                         "scopes": {"include": ["openid", "device_sso"]}}}]}

Accepted:

    {"/api/v1/authorizationServers/aus1/policies/p1/rules": [
       {"name": "Phones", "conditions": {
          "grantTypes": {"include": ["authorization_code"]},
          "scopes": {"include": ["openid", "offline_access", "device_sso"]}}},
       {"name": "Anything", "conditions": {
          "grantTypes": {"include": ["authorization_code"]}, "scopes": {"include": ["*"]}}}]}

See:
- Okta developer documentation, "Configure SSO for native apps"
"""

from __future__ import annotations

from collections.abc import Iterator

from auditor import Confidence, Finding, Impact, Org, Severity, listed, rule

from ._active import active_rules, rule_name
from ._scopes import device_sso_lacks
from ._witness import not_by, of_rule


@rule(
    "OAM317",
    severity=Severity.LOW,
    impact=Impact.BROKEN,
    confidence=Confidence.MEDIUM,
    reads=["policy_rules"],
)
def check(org: Org) -> Iterator[Finding]:
    for server, policy, policy_rule in active_rules(org):
        if missing := device_sso_lacks(policy_rule):
            yield Finding(
                policy_rule,
                f"{rule_name(policy_rule, policy, server)} allows device_sso but not "
                f"{listed(missing)}, without which Okta gives no device secret.",
                field="conditions.scopes.include",
                witness=of_rule(
                    server,
                    policy,
                    policy_rule,
                    not_by(policy_rule),
                    scopes=[frozenset({"device_sso", "openid", "offline_access"})],
                ),
                fix=f"Add {listed(missing)} to the rule, or take device_sso out of it.",
            )
