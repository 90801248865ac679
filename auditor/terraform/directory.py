"""Users, groups, memberships and group rules of a plan."""

from __future__ import annotations

from auditor.terraform.admin_roles import leave_roles_open
from auditor.terraform.appliers import Application
from auditor.terraform.instances import old_id
from auditor.terraform.planned_org import list_path
from auditor.terraform.record_fields import Field

GROUPS = list_path("groups")
USERS = list_path("users")
GROUP_RULES = list_path("group_rules")

GROUP_FIELDS = {"name": Field("profile.name", shapes_tokens=False)}
USER_FIELDS = {
    "login": Field("profile.login", shapes_tokens=False),
    "status": Field("status", default="ACTIVE"),
}
GROUP_RULE_FIELDS = {
    "name": Field("name", shapes_tokens=False),
    "status": Field("status", default="ACTIVE"),
    "expression_value": Field("conditions.expression.value"),
    "expression_type": Field("conditions.expression.type", default="urn:okta:expression:1.0"),
    "group_assignments": Field("actions.assignUserToGroups.groupIds", is_list=True),
    "users_excluded": Field("conditions.people.users.exclude", is_list=True),
}


def apply_group(application: Application) -> None:
    """An `okta_group`. A new one has no members but those that the plan gives it."""
    application.take_away(GROUPS)
    if not application.attributes.deleted:
        application.lay(GROUPS, GROUP_FIELDS, start={"type": "OKTA_GROUP"})


def apply_user(application: Application) -> None:
    """An `okta_user`. Everybody is a member of the group Everyone."""
    org = application.org
    if application.change.deletes and (identity := old_id(application.change)):
        org.remove(USERS, identity)
    if application.attributes.deleted:
        return
    record = application.lay(USERS, USER_FIELDS)
    for group in org.everyone_groups:
        path = list_path("group_members", group)
        if org.has_list(path):
            org.ids(path).add(record["id"])


def apply_memberships(application: Application) -> None:
    """An `okta_group_memberships`: users whom a group has; with track_all_users, all it has."""
    group = application.reference("group_id", "group_members")
    if group is None:
        return
    users = application.attributes.get_list("users")
    before = application.before.get_list("users").texts
    path = list_path("group_members", group)
    org = application.org
    leave_roles_open(application, group, {*users.texts} ^ {*before})
    if not org.has_list(path):
        return  # nobody has read its members, and nothing is said of them
    if application.change.deletes:
        org.ids(path).difference_update(before)
    if application.attributes.deleted:
        return
    org.ids(path).difference_update(before)
    track_all = application.attributes.get("track_all_users")
    if track_all.value is True:
        org.ids(path).clear()
    org.ids(path).update(users.texts)
    for unknown in filter(None, (users.unknown, track_all.unknown)):
        org.unknown(path, unknown)


def apply_user_memberships(application: Application) -> None:
    """An `okta_user_group_memberships`: groups that a user is in."""
    user = application.reference("user_id", "group_members")
    if user is None:
        return
    org = application.org
    deleted = application.attributes.deleted
    left = {*application.before.get_list("groups").texts}
    joined = set() if deleted else {*application.attributes.get_list("groups").texts}
    for group in sorted(left ^ joined):
        leave_roles_open(application, group, [user])
    for group in application.before.get_list("groups").texts:
        path = list_path("group_members", group)
        if org.has_list(path):
            org.ids(path).discard(user)
    if application.attributes.deleted:
        return
    groups = application.attributes.get_list("groups")
    for group in groups.texts:
        path = list_path("group_members", group)
        if org.has_list(path):
            org.ids(path).add(user)
    if groups.unknown:
        org.unknown_everywhere("group_members", groups.unknown)


def apply_group_rule(application: Application) -> None:
    """An `okta_group_rule`. Whom it adds comes to be known after apply, and whom it leaves."""
    application.take_away(GROUP_RULES)
    before = application.before
    groups = before.get_list("group_assignments").texts
    if application.attributes.deleted:
        if before.get("remove_assigned_users").value is True:
            _members_open(application, groups, "whom it removes from")
        return
    changed = any(
        application.attributes.changed(name) for name in GROUP_RULE_FIELDS if name != "name"
    )
    application.lay(GROUP_RULES, GROUP_RULE_FIELDS)
    inactive = {before.get("status").text, application.attributes.get("status").text}
    if not changed or inactive <= {"INACTIVE", None if before.change.before else "INACTIVE"}:
        return
    assigned = application.attributes.get_list("group_assignments")
    if assigned.unknown:
        application.org.unknown_everywhere("group_members", assigned.unknown)
    _members_open(application, (*assigned.texts, *groups), "whom it adds to")


def _members_open(application: Application, groups: tuple[str, ...], what: str) -> None:
    """Leave open who is in groups, as far as that was known."""
    org = application.org
    for group in dict.fromkeys(groups):
        path = list_path("group_members", group)
        if org.has_list(path):
            who = f"{application.change.address}: {what} group {group}"
            org.unknown(path, f"{who} is known after apply")
