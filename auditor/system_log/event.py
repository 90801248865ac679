"""An event of the System Log, as far as grouping and explaining need it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from sys import intern
from typing import Any, NamedTuple

from auditor.snapshot.credentials_in_text import REDACTED, without_credentials
from auditor.system_log.event_types import at_org_server
from auditor.system_log.kept_fields import (
    LONGEST_SCOPES,
    LONGEST_TEXT,
    MOST_TARGETS,
    POLICY_CHANGES,
    changed_fields,
)
from auditor.tokens.request import ORG_SERVER

_CLIENT_TYPES = ("PublicClientApp", "WorkloadIdentityPrincipal")
"""Types of actors and targets that are OAuth clients (events of public detection rules; AI agents
by Okta's catalogue)."""
_SEPARATORS = str.maketrans(",", " ")


class NoEventError(ValueError):
    """A JSON object is no event of the System Log; the message is a clause that says why."""


class LogTarget(NamedTuple):
    """An object that an event is about."""

    id: str
    """Of a user without one, the login."""
    type: str
    name: str
    """As the log has it; empty where it does not say."""


_NOTHING = LogTarget("", "", "")


@dataclass(slots=True, kw_only=True)
class LogEvent:
    """One event. Whatever it does not say is empty or None."""

    at: datetime
    """When it was published, in UTC."""
    type: str
    result: str
    """`outcome.result`, as `SUCCESS`, `FAILURE` or `DENY`."""
    reason: str
    """`outcome.reason`: a code such as `no_matching_policy`, or a sentence."""
    actor: str
    actor_name: str
    """The login of the actor; empty where the event does not say."""
    client: str
    """The client id, or of an event that names only the app, its id."""
    user: str
    """The id of the user whom a request is for; the login where there is no id."""
    server: str
    """The id of the authorization server, or `org`."""
    server_name: str
    scopes: frozenset[str] | None
    """The scopes asked for; empty where the request names none; None if the event does not say."""
    granted: frozenset[str] | None
    """The scopes that were granted; None if the event does not say."""
    grant: str
    targets: tuple[LogTarget, ...]
    changed: tuple[str, ...]
    """The names of the fields that a change concerns."""


def log_event(event: Mapping[str, Any]) -> LogEvent:
    """An event of its JSON, as Okta gives it or as `kept_event` leaves it.

    The client is `client.id` (Okta's reference: for OAuth requests the id of the client); where
    that is null, an actor or a target that is a client; then the app. Scopes are separated by
    commas or spaces: Okta does not publish which.

    Args:
        event: a `LogEvent` as JSON.

    Raises:
        NoEventError: it has no type or no time.
    """
    kind = event.get("eventType")
    if not isinstance(kind, str) or not kind:
        raise NoEventError("it has no eventType")
    kind = _clean(kind[:LONGEST_TEXT])
    actor, outcome = _object(event.get("actor")), _object(event.get("outcome"))
    data = _object(_object(event.get("debugContext")).get("debugData"))
    raw_targets = event.get("target")
    first_targets = raw_targets[:MOST_TARGETS] if isinstance(raw_targets, list) else ()
    targets = tuple(map(_target, first_targets))
    by_type = {target.type: target for target in reversed(targets)}
    server = by_type.get("AuthorizationServer", _NOTHING)
    return LogEvent(
        at=_time(event.get("published")),
        type=intern(kind),
        result=intern(_text(outcome, "result")),
        reason=_text(outcome, "reason"),
        actor=_text(actor, "id"),
        actor_name=_text(actor, "alternateId"),
        client=_client(_text(_object(event.get("client")), "id"), actor, by_type),
        user=_user(actor, by_type),
        server=ORG_SERVER if at_org_server(kind) else server.id,
        server_name=_text(data, "authorizationServerName") or server.name,
        scopes=_scopes(data.get("requestedScopes")),
        granted=_scopes(data.get("grantedScopes")),
        grant=_text(data, "grantType"),
        targets=targets,
        changed=_changed(first_targets, data),
    )


def _target(value: Any) -> LogTarget:
    target = _object(value)
    kind = _text(target, "type")
    name = _text(target, "displayName")
    target_id = _text(target, "id") or (_text(target, "alternateId") if kind == "User" else "")
    return LogTarget(target_id, kind, name)


def _client(client: str, actor: Mapping[str, Any], targets: Mapping[str, LogTarget]) -> str:
    if client:
        return client
    if _text(actor, "type") in _CLIENT_TYPES:
        return _text(actor, "id")
    named = (targets[kind].id for kind in (*_CLIENT_TYPES, "AppInstance") if kind in targets)
    return next(named, "")


def _user(actor: Mapping[str, Any], targets: Mapping[str, LogTarget]) -> str:
    if _text(actor, "type") == "User":
        return _text(actor, "id") or _text(actor, "alternateId")
    return targets.get("User", _NOTHING).id


def _changed(targets: Iterable[Any], data: Mapping[str, Any]) -> tuple[str, ...]:
    names = {field for name in POLICY_CHANGES for field in changed_fields(data.get(name))}
    for target in targets:
        if details := _object(target).get("changeDetails"):
            names.update(changed_fields(details))
    return tuple(sorted(names))


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(members: Mapping[str, Any], name: str) -> str:
    value = members.get(name)
    return _clean(value[:LONGEST_TEXT]) if isinstance(value, str) and value else ""


def _time(value: Any) -> datetime:
    if not isinstance(value, str) or not value:
        raise NoEventError("it has no time of publication")
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        raise NoEventError("its time of publication is none") from None
    if moment.tzinfo is None:
        raise NoEventError("its time of publication has no time zone")
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise NoEventError("its time of publication is none") from None


def _scopes(value: Any) -> frozenset[str] | None:
    if isinstance(value, list):
        value = " ".join(item for item in value if isinstance(item, str))
    if not isinstance(value, str) or len(value) > LONGEST_SCOPES:
        return None
    return _split(value)


@lru_cache(maxsize=10_000)
def _split(scopes: str) -> frozenset[str] | None:
    scopes = without_credentials(scopes)
    # What was replaced is not known any more.
    return None if REDACTED in scopes else frozenset(scopes.translate(_SEPARATORS).split())


# An export of Okta's may hold what people pasted somewhere; the texts of a log are few.
_clean = lru_cache(maxsize=20_000)(without_credentials)
