"""No request can ever reach a rule of an active policy: earlier policies take all of its traffic.

Okta tries policies in order of priority and stops at the first rule that matches. A
policy for all clients with a broad rule, tried first, makes the policies for particular
clients behind it ineffective: their people, scopes and lifetimes restrict nothing,
although they look as if they did. The rule considers everybody who is assigned and can
sign in, all clients and all sets of scopes, and for token exchange both readings of
what the people of a policy rule mean there. Where policies tie in priority, which comes
first is not settled (OAM204). Policies that name AI agents are judged only where all of
these agents are known and active, and every grant type of the rules is one that agents
are known to have: JWT bearer and token exchange.

Clients without a key to authenticate with, or restricted to network zones that match no
address, obtain nothing and do not count; where keys or zones were not read, they are taken to be
in order.

Fix: move the policy before those that shadow it, make those narrower, or delete it.

Flagged:

    {"/api/v1/apps": [{"id": "0oa1", "settings": {"oauthClient": {
       "application_type": "service", "grant_types": ["client_credentials"]}}}],
     "/api/v1/authorizationServers/aus1/scopes": [{"name": "orders:read"}],
     "/api/v1/authorizationServers/aus1/policies": [
       {"id": "p1", "name": "Default", "conditions": {"clients": {"include": ["ALL_CLIENTS"]}}},
       {"id": "p2", "name": "Exporter", "conditions": {"clients": {"include": ["0oa1"]}}}],
     "/api/v1/authorizationServers/aus1/policies/p1/rules": [
       {"id": "r1", "name": "Anything", "conditions": {
          "grantTypes": {"include": ["client_credentials"]}, "scopes": {"include": ["*"]}}}],
     "/api/v1/authorizationServers/aus1/policies/p2/rules": [
       {"id": "r2", "name": "Five minutes", "conditions": {
          "grantTypes": {"include": ["client_credentials"]},
          "scopes": {"include": ["orders:read"]}}}]}

Accepted:

    {"/api/v1/apps": [{"id": "0oa1", "settings": {"oauthClient": {
       "application_type": "service", "grant_types": ["client_credentials"]}}}],
     "/api/v1/authorizationServers/aus1/scopes": [{"name": "orders:read"}],
     "/api/v1/authorizationServers/aus1/policies": [
       {"id": "p2", "name": "Exporter", "conditions": {"clients": {"include": ["0oa1"]}}},
       {"id": "p1", "name": "People", "conditions": {"clients": {"include": ["ALL_CLIENTS"]}}}],
     "/api/v1/authorizationServers/aus1/policies/p1/rules": [
       {"id": "r1", "name": "Sign-in", "conditions": {
          "people": {"groups": {"include": ["EVERYONE"]}},
          "grantTypes": {"include": ["authorization_code"]}, "scopes": {"include": ["*"]}}}],
     "/api/v1/authorizationServers/aus1/policies/p2/rules": [
       {"id": "r2", "name": "Five minutes", "conditions": {
          "grantTypes": {"include": ["client_credentials"]},
          "scopes": {"include": ["orders:read"]}}}]}

Accepted:

    {"/api/v1/apps": [{"id": "0oa1", "settings": {"oauthClient": {
       "application_type": "service", "grant_types": ["client_credentials"]}}}],
     "/api/v1/authorizationServers/aus1/scopes": [{"name": "orders:read"}],
     "/api/v1/authorizationServers/aus1/policies": [
       {"id": "p1", "name": "Tied, see OAM204", "priority": 1,
        "conditions": {"clients": {"include": ["ALL_CLIENTS"]}}},
       {"id": "p2", "name": "Exporter", "priority": 1,
        "conditions": {"clients": {"include": ["0oa1"]}}},
       {"id": "p3", "name": "With an agent", "priority": 2,
        "conditions": {"clients": {"include": ["0oa1", "wlp1qa1kd02bWzlBC0g7"]}}}],
     "/api/v1/authorizationServers/aus1/policies/p1/rules": [
       {"id": "r1", "name": "Anything", "conditions": {
          "grantTypes": {"include": ["client_credentials"]}, "scopes": {"include": ["*"]}}}],
     "/api/v1/authorizationServers/aus1/policies/p2/rules": [
       {"id": "r2", "name": "Five minutes", "conditions": {
          "grantTypes": {"include": ["client_credentials"]},
          "scopes": {"include": ["orders:read"]}}}],
     "/api/v1/authorizationServers/aus1/policies/p3/rules": [
       {"id": "r3", "name": "Agents too", "conditions": {
          "grantTypes": {"include": ["client_credentials"]},
          "scopes": {"include": ["orders:read"]}}}]}

See:
- Okta developer documentation, "API Access Management", access policies and rules
- Okta support article "Tokens not issued with lifetime configured in Access Rule for Custom
  Authorization Server"
"""

from __future__ import annotations

from collections.abc import Iterator

from auditor import Finding, Impact, Org, Related, Severity, counted, listed, quoted, rule
from auditor.models import AccessPolicy
from auditor.oauth import RuleReach, ServerReach

from ._active import policy_name
from ._reach import CONSULTS, CUSTOM_SERVER_READS, server_reaches, shadowed_policies


@rule(
    "OAM206",
    severity=Severity.MEDIUM,
    impact=Impact.DEAD,
    reads=CUSTOM_SERVER_READS,
    consults=CONSULTS,
)
def check(org: Org) -> Iterator[Finding]:
    for reach in server_reaches(org):
        reported = shadowed_policies(reach)
        for policy in org.active_policies(reach.server):
            if policy.id in reported:
                yield _finding(reach, policy)


def _finding(reach: ServerReach, policy: AccessPolicy) -> Finding:
    own_rules = [each for each in reach.rules if each.policy is policy and each.rule.active]
    takers = {taken.rule.place: taken for each in own_rules for taken in each.shadowed_by}
    names = listed(
        f"{quoted(taken.rule.title)} of policy {quoted(taken.policy.title)}"
        for taken in takers.values()
    )
    return Finding(
        policy,
        f"{policy_name(policy, reach.server)} is never reached: earlier rules ({names}) take "
        f"every request that {_rules(own_rules)} would match.",
        field="priority",
        related=tuple(
            Related(record=taken.rule, role="an earlier rule that takes its traffic")
            for taken in takers.values()
        ),
        witness=own_rules[0].witness,
    )


def _rules(own_rules: list[RuleReach]) -> str:
    return "its rule" if len(own_rules) == 1 else f"one of its {counted(len(own_rules), 'rule')}"
