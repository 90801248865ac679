"""Admin roles of a plan, as far as they are those of owners of API tokens: no others are read.

A role that a group has is one of its members (Okta Management API, "Group Role Assignments"). So a
role that a group gets is known of an owner who is known to be in it. Which roles somebody keeps who
loses one is not: the same role may come another way. Nor is what a group gives to a new member.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from auditor.terraform.appliers import Application
from auditor.terraform.attributes import Attribute
from auditor.terraform.instances import in_path, object_id
from auditor.terraform.planned_org import PlannedOrg, list_path

_TOKENS = list_path("api_tokens")
_GROUPS = list_path("groups")
_ROLES = "token_owner_roles"
_CUSTOM = "CUSTOM"


def apply_user_roles(application: Application) -> None:
    """An `okta_user_admin_roles`."""
    user = application.reference("user_id", _ROLES)
    path = list_path(_ROLES, user or "")
    if user is None or not application.org.has_list(path):
        return
    org = application.org
    deleted = application.attributes.deleted
    roles = Attribute() if deleted else application.attributes.get_list("admin_roles")
    gone = {*application.before.get_list("admin_roles").texts} - {*roles.texts}
    for identity, role in list(org.records(path).items()):
        if role.get("type") in gone:
            org.remove(path, identity)
    present = {role.get("type") for role in org.records(path).values()}
    for kind in roles.texts:
        if kind not in present:
            _give(application, user, kind)
    if roles.unknown:
        org.unknown(path, roles.unknown)


def apply_group_role(application: Application) -> None:
    """An `okta_group_role`. What it is limited to is not looked at by any rule."""
    change = application.change
    same = not any(
        application.attributes.changed(name) for name in ("group_id", "role_type", "role_id")
    )
    if same and not change.deletes:
        return
    old = application.before.get("group_id").text
    if change.before and old:
        _may_lose(application, _in_group(application.org, in_path(old)))
    if application.attributes.deleted:
        return
    group = application.reference("group_id", _ROLES)
    if group is None:
        return
    kind, role = (application.attributes.get(name) for name in ("role_type", "role_id"))
    for user, certain in _in_group(application.org, group):
        _assign(application, user, kind, role, certain=certain)


def apply_custom_assignments(application: Application) -> None:
    """An `okta_admin_role_custom_assignments`: users and groups that have a custom role.

    They are named by URLs, which end in `/users/ID` or `/groups/ID`.
    """
    org = application.org
    before = {*application.before.get_list("members").texts}
    members = application.attributes.get_list("members")
    if application.attributes.deleted:
        members = Attribute()
    role = application.attributes.get("custom_role_id")
    if members.unknown:
        org.unknown_everywhere(_ROLES, members.unknown)
    for url in sorted(before - {*members.texts}):
        _may_lose(application, _owners_of_url(org, url))
    for url in members.texts:
        if url in before and not application.attributes.changed("custom_role_id"):
            continue
        for user, certain in _owners_of_url(org, url):
            _assign(application, user, Attribute(_CUSTOM), role, certain=certain)


def leave_roles_open(application: Application, group: str, users: Iterable[str]) -> None:
    """Leave open the roles of owners who join or leave a group that the plan does not make.

    Args:
        application: of the resource that changes the members.
        group: the id of the group.
        users: ids of those who join or leave.
    """
    org = application.org
    owners = [user for user in _owners(org) if user in {*users}]
    if not owners or org.base is None or not org.in_base(_GROUPS, group):
        return
    for user in owners:
        why = f"{application.change.address}: the admin roles that group {group} gives"
        org.unknown(list_path(_ROLES, user), why)


def _owners(org: PlannedOrg) -> Iterator[str]:
    """Users who own an API token and whose roles were read."""
    owners = (token.get("userId") for token in org.records(_TOKENS).values())
    for user in dict.fromkeys(owner for owner in owners if isinstance(owner, str)):
        if org.has_list(list_path(_ROLES, user)):
            yield user


def _in_group(org: PlannedOrg, group: str) -> Iterator[tuple[str, bool]]:
    """Owners who are in a group, or may be, and whether it is certain."""
    path = list_path("group_members", group)
    everyone = group in org.everyone_groups
    known = org.has_list(path)
    for user in _owners(org):
        if everyone or (known and user in org.ids(path)):
            yield user, True
        elif not known or org.open(path):
            yield user, False


def _owners_of_url(org: PlannedOrg, url: str) -> Iterator[tuple[str, bool]]:
    """Owners whom a URL means, and whether it is certain."""
    *_, kind, identity = ["", *url.rstrip("/").split("/")]
    if kind == "groups":
        yield from _in_group(org, in_path(identity))
    elif kind == "users" and identity in _owners(org):
        yield identity, True


def _may_lose(application: Application, users: Iterable[tuple[str, bool]]) -> None:
    for user, _ in users:
        why = f"{application.change.address}: the admin roles that user {user} keeps without it"
        application.org.unknown(list_path(_ROLES, user), why)


def _assign(
    application: Application, user: str, kind: Attribute, role: Attribute, *, certain: bool
) -> None:
    address = application.change.address
    why = "" if certain else f"{address}: whether user {user} is in the group"
    why = why or kind.unknown or ("" if kind.text else f"{address}: role_type is not set")
    if why:
        application.org.unknown(list_path(_ROLES, user), why)
    else:
        _give(application, user, kind.text or "", role)


def _give(application: Application, user: str, kind: str, role: Attribute | None = None) -> None:
    org, path = application.org, list_path(_ROLES, user)
    record = {"id": f"{object_id(application.change)}#{kind}", "type": kind, "status": "ACTIVE"}
    if kind == _CUSTOM and role is not None:
        if role.text is None:
            why = role.unknown or f"{application.change.address}: role_id is not set"
            org.unknown(path, why)
            return
        record["role"] = in_path(role.text)
    org.put(path, record)
