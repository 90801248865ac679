"""Who can sign in, who is assigned, whom a rule admits: yes, no, or not known (None)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from auditor.snapshot.models.agents import AgentClient
from auditor.snapshot.models.clients import App
from auditor.snapshot.models.servers import EVERYONE, PolicyRule
from auditor.snapshot.org import Org
from auditor.tokens.rule_conditions import admits_userless, names_nobody

Test = Callable[[str], "bool | None"]
"""Answers for a user id; None where the snapshot does not say."""


def assignment_test(org: Org, client: App) -> Test:
    """Whether a user is assigned to a client, directly or through a group.

    Federation Broker Mode (implicit assignment) takes the place of an assignment.
    """
    if open_to_everybody(client):
        return lambda _: True
    assigned, complete = assigned_ids(org, client)

    def test(user: str) -> bool | None:
        return True if user in assigned else (False if complete else None)

    return test


def assigned_ids(org: Org, client: App) -> tuple[frozenset[str], bool]:
    """Users assigned to a client, and whether these are all of them.

    Federation Broker Mode plays no part.
    """
    first, *others = map(org.assigned_users, user_apps(client) or (client,))
    users = first.union(*others) if others else first  # of one app, not a copy
    return users, assignments_known(org, client)


def user_apps(client: App) -> tuple[App, ...]:
    """The apps whose users a client acts for: its own, but those that an AI agent is linked to."""
    return client.user_apps if isinstance(client, AgentClient) else (client,)


def open_to_everybody(client: App) -> bool:
    """Whether nobody needs an assignment (Federation Broker Mode)."""
    return any(app.federation_broker for app in user_apps(client))


def assignments_known(org: Org, client: App) -> bool:
    """Whether all users assigned to a client are known."""
    if isinstance(client, AgentClient) and client.other_users:
        return False
    return all(
        org.known("app_users", app)
        and org.known("app_groups", app)
        and all(members_known(org, group.id) for group in org.assigned_groups(app))
        for app in user_apps(client)
    )


def admission_test(org: Org, rule: PolicyRule, grant: str) -> Test:
    """Whether a rule's people condition lets a user through.

    The included users and members of included groups, less the excluded ones. EVERYONE is
    anybody assigned to the client. Excluded users are not shut out of the app: their requests
    fall through to the next rule.

    Args:
        org: the tenant.
        rule: the rule.
        grant: the grant type: on it depends what a rule that names nobody means.
    """
    people = rule.people
    excluded, out_complete = users_of(org, people.users.exclude, people.groups.exclude)
    if people.everyone:
        included, complete = frozenset[str](), True
    else:
        included, complete = users_of(org, people.users.include, people.groups.include)
        complete = complete and not names_nobody(rule, grant)

    def test(user: str) -> bool | None:
        if user in excluded:
            return False
        inside: bool | None = people.everyone or user in included
        if not inside:
            return False if complete else None
        return True if out_complete else None

    return test


@dataclass(frozen=True, slots=True)
class PeopleGap:
    """Why a rule's people condition does not let a user through."""

    excluded: bool
    """Whether the user is excluded. If not, neither the user nor a group of theirs is included."""

    groups: tuple[str, ...] = ()
    """Ids of the excluded groups that the user is in, or else of all included groups."""


def people_gap(org: Org, rule: PolicyRule, user: str | None, grant: str) -> PeopleGap | None:
    """Why a rule does not admit a user, or a request without one; None if it does."""
    people = rule.people
    if user is None:
        return None if admits_userless(rule) else PeopleGap(excluded=False)
    if user in people.users.exclude:
        return PeopleGap(excluded=True)
    excluding = tuple(group for group in people.groups.exclude if user in org.members(group))
    if excluding:
        return PeopleGap(excluded=True, groups=excluding)
    if admission_test(org, rule, grant)(user):
        return None
    return PeopleGap(excluded=False, groups=people.groups.include)


def users_of(org: Org, users: Iterable[str], groups: Iterable[str]) -> tuple[frozenset[str], bool]:
    """Users who are named directly or through a group, and whether these are all of them."""
    named = [group for group in groups if group != EVERYONE]
    ids = frozenset(users).union(*map(org.members, named))
    return ids, all(members_known(org, group) for group in named)


def members_known(org: Org, group_id: str) -> bool:
    """Whether all members of a group are known."""
    group = org.group(group_id)
    if group is None:
        return org.known("groups")  # it was deleted, and so has no members
    return org.known("group_members", group)
