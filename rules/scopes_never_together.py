"""A client may get each of two scopes, but no rule allows both in one request.

Okta mints a token only if a single rule allows every scope that the request asks for; it never
grants a part, and it does not add up what several rules allow. A client that asks for both
scopes gets `access_denied`, although each of them works alone.

The rule compares the custom scopes of policy rules for the same grant type that the
same person can meet: two for different people never clash. A policy for all clients
that is at fault is reported once. Confidence is medium, because a client may ask for
the scopes in separate requests on purpose.

Fix: let one rule allow the scopes that are asked for together, and put it before the others.

Flagged:

    {"/api/v1/apps": [{"id": "0oa1", "label": "checkout-web", "settings": {"oauthClient": {
       "grant_types": ["authorization_code"]}}}],
     "/api/v1/authorizationServers": [{"id": "aus1", "name": "Payments"}],
     "/api/v1/authorizationServers/aus1/scopes": [
       {"name": "payments:read"}, {"name": "payments:write"}],
     "/api/v1/authorizationServers/aus1/policies": [
       {"id": "p1", "name": "Checkout", "conditions": {"clients": {"include": ["0oa1"]}}}],
     "/api/v1/authorizationServers/aus1/policies/p1/rules": [
       {"name": "Readers", "conditions": {"grantTypes": {"include": ["authorization_code"]},
         "people": {"groups": {"include": ["EVERYONE"]}},
         "scopes": {"include": ["openid", "payments:read"]}}},
       {"name": "Writers", "conditions": {"grantTypes": {"include": ["authorization_code"]},
         "people": {"groups": {"include": ["00g1"]}},
         "scopes": {"include": ["payments:write"]}}}],
     "/api/v1/groups": [{"id": "00g1", "profile": {"name": "Payment operators"}}],
     "/api/v1/groups/00g1/users": ["00u1"]}

Flagged:

    {"/api/v1/apps": [{"id": "0oa1", "label": "Nightly job", "settings": {"oauthClient": {
       "application_type": "service", "grant_types": ["client_credentials"]}}}],
     "/api/v1/authorizationServers/aus1/scopes": [{"name": "read"}, {"name": "write"}],
     "/api/v1/authorizationServers/aus1/policies": [
       {"id": "p1", "conditions": {"clients": {"include": ["ALL_CLIENTS"]}}}],
     "/api/v1/authorizationServers/aus1/policies/p1/rules": [
       {"conditions": {"grantTypes": {"include": ["client_credentials"]},
         "scopes": {"include": ["read"]}}},
       {"conditions": {"grantTypes": {"include": ["client_credentials"]},
         "scopes": {"include": ["write"]}}}]}

Accepted:

    {"/api/v1/apps": [{"id": "0oa1", "settings": {"oauthClient": {
       "grant_types": ["client_credentials"]}}}],
     "/api/v1/authorizationServers/aus1/scopes": [{"name": "read"}, {"name": "write"}],
     "/api/v1/authorizationServers/aus1/policies": [
       {"id": "p1", "conditions": {"clients": {"include": ["0oa1"]}}}],
     "/api/v1/authorizationServers/aus1/policies/p1/rules": [
       {"conditions": {"grantTypes": {"include": ["client_credentials"]},
         "scopes": {"include": ["read"]}}},
       {"conditions": {"grantTypes": {"include": ["client_credentials"]},
         "scopes": {"include": ["read", "write"]}}}]}

Accepted:

    {"/api/v1/apps": [{"id": "0oa1", "settings": {"oauthClient": {
       "grant_types": ["client_credentials", "authorization_code"]}}}],
     "/api/v1/authorizationServers/aus1/scopes": [{"name": "read"}, {"name": "write"}],
     "/api/v1/authorizationServers/aus1/policies": [
       {"id": "p1", "conditions": {"clients": {"include": ["0oa1"]}}}],
     "/api/v1/authorizationServers/aus1/policies/p1/rules": [
       {"conditions": {"grantTypes": {"include": ["client_credentials"]},
         "scopes": {"include": ["read"]}}},
       {"conditions": {"grantTypes": {"include": ["authorization_code"]},
         "people": {"groups": {"include": ["EVERYONE"]}}, "scopes": {"include": ["write"]}}}]}

Accepted:

    {"/api/v1/apps": [{"id": "0oa1", "settings": {"oauthClient": {
       "grant_types": ["authorization_code"]}}}],
     "/api/v1/authorizationServers/aus1/scopes": [{"name": "read"}, {"name": "write"}],
     "/api/v1/authorizationServers/aus1/policies": [
       {"id": "p1", "conditions": {"clients": {"include": ["0oa1"]}}}],
     "/api/v1/authorizationServers/aus1/policies/p1/rules": [
       {"name": "Readers", "conditions": {"grantTypes": {"include": ["authorization_code"]},
         "people": {"users": {"include": ["00u1"]}}, "scopes": {"include": ["read"]}}},
       {"name": "Writers", "conditions": {"grantTypes": {"include": ["authorization_code"]},
         "people": {"users": {"include": ["00u2"]}}, "scopes": {"include": ["write"]}}}]}

See:
- Okta support article "Tokens not issued with lifetime configured in Access Rule for Custom
  Authorization Server"
- System Log filter: `outcome.reason eq "no_matching_policy"`
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, product
from typing import NamedTuple

from auditor import Confidence, Finding, Impact, Org, Related, Severity, counted, quoted, rule
from auditor.models import (
    ALL_CLIENTS,
    ALL_SCOPES,
    AccessPolicy,
    App,
    AuthorizationServer,
    PolicyRule,
)
from auditor.oauth import USERLESS_GRANTS, admits_userless, admitted_users, excluded_users

from ._active import active_servers
from ._clients import meant_servers, own_clients
from ._witness import of_client, of_rule, rejected


class Conflict(NamedTuple):
    """Two scopes, and the rules that allow one of them each."""

    scopes: tuple[str, str]
    rules: tuple[PolicyRule, PolicyRule]

    @property
    def pair(self) -> frozenset[str]:
        """The scopes in no order."""
        return frozenset(self.scopes)


Conflicts = dict[str, list[Conflict]]
"""By grant type, without empty lists."""


@rule(
    "OAM312",
    severity=Severity.HIGH,
    impact=Impact.BROKEN,
    confidence=Confidence.MEDIUM,
    reads=["apps", "policy_rules", "scopes", "group_members"],
)
def check(org: Org) -> Iterator[Finding]:
    clients = tuple(own_clients(org))
    grants = frozenset(grant for client in clients for grant in client.grant_types)
    meant: dict[str, list[tuple[App, list[AccessPolicy]]]] = {}
    for client in clients:
        for server, policies in meant_servers(org, client):
            meant.setdefault(server.id, []).append((client, policies))
    for server in active_servers(org):
        comparison = ScopesTogether(org, server)
        shared = [
            rule for policy, rule in org.active_rules(server) if ALL_CLIENTS in policy.clients
        ]
        common = comparison.conflicts(shared, grants)
        if common:
            yield _finding(org, server, None, common)
        for client, policies in meant.get(server.id, ()):
            met = [each for policy in policies for each in org.live_rules(policy)]
            own = comparison.conflicts(met, frozenset(client.grant_types))
            if fresh := _without(own, common):
                yield _finding(org, server, client, fresh)


class ScopesTogether:
    """The rules of one server, compared; once for all clients that meet the same ones."""

    def __init__(self, org: Org, server: AuthorizationServer) -> None:
        self._org = org
        self._custom = frozenset(scope.name for scope in org.scopes(server) if scope.custom)
        self._known: dict[tuple[str, ...], list[Conflict]] = {}
        self._admitted: dict[str, frozenset[str]] = {}
        self._excluded: dict[str, frozenset[str]] = {}

    def conflicts(self, rules: list[PolicyRule], grants: frozenset[str]) -> Conflicts:
        """Pairs of custom scopes that these rules allow with a grant, but never together."""
        conflicts_by_grant = {}
        for grant in sorted(grants):
            usable = [rule for rule in rules if grant in rule.grant_types]
            if grant in USERLESS_GRANTS:
                usable = [rule for rule in usable if admits_userless(rule)]
            else:
                usable = [rule for rule in usable if not rule.people.unrestricted]
            key = tuple(rule.id for rule in usable)
            if key not in self._known:
                self._known[key] = list(self._pairs(usable))
            if self._known[key]:
                conflicts_by_grant[grant] = self._known[key]
        return conflicts_by_grant

    def _pairs(self, rules: list[PolicyRule]) -> Iterator[Conflict]:
        custom = self._custom
        allowed = [custom if ALL_SCOPES in r.scopes else custom & set(r.scopes) for r in rules]
        seen: set[frozenset[str]] = set()
        for one, other in combinations(range(len(rules)), 2):
            left, right = allowed[one] - allowed[other], allowed[other] - allowed[one]
            if not left or not right or not self._same_person(rules[one], rules[other]):
                continue
            for scopes in product(sorted(left), sorted(right)):
                pair = frozenset(scopes)
                if pair not in seen and not any(pair <= both for both in allowed):
                    seen.add(pair)
                    yield Conflict(scopes, (rules[one], rules[other]))

    def _same_person(self, one: PolicyRule, other: PolicyRule) -> bool:
        """Whether somebody, or a request without a user, can meet both rules."""
        if admits_userless(one) and admits_userless(other):
            return True
        if one.people.everyone:
            return bool(self._by_name(other) - self._out(one))
        if other.people.everyone:
            return bool(self._by_name(one) - self._out(other))
        return not self._by_name(one).isdisjoint(self._by_name(other))

    def _by_name(self, rule: PolicyRule) -> frozenset[str]:
        if rule.id not in self._admitted:
            self._admitted[rule.id] = admitted_users(self._org, rule)
        return self._admitted[rule.id]

    def _out(self, rule: PolicyRule) -> frozenset[str]:
        if rule.id not in self._excluded:
            self._excluded[rule.id] = excluded_users(self._org, rule)
        return self._excluded[rule.id]


def _without(own: Conflicts, common: Conflicts) -> Conflicts:
    """Conflicts of one client that not every client has."""
    known = {grant: _scopes_of(conflicts) for grant, conflicts in common.items()}
    fresh = {
        grant: [each for each in conflicts if each.pair not in known.get(grant, ())]
        for grant, conflicts in own.items()
    }
    return {grant: conflicts for grant, conflicts in fresh.items() if conflicts}


def _scopes_of(conflicts: list[Conflict]) -> frozenset[frozenset[str]]:
    return frozenset(conflict.pair for conflict in conflicts)


def _finding(
    org: Org, server: AuthorizationServer, client: App | None, conflicts: Conflicts
) -> Finding:
    key = client.client_id if client else ALL_CLIENTS
    who = f"Client {quoted(client.title)}" if client else "Any client"
    grant, (first, *_) = next(iter(conflicts.items()))
    pairs = frozenset().union(*map(_scopes_of, conflicts.values()))
    more = f" So it is with {counted(len(pairs) - 1, 'other pair')}." if len(pairs) > 1 else ""
    one, other = first.scopes
    asked = [frozenset(first.scopes), frozenset({"openid", *first.scopes})]
    if client is None:
        policy = org.policy_of(first.rules[0])
        witness = of_rule(
            server, policy, first.rules[0], rejected("policy"), grants=[grant], scopes=asked
        )
    else:
        witness = of_client(server, client, rejected("policy"), grants=[grant], scopes=asked)
    return Finding(
        server,
        f"{who} may get {quoted(one)} and {quoted(other)} with {quoted(grant)}, but no single "
        f"rule allows both, so a request for both is rejected with access_denied.{more}",
        key=key,
        fix=f"Let rule {quoted(first.rules[0].title)} also allow {quoted(other)}, or have the "
        "client ask for the two in separate requests.",
        related=tuple(
            Related(record=allowing, role=f"the rule that allows {quoted(scope)}")
            for scope, allowing in zip(first.scopes, first.rules, strict=True)
        ),
        witness=witness,
    )
