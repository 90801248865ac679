"""No request can ever reach an active rule: earlier rules take all of its traffic.

Okta tries policies and rules in order of priority and stops at the first that matches.
If every request that a rule is meant for matches an earlier one, the rule has no
effect: its lifetimes never apply and its inline hook never runs, and whoever tightens
it tightens nothing. This considers everybody who is assigned and can sign in, all
clients and all sets of scopes, and for token exchange both readings of what the people
of a rule mean there. A policy that is shadowed as a whole is the subject of OAM206.
Where priorities tie, which rule comes first is not settled; OAM204 and OAM308 report that.
Rules of policies that name AI agents are judged only where all of these agents are known and
active, and every grant type of the rule is one that agents are known to have: JWT bearer and
token exchange.

Clients without a key to authenticate with, or restricted to network zones that match no
address, obtain nothing and do not count; where keys or zones were not read, they are taken to be
in order.

Fix: move the rule before those that shadow it, make those narrower, or delete it.

Flagged:

    {"/api/v1/apps": [{"id": "0oa1", "settings": {"oauthClient": {
       "grant_types": ["authorization_code"]}}}],
     "/api/v1/apps/0oa1/users": [{"id": "00u1"}], "/api/v1/users": [{"id": "00u1"}],
     "/api/v1/groups": [{"id": "00g1"}], "/api/v1/groups/00g1/users": ["00u1"],
     "/api/v1/authorizationServers/aus1/scopes": [{"name": "orders:read"}],
     "/api/v1/authorizationServers/aus1/policies": [
       {"id": "p1", "conditions": {"clients": {"include": ["0oa1"]}}}],
     "/api/v1/authorizationServers/aus1/policies/p1/rules": [
       {"id": "r1", "name": "Anybody", "conditions": {
          "people": {"groups": {"include": ["EVERYONE"]}},
          "grantTypes": {"include": ["authorization_code"]}, "scopes": {"include": ["*"]}}},
       {"id": "r2", "name": "Short", "conditions": {
          "people": {"groups": {"include": ["00g1"]}},
          "grantTypes": {"include": ["authorization_code"]},
          "scopes": {"include": ["openid", "orders:read"]}},
        "actions": {"token": {"accessTokenLifetimeMinutes": 5}}}]}

Accepted:

    {"/api/v1/apps": [{"id": "0oa1", "settings": {"oauthClient": {
       "grant_types": ["authorization_code"]}}}],
     "/api/v1/apps/0oa1/users": [{"id": "00u1"}, {"id": "00u2"}],
     "/api/v1/users": [{"id": "00u1"}, {"id": "00u2"}],
     "/api/v1/groups": [{"id": "00g1"}], "/api/v1/groups/00g1/users": ["00u1"],
     "/api/v1/authorizationServers/aus1/scopes": [{"name": "orders:read"}],
     "/api/v1/authorizationServers/aus1/policies": [
       {"id": "p1", "conditions": {"clients": {"include": ["0oa1"]}}}],
     "/api/v1/authorizationServers/aus1/policies/p1/rules": [
       {"id": "r1", "name": "Some people", "conditions": {
          "people": {"groups": {"include": ["00g1"]}},
          "grantTypes": {"include": ["authorization_code"]}, "scopes": {"include": ["*"]}}},
       {"id": "r2", "name": "The others", "conditions": {
          "people": {"groups": {"include": ["EVERYONE"]}},
          "grantTypes": {"include": ["authorization_code"]},
          "scopes": {"include": ["openid", "orders:read"]}}}]}

Accepted:

    {"/api/v1/apps": [{"id": "0oa1", "settings": {"oauthClient": {
       "grant_types": ["authorization_code"]}}}],
     "/api/v1/apps/0oa1/users": [{"id": "00u1"}], "/api/v1/users": [{"id": "00u1"}],
     "/api/v1/authorizationServers/aus1/scopes": [
       {"name": "orders:read"}, {"name": "orders:cancel"}],
     "/api/v1/authorizationServers/aus1/policies": [
       {"id": "p1", "conditions": {"clients": {"include": ["0oa1"]}}}],
     "/api/v1/authorizationServers/aus1/policies/p1/rules": [
       {"id": "r1", "name": "Read", "conditions": {
          "people": {"groups": {"include": ["EVERYONE"]}},
          "grantTypes": {"include": ["authorization_code"]},
          "scopes": {"include": ["openid", "orders:read"]}}},
       {"id": "r2", "name": "Cancel", "conditions": {
          "people": {"groups": {"include": ["EVERYONE"]}},
          "grantTypes": {"include": ["authorization_code"]},
          "scopes": {"include": ["openid", "orders:read", "orders:cancel"]}}}]}

Accepted:

    {"/api/v1/apps": [{"id": "0oa1", "settings": {"oauthClient": {
       "application_type": "service", "grant_types": ["client_credentials"]}}}],
     "/api/v1/authorizationServers/aus1/scopes": [{"name": "orders:read"}],
     "/api/v1/authorizationServers/aus1/policies": [
       {"id": "p1", "conditions": {"clients": {"include": ["0oa1"]}}}],
     "/api/v1/authorizationServers/aus1/policies/p1/rules": [
       {"id": "r1", "name": "Tied, see OAM308", "priority": 1, "conditions": {
          "grantTypes": {"include": ["client_credentials"]}, "scopes": {"include": ["*"]}}},
       {"id": "r2", "name": "Short", "priority": 1, "conditions": {
          "grantTypes": {"include": ["client_credentials"]},
          "scopes": {"include": ["orders:read"]}},
        "actions": {"token": {"accessTokenLifetimeMinutes": 5}}}]}

See:
- Okta developer documentation, "API Access Management", access policies and rules
- Okta support article "Tokens not issued with lifetime configured in Access Rule for Custom
  Authorization Server"
"""

