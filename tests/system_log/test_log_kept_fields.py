"""What is kept of an event, and that nothing else is."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.system_log.event import NoEventError, log_event
from auditor.system_log.kept_fields import kept_event

SECRET = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhZGEifQ.c2lnbmF0dXJl"

REFUSAL: dict[str, Any] = {
    "uuid": "dc9fd3c0-598c-11ef-8478-2b7584bf8d5a",
    "published": "2026-11-24T14:05:11.120Z",
    "eventType": "app.oauth2.as.token.grant",
    "version": "0",
    "severity": "WARN",
    "displayMessage": "OAuth2 token request",
    "actor": {
        "id": "0oa1",
        "type": "PublicClientApp",
        "alternateId": "unknown",
        "displayName": "Checkout",
    },
    "client": {
        "id": "0oa1",
        "ipAddress": "203.0.113.9",
        "userAgent": {"rawUserAgent": "curl/8"},
        "geographicalContext": {"city": "Vienna"},
        "zone": "null",
    },
    "outcome": {"result": "FAILURE", "reason": "no_matching_policy"},
    "target": [
        {"id": "aus1", "type": "AuthorizationServer", "displayName": "Billing"},
        {
            "id": "00u1",
            "type": "User",
            "displayName": "Ada Lovelace",
            "alternateId": "ada@acme.example",
        },
        {"id": "AT.abc", "type": "access_token", "displayName": "Access Token"},
    ],
    "transaction": {"id": "Xk", "type": "WEB"},
    "authenticationContext": {"externalSessionId": "102bZDNFfWaQSyEZQuDgWt-uQ"},
    "debugContext": {
        "debugData": {
            "authorizationServerName": "Billing",
            "requestedScopes": "invoices:read,invoices:write",
            "grantType": "client_credentials",
            "requestUri": "/oauth2/aus1/v1/token",
            "clientSecret": "hashed",
        }
    },
}


def test_a_refusal_keeps_what_tells_which_request_it_was() -> None:
    assert kept_event(REFUSAL) == {
        "uuid": "dc9fd3c0-598c-11ef-8478-2b7584bf8d5a",
        "published": "2026-11-24T14:05:11.120Z",
        "eventType": "app.oauth2.as.token.grant",
        "outcome": {"result": "FAILURE", "reason": "no_matching_policy"},
        "actor": {"id": "0oa1", "type": "PublicClientApp"},
        "client": {"id": "0oa1"},
        "target": [
            {"id": "aus1", "type": "AuthorizationServer", "displayName": "Billing"},
            {"id": "00u1", "type": "User"},
        ],
        "debugContext": {
            "debugData": {
                "authorizationServerName": "Billing",
                "requestedScopes": "invoices:read,invoices:write",
                "grantType": "client_credentials",
            }
        },
    }


def test_a_change_keeps_who_made_it_and_the_names_of_its_fields() -> None:
    event = {
        "published": "2026-11-24T14:03:00Z",
        "eventType": "policy.rule.update",
        "actor": {"id": "00u9", "type": "User", "alternateId": "root@acme.example"},
        "outcome": {"result": "SUCCESS"},
        "target": [
            {
                "id": "0pr1",
                "type": "PolicyRule",
                "displayName": "Writers",
                "changeDetails": {"from": {"scopes": ["a"]}, "to": {"scopes": [], "name": "x"}},
            }
        ],
    }
    kept = kept_event(event)
    assert kept["actor"] == {"id": "00u9", "type": "User", "alternateId": "root@acme.example"}
    assert kept["target"][0]["changeDetails"] == ["name", "scopes"]
    assert kept_event(kept) == kept
    assert log_event(kept).changed == log_event(event).changed == ("name", "scopes")


def test_a_user_without_an_id_is_kept_by_login() -> None:
    event = {**REFUSAL, "actor": {"type": "User", "alternateId": "ada@acme.example"}}
    assert kept_event(event)["actor"] == {"type": "User", "alternateId": "ada@acme.example"}
    assert log_event(kept_event(event)).user == "ada@acme.example"


def test_no_scopes_and_unknown_scopes_stay_apart() -> None:
    def scopes(data: dict[str, Any]) -> frozenset[str] | None:
        event = {**REFUSAL, "debugContext": {"debugData": data}}
        assert log_event(kept_event(event)).scopes == log_event(event).scopes
        return log_event(event).scopes

    assert scopes({}) is None
    assert scopes({"requestedScopes": ""}) == frozenset()
    assert scopes({"requestedScopes": "a, b c"}) == {"a", "b", "c"}
    assert scopes({"requestedScopes": ["a", "b"]}) == {"a", "b"}
    assert scopes({"requestedScopes": "a" * 5_000}) is None
    assert scopes({"requestedScopes": f"a {SECRET}"}) is None


VALUES = st.sampled_from(
    [
        *(None, True, 7, "", "text", SECRET, f"see {SECRET}", [], [SECRET], {}, {"id": SECRET}),
        [{"id": SECRET, "type": "User", "alternateId": SECRET}],
        {"a": {"b": SECRET}},
    ]
)


@pytest.mark.parametrize("place", [(), ("actor",), ("client",), ("outcome",), ("debugContext",)])
@given(data=st.data())
def test_events_of_any_shape_are_kept_without_credentials(
    place: tuple[str, ...], data: st.DataObject
) -> None:
    event = json.loads(json.dumps(REFUSAL))
    inner = event
    for name in place:
        inner = inner[name]
    inner[data.draw(st.sampled_from(sorted(inner)))] = data.draw(VALUES)
    kept = json.dumps(kept_event(event))
    assert SECRET not in kept
    with suppress(NoEventError):
        assert SECRET not in str(log_event(event))
    assert not {"203.0.113.9", "curl/8", "Ada Lovelace", "AT.abc"} & set(kept.split('"'))


@pytest.mark.parametrize("name", ["PolicyChangeDetailsEntry", "policyChangeDetailsEntry"])
def test_a_raw_event_and_what_is_kept_of_it_name_the_same_changed_fields(name: str) -> None:
    raw = {
        "published": "2026-01-01T00:00:00Z",
        "eventType": "policy.rule.update",
        "debugContext": {"debugData": {name: {"from": {"status": 1}, "to": {"status": 2}}}},
    }
    assert log_event(raw).changed == log_event(kept_event(raw)).changed == ("status",)
