"""The event types of the System Log that matter here.

Source: Okta's catalogue of event types. A failing request is logged under the type without a
suffix (`app.oauth2.as.token.grant`), with outcome FAILURE or DENY (observed in detection rules and
samples that query for it); what was granted has the kind of token as its suffix.
"""

from __future__ import annotations

CUSTOM_SERVER_REQUESTS = ("app.oauth2.as.token.grant", "app.oauth2.as.authorize")
"""Beginnings of the types of requests at custom authorization servers."""
ORG_SERVER_REQUESTS = ("app.oauth2.token.grant", "app.oauth2.authorize")
"""Beginnings of the types of requests at the org authorization server."""
REQUESTS = CUSTOM_SERVER_REQUESTS + ORG_SERVER_REQUESTS
OAUTH = "app.oauth2."
"""How all types of OAuth begin: requests, and changes of clients."""

FAILED = frozenset({"FAILURE", "DENY"})
SUCCEEDED = frozenset({"SUCCESS", "ALLOW"})

CHANGES = (
    "app.oauth2.admin.consent.",
    "app.oauth2.as.key.",
    "app.oauth2.client.lifecycle.",
    "app.oauth2.client.privilege.",
    "app.oauth2.credentials.lifecycle.",
    "app.oauth2.trusted_server.",
    "application.lifecycle.",
    "application.user_membership.",
    "group.application_assignment.",
    "group.lifecycle.",
    "group.user_membership.",
    "oauth2.as.",
    "oauth2.claim.",
    "oauth2.scope.",
    "policy.lifecycle.",
    "policy.rule.",
    "user.lifecycle.",
    "workload_principal.",
    "zone.",
)
"""Beginnings of the types of changes that can decide what becomes of a token request."""


def is_change(event_type: str) -> bool:
    """Whether events of a type change configuration, assignments or people."""
    return event_type.startswith(CHANGES)


def is_request(event_type: str) -> bool:
    """Whether events of a type are about a request for tokens, or at /authorize."""
    return event_type.startswith(REQUESTS)


def at_org_server(event_type: str) -> bool:
    """Whether a request went to the org authorization server."""
    return event_type.startswith(ORG_SERVER_REQUESTS)
