"""An active policy rule lists no scopes.

The scopes of a rule are an allow-list, and an empty one allows nothing: the rule matches no
request. The API stores an empty list when the scopes are left out, so a rule that was made by
a script or by Terraform looks complete and is dead. Requests it was written for fail with
`access_denied`.

Fix: list the scopes that the rule is to allow.

Flagged:

    {"/api/v1/authorizationServers/aus1/policies/p1/rules": [
       {"name": "Readers", "conditions": {"grantTypes": {"include": ["client_credentials"]},
                                          "scopes": {"include": []}}}]}

Accepted:

    {"/api/v1/authorizationServers/aus1/policies/p1/rules": [
       {"name": "Readers", "conditions": {"scopes": {"include": ["orders:read"]}}},
       {"name": "Admins", "conditions": {"scopes": {"include": ["*"]}}},
       {"name": "Draft", "status": "INACTIVE", "conditions": {"scopes": {"include": []}}}]}

See:
- Terraform provider for Okta, pull request 143: a rule without scopes is unusable
"""

from __future__ import annotations

from collections.abc import Iterator

from auditor import Finding, Impact, Org, Severity, rule
from auditor.oauth import NO_MATCHING_RULE, Answer

from ._active import active_rules, rule_name
from ._witness import not_by, of_rule


@rule(
    "OAM301",
    severity=Severity.HIGH,
    impact=Impact.BROKEN,
    reads=["policy_rules"],
    answer=Answer.of(NO_MATCHING_RULE),
)
def check(org: Org) -> Iterator[Finding]:
    for server, policy, policy_rule in active_rules(org):
        if not policy_rule.scopes:
            yield Finding(
                policy_rule,
                f"{rule_name(policy_rule, policy, server)} lists no scopes, "
                "so it lets no request through.",
                field="conditions.scopes.include",
                witness=of_rule(
                    server,
                    policy,
                    policy_rule,
                    not_by(policy_rule),
                    scopes=[frozenset({"openid"})],
                ),
            )
