"""Writes what the sandbox does into its System Log, in the shape that Okta's events have.

Sources. Types and what they are about: Okta's event types catalog. Members: `LogEvent` of the Okta
Management API 2026.06.3. Events of OAuth (`debugData`, actor, targets, severity, messages): events
of real orgs in public repositories, one of a grant and one of a refusal at a custom authorization
server (December 2025) and one of a grant at the org server (test data of a collector, 2022). Older
types: Okta's table for the migration from the Events API. Rate limits: the page "System Log events
for rate limits"; what an event of an org's limit looks like is not published there, so it is made
like that of an operation. Who is the actor at /authorize, and which targets an event has, no source
says for every kind; there is the server, then the token or the app, then the user.

Okta's documents name no event for calls of the Management API that are refused with 401 or 403, so
there is none. `app.oauth2.invalid_client_credentials` is about several requests; from how many on
is not published, and here it is the second.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from auditor.sandbox.clock import Clock, iso
from auditor.sandbox.system_log.log import SystemLog

Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Where a request came from."""

    ip_address: str | None
    user_agent: str
    path: str
    client: str | None = None
    """The OAuth client."""


def entity(kind: str, identity: str, name: str | None = None, other: str | None = None) -> Json:
    """An actor or a target.

    Args:
        kind: its type, in Okta's words.
        identity: its id.
        name: what it is called; None for its id.
        other: its alternate id; None for its id.
    """
    return {
        "id": identity,
        "type": kind,
        "alternateId": other or identity,
        "displayName": name or identity,
        "detailEntry": None,
    }


class EventWriter:
    """Writes events at the time of a clock; at a fixed one, each a millisecond after the last."""

    def __init__(self, log: SystemLog, clock: Clock) -> None:
        self._log = log
        self._clock = clock
        self._written = 0

    def write(
        self,
        event_type: str,
        message: str,
        caller: Caller,
        *,
        actor: Json,
        result: str,
        reason: str | None = None,
        targets: Iterable[Json] = (),
        debug: Mapping[str, Any] | None = None,
        legacy: str | None = None,
    ) -> None:
        """Write one event.

        Args:
            event_type: its type.
            message: its `displayMessage`.
            caller: who sent the request.
            actor: who did it.
            result: `outcome.result`.
            reason: `outcome.reason`.
            targets: what it was done to.
            debug: further `debugContext.debugData`.
            legacy: its `legacyEventType`.
        """
        moment = self._clock.now + (self._written if self._clock.fixed else 0)
        self._written += 1
        name = uuid.uuid5(uuid.NAMESPACE_OID, f"{moment} {self._written} {event_type}")
        request = uuid.uuid5(name, "request").hex
        self._log.append(
            {
                "actor": actor,
                "client": _client(caller),
                "device": None,
                "authenticationContext": {
                    "authenticationProvider": None,
                    "credentialProvider": None,
                    "credentialType": None,
                    "issuer": None,
                    "interface": None,
                    "authenticationStep": 0,
                    "rootSessionId": "unknown",
                    "externalSessionId": "unknown",
                },
                "displayMessage": message,
                "eventType": event_type,
                "outcome": {"result": result, "reason": reason},
                "published": iso(moment),
                "securityContext": dict.fromkeys(("asNumber", "asOrg", "isp", "domain", "isProxy")),
                "severity": "INFO" if result == "SUCCESS" else "WARN",
                "debugContext": {
                    "debugData": {
                        **(debug or {}),
                        "requestId": request,
                        "threatSuspected": "false",
                        "requestUri": caller.path,
                        "url": f"{caller.path}?",
                    }
                },
                "legacyEventType": legacy,
                "transaction": {"type": "WEB", "id": request, "detail": {}},
                "uuid": str(name),
                "version": "0",
                "request": {"ipChain": [_address(caller)] if caller.ip_address else []},
                "target": list(targets) or None,
            }
        )


def _client(caller: Caller) -> Json:
    # A header may hold bytes that are no text, which JSON cannot carry.
    user_agent = caller.user_agent.encode(errors="replace").decode()
    return {
        "userAgent": {"rawUserAgent": user_agent, "os": "Unknown", "browser": "UNKNOWN"},
        "zone": "null",
        "device": "Unknown",
        "id": caller.client,
        "ipAddress": caller.ip_address,
        "geographicalContext": None,
    }


def _address(caller: Caller) -> Json:
    version = "V6" if ":" in (caller.ip_address or "") else "V4"
    return {
        "ip": caller.ip_address, "geographicalContext": None, "version": version, "source": None,
    }  # fmt: skip
