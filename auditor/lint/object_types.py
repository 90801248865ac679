"""How sentences call the types of Okta objects, which the data names like `policy_rule`."""

from __future__ import annotations

from auditor.text import counted

_NAMES = {
    "access_policy": ("access policy", "access policies"),
    "admin_role": ("admin role", "admin roles"),
    "agent_connection": ("resource connection", "resource connections"),
    "ai_agent": ("AI agent", "AI agents"),
    "api_service_integration": ("API service integration", "API service integrations"),
    "api_token": ("API token", "API tokens"),
    "authorization_server": ("authorization server", "authorization servers"),
    "claim": ("claim", "claims"),
    "client": ("client", "clients"),
    "custom_domain": ("custom domain", "custom domains"),
    "custom_role": ("custom admin role", "custom admin roles"),
    "delegation_link": ("delegation link", "delegation links"),
    "grant": ("grant", "grants"),
    "group": ("group", "groups"),
    "group_assignment": ("group assignment", "group assignments"),
    "group_rule": ("group rule", "group rules"),
    "inline_hook": ("inline hook", "inline hooks"),
    "key": ("key", "keys"),
    "network_zone": ("network zone", "network zones"),
    "object": ("object", "objects"),
    "org": ("org", "orgs"),
    "org_setting": ("org setting", "org settings"),
    "policy_rule": ("policy rule", "policy rules"),
    "rate_limit": ("rate limit", "rate limits"),
    "role_permission": ("permission of a role", "permissions of roles"),
    "scope": ("scope", "scopes"),
    "trusted_origin": ("trusted origin", "trusted origins"),
    "user": ("user", "users"),
}
"""One of them and several, by type."""


def type_name(object_type: str) -> str:
    """How a sentence calls one object; a type that other versions may have stands as it is."""
    return _NAMES.get(object_type, (object_type, object_type))[0]


def counted_objects(number: int, object_type: str) -> str:
    """A number of objects: `1 access policy`, `3 access policies`."""
    return counted(number, *_NAMES.get(object_type, (object_type, object_type)))
