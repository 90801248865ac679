"""What belongs to the org as a whole: zones, origins, hooks, API tokens, integrations, roles."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from auditor.terraform.appliers import Application
from auditor.terraform.planned_org import Json, list_path
from auditor.terraform.record_fields import Field

ZONES = list_path("network_zones")
ORIGINS = list_path("trusted_origins")
HOOKS = list_path("inline_hooks")
TOKENS = list_path("api_tokens")
INTEGRATIONS = list_path("api_service_integrations")
DOMAINS = list_path("custom_domains")
ROLES = list_path("custom_roles")
LIMITS = list_path("client_rate_limits")

_EMBEDDING = "IFRAME_EMBED"
"""The only scope of an origin that apps limit."""

_NAMED = {"name": Field("name", shapes_tokens=False)}
ZONE_FIELDS = {
    **_NAMED,
    "type": Field("type"),
    "status": Field("status", default="ACTIVE"),
    "usage": Field("usage", default="POLICY"),
}
HOOK_FIELDS = {**_NAMED, "type": Field("type"), "status": Field("status", default="ACTIVE")}
ORIGIN_FIELDS = {**_NAMED, "origin": Field("origin"), "status": Field("status")}
_TOKEN = {
    **_NAMED,
    "user_id": Field("userId"),
    "client_name": Field("clientName", shapes_tokens=False),
}
_INTEGRATION = {**_NAMED, "type": Field("type", shapes_tokens=False)}
_DOMAIN = {
    "name": Field("domain", shapes_tokens=False),
    "validation_status": Field("validationStatus", shapes_tokens=False),
}
_LIMIT = {
    "principal_id": Field("principalId"),
    "principal_type": Field("principalType"),
    "default_percentage": Field("defaultPercentage"),
    "default_concurrency_percentage": Field("defaultConcurrencyPercentage"),
}
_ROLE = {"label": Field("label", shapes_tokens=False)}


def _known(application: Application, path: str) -> bool:
    """Whether a list of the org was read, so that a plan may change it."""
    org = application.org
    return org.base is None or org.has_list(path)


def apply_zone(application: Application) -> None:
    """An `okta_network_zone`."""
    if not _known(application, ZONES):
        return
    application.take_away(ZONES)
    if application.attributes.deleted:
        return
    record = application.lay(ZONES, ZONE_FIELDS)
    for name in ("gateways", "proxies"):
        if application.attributes.changed(name):
            found = application.attributes.get_list(name)
            record[name] = [_address(text) for text in found.texts]
            if found.unknown:
                application.org.unknown(ZONES, found.unknown, record["id"], name)
    application.org.put(ZONES, record)


def _address(text: str) -> Json:
    return {"type": "RANGE" if "-" in text else "CIDR", "value": text}


def apply_origin(application: Application) -> None:
    """An `okta_trusted_origin`. Provider 6 has `active` and names scopes; 7 has status, blocks."""
    if not _known(application, ORIGINS):
        return
    application.take_away(ORIGINS)
    if application.attributes.deleted:
        return
    record = application.lay(ORIGINS, ORIGIN_FIELDS)
    attributes = application.attributes
    if record.get("status") is None or attributes.changed("active"):
        active = attributes.get("active").value
        record["status"] = "INACTIVE" if active is False else "ACTIVE"
    if attributes.changed("scopes"):
        record["scopes"] = list(_scopes(application, record["id"]))
    application.org.put(ORIGINS, record)


def _scopes(application: Application, identity: str) -> Iterator[Json]:
    """The scopes of an origin: texts, or blocks with apps that may embed Okta."""
    attributes = application.attributes
    value = attributes.change.after.get("scopes")
    if isinstance(value, list) and any(isinstance(one, dict) for one in value):
        for block, unknown in attributes.blocks("scopes"):
            kind, apps = block.get("type"), block.get("allowed_okta_apps")
            if isinstance(kind, str):
                yield {"type": kind, **({"allowedOktaApps": apps} if apps else {})}
            if unknown and kind in {None, _EMBEDDING}:
                application.org.unknown(ORIGINS, unknown, identity, "scopes")
        return
    named = attributes.get_list("scopes")
    yield from ({"type": kind} for kind in named.texts)
    if named.unknown:
        application.org.unknown(ORIGINS, named.unknown, identity, "scopes")


def apply_hook(application: Application) -> None:
    """An `okta_inline_hook`."""
    _simple(application, HOOKS, HOOK_FIELDS)


def apply_domain(application: Application) -> None:
    """An `okta_domain`."""
    _simple(application, DOMAINS, _DOMAIN)


def apply_api_token(application: Application) -> None:
    """An `okta_api_token`. Terraform imports them, and revokes one that it destroys."""
    if not _known(application, TOKENS):
        return
    application.take_away(TOKENS)
    if application.attributes.deleted:
        return
    record = application.lay(TOKENS, _TOKEN)
    for block, unknown in application.attributes.blocks("network"):
        if unknown:
            application.org.unknown(TOKENS, unknown, record["id"], "network")
        network: Json = {"connection": block.get("connection")}
        for name in ("include", "exclude"):
            network[name] = [entry for entry in block.get(name) or () if isinstance(entry, str)]
        record["network"] = network
    application.org.put(TOKENS, record)


def apply_integration(application: Application) -> None:
    """An `okta_api_service_integration`."""
    if not _known(application, INTEGRATIONS):
        return
    application.take_away(INTEGRATIONS)
    if application.attributes.deleted:
        return
    record = application.lay(INTEGRATIONS, _INTEGRATION)
    granted = list(application.attributes.blocks("granted_scopes"))
    for _, unknown in granted:
        if unknown:
            application.org.unknown(INTEGRATIONS, unknown, record["id"], "grantedScopes")
    scopes = [block.get("scope") for block, _ in granted]
    record["grantedScopes"] = sorted(scope for scope in scopes if isinstance(scope, str))
    application.org.put(INTEGRATIONS, record)


def apply_custom_role(application: Application) -> None:
    """An `okta_admin_role_custom` and what it permits."""
    if not _known(application, ROLES):
        return
    application.take_away(ROLES)
    if application.attributes.deleted:
        return
    record = application.lay(ROLES, _ROLE)
    if not application.attributes.changed("permissions"):
        return
    org, path = application.org, list_path("role_permissions", record["id"])
    permissions = application.attributes.get_list("permissions")
    for identity in list(org.records(path)):
        org.remove(path, identity)
    for name in permissions.texts:
        org.put(path, {"id": name, "label": name})
    if permissions.unknown:
        org.unknown(path, permissions.unknown)


def apply_rate_limit(application: Application) -> None:
    """An `okta_principal_rate_limits`. Those of API tokens are not read."""
    if not _known(application, LIMITS):
        return
    kind = application.attributes.get("principal_type")
    application.take_away(LIMITS)
    if not application.attributes.deleted and kind.text != "SSWS_TOKEN":
        application.lay(LIMITS, _LIMIT)


def _simple(application: Application, path: str, fields: dict[str, Any]) -> None:
    if not _known(application, path):
        return
    application.take_away(path)
    if not application.attributes.deleted:
        application.lay(path, fields)
