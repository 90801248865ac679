"""Which events are asked for: one filter, because each further query is a request more.

Names of events: Okta's event types catalog. Operators and parentheses: Okta's System Log API takes
all of SCIM's but `[ ]`. No limit of a filter's length is published; this one stays below 2,000
characters in an address.
"""

from __future__ import annotations

from collections.abc import Iterable

from auditor.system_log.event_types import REFUSALS

_CHANGES = (
    "app.oauth2.admin.consent.",
    "app.oauth2.as.key.",
    "app.oauth2.as.resource_server.",
    "app.oauth2.client.lifecycle.",
    "app.oauth2.client.privilege.",
    "app.oauth2.credentials.",
    "app.oauth2.key.",
    "app.oauth2.trusted_server.",
    "application.lifecycle.",
    "oauth2.",
    "policy.lifecycle.",
    "policy.rule.",
    "security.trusted_origin.",
    "system.api_token.",
    "workload_principal.",
    "zone.",
)
"""How events of changes begin: of servers, scopes, claims, policies, rules, clients, keys, grants
of Okta's APIs, zones, origins, API tokens and AI agents."""

_SINGLE_CHANGES = (
    "application.configuration.disable_fed_broker_mode",
    "application.configuration.enable_fed_broker_mode",
    "group.application_assignment.add",
    "group.application_assignment.remove",
    "inline_hook.activated",
    "inline_hook.created",
    "inline_hook.deactivated",
    "inline_hook.deleted",
    "inline_hook.updated",
)
"""Those whose kin are no changes, such as each run of an inline hook. Who joins or leaves a group
or an app is not asked for: it is about people, and there is much of it."""

_FAILING = '(outcome.result eq "FAILURE" or outcome.result eq "DENY")'


def log_filter(*, grants: bool) -> str:
    """The filter for failing OAuth events and changes of configuration.

    Args:
        grants: whether also for OAuth events that did not fail.
    """
    if grants:
        clauses = ['eventType sw "app.oauth2."']
    else:
        clauses = [f'(eventType sw "app.oauth2." and {_FAILING})', *_each("eq", sorted(REFUSALS))]
    changes = [name for name in _CHANGES if not (grants and name.startswith("app.oauth2."))]
    return " or ".join([*clauses, *_each("sw", changes), *_each("eq", _SINGLE_CHANGES)])


def _each(operator: str, names: Iterable[str]) -> list[str]:
    return [f'eventType {operator} "{name}"' for name in names]
