"""The user is not assigned to the app: which groups are, and which of them the user lacks."""

from __future__ import annotations

from auditor.diagnosis.case import Case
from auditor.diagnosis.causes.needs import of_client, of_client_and_user
from auditor.diagnosis.causes.verdict import (
    CauseVerdict,
    Evidence,
    evidence,
    not_so,
    proven,
    unknown,
)
from auditor.diagnosis.known_error import of_rejection, setting
from auditor.snapshot.models.clients import App
from auditor.snapshot.models.directory import User
from auditor.text import listed, quoted
from auditor.tokens import rejections
from auditor.tokens.grants import USERLESS_GRANTS
from auditor.tokens.people import assigned_ids, assignment_test, open_to_everybody, user_apps

_MOST_GROUPS = 500
"""Groups in which a user is looked for, only to show them."""


@of_client
def _nobody(case: Case, client: App) -> CauseVerdict:
    if verdict := _not_asked_for(client):
        return verdict
    assigned, complete = assigned_ids(case.org, client)
    if assigned:
        return not_so(f"people are assigned to client {quoted(client.title)}")
    if not complete:
        return unknown(f"not all assignments of client {quoted(client.title)} were read")
    text = f"nobody is assigned to client {quoted(client.title)}, neither directly nor by a group"
    return proven(text, *_assignments(case, client))


@of_client_and_user
def _this_user(case: Case, client: App, user: User) -> CauseVerdict:
    if verdict := _not_asked_for(client):
        return verdict
    answer = assignment_test(case.org, client)(user.id)
    name = f"user {quoted(user.title)}"
    if answer is None:
        return unknown(f"not all assignments of client {quoted(client.title)} were read")
    if answer:
        return not_so(f"{name} is assigned to client {quoted(client.title)}")
    if not assigned_ids(case.org, client)[0]:
        return not_so("nobody is assigned at all")
    groups = _group_titles(case, client)
    among = f", and is in none of its groups ({listed(map(quoted, groups), most=5)})"
    text = f"{name} is not assigned to client {quoted(client.title)}{among if groups else ''}"
    fixes = [f"add {name} to group {quoted(group)}" for group in groups[:1]]
    verdict = proven(text, *_assignments(case, client), *_groups_of(case, user))
    return verdict.fixed_by(*fixes, f"assign {name} to client {quoted(client.title)} directly")


def _groups_of(case: Case, user: User) -> tuple[Evidence, ...]:
    """The user's groups; not where that would unpack the members of very many groups."""
    groups = case.org.groups
    if len(groups) > _MOST_GROUPS:
        return ()
    own = sorted(one.title for one in groups if user.id in case.org.member_list(one.id))
    return (evidence(user, "groups of the user, of those that were read", own[:20]),)


def _not_asked_for(client: App) -> CauseVerdict | None:
    """The verdict on a client of which Okta asks no assignment."""
    grants = client.grant_types
    if client.configurable and grants and USERLESS_GRANTS.issuperset(grants):
        shown = evidence(client, "settings.oauthClient.grant_types", grants)
        return not_so(f"client {quoted(client.title)} has no grant type with a user", shown)
    if not open_to_everybody(client):
        return None
    return not_so(
        "Federation Broker Mode is on, so that nobody needs an assignment",
        evidence(client, "settings.implicitAssignment", value=True),
    )


def _assignments(case: Case, client: App) -> tuple[Evidence, ...]:
    direct = sum(len(ids) for app in user_apps(client) for ids in case.org.direct_assignments(app))
    return (
        evidence(client, "groups", _group_titles(case, client)),
        evidence(client, "number of users that the app lists", direct),
    )


def _group_titles(case: Case, client: App) -> list[str]:
    ids = [group.id for app in user_apps(client) for group in case.org.assigned_groups(app)]
    groups = [case.org.group(one) for one in dict.fromkeys(ids)]
    return [group.title for group in groups if group is not None]


ROWS = (
    of_rejection(
        "not-assigned",
        rejections.NOT_ASSIGNED,
        "The user is not assigned to the app, neither directly nor through a group.",
        setting(
            "nobody-assigned",
            "nobody at all is assigned to the app",
            "assign a group to the app",
            _nobody,
        ),
        setting(
            "user-not-assigned",
            "this user is neither assigned nor in a group that is",
            "assign the user or a group of the user to the app",
            _this_user,
        ),
        pattern=r"User (?:is not|isn['\u2019]t) assigned to the client app",
    ),
)
