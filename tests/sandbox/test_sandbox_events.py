"""What the sandbox writes into its System Log: grants, refusals, limits, and nothing made up."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import quote

import pytest
from browsing import SSWS, get, tenant
from token_calls import (
    SECRET,
    SERVERS,
    SPA,
    ask_code,
    ask_portal,
    ask_robot,
    ask_token,
    basic,
    sent_back,
    tenant_document,
)

from auditor.sandbox import Sandbox

PASSWORD = {"grant_type": "password", "username": "00u1", "password": "ada's own"}


def types(sandbox: Sandbox) -> list[str]:
    return [event["eventType"] for event in sandbox.events]


def debug(event: dict[str, Any]) -> dict[str, Any]:
    data: dict[str, Any] = event["debugContext"]["debugData"]
    return data


def targets(event: dict[str, Any]) -> list[tuple[str, str]]:
    return [(target["type"], target["id"]) for target in event["target"]]


def test_a_refusal_is_logged_with_its_reason():
    with tenant(tenant_document()) as sandbox:
        ask_robot(sandbox, scope="bills:write")
        (event,) = sandbox.events

    assert event["eventType"] == "app.oauth2.as.token.grant"
    assert event["displayMessage"] == "OAuth2 token request"
    assert event["outcome"] == {"result": "FAILURE", "reason": "no_matching_policy"}
    assert (event["severity"], event["legacyEventType"]) == (
        "WARN", "app.oauth2.as.token.grant_failure",
    )  # fmt: skip
    assert event["actor"] == {
        "id": "robot",
        "type": "PublicClientApp",
        "alternateId": "robot",
        "displayName": "The robot",
        "detailEntry": None,
    }
    assert (event["client"]["id"], event["client"]["ipAddress"]) == ("robot", "127.0.0.1")
    assert targets(event) == [("AuthorizationServer", "aus1")]
    assert debug(event) | {"requestId": ""} == {
        "authorizationServer": "aus1",
        "authorizationServerName": "Billing",
        "grantType": "client_credentials",
        "requestedScopes": "bills:write",
        "grantedScopes": "",
        "requestId": "",
        "threatSuspected": "false",
        "requestUri": "/oauth2/aus1/v1/token",
        "url": "/oauth2/aus1/v1/token?",
    }


def test_each_token_of_a_grant_is_logged():
    with tenant(tenant_document()) as sandbox:
        given = ask_portal(sandbox, scope="openid offline_access bills:read", **PASSWORD).json
        events = sandbox.events

    base = "app.oauth2.as.token.grant"
    assert types(sandbox) == [
        f"{base}.{kind}" for kind in ("access_token", "id_token", "refresh_token")
    ]
    first = events[0]
    assert first["displayMessage"] == "OAuth2 access token is granted"
    assert (first["outcome"]["result"], first["severity"]) == ("SUCCESS", "INFO")
    assert [kind for kind, _ in targets(first)] == ["AuthorizationServer", "access_token", "User"]
    assert debug(first)["grantedScopes"] == "bills:read, offline_access, openid"
    assert debug(first)["requestedScopes"] == "openid, offline_access, bills:read"
    assert debug(first)["clientAuthType"] == "client_secret_post"
    assert given["access_token"] not in json.dumps(events)
    assert given["refresh_token"] not in json.dumps(events)


def test_codes_and_refusals_at_authorize_are_logged_with_their_user():
    with tenant(tenant_document()) as sandbox:
        code = sent_back(ask_code(sandbox, login_hint="00u1"))["code"]
        ask_code(sandbox, login_hint="00u2")
        given, refused = sandbox.events

    assert given["eventType"] == "app.oauth2.as.authorize.code"
    assert refused["eventType"] == "app.oauth2.as.authorize"
    assert refused["outcome"] == {"result": "FAILURE", "reason": "no_matching_policy"}
    assert (refused["actor"]["type"], refused["actor"]["displayName"]) == ("User", "Bob Ash")
    assert targets(refused) == [("AuthorizationServer", "aus1"), ("AppInstance", "portal")]
    assert code not in json.dumps(given)


def test_implicit_tokens_are_logged():
    with tenant(tenant_document()) as sandbox:
        ask_code(sandbox, client_id="spa", response_type="token id_token", login_hint="00u1")

        assert types(sandbox) == [
            "app.oauth2.as.authorize.implicit.access_token",
            "app.oauth2.as.authorize.implicit.id_token",
        ]


def test_at_the_org_server_types_and_messages_differ():
    with tenant(tenant_document()) as sandbox:
        ask_code(sandbox, "", login_hint="00u1")
        ask_code(sandbox, "", login_hint="00u1", scope="openid")
        refused, given = sandbox.events

    assert refused["eventType"] == "app.oauth2.authorize"
    assert refused["displayMessage"] == "OIDC authorization request"
    assert refused["outcome"]["reason"] == "Custom scopes are not allowed for this request"
    assert given["eventType"] == "app.oauth2.authorize.code"
    assert "authorizationServer" not in debug(given)


def test_what_is_undecided_or_only_a_page_is_in_no_log():
    with tenant(tenant_document()) as sandbox:
        given = ask_portal(sandbox, scope="offline_access bills:read", **PASSWORD).json
        before = len(sandbox.events)
        token = given["refresh_token"]
        assert ask_portal(sandbox, grant_type="refresh_token", refresh_token=token).status == 501
        assert ask_code(sandbox).status == 200
        assert ask_code(sandbox, prompt="none").status == 302
        assert ask_code(sandbox, client_id="nobody").status == 400

        assert len(sandbox.events) == before


def test_wrong_credentials_are_logged_from_the_second_time_on():
    with tenant(tenant_document()) as sandbox:
        for _ in range(3):
            ask_token(sandbox, headers=basic("robot", "wrong"), grant_type="client_credentials")
            ask_token(sandbox, client_id="robot", grant_type="client_credentials")
        ask_token(sandbox, headers=basic("nobody", "wrong"), grant_type="client_credentials")
        events = sandbox.events

    assert [event["eventType"] for event in events] == ["app.oauth2.invalid_client_credentials"] * 2
    assert targets(events[0]) == [("AppInstance", "robot")]
    assert "wrong" not in json.dumps(events)


def test_a_dead_refresh_token_has_its_reason():
    with tenant(tenant_document()) as sandbox:
        ask_portal(sandbox, grant_type="refresh_token", refresh_token="gone")
        (event,) = sandbox.events

    assert event["outcome"]["reason"] == "invalid_refresh_token"


def test_an_exceeded_limit_is_logged_once_a_window():
    limits = [{"path": "^/api/v1/groups$", "limit": 1}]
    with tenant(tenant_document(**{"@rate_limits": limits})) as sandbox:
        statuses = [get(f"{sandbox.url}/api/v1/groups").status for _ in range(3)]
        (event,) = sandbox.events

    assert statuses == [200, 429, 429]
    assert event["eventType"] == "system.org.rate_limit.violation"
    assert (event["outcome"]["result"], event["severity"]) == ("DENY", "WARN")
    assert targets(event) == [("URL Pattern", "/api/v1/groups")]
    assert debug(event)["requestUri"] == "/api/v1/groups"


def test_too_many_requests_in_flight_are_logged():
    document = tenant_document(**{"@concurrency": 1, "@latency_ms": 100})
    with tenant(document) as sandbox, ThreadPoolExecutor(2) as two:
        list(two.map(lambda _: get(f"{sandbox.url}/api/v1/groups"), range(2)))

        assert "core.concurrency.org.limit.violation" in types(sandbox)


@pytest.mark.parametrize("headers", [{}, {"Authorization": "SSWS other"}])
def test_calls_of_the_apis_that_are_refused_are_in_no_log(headers: dict[str, str]):
    with tenant(tenant_document(**{"@tokens": ["right"]})) as sandbox:
        assert get(f"{sandbox.url}/api/v1/groups", headers).status == 401

        assert sandbox.events == []


def test_the_same_requests_make_the_same_events_at_a_fixed_moment():
    def run() -> list[dict[str, Any]]:
        with tenant(tenant_document()) as sandbox:
            ask_robot(sandbox, scope="bills:write")
            ask_robot(sandbox)
            ask_code(sandbox, login_hint="00u1")
            return sandbox.events

    first, second = run(), run()

    assert first == second
    assert [event["published"] for event in first] == [
        f"2026-11-28T12:00:00.00{number}Z" for number in range(3)
    ]
    assert len({event["uuid"] for event in first}) == 3


def test_what_happened_is_read_by_the_log_s_own_filter():
    where = 'outcome.reason eq "no_matching_policy" and debugContext.debugData.grantType pr'
    old = {"uuid": "old", "published": "2026-11-28T11:00:00.000Z", "eventType": "x"}
    with tenant(tenant_document(**{"/api/v1/logs": [old]})) as sandbox:
        ask_robot(sandbox, scope="bills:write")
        chosen = get(f"{sandbox.url}/api/v1/logs?filter={quote(where)}", SSWS).json
        everything = get(f"{sandbox.url}/api/v1/logs", SSWS).json

    assert [event["eventType"] for event in chosen] == ["app.oauth2.as.token.grant"]
    assert next(event["uuid"] for event in everything) == "old"
    assert len(everything) == 2


def test_hostile_text_of_a_request_stays_text():
    document = tenant_document(**{"/api/v1/apps": [SPA], f"{SERVERS}/aus1/policies": []})
    with tenant(document) as sandbox:
        ask_token(
            sandbox,
            headers={"User-Agent": "<b>\xff"},
            client_id="spa",
            grant_type="client_credentials\x00",
            scope="a\n\x1b[31m b",
        )
        shown = get(f"{sandbox.url}/api/v1/logs", SSWS).json

    assert shown == sandbox.events
    assert debug(shown[0])["requestedScopes"] == "a, \x1b[31m, b"
    assert shown[0]["client"]["userAgent"]["rawUserAgent"] == "<b>?"
    assert SECRET not in json.dumps(shown)
