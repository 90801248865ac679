"""Whom policy rules name, compared with who is assigned to the clients.

Needs `policy_rules`, `group_members`, `app_users`, `app_groups` and `users`.
"""

from __future__ import annotations

from collections.abc import Iterable

from auditor.snapshot.index import Org
from auditor.snapshot.models.base import Place
from auditor.snapshot.models.clients import App
from auditor.snapshot.models.servers import ALL_CLIENTS, AccessPolicy, PolicyRule
from auditor.text import listed, quoted
from auditor.tokens.matching import admitted_users, user_grants


class People:
    """Sets of users, each worked out once: many rules and clients share the same groups.

    Users who are gone or cannot sign in are in none of them; other rules report those.
    """

    def __init__(self, org: Org) -> None:
        self._org = org
        self._able = frozenset(user.id for user in org.users if not user.shut_out)
        self._named: dict[Place, frozenset[str]] = {}
        self._assigned: dict[tuple[str, ...], frozenset[str]] = {}

    def named(self, rule: PolicyRule) -> frozenset[str]:
        """Users whom a rule lets through by name or by group."""
        if rule.place not in self._named:
            self._named[rule.place] = admitted_users(self._org, rule) & self._able
        return self._named[rule.place]

    def assigned(self, clients: Iterable[App]) -> frozenset[str]:
        """Users who are assigned to at least one of the clients."""
        every = tuple(clients)
        key = tuple(client.id for client in every)
        if key not in self._assigned:
            users = frozenset[str]().union(*map(self._org.assigned_users, every))
            self._assigned[key] = users & self._able
        return self._assigned[key]

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

    def reached(self, policy: AccessPolicy, rule: PolicyRule) -> frozenset[str]:
        """Users whom a rule names and who are assigned to a client that its policy names."""
        clients = self.audience(policy, rule)
        return self.named(rule) & self.assigned(clients) if clients else self.named(rule)

    def logins(self, ids: Iterable[str]) -> str:
        """Three logins and the number of the others."""
        users = [user for user in map(self._org.user, ids) if user is not None]
        return listed(quoted(title) for title in sorted(user.title for user in users))
