"""The people of a tenant as sets: who can sign in, who is assigned, whom a rule admits.

Answers for all users at once what `people.py` answers for one. Each set is made once and shared
by all servers, clients and grant types.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from itertools import chain

from auditor.snapshot.models.agents import AgentClient
from auditor.snapshot.models.clients import App
from auditor.snapshot.models.servers import EVERYONE, PolicyRule
from auditor.snapshot.org import Org
from auditor.snapshot.packed_values import whole
from auditor.tokens.grants import USER_CHECK_UNDOCUMENTED, USERLESS_GRANTS
from auditor.tokens.people import assignments_known, members_known, open_to_everybody, user_apps
from auditor.tokens.reach.user_sets import Numbering, UncertainUsers, UserSet
from auditor.tokens.reach.zones import let_in
from auditor.tokens.rule_conditions import admits_userless, names_nobody
from auditor.tokens.situation import Situation
from auditor.tokens.user_checks import can_sign_in

_LARGE = 4
"""Times as many members as an app has users."""

PEOPLE_READS = ("policy_rules", "group_members", "app_users", "app_groups", "users")
"""The collections that the people of custom servers' requests rest on."""


def shared_populations(org: Org) -> Populations:
    """The populations of an org, computed once for all callers.

    Args:
        org: the org; a restricted view must read `PEOPLE_READS`.
    """
    return org.remembered(Populations, PEOPLE_READS)


