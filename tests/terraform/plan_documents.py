"""Plans for tests, as `terraform show -json` writes them."""

from __future__ import annotations

import re
from typing import Any

Json = dict[str, Any]

RULE: Json = {
    "id": "0pr1",
    "auth_server_id": "aus1",
    "policy_id": "00p1",
    "name": "Readers",
    "status": "ACTIVE",
    "priority": 1,
    "grant_type_whitelist": ["authorization_code"],
    "scope_whitelist": ["billing:read", "openid"],
    "group_whitelist": ["EVERYONE"],
}
"""The rule of the small tenant, as Terraform has it."""


def known_after_apply(*names: str) -> Json:
    """A mask of attributes that are known after apply."""
    return dict.fromkeys(names, True)


def change(address: str, *actions: str, **parts: Any) -> Json:
    """An entry of `resource_changes`.

    Args:
        address: of the instance; type and name are read off it.
        actions: what happens.
        parts: `before`, `after`, `after_unknown`, … of the change; `index`, `mode` and so on of
            the entry.
    """
    kind, name = re.sub(r"\[[^\]]*\]", "", address).split(".")[-2:]
    entry: Json = {
        "address": address,
        "mode": "managed",
        "type": kind,
        "name": name,
        "change": {
            "actions": list(actions),
            "before": parts.pop("before", None),
            "after": parts.pop("after", None),
            "after_unknown": parts.pop("after_unknown", {}),
            "before_sensitive": parts.pop("before_sensitive", False),
            "after_sensitive": parts.pop("after_sensitive", {}),
        },
    }
    return {**entry, **parts}


def create(address: str, after: Json, *unknown: str, **parts: Any) -> Json:
    """A resource that is created, some of whose attributes are known after apply."""
    mask = {**known_after_apply("id", *unknown), **parts.pop("after_unknown", {})}
    return change(address, "create", after=after, after_unknown=mask, **parts)


def update(address: str, before: Json, **changed: Any) -> Json:
    """A resource of which some attributes change."""
    return change(address, "update", before=before, after={**before, **changed})


def delete(address: str, before: Json) -> Json:
    """A resource that is destroyed."""
    return change(address, "delete", before=before)


def resource(address: str, **references: list[str]) -> Json:
    """A resource of the configuration, with what its attributes refer to."""
    kind, name = address.removeprefix("data.").split(".")
    return {
        "address": address,
        "mode": "data" if address.startswith("data.") else "managed",
        "type": kind,
        "name": name,
        "expressions": {key: {"references": value} for key, value in references.items()},
    }


def plan(*changes: Json, resources: tuple[Json, ...] = (), **parts: Any) -> Json:
    """A plan.

    Args:
        changes: of its resources.
        resources: of the root module of its configuration.
        parts: other members.
    """
    return {
        "format_version": "1.2",
        "terraform_version": "1.11.4",
        "resource_changes": list(changes),
        "configuration": {"root_module": {"resources": list(resources)}},
        "timestamp": "2026-11-28T08:00:00Z",
        "applyable": True,
        "complete": True,
        "errored": False,
        **parts,
    }
