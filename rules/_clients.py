"""The clients that rules judge, and the policies and rules that those can meet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby

from auditor import Org
from auditor.models import (
    ALL_CLIENTS,
    AccessPolicy,
    App,
    AuthorizationServer,
    Grant,
    PolicyRule,
    RecordPlace,
)
from auditor.oauth import REFRESH_TOKEN, REFRESHABLE_GRANTS, gives_refresh_tokens, user_grants

END_USER = "END_USER"
"""Source of a grant that a user gave in a consent dialog, not an administrator."""


def own_clients(org: Org) -> Iterator[App]:
    """Active apps that the org configures itself; Okta's own ones are not judged."""
    return (app for app in org.apps if app.active and app.configurable)


def covering_policies(org: Org, client: App) -> Iterator[AccessPolicy]:
    """Active policies of active servers that name the client or apply to all clients."""
    return (policy for _, policy in org.covering(client.client_id))


def reachable(
    org: Org, client: App
) -> Iterator[tuple[AuthorizationServer, AccessPolicy, PolicyRule]]:
    """Active rules that the client can meet, with their policy, on whichever active server."""
    for server, policy in org.covering(client.client_id):
        for rule in org.live_rules(policy):
            yield server, policy, rule


def reachable_rules(org: Org, client: App) -> Iterator[PolicyRule]:
    """Active rules that the client can meet, on whichever active server."""
    return (rule for _, _, rule in reachable(org, client))


def meant_servers(
    org: Org, client: App
) -> Iterator[tuple[AuthorizationServer, list[AccessPolicy]]]:
    """Servers with an active policy that names the client, and all policies it meets there."""
    for _, same_server in groupby(org.covering(client.client_id), key=lambda pair: pair[0].id):
        pairs = list(same_server)
        policies = [policy for _, policy in pairs]
        if any(named(org, client, policy) for policy in policies):
            yield pairs[0][0], policies


def named_by_policy(org: Org, client: App) -> bool:
    """Whether an active policy of an active server names the client."""
    return any(named(org, client, policy) for policy in covering_policies(org, client))


class Roster:
    """The clients of policies, by what they may use. Worked out once for all policies."""

    def __init__(self, org: Org) -> None:
        self._org = org
        self._by_grant: dict[str, list[App]] = {}
        self._named: dict[RecordPlace, tuple[App, ...]] = {}
        for client in own_clients(org):
            for grant in dict.fromkeys(client.grant_types):
                self._by_grant.setdefault(grant, []).append(client)

    def named(self, policy: AccessPolicy) -> tuple[App, ...]:
        """Active clients of the org's own that a policy names."""
        if policy.place not in self._named:
            clients = map(self._org.client, dict.fromkeys(policy.clients))
            self._named[policy.place] = tuple(
                each for each in clients if each and each.active and each.configurable
            )
        return self._named[policy.place]

    @classmethod
    def of(cls, org: Org) -> Roster:
        """The clients of an org, the same object for all rules."""
        return org.remembered(cls, ["apps"])

    def having(self, grant: str) -> Iterator[App]:
        """Clients that may use a grant type."""
        return iter(self._by_grant.get(grant, ()))

    def using(self, policy: AccessPolicy, grant: str) -> Iterator[App]:
        """Clients that a policy covers and that may use a grant type."""
        if ALL_CLIENTS in policy.clients:
            return iter(self._by_grant.get(grant, ()))
        return (each for each in self.named(policy) if grant in each.grant_types)

    def refreshes(self, policy: AccessPolicy, policy_rule: PolicyRule) -> bool:
        """Whether a client of the policy can get a refresh token by the rule.

        The rule must allow offline_access, and one client must have both the refresh_token grant
        and a grant type of the rule that brings refresh tokens.
        """
        if not gives_refresh_tokens(policy_rule):
            return False
        begins = REFRESHABLE_GRANTS.intersection(policy_rule.grant_types)
        clients = self.using(policy, REFRESH_TOKEN)
        return any(begins.intersection(client.grant_types) for client in clients)


def named(org: Org, client: App, policy: AccessPolicy) -> bool:
    """Whether the policy names the client, rather than applying to all clients."""
    return client.client_id in org.remembered(_named_ids, ["policies"])[policy.place]


def _named_ids(org: Org) -> Mapping[RecordPlace, frozenset[str]]:
    """The clients that each policy names, as a set: a policy may name thousands."""
    policies = (policy for server in org.servers for policy in org.policies(server))
    return {policy.place: frozenset(policy.clients) for policy in policies}


def served(org: Org, client: App) -> bool:
    """Whether an authorization server is meant for the client, or gives it a token anyway.

    It is meant if an active policy names the client. A policy for all clients counts where
    one of its rules allows a grant type of the client. Needs `policy_rules`.
    """
    if named_by_policy(org, client):
        return True
    own = set(client.grant_types)
    return any(own & set(rule.grant_types) for rule in reachable_rules(org, client))


def without_users(org: Org, client: App) -> bool:
    """Whether the client is for people, and certainly nobody is assigned to it."""
    if client.federation_broker or not user_grants(client.grant_types):
        return False
    known = org.known("app_users", client) and org.known("app_groups", client)
    if not known or not all(org.known("group_members", g) for g in org.assigned_groups(client)):
        return False
    return not any(org.assigned_lists(client))


def okta_grants(org: Org, client: App) -> tuple[Grant, ...]:
    """Grants in force for scopes of the Okta APIs. Needs `app_grants`."""
    return tuple(
        grant
        for grant in org.grants(client)
        if grant.active and (grant.scope_id or "").startswith("okta.")
    )


def machine_grants(org: Org, client: App) -> tuple[Grant, ...]:
    """Those of `okta_grants` that an administrator gave, so that they hold without a user."""
    return tuple(grant for grant in okta_grants(org, client) if grant.source != END_USER)


def writes(scope: str) -> bool:
    """Whether a scope of the Okta APIs changes more than the user's own account."""
    return scope.endswith(".manage") and not scope.startswith("okta.myAccount.")
