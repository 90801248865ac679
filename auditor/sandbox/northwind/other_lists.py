"""What the company has that this tool does not read: for other collectors that try the sandbox."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from auditor.sandbox.northwind.ids import made_id

_USERS = "/api/v1/users"


def other_lists(document: Mapping[str, Any]) -> dict[str, Any]:
    """Further paths for the company's tenant file.

    Everybody has a second factor on the phone. An org in which nobody has one is not only odd:
    OpenHound converts none.

    Args:
        document: the company as a tenant file.
    """
    return {f"{_USERS}/{user['id']}/factors": [_okta_verify(user)] for user in document[_USERS]}


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
