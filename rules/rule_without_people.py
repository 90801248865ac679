"""An active rule with a user grant includes nobody.

The people condition is an allow-list. For authorization_code, implicit and password it must
include at least one user or group: Okta's API refuses to save the rule otherwise (`E0000001`,
"conditions.people"), so a Terraform plan with such a rule fails when it is applied, and no
user matches one that is there. Only userless grants go without people; whether other grants,
such as token exchange, do is not documented, and they are not reported.

Fix: include the groups whose members may use the rule, or EVERYONE for anybody who is
assigned to the client.

Flagged:

    {"/api/v1/authorizationServers/aus1/policies/p1/rules": [
       {"name": "Web", "conditions": {
          "people": {"users": {"include": []}, "groups": {"include": []}},
          "grantTypes": {"include": ["authorization_code"]}}}]}

Accepted:

    {"/api/v1/authorizationServers/aus1/policies/p1/rules": [
       {"name": "Web", "conditions": {"people": {"groups": {"include": ["EVERYONE"]}},
                                      "grantTypes": {"include": ["authorization_code"]}}},
       {"name": "Jobs", "conditions": {"grantTypes": {"include": ["client_credentials"]}}}]}

See:
- Okta developer documentation repository, issue 1622: at least one of the people conditions
"""

from __future__ import annotations

from collections.abc import Iterator

from auditor import Finding, Impact, Org, Severity, listed, rule
from auditor.oauth import NO_MATCHING_RULE, Answer

from ._active import active_rules, rule_name
from ._witness import not_by, of_rule

_NEEDS_PEOPLE = ("authorization_code", "implicit", "password")


@rule(
    "OAM314",
    severity=Severity.MEDIUM,
    impact=Impact.DEAD,
    reads=["policy_rules"],
    answer=Answer.of(NO_MATCHING_RULE),
)
def check(org: Org) -> Iterator[Finding]:
    for server, policy, policy_rule in active_rules(org):
        grants = [grant for grant in _NEEDS_PEOPLE if grant in policy_rule.grant_types]
        if grants and policy_rule.people.unrestricted:
            yield Finding(
                policy_rule,
                f"{rule_name(policy_rule, policy, server)} allows {listed(grants)} but includes "
                "no user or group, so no user matches it.",
                field="conditions.people",
                witness=of_rule(server, policy, policy_rule, not_by(policy_rule), grants=grants),
            )
