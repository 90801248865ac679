"""One rule gives machines and people's apps the same scopes.

A rule that allows client_credentials together with a grant in which a user signs in, to anybody,
makes no difference between a person and a machine. Whatever scope is added for the people is one
that the machines may have from then on, with nobody signed in and nothing but a client
credential, and the lifetimes must suit both. Policies for all clients are the subject of OAM201.

Fix: split the rule: one for client_credentials, one for the grants with a user, each with the
scopes it needs; better still, give the machines a policy of their own.

Flagged:

    {"/api/v1/apps": [
       {"id": "0oa1", "settings": {"oauthClient": {"application_type": "service",
                                                   "grant_types": ["client_credentials"]}}},
       {"id": "0oa2", "settings": {"oauthClient": {"grant_types": ["authorization_code"]}}}],
     "/api/v1/authorizationServers/aus1/policies": [
       {"id": "p1", "conditions": {"clients": {"include": ["0oa1", "0oa2"]}}}],
     "/api/v1/authorizationServers/aus1/policies/p1/rules": [
       {"conditions": {"people": {"groups": {"include": ["EVERYONE"]}},
                       "grantTypes": {"include": ["authorization_code", "client_credentials"]},
                       "scopes": {"include": ["openid", "orders:read"]}}}]}

Accepted:

    {"/api/v1/apps": [
       {"id": "0oa1", "settings": {"oauthClient": {"application_type": "service",
                                                   "grant_types": ["client_credentials"]}}},
       {"id": "0oa2", "settings": {"oauthClient": {"grant_types": ["authorization_code"]}}}],
     "/api/v1/authorizationServers/aus1/policies": [
       {"id": "p1", "conditions": {"clients": {"include": ["0oa1", "0oa2"]}}},
       {"id": "p2", "conditions": {"clients": {"include": ["0oa2"]}}}],
     "/api/v1/authorizationServers/aus1/policies/p1/rules": [
       {"conditions": {"people": {"groups": {"include": ["EVERYONE"]}},
                       "grantTypes": {"include": ["authorization_code"]},
                       "scopes": {"include": ["openid", "orders:read"]}}},
       {"conditions": {"grantTypes": {"include": ["client_credentials"]},
                       "scopes": {"include": ["orders:read"]}}}],
     "/api/v1/authorizationServers/aus1/policies/p2/rules": [
       {"conditions": {"people": {"groups": {"include": ["EVERYONE"]}},
                       "grantTypes": {"include": ["authorization_code", "client_credentials"]},
                       "scopes": {"include": ["openid", "orders:read"]}}}]}

See:
- Okta developer documentation, "API Access Management", recommended practices
- Okta developer documentation, "Configure an access policy"
"""

from __future__ import annotations

from collections.abc import Iterator

from auditor import Finding, Impact, Org, Related, Severity, counted, listed, quoted, rule
from auditor.models import ALL_CLIENTS, OIDC_SCOPES, PolicyRule
from auditor.oauth import CLIENT_CREDENTIALS, user_grants

from ._active import active_rules, rule_name
from ._clients import Roster
from ._witness import minted_by, of_rule


@rule("OAM315", severity=Severity.MEDIUM, impact=Impact.RISKY, reads=["apps", "policy_rules"])
def check(org: Org) -> Iterator[Finding]:
    roster = Roster.of(org)
    for server, policy, policy_rule in active_rules(org):
        if ALL_CLIENTS in policy.clients or not _for_both(policy_rule):
            continue
        clients = roster.named(policy)
        machines = [each for each in clients if each.service and _may(each.grant_types)]
        grants = user_grants(policy_rule.grant_types)
        others = [each for each in clients if grants & set(each.grant_types) and not each.service]
        if machines and others:
            yield Finding(
                policy_rule,
                f"{rule_name(policy_rule, policy, server)} gives "
                f"{counted(len(machines), 'machine')} "
                f"({listed(quoted(each.title) for each in machines)}) without a user the scopes "
                f"that people get through {listed(quoted(each.title) for each in others)}.",
                field="conditions.grantTypes.include",
                witness=of_rule(
                    server, policy, policy_rule, minted_by(policy_rule), grants=[CLIENT_CREDENTIALS]
                ),
                related=tuple(Related(record=each, role="a machine") for each in machines),
            )


def _for_both(policy_rule: PolicyRule) -> bool:
    mixed = _may(policy_rule.grant_types) and user_grants(policy_rule.grant_types)
    return bool(mixed and policy_rule.people.everyone and set(policy_rule.scopes) - OIDC_SCOPES)


def _may(grants: tuple[str, ...]) -> bool:
    return CLIENT_CREDENTIALS in grants
