"""Whom policy rules name, compared with who is assigned to the clients."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

from auditor import Org, listed, quoted
from auditor.models import ALL_CLIENTS, AccessPolicy, App, PolicyRule
from auditor.oauth import AUTHORIZATION_CODE, PEOPLE_READS, UserSet, shared_populations, user_grants

from ._agents import names_agents

_SHOWN = 3


class RulePeople:
    """Sets of users, each worked out once: many rules and clients share the same groups.

    Users who are gone or cannot sign in are in none of them; other rules report those.
    """

    def __init__(self, org: Org) -> None:
        self._org = org
        self.populations = shared_populations(org)
        """All people, those who cannot sign in included."""
        self._able = self.populations.users.of(org.able_users)
        self._assigned: dict[tuple[str, ...], UserSet] = {}

    @classmethod
    def of(cls, org: Org) -> RulePeople:
        """The people of an org, the same object for all rules."""
        return org.remembered(cls, PEOPLE_READS)

    def able(self, ids: Iterable[str]) -> UserSet:
        """Those of the users who can sign in."""
        return self.populations.users.of(ids) & self._able

    def named(self, rule: PolicyRule) -> UserSet:
        """Users whom a rule lets through, by name, by group, or as anybody."""
        return self.populations.admitted(rule, AUTHORIZATION_CODE).sure & self._able

    def assigned(self, clients: Iterable[App]) -> UserSet:
        """Users who are assigned to at least one of the clients."""
        every = tuple(clients)
        key = tuple(client.id for client in every)
        if key not in self._assigned:
            users = self.populations.users.none
            for client in every:
                users |= self.populations.assigned(client).sure
            self._assigned[key] = users & self._able
        return self._assigned[key]

    def audience(self, policy: AccessPolicy, rule: PolicyRule) -> tuple[App, ...]:
        """Clients that a policy names and whose users can meet the rule.

        Empty where anybody may be a user: all clients, AI agents, or Federation Broker Mode.
        """
        if ALL_CLIENTS in policy.clients or names_agents(policy):
            return ()
        named = map(self._org.client, dict.fromkeys(policy.clients))
        clients = tuple(
            client
            for client in named
            if client is not None
            and client.active
            and client.configurable
            and user_grants(client.grant_types) & user_grants(rule.grant_types)
        )
        return () if any(client.federation_broker for client in clients) else clients

    def reached(self, policy: AccessPolicy, rule: PolicyRule) -> UserSet:
        """Users whom a rule names and who are assigned to a client that its policy names."""
        clients = self.audience(policy, rule)
        return self.named(rule) & self.assigned(clients) if clients else self.named(rule)

    def logins(self, people: UserSet) -> str:
        """Three logins and the number of the others."""
        users = (self._org.user(str(person)) for person in islice(people, _SHOWN))
        names = sorted(quoted(user.title) for user in users if user)
        more = len(people) - len(names)
        return f"{', '.join(names)} and {more:,} more" if more else listed(names)
