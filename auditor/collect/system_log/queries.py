"""Which events are asked for: one filter, because each further query is a request more.

Names of events: Okta's event types catalog. Operators and parentheses: Okta's System Log API takes
all of SCIM's but `[ ]`. No limit of a filter's length is published; this one stays below 2,000
characters in an address.
"""

from __future__ import annotations

from collections.abc import Iterable

from auditor.system_log.event_types import CHANGES, OF_PEOPLE, REFUSALS

_NOT_ASKED_FOR = (*OF_PEOPLE, "group.lifecycle.", "inline_hook.")
"""Changes that are about people, and many; and those whose kin are no changes, such as each run of
an inline hook, which are asked for one by one."""

_CHANGES = (
    *(name for name in CHANGES if name not in _NOT_ASKED_FOR),
    "security.trusted_origin.",
    "system.api_token.",
    "inline_hook.activated",
    "inline_hook.created",
    "inline_hook.deactivated",
    "inline_hook.deleted",
    "inline_hook.updated",
)
"""Events of changes, or how they begin: those that decide what becomes of requests, and others of
what a snapshot has."""

_FAILING = '(outcome.result eq "FAILURE" or outcome.result eq "DENY")'


def log_filter(*, grants: bool) -> str:
    """The filter for failing OAuth events and changes of configuration.

    Args:
        grants: whether also for OAuth events that did not fail.
    """
    if grants:
        clauses = ['eventType sw "app.oauth2."']
    else:
        clauses = [f'(eventType sw "app.oauth2." and {_FAILING})', *_of_types(sorted(REFUSALS))]
    changes = [name for name in _CHANGES if not (grants and name.startswith("app.oauth2."))]
    return " or ".join([*clauses, *_of_types(changes)])


def _of_types(names: Iterable[str]) -> list[str]:
    """A clause for each type; one that ends with a dot is the beginning of several."""
    return [f'eventType {"sw" if name.endswith(".") else "eq"} "{name}"' for name in names]
