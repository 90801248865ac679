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
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import reduce
from operator import or_
from typing import NamedTuple

from auditor import Confidence, Finding, Impact, Org, Related, Severity, counted, quoted, rule
from auditor.models import ALL_CLIENTS, AccessPolicy, App, AuthorizationServer
from auditor.oauth import NO_MATCHING_RULE, USERLESS_GRANTS, Answer, admits_userless

from ._active import active_servers
from ._admitted import AdmittedPeople
from ._clients import meant_servers, own_clients
from ._scope_pairs import Pair, RulesCompared, ScopePairs
from ._witness import of_client, of_rule, rejected


class Conflict(NamedTuple):
    """Scopes that are allowed one by one, but never together."""

    grant: str
    """A grant type for which it is so."""
    first: Pair
    many: int
    """How many pairs, over all grant types."""


@rule(
    "OAM312",
    severity=Severity.HIGH,
    impact=Impact.BROKEN,
    confidence=Confidence.MEDIUM,
    reads=["apps", "policy_rules", "scopes", "group_members"],
    answer=Answer.of(NO_MATCHING_RULE),
)
def check(org: Org) -> Iterator[Finding]:
    clients = tuple(own_clients(org))
    grants = frozenset(grant for client in clients for grant in client.grant_types)
    meant: dict[str, list[tuple[App, list[AccessPolicy]]]] = {}
    for client in clients:
        for server, policies in meant_servers(org, client):
            meant.setdefault(server.id, []).append((client, policies))
    for server in active_servers(org):
        together = ScopesTogether(org, server, grants)
        if together.of_every_client:
            yield _finding(org, server, None, together.of_every_client)
        for client, policies in meant.get(server.id, ()):
            if conflict := together.of_client(client, policies):
                yield _finding(org, server, client, conflict)


class ScopesTogether:
    """The rules of one server, compared; once for all clients that meet the same ones."""

    def __init__(self, org: Org, server: AuthorizationServer, grants: frozenset[str]) -> None:
        self._org = org
        self._people = AdmittedPeople.of(org)
        self._custom = tuple(sorted({scope.name for scope in org.scopes(server) if scope.custom}))
        self._compared: dict[tuple[bool, tuple[object, ...]], ScopePairs] = {}
        self._conflicts: dict[tuple[frozenset[str], tuple[object, ...]], Conflict | None] = {}
        for_all = [p for p in org.active_policies(server) if ALL_CLIENTS in p.clients]
        self._common = self._pairs(for_all, grants)
        self.of_every_client = _conflict(self._common)

    def of_client(self, client: App, policies: list[AccessPolicy]) -> Conflict | None:
        """What a client has with its policies, and not every client has; None if nothing."""
        grants = frozenset(client.grant_types)
        key = (grants, tuple(policy.place for policy in policies))
        if key not in self._conflicts:
            own = self._pairs(policies, grants)
            fresh = {
                grant: pairs.without(self._common[grant]) if grant in self._common else pairs
                for grant, pairs in own.items()
            }
            self._conflicts[key] = _conflict(fresh)
        return self._conflicts[key]

    def _pairs(self, policies: list[AccessPolicy], grants: frozenset[str]) -> dict[str, ScopePairs]:
        """By grant type, pairs of custom scopes that rules of policies never allow together."""
        return {grant: self._of_grant(policies, grant) for grant in sorted(grants)}

    def _of_grant(self, policies: list[AccessPolicy], grant: str) -> ScopePairs:
        userless = grant in USERLESS_GRANTS
        usable = [
            each
            for policy in policies
            for each in self._org.live_rules(policy)
            if grant in each.grant_types
            and (admits_userless(each) if userless else not each.people.unrestricted)
        ]
        key = (userless, tuple(each.place for each in usable))
        if key not in self._compared:
            people = None if userless else self._people
            rules = RulesCompared(usable, self._custom, people)
            self._compared[key] = ScopePairs(rules, rules.never_together)
        return self._compared[key]


def _conflict(by_grant: Mapping[str, ScopePairs]) -> Conflict | None:
    """The first of some pairs, and how many there are; None if there are none."""
    some = {grant: pairs for grant, pairs in by_grant.items() if pairs}
    if not some:
        return None
    grant, pairs = next(iter(some.items()))
    return Conflict(grant, pairs.first(), len(reduce(or_, some.values())))


def _finding(
    org: Org, server: AuthorizationServer, client: App | None, conflict: Conflict
) -> Finding:
    key = client.client_id if client else ALL_CLIENTS
    who = f"Client {quoted(client.title)}" if client else "Any client"
    grant, first, many = conflict
    more = f" So it is with {counted(many - 1, 'other pair')}." if many > 1 else ""
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
            Related(
                record=allowing,
                role=f"the rule that allows {quoted(scope)}",
                field="conditions.scopes.include",
            )
            for scope, allowing in zip(first.scopes, first.rules, strict=True)
        ),
        witness=witness,
    )
