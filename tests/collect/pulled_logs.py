"""Events of a System Log, and how tests of pulls look at files of them."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

NOW = datetime.now(UTC)
LOGS = "/api/v1/logs"


def event(
    number: int,
    ago_s: float = 60,
    *,
    kind: str = "app.oauth2.as.token.grant",
    result: str = "FAILURE",
    **members: Any,
) -> dict[str, Any]:
    """An event as Okta writes it, with what nobody may keep in it."""
    return {
        "uuid": f"c0ffee00-0000-4000-8000-{number:012}",
        "published": stamp(NOW - timedelta(seconds=ago_s)),
        "eventType": kind,
        "outcome": {"result": result, "reason": "no_matching_policy"},
        "actor": {
            "id": "0oa1",
            "type": "PublicClientApp",
            "alternateId": "unknown",
            "displayName": "Invoices",
        },
        "client": {
            "id": "0oa1",
            "ipAddress": "203.0.113.7",
            "userAgent": {"rawUserAgent": "curl/8"},
            "geographicalContext": {"city": "Lisbon"},
        },
        "target": [
            {
                "id": "00uAda00000000000001",
                "type": "User",
                "alternateId": "ada@acme.example",
                "displayName": "Ada Lovelace",
            }
        ],
        "debugContext": {"debugData": {"requestedScopes": "billing:read", "requestId": "r1"}},
        **members,
    }


def many(count: int, span_s: float = 80_000) -> list[dict[str, Any]]:
    """Failing requests, evenly spread over the time up to a minute ago."""
    step = span_s / max(1, count)
    return [event(number, 60 + span_s - number * step) for number in range(count)]


def stamp(when: datetime) -> str:
    """A time as Okta writes it."""
    return f"{when:%Y-%m-%dT%H:%M:%S}.{when.microsecond // 1000:03}Z"


def lines(path: Path) -> list[dict[str, Any]]:
    """What a file holds, line by line."""
    return [json.loads(line) for line in path.read_text().splitlines()]


def uuids(path: Path) -> list[str]:
    """The ids of the events in a file, in its order."""
    return [line["uuid"] for line in lines(path) if "uuid" in line]


def events_of(path: Path) -> bytes:
    """A file without its first line, which has times of the run."""
    return path.read_bytes().partition(b"\n")[2]
