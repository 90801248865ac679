"""An active rule allows client_credentials, but none except OpenID scopes.

Okta refuses OpenID scopes (openid, profile, email, address, phone, offline_access,
device_sso) for client_credentials with `invalid_scope`, "Cannot request 'openid' scopes
using client credentials": there is no user they could speak of. Such a rule therefore
never lets that grant through. Rules that client_credentials cannot match because of
their people are the subject of OAM310.

Fix: add the custom scopes that service clients need, or remove client_credentials.

Flagged:

    {"/api/v1/authorizationServers/aus1/policies/p1/rules": [
       {"name": "Jobs", "conditions": {"grantTypes": {"include": ["client_credentials"]},
                                       "scopes": {"include": ["openid", "profile"]}}}]}

Accepted:

    {"/api/v1/authorizationServers/aus1/policies/p1/rules": [
       {"name": "Jobs", "conditions": {"grantTypes": {"include": ["client_credentials"]},
                                       "scopes": {"include": ["openid", "orders:read"]}}},
       {"name": "Admin jobs", "conditions": {"grantTypes": {"include": ["client_credentials"]},
                                             "scopes": {"include": ["*"]}}},
       {"name": "Sign-in", "conditions": {"grantTypes": {"include": ["authorization_code"]},
                                          "scopes": {"include": ["openid"]}}}]}

Accepted:

    {"/api/v1/authorizationServers/aus1/policies/p1/rules": [
       {"name": "Unfinished", "conditions": {"grantTypes": {"include": ["client_credentials"]},
                                             "scopes": {"include": []}}}]}

See:
- Okta support article "Okta Error Occurs When Requesting OpenID Scopes Using Client
  Credentials"
- System Log filter:
  `eventType sw "app.oauth2.as." and (outcome.result eq "FAILURE" or outcome.result eq "DENY")`
"""

from __future__ import annotations

from collections.abc import Iterator

from auditor import Finding, Impact, Org, Severity, listed, rule
from auditor.models import OIDC_SCOPES
from auditor.oauth import CLIENT_CREDENTIALS, OPENID_WITHOUT_USER, Answer, admits_userless

from ._active import active_rules, rule_name
from ._witness import of_rule, rejected


@rule(
    "OAM311",
    severity=Severity.MEDIUM,
    impact=Impact.BROKEN,
    reads=["policy_rules"],
    answer=Answer.of(OPENID_WITHOUT_USER, CLIENT_CREDENTIALS),
)
def check(org: Org) -> Iterator[Finding]:
    for server, policy, policy_rule in active_rules(org):
        scopes = policy_rule.scopes
        if CLIENT_CREDENTIALS not in policy_rule.grant_types or not admits_userless(policy_rule):
            continue
        if scopes and OIDC_SCOPES.issuperset(scopes):
            yield Finding(
                policy_rule,
                f"{rule_name(policy_rule, policy, server)} allows client_credentials, but only "
                f"OpenID scopes ({listed(scopes)}), which Okta refuses for that grant with "
                "invalid_scope.",
                field="conditions.scopes.include",
                witness=of_rule(
                    server,
                    policy,
                    policy_rule,
                    rejected("scopes"),
                    grants=[CLIENT_CREDENTIALS],
                    scopes=[frozenset(scopes)],
                ),
            )
