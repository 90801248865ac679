"""An active rule allows client_credentials, but only for specific users or groups.

No user takes part in client_credentials, so a rule that names users or groups never matches
it: the request goes on to the next rule, and fails with `access_denied` if none matches. In
the Admin Console such a rule has to say "Any user assigned the app", or have no user grant.

Fix: make a rule of its own for client_credentials, without specific users or groups, and
remove that grant from this one.

Flagged:

    {"/api/v1/authorizationServers/aus1/policies/p1/rules": [
       {"name": "Staff", "conditions": {
          "people": {"groups": {"include": ["00g1"]}},
          "grantTypes": {"include": ["authorization_code", "client_credentials"]}}}]}

Flagged:

    {"/api/v1/authorizationServers/aus1/policies/p1/rules": [
       {"name": "Jobs", "conditions": {
          "people": {"users": {"include": ["00u1"]}},
          "grantTypes": {"include": ["client_credentials"]}}}]}

Accepted:

    {"/api/v1/authorizationServers/aus1/policies/p1/rules": [
       {"name": "Jobs", "conditions": {"grantTypes": {"include": ["client_credentials"]}}},
       {"name": "Anybody", "conditions": {
          "people": {"groups": {"include": ["EVERYONE"]}},
          "grantTypes": {"include": ["authorization_code", "client_credentials"]}}},
       {"name": "Staff", "conditions": {
          "people": {"groups": {"include": ["00g1"]}},
          "grantTypes": {"include": ["authorization_code"]}}}]}

See:
- Okta support article "Access Policy Rules with 'AND User is' Filter Do Not Apply to API
  Service Apps/Client Credentials Flow"
"""

from __future__ import annotations

from collections.abc import Iterator

from auditor import Finding, Impact, Org, Severity, counted, listed, rule
from auditor.models import PeopleCondition
from auditor.oauth import CLIENT_CREDENTIALS, NO_MATCHING_RULE, Answer, admits_userless

from ._active import active_rules, rule_name
from ._witness import not_by, of_rule


@rule(
    "OAM310",
    severity=Severity.MEDIUM,
    impact=Impact.BROKEN,
    reads=["policy_rules"],
    answer=Answer.of(NO_MATCHING_RULE, CLIENT_CREDENTIALS),
)
def check(org: Org) -> Iterator[Finding]:
    for server, policy, policy_rule in active_rules(org):
        if CLIENT_CREDENTIALS not in policy_rule.grant_types or admits_userless(policy_rule):
            continue
        dead = set(policy_rule.grant_types) == {CLIENT_CREDENTIALS}
        yield Finding(
            policy_rule,
            f"{rule_name(policy_rule, policy, server)} is for {_named(policy_rule.people)} only, "
            "and client_credentials has no user, so "
            + ("it never matches any request." if dead else "it never matches that grant."),
            field="conditions.grantTypes.include",
            witness=of_rule(
                server, policy, policy_rule, not_by(policy_rule), grants=[CLIENT_CREDENTIALS]
            ),
        )


def _named(people: PeopleCondition) -> str:
    groups, users = len(people.groups.include), len(people.users.include)
    return listed(
        counted(number, noun) for number, noun in ((groups, "group"), (users, "user")) if number
    )