class Populations:
    """Sets of the users of one tenant.

    Where the users were not all read, the ids that assignments, groups and rules mention are
    numbered too, and one more person, None, stands for anybody who is mentioned nowhere.

    Args:
        org: the tenant; a restricted view must read `reads.READS` and consult
            `reads.CONSULTS`.
        users: a numbering of more people than the tenant's own, so that sets of two snapshots
            can be compared; whoever is not a user of this one counts as deleted.
    """

    def __init__(self, org: Org, users: Numbering | None = None) -> None:
        self._org = org
        self._common = users
        self._nobody = Numbering([None])
        self._assigned: dict[str, UncertainUsers] = {}
        self._admitted: dict[tuple[str, bool], UncertainUsers] = {}
        self._sign_in: dict[str, UncertainUsers] = {}
        self._in_doubt: dict[str, UserSet] = {}
        self._groups: dict[str, UserSet] = {}

    @cached_property
    def users(self) -> Numbering:
        """The users of the tenant."""
        if self._common is not None:
            return self._common
        listed = dict.fromkeys(chain.from_iterable(self._org.users_by_status.values()))
        if self._org.known("users"):
            return Numbering(listed)
        return Numbering([None, *(listed | dict.fromkeys(sorted(self._mentioned() - set(listed))))])

    def all(self, grant: str) -> Numbering:
        """Everybody who could take part in a grant type."""
        return self._nobody if grant in USERLESS_GRANTS else self.users

    def eligible(self, situation: Situation, *, user_checked: bool = False) -> UncertainUsers:
        """Those who can sign in and are assigned: policies decide on their requests.

        Args:
            situation: the client and the grant type.
            user_checked: whether people who are not assigned are out even where it is not known
                whether that matters.
        """
        client, grant = situation.client, situation.grant
        if grant in USERLESS_GRANTS:
            return let_in(situation.org, UncertainUsers.certain(self._nobody.all), client, grant)
        entitled = self.entitled(client, grant, user_checked=user_checked)
        return let_in(situation.org, self.sign_in(situation) & entitled, client, grant)

    def entitled(self, client: App, grant: str, *, user_checked: bool = False) -> UncertainUsers:
        """Those who may get a client's tokens as far as assignments go.

        These are the assigned users; in token exchange, nobody else is out for certain.

        Args:
            client: the client.
            grant: the grant type.
            user_checked: as in `eligible`.
        """
        people = self.assigned(client)
        open_to_all = grant in USER_CHECK_UNDOCUMENTED and not user_checked
        return UncertainUsers(people.sure, self.users.all) if open_to_all else people

    def sign_in(self, situation: Situation) -> UncertainUsers:
        """Those whose status lets them sign in with the grant type of a situation."""
        if situation.grant not in self._sign_in:
            sure = self.users.none
            for status, ids in self._org.users_by_status.items():
                if can_sign_in(situation.grant, status):
                    sure |= self.users.of(ids)
            possible = sure | self.status_in_doubt(situation.grant) | self._unlisted
            self._sign_in[situation.grant] = UncertainUsers(sure, possible)
        return self._sign_in[situation.grant]

    def status_in_doubt(self, grant: str) -> UserSet:
        """Those of whom Okta does not publish whether their status lets them use a grant type."""
        if grant in USERLESS_GRANTS:
            return self._nobody.none
        if grant not in self._in_doubt:
            people = self.users.none
            for status, ids in self._org.users_by_status.items():
                if can_sign_in(grant, status) is None:
                    people |= self.users.of(ids)
            self._in_doubt[grant] = people
        return self._in_doubt[grant]

    def assigned(self, client: App) -> UncertainUsers:
        """Those assigned to a client; everybody in Federation Broker Mode."""
        if open_to_everybody(client):
            return UncertainUsers.certain(self.users.all)
        key = client.client_id if isinstance(client, AgentClient) else client.id
        if key not in self._assigned:
            sure = self.users.none
            for app in user_apps(client):
                sure |= self._assigned_to(app)
            complete = assignments_known(self._org, client)
            self._assigned[key] = UncertainUsers(sure, sure if complete else self.users.all)
        return self._assigned[key]

    def _assigned_to(self, app: App) -> UserSet:
        if any(self._org.left_aside(name, app) for name in ("app_groups", "app_users")):
            return self.users.none
        groups = [group.id for group in self._org.assigned_groups(app)]
        sure = self.users.none
        for group in groups:
            sure |= self._members(group)
        if others := self._outside(groups, self._org.direct_assignments(app)):
            sure |= self.users.of(others)
        return sure

    def _outside(self, groups: Iterable[str], lists: Iterable[Iterable[str]]) -> set[str]:
        """Those of some users who are in none of some groups.

        Most users of an app are members of its groups. To drop them here is ten times faster
        than to number them again.
        """
        others = set[str]().union(*map(whole, lists))
        large = _LARGE * len(others)
        for group in groups:
            if not others:
                break
            members = self._org.member_list(group)
            # A set of a large group is worth keeping: it may be assigned to every app.
            keep = len(members) > large
            others.difference_update(self._org.members(group) if keep else whole(members))
        return others

    def admitted(self, rule: PolicyRule, grant: str) -> UncertainUsers:
        """Those whom a rule's people condition lets through, assigned or not.

        In token exchange nobody is out for certain.
        """
        people = self.named(rule, grant)
        return (
            UncertainUsers(people.sure, self.users.all)
            if grant in USER_CHECK_UNDOCUMENTED
            else people
        )

    def named(self, rule: PolicyRule, grant: str) -> UncertainUsers:
        """Those for whom a rule's people condition holds, whether or not that matters."""
        if grant in USERLESS_GRANTS:
            nobody = self._nobody
            return UncertainUsers.certain(nobody.all if admits_userless(rule) else nobody.none)
        key = rule.place.path + rule.id, names_nobody(rule, grant)
        if key not in self._admitted:
            self._admitted[key] = self._admit(rule, grant)
        return self._admitted[key]

    def _admit(self, rule: PolicyRule, grant: str) -> UncertainUsers:
        users, people = self.users, rule.people
        included = UncertainUsers.certain(users.all)
        if names_nobody(rule, grant):
            included = UncertainUsers(users.none, users.all)
        elif not people.everyone:
            included = self._users_of(people.users.include, people.groups.include)
        if not people.users.exclude and not people.groups.exclude:
            return included
        return included - self._users_of(people.users.exclude, people.groups.exclude)

    def _users_of(self, users: Iterable[str], groups: Iterable[str]) -> UncertainUsers:
        """Users whom a list names, directly or through a group."""
        named = [group for group in groups if group != EVERYONE]
        sure = self.users.of(users)
        for group in named:
            sure |= self._members(group)
        complete = all(members_known(self._org, group) for group in named)
        return UncertainUsers(sure, sure if complete else self.users.all)

    def _members(self, group_id: str) -> UserSet:
        """The members of a group; most groups are named by many apps and rules."""
        if group_id not in self._groups:
            self._groups[group_id] = self.users.of(self._org.member_list(group_id))
        return self._groups[group_id]

    @cached_property
    def _unlisted(self) -> UserSet:
        """Those whose status was not read."""
        if self._org.known("users"):
            return self.users.none
        return self.users.all - self.users.of(
            chain.from_iterable(self._org.users_by_status.values())
        )

    def _mentioned(self) -> set[str]:
        """Ids of users that assignments, groups or rules mention."""
        org = self._org
        groups = {assigned.id for app in org.apps for assigned in org.assigned_groups(app)}
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
