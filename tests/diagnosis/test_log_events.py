"""Events of the System Log, pasted or exported, lead to the request that was refused."""

from __future__ import annotations

import csv
import gzip
import io
import json
from pathlib import Path
from typing import Any

import pytest
from helpers import snapshot_file
from test_diagnose import diagnosed, document

FORMS = ("json", "indented", "lines", "array", "csv", "prefixed", "gz")


def event(
    reason: str = "no_matching_policy",
    *,
    scopes: str = "billing:gone",
    result: str = "FAILURE",
    kind: str = "app.oauth2.as.token.grant",
    user: str = "00u1",
    client: str = "0oa1",
) -> dict[str, Any]:
    return {
        "uuid": "e1",
        "published": "2026-11-28T13:59:00.000Z",
        "eventType": kind,
        "actor": {"id": client, "type": "PublicClientApp", "alternateId": client},
        "client": {"id": client, "ipAddress": "192.0.2.1"},
        "outcome": {"result": result, "reason": reason},
        "target": [
            {"id": "aus1", "type": "AuthorizationServer", "displayName": "Billing"},
            {"id": user, "type": "User", "alternateId": "ada@acme.example"},
        ],
        "debugContext": {
            "debugData": {
                "requestedScopes": scopes,
                "grantType": "authorization_code",
                "requestUri": "/oauth2/aus1/v1/token",
            }
        },
    }


def written(form: str, events: list[dict[str, Any]]) -> str:
    match form:
        case "json":
            return json.dumps(events[0])
        case "indented":
            return json.dumps(events, indent=2)
        case "lines":
            return "".join(f"{json.dumps(one)}\n" for one in events)
        case "prefixed":
            return f"2026-11-28 14:00 from the log: {json.dumps(events[0])}"
        case "csv":
            return as_csv(events)
        case _:
            return json.dumps(events)


def as_csv(events: list[dict[str, Any]]) -> str:
    out = io.StringIO()
    rows = csv.writer(out)
    rows.writerow(
        ["timestamp", "event_type", "outcome.result", "outcome.reason", "client.id",
         "target0.id", "target0.type", "target1.id", "target1.type",
         "debug_context.debug_data.requested_scopes", "debug_context.debug_data.grant_type"]
    )  # fmt: skip
    for one in events:
        data = one["debugContext"]["debugData"]
        targets = [value for target in one["target"] for value in (target["id"], target["type"])]
        rows.writerow(
            [one["published"], one["eventType"], one["outcome"]["result"],
             one["outcome"]["reason"], one["client"]["id"], *targets,
             data["requestedScopes"], data["grantType"]]
        )  # fmt: skip
    return out.getvalue()


@pytest.mark.parametrize("form", FORMS)
def test_an_event_is_decided_with_no_further_option(form: str, tmp_path: Path) -> None:
    path = tmp_path / "log.txt"
    text = written(form, [event(scopes="openid")])
    path.write_bytes(gzip.compress(text.encode()) if form == "gz" else text.encode())
    snapshot = snapshot_file(tmp_path, no_rule())
    outcome = diagnosed(path, "--snapshot", snapshot)
    assert outcome.exit_code == 0, outcome.shown
    assert "No rule of an active access policy" in outcome.stdout
    assert "This configuration rejects the request, in these words:" in outcome.stdout
    pasted = diagnosed(text, "--snapshot", snapshot)
    assert "This configuration rejects the request, in these words:" in pasted.stdout


def no_rule() -> dict[str, Any]:
    tenant_file = document()
    (path,) = [name for name in tenant_file if name.endswith("/rules")]
    tenant_file[path][0]["status"] = "INACTIVE"
    return tenant_file


def test_a_sound_tenant_is_not_blamed_for_an_event(tmp_path: Path) -> None:
    snapshot = snapshot_file(tmp_path, document())
    outcome = diagnosed(json.dumps(event(scopes="billing:read")), "--snapshot", snapshot)
    assert "This configuration gives the token." in outcome.stdout
    assert "Cause: " not in outcome.stdout


def test_the_most_frequent_refusal_comes_first(tmp_path: Path) -> None:
    events = [event("user_not_assigned", scopes="openid")]
    events += [event(scopes="openid", user=f"00u{number}") for number in range(5)]
    events += [event(result="SUCCESS", scopes="openid")] * 9
    path = tmp_path / "log.json"
    path.write_text(json.dumps(events))
    outcome = diagnosed(path)
    first, second = (outcome.stdout.index(word) for word in ("no_matching_policy", "user_not_as"))
    assert first < second
    assert f"6 refused requests of 2 kinds in {path}; the most frequent kind (5)" in outcome.stdout
    assert f"okta-auditor logs {path}" in outcome.stdout


@pytest.mark.parametrize(
    "text",
    [
        '{"eventType": 7}',
        '{"eventType": "app.oauth2.as.token.grant"}',
        '[{"eventType": "x", "published": "2026-11-28T13:59:00Z"}, {"eventType":',
        '{"eventType": "' + "[" * 100_000,
        "event_type,timestamp\n,,,\n",
    ],
)
def test_what_is_no_refusal_is_none(text: str) -> None:
    outcome = diagnosed(text)
    assert outcome.exit_code in {2, 3}
    assert "refused request" not in outcome.stdout


def test_no_secret_of_an_event_is_shown(tmp_path: Path) -> None:
    path = tmp_path / "log.json"
    path.write_text(json.dumps(event("Bad token: client_secret=hunter2-correct-horse \x1b[31m")))
    outcome = diagnosed(path)
    assert "hunter2" not in outcome.shown
    assert "\x1b" not in outcome.shown
