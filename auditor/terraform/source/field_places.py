"""Where an object of a planned snapshot, or a field of it, stands in the configuration."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from auditor.terraform import apps, directory, org_settings, servers
from auditor.terraform.plan import ResourceChange
from auditor.terraform.record_fields import Fields
from auditor.terraform.source.source_tree import Place, PlacedBlock, SourceTree

_FIELDS: Mapping[str, Fields] = {
    "okta_auth_server": servers.SERVER_FIELDS,
    "okta_auth_server_default": servers.SERVER_FIELDS,
    "okta_auth_server_policy": servers.POLICY_FIELDS,
    "okta_auth_server_policy_rule": servers.RULE_FIELDS,
    "okta_auth_server_scope": servers.SCOPE_FIELDS,
    "okta_auth_server_claim": servers.CLAIM_FIELDS,
    "okta_app_oauth": apps.APP_FIELDS,
    "okta_group": directory.GROUP_FIELDS,
    "okta_user": directory.USER_FIELDS,
    "okta_group_rule": directory.GROUP_RULE_FIELDS,
    "okta_network_zone": org_settings.ZONE_FIELDS,
    "okta_inline_hook": org_settings.HOOK_FIELDS,
    "okta_trusted_origin": org_settings.ORIGIN_FIELDS,
}


@dataclass(frozen=True)
class FieldPlaces:
    """Places of objects in a configuration.

    Args:
        source: the configuration.
        resources: what objects come from, by their ids.
    """

    source: SourceTree
    resources: Mapping[str, ResourceChange]

    def resource(self, identity: str) -> ResourceChange | None:
        """The resource that an object comes from; None if Terraform does not manage it."""
        return self.resources.get(identity) or self.resources.get(identity.partition("#")[0])

    def block(self, identity: str) -> PlacedBlock | None:
        """The block of an object."""
        found = self.resource(identity)
        return self.source.block(found.address) if found else None

    def place(self, identity: str, field: str | None) -> Place | None:
        """Where a field of an object is set; the block of the object if no attribute sets it.

        Args:
            identity: the object's id.
            field: the field, dotted; None for the object.
        """
        found = self.resource(identity)
        block = self.source.block(found.address) if found else None
        if found is None or block is None:
            return None
        return block.place(_attribute(found.type, field or ""))

    def gained(self, identity: str, scopes: Collection[str]) -> Place | None:
        """Where a plan changes an object so that somebody gains scopes.

        Args:
            identity: the object's id.
            scopes: what is gained.

        Returns:
            The likeliest of the changed attributes, or the block of a new object; None if the plan
            changes none that gives access to anybody.
        """
        found = self.resource(identity)
        block = self.source.block(found.address) if found else None
        if found is None or block is None:
            return None
        if found.creates:
            return block.place()
        names = found.before.keys() | found.after.keys() | found.unknown.keys()
        changed = {
            name
            for name in names
            if name in found.unknown or found.before.get(name) != found.after.get(name)
        }
        causes = [name for name in sorted(changed) if _gives_access(found.type, name)]
        before = found.before.get("scope_whitelist")
        if "scope_whitelist" in causes and not set(scopes) <= set(before or ()):
            return block.place("scope_whitelist")
        return block.place(causes[0]) if causes else None


def _gives_access(kind: str, attribute: str) -> bool:
    """Whether somebody may gain a scope by an attribute."""
    field = _FIELDS.get(kind, {}).get(attribute)
    if field is not None and not field.shapes_tokens:
        return False
    return attribute != "description" and not attribute.endswith("_minutes")


def _attribute(kind: str, field: str) -> str:
    """The attribute that sets a field or the nearest thing that holds it."""
    fields = _FIELDS.get(kind, {})
    for name, item in fields.items():
        if item.path == field:
            return name
    for name, item in fields.items():
        if field and (field.startswith(f"{item.path}.") or item.path.startswith(f"{field}.")):
            return name
    return ""
