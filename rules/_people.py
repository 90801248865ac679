"""Whom policy rules name, compared with who is assigned to the clients.

Needs `policy_rules`, `group_members`, `app_users`, `app_groups` and `users`.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain

from auditor.snapshot.index import Org
from auditor.snapshot.models.base import Place
from auditor.snapshot.models.clients import App
from auditor.snapshot.models.servers import ALL_CLIENTS, AccessPolicy, PolicyRule
from auditor.text import listed, quoted
from auditor.tokens.matching import admitted_users, user_grants


class People:
    """Sets of users, each worked out once: many rules and clients share the same groups.

    Users who are gone or cannot sign in are in none of them; other rules report those.
    They are taken out last, of what is left: asking for each of millions of members
    whether he can sign in takes longer than all the rest.
    """

    def __init__(self, org: Org) -> None:
        self._org = org
        self._admitted: dict[Place, frozenset[str]] = {}

    def named(self, rule: PolicyRule) -> frozenset[str]:
        """Users whom a rule lets through by name or by group."""
        return self._named(rule) & self._org.able_users

    def assigned(self, client: App) -> frozenset[str]:
        """Users who are assigned to a client."""
        return self._org.assigned_users(client) & self._org.able_users

    def anyone_assigned(self, clients: Iterable[App]) -> bool:
        """Whether somebody is assigned to at least one of the clients."""
        lists = chain.from_iterable(map(self._org.assignments, clients))
        return any(not self._org.able_users.isdisjoint(ids) for ids in lists)

    def not_assigned(self, policy: AccessPolicy, rule: PolicyRule) -> frozenset[str]:
        """Users whom a rule names and who are assigned to no client that its policy names."""
        left = self._named(rule)
        clients = self.audience(policy, rule)
        # Taking people out list by list ends early, where gathering all assigned cannot.
        for ids in chain.from_iterable(map(self._org.assignments, clients)):
            left = left.difference(ids)
            if not left:
                break
        return left & self._org.able_users if clients else frozenset()

    def reached(self, policy: AccessPolicy, rule: PolicyRule) -> frozenset[str]:
        """Users whom a rule names and who are assigned to a client that its policy names."""
        return self.named(rule) - self.not_assigned(policy, rule)

    def not_named(self, client: App, rules: Iterable[PolicyRule]) -> frozenset[str]:
        """Users who are assigned to a client and whom none of the rules names."""
        named = [self._named(rule) for rule in rules]
        left = (frozenset(ids).difference(*named) for ids in self._org.assignments(client))
        return frozenset[str]().union(*left) & self._org.able_users

    def _named(self, rule: PolicyRule) -> frozenset[str]:
        """As `named`, with those who cannot sign in."""
        if rule.place not in self._admitted:
            self._admitted[rule.place] = admitted_users(self._org, rule)
        return self._admitted[rule.place]

    def audience(self, policy: AccessPolicy, rule: PolicyRule) -> tuple[App, ...]:
        """Clients that a policy names and whose users can meet the rule.

        Empty where anybody may be a user: all clients, or Federation Broker Mode.
        """
        if ALL_CLIENTS in policy.clients:
            return ()
        found = map(self._org.client, dict.fromkeys(policy.clients))
        clients = tuple(
            client
            for client in found
            if client is not None
            and client.active
            and client.configurable
            and user_grants(client.grant_types) & user_grants(rule.grant_types)
        )
        return () if any(client.federation_broker for client in clients) else clients

    def logins(self, ids: Iterable[str]) -> str:
        """Three logins and the number of the others."""
        users = [user for user in map(self._org.user, ids) if user is not None]
        return listed(quoted(title) for title in sorted(user.title for user in users))
