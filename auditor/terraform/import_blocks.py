"""HCL of an org that is not in Terraform yet: import blocks, with resources that fit them.

Ids of imports: provider documentation, "Import" of each resource.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from auditor.snapshot.collections import match
from auditor.snapshot.document import Snapshot
from auditor.terraform import apps, directory, servers
from auditor.terraform.record_fields import Fields

Json = dict[str, Any]

_NO_NAME = re.compile(r"[^a-z0-9_]+")
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_LAST_OF_FOUR = 0xFFFF
_LONGEST_NAME = 60
_COMPUTED = frozenset({"issuer", "kid", "client_id", "sign_on_mode", "system"})
"""Attributes that the provider sets itself."""


@dataclass(frozen=True, slots=True)
class _Importable:
    """A collection whose records become resources."""

    type: str
    file: str
    fields: Fields
    parents: tuple[str, ...] = ()
    """Attributes that name the parents, outermost first."""
    name: str = "name"
    """The field that the resource's name is made of, dotted."""


_IMPORTABLE: Mapping[str, _Importable] = {
    "authorization_servers": _Importable("okta_auth_server", "servers.tf", servers.SERVER_FIELDS),
    "policies": _Importable(
        "okta_auth_server_policy", "servers.tf", servers.POLICY_FIELDS, ("auth_server_id",)
    ),
    "policy_rules": _Importable(
        "okta_auth_server_policy_rule",
        "servers.tf",
        servers.RULE_FIELDS,
        ("auth_server_id", "policy_id"),
    ),
    "scopes": _Importable(
        "okta_auth_server_scope", "servers.tf", servers.SCOPE_FIELDS, ("auth_server_id",)
    ),
    "claims": _Importable(
        "okta_auth_server_claim", "servers.tf", servers.CLAIM_FIELDS, ("auth_server_id",)
    ),
    "apps": _Importable("okta_app_oauth", "apps.tf", apps.APP_FIELDS, name="label"),
    "groups": _Importable("okta_group", "groups.tf", directory.GROUP_FIELDS, name="profile.name"),
}


def import_blocks(snapshot: Snapshot) -> dict[str, str]:
    """The HCL of an org, by the name of the file.

    Args:
        snapshot: of the org. Okta's own objects are left out.
    """
    names = _Names()
    chosen = list(_records(snapshot))
    addresses = {record["id"]: f"{row.type}.{names.of(row, record)}" for _, row, record in chosen}
    texts: dict[str, list[str]] = {}
    for path, row, record in chosen:
        block = _block(path, row, record, addresses)
        texts.setdefault(row.file, []).append(block)
    return {file: "\n".join(blocks) for file, blocks in sorted(texts.items())}


def _records(snapshot: Snapshot) -> Iterator[tuple[str, _Importable, Json]]:
    for path in sorted(snapshot.resources):
        matched = match(path)
        row = _IMPORTABLE.get(matched[0].name) if matched else None
        if row is None:
            continue
        for record in snapshot.resources[path]:
            if isinstance(record, dict) and isinstance(record.get("id"), str) and _own(row, record):
                yield path, row, record


def _own(row: _Importable, record: Json) -> bool:
    """Whether the org made an object itself, so that Terraform can manage it."""
    default = row.type == "okta_auth_server" and record.get("default") is True
    if default or record.get("system") is True:
        return False
    if row.type == "okta_group":
        return record.get("type") == "OKTA_GROUP"
    if row.type == "okta_app_oauth":
        return isinstance((record.get("settings") or {}).get("oauthClient"), dict)
    return True


class _Names:
    """Names of resources, each once for a type."""

    def __init__(self) -> None:
        self._taken: set[tuple[str, str]] = set()
        self._numbers: dict[tuple[str, str], int] = {}
        """The last number that was tried for a name."""

    def of(self, row: _Importable, record: Json) -> str:
        text = _at(record, row.name)
        plain = _NO_NAME.sub("_", str(text or "").lower()).strip("_")[:_LONGEST_NAME]
        name = plain if plain[:1].isalpha() else f"x_{plain}".rstrip("_")
        number, free = self._numbers.get((row.type, name), 1), name
        while (row.type, free) in self._taken:
            number += 1
            free = f"{name}_{number}"
        self._numbers[row.type, name] = number
        self._taken.add((row.type, free))
        return free


def _block(path: str, row: _Importable, record: Json, addresses: Mapping[str, str]) -> str:
    matched = match(path)
    assert matched is not None
    keys = matched[1]
    kind, name = addresses[record["id"]].split(".")
    identity = "/".join((*keys, record["id"]))
    lines = ["import {", f"  to = {kind}.{name}", f"  id = {hcl_text(identity)}", "}", ""]
    lines.append(f'resource "{kind}" "{name}" {{')
    for attribute, key in zip(row.parents, keys, strict=True):
        lines.append(f"  {attribute} = {_reference(key, addresses)}")
    for attribute, field in row.fields.items():
        value = _at(record, field.path)
        if attribute in _COMPUTED or value in (None, []):
            continue
        if row.type == "okta_app_oauth" and attribute == "name":
            continue
        lines.append(f"  {attribute} = {_value(value)}")
    return "\n".join([*lines, "}", ""])


def _reference(key: str, addresses: Mapping[str, str]) -> str:
    """A reference to the resource with an id; the id itself if it is none."""
    address = addresses.get(key)
    return f"{address}.id" if address else hcl_text(key)


def _at(record: Json, field: str) -> Any:
    value: Any = record
    for name in field.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _value(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(hcl_text(str(item)) for item in value)}]"
    if isinstance(value, str):
        return hcl_text(value)
    return json.dumps(value)


def hcl_text(text: str) -> str:
    r"""A text as a literal of HCL, in which nothing is a template.

    >>> hcl_text('${user.email} "x"')
    '"$${user.email} \\"x\\""'
    """
    escaped = "".join(_ESCAPES.get(one) or _plain(one) for one in text)
    return f'"{escaped.replace("${", "$${").replace("%{", "%%{")}"'


def _plain(character: str) -> str:
    """A character as a reader sees it, or as an escape if nobody sees it."""
    if character.isprintable():
        return character
    code = ord(character)
    return f"\\u{code:04x}" if code <= _LAST_OF_FOUR else f"\\U{code:08x}"
