"""What the company has that this tool does not read: for other collectors that try the sandbox."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from auditor.sandbox.northwind.ids import made_id
from auditor.sandbox.northwind.records import ORG_URL, resource_name

_USERS = "/api/v1/users"
_SETS = "/api/v1/iam/resource-sets"
_CLIENT_ROLES = re.compile("/oauth2/v1/clients/([^/]+)/roles")


def other_lists(document: Mapping[str, Any]) -> dict[str, Any]:
    """Further paths for the company's tenant file.

    Everybody has a second factor on the phone: an org in which nobody has one is odd, and OpenHound
    converts none. The resource sets to which custom admin roles are limited hold all users and
    groups.

    Args:
        document: the company as a tenant file.
    """
    factors = {f"{_USERS}/{user['id']}/factors": [_okta_verify(user)] for user in document[_USERS]}
    return {**factors, **_resource_sets(document)}


def _okta_verify(user: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": made_id("opf", user["id"]),
        "factorType": "push",
        "provider": "OKTA",
        "vendorName": "OKTA",
        "status": "ACTIVE",
        "created": user["created"],
        "lastUpdated": user["created"],
    }


def _resource_sets(document: Mapping[str, Any]) -> dict[str, Any]:
    lists: dict[str, Any] = {_SETS: []}
    for path, rows in document.items():
        if matched := _CLIENT_ROLES.fullmatch(path):
            for role in rows:
                if "resource-set" in role:
                    _add_resource_set(lists, role, client=matched[1])
    return lists


def _add_resource_set(lists: dict[str, Any], role: Mapping[str, Any], client: str) -> None:
    dates = {name: role[name] for name in ("created", "lastUpdated")}
    identity, label = role["resource-set"], role["label"]
    folder = f"{_SETS}/{identity}"
    holder = {"self": {"href": f"{ORG_URL}/oauth2/v1/clients/{client}"}}
    lists[_SETS].append({"id": identity, "label": label, "description": label, **dates})
    lists[f"{folder}/resources"] = [
        {"id": made_id("ire", identity, kind), "orn": resource_name("directory", kind), **dates}
        for kind in ("groups", "users")
    ]
    lists[f"{folder}/bindings"] = [{"id": role["role"]}]
    lists[f"{folder}/bindings/{role['role']}/members"] = [
        {"id": role["id"], "_links": holder, **dates}
    ]
