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

REFUSALS = frozenset(
    {
        "app.oauth2.as.authorize.scope_denied",
        "app.oauth2.as.evaluate.claim",
        "app.oauth2.as.token.detect_reuse",
        "app.oauth2.invalid_client_credentials",
        "app.oauth2.token.detect_reuse",
    }
)
"""Types that tell of a refusal by their name; which outcome such events have is not published."""

_FAILED = frozenset({"FAILURE", "DENY"})
_SUCCEEDED = frozenset({"SUCCESS", "ALLOW"})

CHANGES = (
    "app.oauth2.admin.consent.",
    "app.oauth2.as.key.",
    "app.oauth2.as.resource_server.",
    "app.oauth2.client.lifecycle.",
    "app.oauth2.client.privilege.",
    "app.oauth2.credentials.",
    "app.oauth2.key.",
    "app.oauth2.trusted_server.",
    "application.configuration.disable_fed_broker_mode",
    "application.configuration.enable_fed_broker_mode",
    "application.lifecycle.",
    "application.user_membership.",
    "group.application_assignment.",
    "group.lifecycle.",
    "group.user_membership.",
    "inline_hook.",
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

OF_PEOPLE = ("application.user_membership.", "group.user_membership.", "user.lifecycle.")
"""Those of `CHANGES` that concern only the user whom they name."""

PEOPLE = frozenset({"User", "AppUser"})
"""Types of targets that are people."""


def is_change(event_type: str) -> bool:
    """Whether events of a type change configuration, assignments or people."""
    return event_type.startswith(CHANGES)


def is_refusal(event_type: str, result: str) -> bool:
    """Whether an event tells of an OAuth request that was refused.

    Args:
        event_type: its type.
        result: `outcome.result`.
    """
    if event_type in REFUSALS:
        return True
    return result in _FAILED and event_type.startswith(OAUTH) and not is_change(event_type)


def is_grant(event_type: str, result: str) -> bool:
    """Whether an event tells of a request that was granted, or let through at /authorize."""
    return result in _SUCCEEDED and event_type.startswith(REQUESTS) and event_type not in REFUSALS


def is_done(result: str) -> bool:
    """Whether an outcome is that of something that was done."""
    return result in _SUCCEEDED


def at_org_server(event_type: str) -> bool:
    """Whether a request went to the org authorization server."""
    return event_type.startswith(ORG_SERVER_REQUESTS)
