"""Calls of the Okta APIs are recognised in whatever a person has."""

from __future__ import annotations

import time

import pytest

from auditor.diagnosis.api_calls import ApiCall, named_call, read_api_calls
from auditor.diagnosis.reading import read_clues

CHALLENGE = (
    'Bearer authorization_uri="http://acme.okta.com/oauth2/v1/authorize", '
    'realm="http://acme.okta.com", scope="okta.groups.read", error="insufficient_scope", '
    'error_description="The access token provided does not contain the required scopes.", '
    'resource="/api/v1/groups/00g1"'
)
CURL = f"""$ curl -v -H "Authorization: Bearer $T" "https://acme.okta.com/api/v1/groups/00g1?expand=x"
> GET /api/v1/groups/00g1?expand=x HTTP/2
> Host: acme.okta.com
< HTTP/2 403
< x-okta-request-id: reqVy8wsvmBQN27h4
< www-authenticate: {CHALLENGE}
"""
TERRAFORM = """2026 [DEBUG] provider: ---[ REQUEST ]---------------------------------------
2026 [DEBUG] provider: GET /api/v1/policies?type=ACCESS_POLICY HTTP/1.1
2026 [DEBUG] provider: Host: acme.oktapreview.com
2026 [DEBUG] provider: ---[ RESPONSE ]--------------------------------------
2026 [DEBUG] provider: HTTP/2.0 403 Forbidden
"""
HAR = """{"log": {"entries": [
{"request": {"method": "GET", "url": "https://acme.okta.com/api/v1/users/me", "headers": []},
 "response": {"status": 200, "headers": []}},
{"request": {"method": "POST", "url": "https://acme.okta.com/api/v1/apps", "headers": []},
 "response": {"status": 403, "headers": [{"name": "x-okta-request-id", "value": "reqabc123"}]}}
]}}"""
PYTHON = (
    "requests.exceptions.HTTPError: 403 Client Error: Forbidden for url: "
    "https://acme.okta.com/api/v1/users?limit=1"
)
DEMANDED = ("okta.groups.read",)


@pytest.mark.parametrize(
    ("text", "calls"),
    [
        (CURL, [ApiCall(
            "/api/v1/groups/00g1", "GET", 403, DEMANDED, request_id="reqVy8wsvmBQN27h4")]),
        (TERRAFORM, [ApiCall("/api/v1/policies", "GET", 403)]),
        (HAR, [ApiCall("/api/v1/apps", "POST", 403, request_id="reqabc123")]),
        (PYTHON, [ApiCall("/api/v1/users", "", 403)]),
        (f"Www-Authenticate: {CHALLENGE}", [ApiCall("/api/v1/groups/00g1", "", 403, DEMANDED)]),
        ('10.0.0.1 "GET /api/v1/users HTTP/1.1" 429', [ApiCall("/api/v1/users", "GET", 429)]),
        ("curl -X DELETE https://acme.okta.com/api/v1/groups/00g1", [
            ApiCall("/api/v1/groups/00g1", "DELETE")]),
        ("$ curl -i https://acme.okta.com/api/v1/groups\nHTTP/1.1 403", [
            ApiCall("/api/v1/groups", "GET", 403)]),
        ("curl -d '{}' https://acme.okta.com/api/v1/groups", [ApiCall("/api/v1/groups", "POST")]),
        ("curl https://acme.okta.com/api/v1/groups -d '{}'", [ApiCall("/api/v1/groups", "POST")]),
        ("we could get no users. https://acme.okta.com/api/v1/users returns 403", [
            ApiCall("/api/v1/users", "", 403)]),
        ("https://developer.okta.com/api/v1/users and /usr/lib/python3/x.py", []),
        ("https://acme.okta.com/oauth2/aus1/no/such/path", []),
    ],
)  # fmt: skip
def test_calls_are_recognised(text: str, calls: list[ApiCall]) -> None:
    assert list(read_api_calls(text)) == calls
    assert list(read_clues(text).api_calls) == calls


def test_of_many_calls_those_that_failed_count() -> None:
    text = "GET /api/v1/users HTTP/1.1\nHTTP/1.1 200\nGET /api/v1/groups HTTP/1.1\nHTTP/1.1 500\n"
    assert read_api_calls(text) == (ApiCall("/api/v1/groups", "GET", 500),)


def test_a_call_is_named() -> None:
    users = ApiCall("/api/v1/users", "GET")
    assert named_call("GET /api/v1/users") == users
    assert named_call("get https://acme.okta.com/api/v1/users?limit=1#x") == users
    assert named_call("/api/v1/users/") == ApiCall("/api/v1/users")
    assert named_call("FETCH /api/v1/users") is None
    assert named_call("GET /nowhere/at/all") is None
    assert named_call("") is None


@pytest.mark.parametrize(
    "text",
    [
        "GET /api/v1/users HTTP/1.1\n" * 40_000,
        "/api/" * 200_000,
        '/api/ www-authenticate "' * 40_000,
    ],
)
def test_large_texts_take_no_time(text: str) -> None:
    start = time.process_time()
    read_api_calls(text)
    assert time.process_time() - start < 3
