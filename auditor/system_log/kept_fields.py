"""What is kept of an event of the System Log: what says which request failed, and what changed.

A list of allowed fields cannot miss what nobody thought of. No address, place, device, user agent,
session or token id is in it. People are kept by id, which a snapshot can name. A login is kept
only where there is no id, and of the administrator of a change: to say who made it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from auditor.snapshot.credentials_in_text import without_credentials
from auditor.system_log.event_types import is_change

LONGEST_TEXT = 500
"""Characters of a text; ids and reasons are shorter."""
LONGEST_SCOPES = 4_000
"""Characters of the scopes of a request, which are one text. Longer ones are left out: what is cut
off would be another request."""
MOST_TARGETS = 50
_MOST_NAMES = 100

_TEXTS = ("authorizationServerName", "grantType")
_SCOPES = ("grantedScopes", "requestedScopes")
POLICY_CHANGES = ("PolicyChangeDetailsEntry", "policyChangeDetailsEntry")

_NAMED = frozenset(
    {
        *("AppInstance", "AuthorizationServer", "NetworkZone", "PolicyEntity", "PolicyRule"),
        *("PublicClientApp", "UserGroup", "WorkloadIdentityPrincipal"),
    }
)
"""Types of targets whose names are not of people: after deletion nothing else names them."""
_NEVER = ("token", "secret", "code")
"""What the type of a target that is a credential has in it, in lower case."""


def kept_event(event: Mapping[str, Any]) -> dict[str, Any]:
    """What a file keeps of an event, under Okta's own field names.

    What has another type than Okta documents is left out. Texts are cut, and what is plainly a
    credential in them is replaced. Of `changeDetails` only the names of the changed fields stay,
    as a list.

    Args:
        event: a `LogEvent` as JSON.
    """
    change = is_change(_text(event.get("eventType")) or "")
    return _without_empty(
        {
            "uuid": _text(event.get("uuid")),
            "published": _text(event.get("published")),
            "eventType": _text(event.get("eventType")),
            "outcome": _members(event.get("outcome"), ("result", "reason")),
            "actor": _actor(_object(event.get("actor")), named=change),
            "client": _members(event.get("client"), ("id",)),
            "target": [kept for target in _targets(event) if (kept := _target(target))],
            "debugContext": _without_empty({"debugData": _debug_data(event)}),
        }
    )


def _actor(actor: Mapping[str, Any], *, named: bool) -> dict[str, Any]:
    kept = _members(actor, ("id", "type"))
    if "id" not in kept or (named and kept.get("type") == "User"):
        kept |= _members(actor, ("alternateId",))
    return kept


def _targets(event: Mapping[str, Any]) -> Iterable[Mapping[str, Any]]:
    targets = event.get("target")
    return map(_object, targets[:MOST_TARGETS]) if isinstance(targets, list) else ()


def _target(target: Mapping[str, Any]) -> dict[str, Any]:
    kind = _text(target.get("type")) or ""
    if any(word in kind.lower() for word in _NEVER):
        return {}
    kept = _members(target, ("id", "type"))
    if "id" not in kept and kind == "User":
        kept |= _members(target, ("alternateId",))
    if kind in _NAMED:
        kept |= _members(target, ("displayName",))
    names = changed_fields(target.get("changeDetails"))
    return kept | ({"changeDetails": list(names)} if names else {})


def _debug_data(event: Mapping[str, Any]) -> dict[str, Any]:
    data = _object(_object(event.get("debugContext")).get("debugData"))
    kept = {name: _text(data.get(name)) for name in _TEXTS}
    scopes = {name: _scopes(data.get(name)) for name in _SCOPES}
    # A request that names no scopes is another thing than an event that does not say.
    named = {name: text for name, text in scopes.items() if text is not None}
    names = sorted({field for name in POLICY_CHANGES for field in changed_fields(data.get(name))})
    return _without_empty(kept) | named | ({POLICY_CHANGES[0]: names} if names else {})


def changed_fields(details: Any) -> tuple[str, ...]:
    """The names of the fields that a change concerns, sorted.

    Args:
        details: `changeDetails` of a target, which has objects `from` and `to` (Okta's API
            description, `LogTarget`); or a list of names, as `kept_event` leaves it.
    """
    if isinstance(details, list):
        names = [name for name in details if isinstance(name, str)]
    else:
        sides = [side for side in _object(details).values() if isinstance(side, Mapping)]
        names = [name for side in sides for name in side if isinstance(name, str)]
    return tuple(sorted(filter(None, {_text(name) for name in names})))[:_MOST_NAMES]


def _scopes(value: Any) -> str | None:
    if isinstance(value, list):
        value = " ".join(item for item in value if isinstance(item, str))
    if not isinstance(value, str) or len(value) > LONGEST_SCOPES:
        return None
    return without_credentials(value)


def _members(value: Any, names: Iterable[str]) -> dict[str, Any]:
    members = _object(value)
    return _without_empty({name: _text(members.get(name)) for name in names})


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _text(value: Any) -> str | None:
    if not isinstance(value, str) or not value:
        return None
    return without_credentials(value)[:LONGEST_TEXT]


def _without_empty(members: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value}
