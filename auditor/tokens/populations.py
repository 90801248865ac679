"""The people of a tenant as sets: who can sign in, who is assigned, whom a rule admits.

What `people.py` answers for one user, for all of them at once. Each set is made once and
shared by every server, client and grant type.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from itertools import chain

from auditor.snapshot.index import Org
from auditor.snapshot.models.clients import App
from auditor.snapshot.models.directory import User
from auditor.snapshot.models.servers import EVERYONE, PolicyRule
from auditor.tokens.grants import TOKEN_EXCHANGE, USERLESS_GRANTS
from auditor.tokens.matching import admits_userless
from auditor.tokens.people import assigned_ids, gathered
from auditor.tokens.situation import Situation
from auditor.tokens.userset import Numbering, People, UserSet


class Populations:
    """Sets of the users of one tenant.

    Where the users were not all read, the ids that assignments, groups and rules mention are
    numbered too, and one more person, None, stands for anybody who is mentioned nowhere.

    Args:
        org: the tenant; a restricted view must read `decide.READS`.
    """

    def __init__(self, org: Org) -> None:
        self._org = org
        self._nobody = Numbering([None])
        self._assigned: dict[str, People] = {}
        self._admitted: dict[str, People] = {}
        self._sign_in: dict[str, People] = {}

    @cached_property
    def users(self) -> Numbering:
        """The users of the tenant."""
        listed = dict.fromkeys(user.id for user in self._org.users)
        if self._org.known("users"):
            return Numbering(listed)
        return Numbering([None, *(listed | dict.fromkeys(sorted(self._mentioned() - set(listed))))])

    def all(self, grant: str) -> Numbering:
        """Everybody who could take part in a grant type."""
        return self._nobody if grant in USERLESS_GRANTS else self.users

    def eligible(self, situation: Situation) -> People:
        """Those who can sign in and are assigned: whose requests a policy is to decide."""
        if situation.grant in USERLESS_GRANTS:
            return People.certain(self._nobody.all)
        return self.sign_in(situation) & self.assigned(situation.client)

    def sign_in(self, situation: Situation) -> People:
        """Those whose status lets them sign in with the grant type of a situation."""
        if situation.grant not in self._sign_in:
            able = [s for s, (user, _) in self._by_status.items() if situation.can_sign_in(user)]
            sure = self.users.none
            for status in able:
                sure |= self._by_status[status][1]
            self._sign_in[situation.grant] = People(sure, sure | self._unlisted)
        return self._sign_in[situation.grant]

    def assigned(self, client: App) -> People:
        """Those assigned to a client; everybody in Federation Broker Mode."""
        if client.federation_broker:
            return People.certain(self.users.all)
        if client.id not in self._assigned:
            ids, complete = assigned_ids(self._org, client)
            sure = self.users.of(ids)
            self._assigned[client.id] = People(sure, sure if complete else self.users.all)
        return self._assigned[client.id]

    def admitted(self, rule: PolicyRule, grant: str) -> People:
        """Those whom a rule's people condition lets through, assigned or not.

        Under token exchange nobody is out for certain; see `Candidate.admits`.
        """
        if grant in USERLESS_GRANTS:
            nobody = self._nobody
            return People.certain(nobody.all if admits_userless(rule) else nobody.none)
        if rule.place.path + rule.id not in self._admitted:
            self._admitted[rule.place.path + rule.id] = self._admit(rule)
        people = self._admitted[rule.place.path + rule.id]
        return People(people.sure, self.users.all) if grant == TOKEN_EXCHANGE else people

    def _admit(self, rule: PolicyRule) -> People:
        users, people = self.users, rule.people
        included = People.certain(users.all)
        if not people.everyone:
            included = self._named(
                *gathered(self._org, people.users.include, people.groups.include)
            )
        if not people.users.exclude and not people.groups.exclude:
            return included
        return included - self._named(
            *gathered(self._org, people.users.exclude, people.groups.exclude)
        )

    def _named(self, ids: frozenset[str], complete: bool) -> People:  # noqa: FBT001
        sure = self.users.of(ids)
        return People(sure, sure if complete else self.users.all)

    @cached_property
    def _by_status(self) -> dict[str | None, tuple[User, UserSet]]:
        """One user of each status, and all of them."""
        found: dict[str | None, list[User]] = {}
        for user in self._org.users:
            found.setdefault(user.status, []).append(user)
        return {
            status: (users[0], self.users.of(user.id for user in users))
            for status, users in found.items()
        }

    @cached_property
    def _unlisted(self) -> UserSet:
        """Those whose status was not read."""
        return self.users.all - self.users.of(user.id for user in self._org.users)

    def _mentioned(self) -> set[str]:
        """Ids of users that anything but the list of users knows of."""
        org = self._org
        groups = {item.id for app in org.apps for item in org.assigned_groups(app)}
        ids = {user for app in org.apps for user in org.assigned_users(app)}
        for rule in self._rules():
            people = rule.people
            ids.update(people.users.include, people.users.exclude)
            groups.update(people.groups.include, people.groups.exclude)
        return ids.union(*(org.members(group) for group in groups - {EVERYONE}))

    def _rules(self) -> Iterator[PolicyRule]:
        org = self._org
        policies = chain.from_iterable(org.policies(server) for server in org.servers)
        return chain.from_iterable(org.rules(policy) for policy in policies)
