"""A rule excludes people whom a later rule lets through all the same.

Rules only ever allow. Excluding somebody from one rule does not deny anything: Okta goes on to
the next rule, and to the next policy, and if one of those admits the person for the same grant
and the same scopes, the token is minted. Later rules that name the excluded people, their users
or their groups, are taken for intended; rules that admit them as anybody, or as members of some
other group, are not.

Fix: exclude the same people from the later rule too, or let that rule allow fewer scopes.

Flagged:

    {"/api/v1/apps": [{"id": "0oa1", "settings": {"oauthClient": {
       "grant_types": ["authorization_code"]}}}],
     "/api/v1/apps/0oa1/users": [{"id": "00u1"}], "/api/v1/users": [{"id": "00u1"}],
     "/api/v1/groups": [{"id": "00g1", "profile": {"name": "Contractors"}}],
     "/api/v1/groups/00g1/users": ["00u1"],
     "/api/v1/authorizationServers/aus1/policies": [
       {"id": "p1", "conditions": {"clients": {"include": ["0oa1"]}}}],
     "/api/v1/authorizationServers/aus1/policies/p1/rules": [
       {"id": "r1", "name": "Staff", "conditions": {
          "people": {"groups": {"include": ["EVERYONE"], "exclude": ["00g1"]}},
          "grantTypes": {"include": ["authorization_code"]},
          "scopes": {"include": ["openid", "orders:read"]}}},
       {"id": "r2", "name": "Catch-all", "conditions": {
          "people": {"groups": {"include": ["EVERYONE"]}},
          "grantTypes": {"include": ["authorization_code"]}, "scopes": {"include": ["*"]}}}]}

Accepted:

    {"/api/v1/apps": [{"id": "0oa1", "settings": {"oauthClient": {
       "grant_types": ["authorization_code"]}}}],
     "/api/v1/apps/0oa1/users": [{"id": "00u1"}], "/api/v1/users": [{"id": "00u1"}],
     "/api/v1/groups": [{"id": "00g1", "profile": {"name": "Contractors"}}],
     "/api/v1/groups/00g1/users": ["00u1"],
     "/api/v1/authorizationServers/aus1/policies": [
       {"id": "p1", "conditions": {"clients": {"include": ["0oa1"]}}}],
     "/api/v1/authorizationServers/aus1/policies/p1/rules": [
       {"id": "r1", "name": "Staff", "conditions": {
          "people": {"groups": {"include": ["EVERYONE"], "exclude": ["00g1"]}},
          "grantTypes": {"include": ["authorization_code"]},
          "scopes": {"include": ["openid", "orders:read", "orders:cancel"]}}},
       {"id": "r2", "name": "Fewer scopes", "conditions": {
          "people": {"groups": {"include": ["EVERYONE"]}},
          "grantTypes": {"include": ["authorization_code"]},
          "scopes": {"include": ["openid", "orders:read"]}}},
       {"id": "r3", "name": "Meant for them", "conditions": {
          "people": {"groups": {"include": ["00g1"]}},
          "grantTypes": {"include": ["authorization_code"]},
          "scopes": {"include": ["openid", "orders:read", "orders:cancel"]}}}]}

See:
- Okta support article "Tokens not issued with lifetime configured in Access Rule for Custom
  Authorization Server"
- Okta developer documentation, "Configure an access policy"
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from auditor import Finding, Impact, Org, Related, Severity, counted, quoted, rule
from auditor.models import (
    ALL_SCOPES,
    OIDC_SCOPES,
    AccessPolicy,
    App,
    AuthorizationServer,
    PolicyRule,
)
from auditor.oauth import UserSet, excluded_users, user_grants

from ._active import active_servers, rule_name
from ._clients import Roster
from ._people import RulePeople
from ._witness import Search, minted, of_client

Place = tuple[AccessPolicy, PolicyRule]


@rule(
    "OAM316",
    severity=Severity.HIGH,
    impact=Impact.RISKY,
    reads=["policy_rules", "group_members", "app_users", "app_groups", "users"],
)
def check(org: Org) -> Iterator[Finding]:
    comparison = ReachOfExcluded(org)
    for server in active_servers(org):
        rules = list(org.active_rules(server))
        for position, (policy, policy_rule) in enumerate(rules):
            people = policy_rule.people
            if not (people.users.exclude or people.groups.exclude):
                continue
            later = islice(rules, position + 1, None)
            finding = next(comparison.undone(server, (policy, policy_rule), later), None)
            if finding:
                yield finding


class ReachOfExcluded:
    """Compares a rule that excludes people with later ones."""

    def __init__(self, org: Org) -> None:
        self._org = org
        self._people = RulePeople.of(org)
        self._roster = Roster.of(org)

    def undone(
        self, server: AuthorizationServer, one: Place, later: Iterator[Place]
    ) -> Iterator[Finding]:
        """One finding for each later rule that lets excluded people through."""
        policy, policy_rule = one
        out = self._kept_out(policy_rule)
        for other_policy, other in later if out else ():
            if not _covers(other, policy_rule) or _means(other, policy_rule):
                continue
            for grant in sorted(_grants(policy_rule) & _grants(other)):
                for client in self._roster.using(policy, grant):
                    if not other_policy.covers(client.client_id):
                        continue
                    if back := out & self._people.named(other) & self._people.assigned([client]):
                        custom = _custom(policy_rule) or _custom(other)
                        witness = of_client(
                            server,
                            client,
                            minted,
                            grants=[grant],
                            scopes=[custom, custom | {"openid"}],
                            user=back.first(),
                        )
                        yield self._finding((server, *one), other, client, back, witness)

    def _kept_out(self, policy_rule: PolicyRule) -> UserSet:
        """Users whom the rule would let through but for its excludes."""
        out = self._people.able(excluded_users(self._org, policy_rule))
        people = policy_rule.people
        if people.everyone:
            return out
        groups = map(self._org.members, people.groups.include)
        return out & self._people.able(frozenset(people.users.include).union(*groups))

    def _finding(
        self,
        one: tuple[AuthorizationServer, AccessPolicy, PolicyRule],
        other: PolicyRule,
        client: App,
        back: UserSet,
        witness: Search,
    ) -> Finding:
        server, policy, policy_rule = one
        return Finding(
            policy_rule,
            f"{rule_name(policy_rule, policy, server)} excludes "
            f"{counted(len(back), 'person', 'people')} ({self._people.logins(back)}) whom rule "
            f"{quoted(other.title)} lets through for the same scopes with client "
            f"{quoted(client.title)}.",
            field="conditions.people",
            related=(
                Related(record=other, role="the later rule that lets them through"),
                Related(record=client, role="a client that both rules are for"),
            ),
            witness=witness,
        )


def _covers(other: PolicyRule, policy_rule: PolicyRule) -> bool:
    """Whether the other rule allows all that this one does, OpenID scopes aside."""
    if ALL_SCOPES in other.scopes:
        return bool(policy_rule.scopes)
    if ALL_SCOPES in policy_rule.scopes or not policy_rule.scopes:
        return False
    return (_custom(policy_rule) or frozenset(policy_rule.scopes)) <= frozenset(other.scopes)


def _grants(policy_rule: PolicyRule) -> frozenset[str]:
    return user_grants(policy_rule.grant_types)


def _custom(policy_rule: PolicyRule) -> frozenset[str]:
    return frozenset(policy_rule.scopes) - OIDC_SCOPES - {ALL_SCOPES}


def _means(other: PolicyRule, policy_rule: PolicyRule) -> bool:
    """Whether the other rule names whom this one excludes."""
    theirs, ours = other.people, policy_rule.people
    named = set(theirs.users.include) | set(theirs.groups.include)
    return not named.isdisjoint({*ours.users.exclude, *ours.groups.exclude})