from __future__ import annotations

from collections.abc import Iterator

from auditor import Finding, Impact, Org, Related, Severity, listed, quoted, rule
from auditor.models import ALL_SCOPES, PolicyRule
from auditor.oauth import RuleReach

from ._active import rule_name
from ._lifetimes import spoken
from ._reach import CONSULTS, CUSTOM_SERVER_READS, server_reaches, shadowed, shadowed_policies
from ._scopes import defined_scopes, device_sso_lacks


@rule(
    "OAM318",
    severity=Severity.MEDIUM,
    impact=Impact.DEAD,
    reads=CUSTOM_SERVER_READS,
    consults=CONSULTS,
)
def check(org: Org) -> Iterator[Finding]:
    for reach in server_reaches(org):
        reported = shadowed_policies(reach)
        defined = defined_scopes(org, reach.server) | {ALL_SCOPES}
        for reached in reach.rules:
            if not shadowed(reach, reached) or reached.policy.id in reported:
                continue
            if not defined.issuperset(reached.rule.scopes):
                continue  # with the missing scope it might be reached; OAM302 reports it
            if device_sso_lacks(reached.rule):
                continue  # likewise; OAM317 reports it
            takers = _takers(reached)
            names = listed(quoted(each.title) for each in takers)
            yield Finding(
                reached.rule,
                f"{rule_name(reached.rule, reached.policy, reach.server)} is never reached: "
                f"{'rule' if len(takers) == 1 else 'rules'} {names} before it "
                f"{'takes' if len(takers) == 1 else 'take'} every request that it would match"
                f"{_lifetime(reached.rule, takers)}.",
                related=tuple(
                    Related(
                        record=each,
                        role="an earlier rule that takes its traffic",
                        field="conditions",
                    )
                    for each in takers
                ),
                witness=reached.witness,
            )


def _takers(reached: RuleReach) -> list[PolicyRule]:
    return list({taken.rule.place: taken.rule for taken in reached.shadowed_by}.values())


def _lifetime(policy_rule: PolicyRule, takers: list[PolicyRule]) -> str:
    own = policy_rule.token.access_token_lifetime_minutes
    theirs = {each.token.access_token_lifetime_minutes for each in takers}
    if own is None or own in theirs:
        return ""
    return f", so its access token lifetime of {spoken(own)} never applies"
