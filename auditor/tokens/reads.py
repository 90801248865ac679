"""The collections that decisions rest on. A rule that decides declares them."""

OUTCOME_READS = (
    "policy_rules",
    "scopes",
    "app_grants",
    "app_users",
    "app_groups",
    "group_members",
    "users",
)
"""Outcomes of decisions rest on these: without one of them, some are indeterminate."""

READS = (*OUTCOME_READS, "client_roles")
"""Decisions and their caveats rest on these."""

CUSTOM_SERVER_READS = tuple(name for name in OUTCOME_READS if name != "app_grants")
"""Decisions of custom authorization servers rest on these."""

CONSULTS = (
    "agent_connections",
    "ai_agents",
    "app_jwks",
    "associated_servers",
    "claims",
    "delegation_links",
    "interclient_target_apps",
    "network_zones",
)
"""Decisions look at these if they were read; see `Rule.consults`."""
