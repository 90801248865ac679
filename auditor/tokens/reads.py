"""The collections that decisions rest on. A rule that decides declares them."""

READS = (
    "policy_rules",
    "scopes",
    "app_grants",
    "app_users",
    "app_groups",
    "group_members",
    "users",
    "client_roles",
)
"""Decisions of any server rest on these: without one of them, some are indeterminate."""

CUSTOM_SERVER_READS = tuple(name for name in READS if name not in {"app_grants", "client_roles"})
"""Decisions of custom authorization servers rest on these."""

CONSULTS = ("app_jwks", "network_zones")
"""Decisions look at these if they were read; see `Rule.consults`."""
