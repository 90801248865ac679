"""What data sources of a plan tell of objects that the base does not have.

An object that the base has is as the base has it. Of one that it does not have, what a data source
tells is known. What it does not tell is not: its other attributes, and what belongs to it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from auditor.terraform.appliers import Application
from auditor.terraform.apps import APP_FIELDS, APPS
from auditor.terraform.directory import GROUPS, USERS
from auditor.terraform.instances import client_id, in_path
from auditor.terraform.planned_org import Json, set_field
from auditor.terraform.record_fields import Fields, lay_over
from auditor.terraform.servers import SERVER_FIELDS, SERVERS

_PEOPLE = {
    "okta_group": "",
    "okta_everyone_group": "",
    "okta_groups": "groups",
    "okta_user": "",
    "okta_users": "users",
}
"""Data sources of groups and users, and the attribute of those that list several."""


def apply_data_source(application: Application) -> None:
    """A data source: objects that exist."""
    org, change = application.org, application.change
    if change.type in _PEOPLE:
        several = _PEOPLE[change.type]
        for one in _objects(change.after.get(several) if several else [change.after]):
            path, record = _group(one, change.type) if "group" in change.type else _user(one)
            if record["id"] not in org.records(path):
                org.add_existing(path, record)
    elif change.type == "okta_auth_server":
        _lay(application, SERVERS, SERVER_FIELDS, "its policies")
    elif change.type == "okta_app_oauth" and _lay(application, APPS, APP_FIELDS, "its assignments"):
        record = org.records(APPS)[in_path(change.after["id"])]
        set_field(record, "credentials.oauthClient.client_id", client_id(change))


def _objects(values: Any) -> Iterator[Json]:
    """The objects of a list that have an id."""
    for value in values if isinstance(values, list) else ():
        if isinstance(value, dict) and isinstance(value.get("id"), str) and value["id"]:
            yield value


def _group(group: Json, kind: str) -> tuple[str, Json]:
    everyone = kind == "okta_everyone_group"
    return GROUPS, {
        "id": in_path(group["id"]),
        "type": "BUILT_IN" if everyone else group.get("type") or "OKTA_GROUP",
        "profile": {"name": "Everyone" if everyone else group.get("name")},
    }


def _user(user: Json) -> tuple[str, Json]:
    return USERS, {
        "id": in_path(user["id"]),
        "status": user.get("status"),
        "profile": {"login": user.get("login")},
    }


def _lay(application: Application, path: str, fields: Fields, rest: str) -> bool:
    """Add what a data source tells of an object; False if the base has it, or nothing is told.

    Args:
        application: of the data source.
        path: the list.
        fields: by attribute.
        rest: what belongs to the object.
    """
    org, change = application.org, application.change
    identity = change.after.get("id")
    if not isinstance(identity, str) or in_path(identity) in org.records(path):
        return False
    stated = {name: field for name, field in fields.items() if change.after.get(name) is not None}
    record: Json = {"id": in_path(identity)}
    laid = lay_over(record, application.attributes, stated, new=False)
    org.add_existing(path, laid.record)
    org.unknown(
        path,
        f"{change.address}: {rest}, and what a data source does not tell, are not in the base",
        record["id"],
    )
    return True
