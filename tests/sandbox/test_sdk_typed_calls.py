"""The okta SDK's typed calls, which know Okta's shapes and reject what has another one.

They lose much of what they read (`users.exclude` of a rule, `default` of a server, an app's keys),
so what is held against the tenant here is which objects come, and not their every member.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from auditor.sandbox import UNHURRIED, Sandbox, TenantFile
from auditor.sandbox.certificate import made_certificate
from auditor.sandbox.northwind import northwind
from auditor.sandbox.service_app import made_service_app

DEMO = northwind(datetime(2026, 1, 1, tzinfo=UTC))
SERVED = TenantFile.from_document(DEMO).model_copy(update={"rate_limits": UNHURRIED})
SERVERS = "/api/v1/authorizationServers"
SERVER = DEMO[SERVERS][0]["id"]
POLICY = DEMO[f"{SERVERS}/{SERVER}/policies"][0]["id"]
GROUP = DEMO["/api/v1/groups"][1]["id"]
APP = next(
    app["id"]
    for app in DEMO["/api/v1/apps"]
    if f"/api/v1/apps/{app['id']}/users" in DEMO and f"/api/v1/apps/{app['id']}/groups" in DEMO
)
SERVICE = next(
    app["id"] for app in DEMO["/api/v1/apps"] if f"/api/v1/apps/{app['id']}/grants" in DEMO
)

LISTS: dict[str, tuple[str, list[str], dict[str, Any]]] = {
    "/api/v1/apps": ("list_applications", [], {"limit": 200}),
    f"/api/v1/apps/{APP}/users": ("list_application_users", [APP], {"limit": 500}),
    f"/api/v1/apps/{APP}/groups": ("list_application_group_assignments", [APP], {"limit": 200}),
    f"/api/v1/apps/{SERVICE}/grants": ("list_scope_consent_grants", [SERVICE], {}),
    "/api/v1/groups": ("list_groups", [], {"expand": "stats,app"}),
    f"/api/v1/groups/{GROUP}/users": ("list_group_users", [GROUP], {}),
    "/api/v1/users": ("list_users", [], {}),
    SERVERS: ("list_authorization_servers", [], {}),
    f"{SERVERS}/{SERVER}/policies": ("list_authorization_server_policies", [SERVER], {}),
    f"{SERVERS}/{SERVER}/policies/{POLICY}/rules": (
        "list_authorization_server_policy_rules",
        [SERVER, POLICY],
        {},
    ),
    f"{SERVERS}/{SERVER}/scopes": ("list_o_auth2_scopes", [SERVER], {}),
    f"{SERVERS}/{SERVER}/claims": ("list_o_auth2_claims", [SERVER], {}),
    "/api/v1/api-tokens": ("list_api_tokens", [], {}),
    "/api/v1/trustedOrigins": ("list_trusted_origins", [], {}),
    "/api/v1/zones": ("list_network_zones", [], {}),
    "/api/v1/inlineHooks": ("list_inline_hooks", [], {}),
}

EMPTY: list[tuple[str, list[str], dict[str, Any]]] = [
    ("list_authenticators", [], {}),
    ("list_behavior_detection_rules", [], {}),
    ("list_brands", [], {}),
    ("list_event_hooks", [], {}),
    ("list_features", [], {}),
    ("list_identity_providers", [], {}),
    ("list_log_events", [], {}),
    ("list_log_streams", [], {}),
    ("list_o_auth2_clients_for_authorization_server", [SERVER], {}),
    ("list_policies", [], {"type": "OKTA_SIGN_ON"}),
    ("list_realms", [], {}),
    ("list_user_types", [], {}),
]


USER = DEMO[f"/api/v1/groups/{GROUP}/users"][0]["id"]
FOLLOWING: dict[str, tuple[str, list[str], dict[str, Any]]] = {
    "apps of a group": ("list_assigned_applications_for_group", [GROUP], {}),
    "groups of a user": ("list_user_groups", [USER], {}),
}
ROLES: tuple[str, list[str], dict[str, Any]] = ("list_roles", [], {})

Got = Callable[[tuple[str, list[str], dict[str, Any]]], Any]


def typed(url: str, trusted: Path, credentials: dict[str, Any], calls: list[Any]) -> list[Any]:
    """What the calls got, each made by the SDK over TLS."""
    names = {"HTTPS_PROXY", "https_proxy", "REQUESTS_CA_BUNDLE", "SSL_CERT_DIR"}
    environment = {name: value for name, value in os.environ.items() if name not in names}
    result = subprocess.run(
        [sys.executable, str(Path(__file__).parent / "sdk_calls.py")],
        input=json.dumps({"settings": {"orgUrl": url, **credentials}, "calls": calls}),
        env={**environment, "SSL_CERT_FILE": str(trusted)},
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    return json.loads(result.stdout)


@pytest.fixture(scope="module")
def got() -> Got:
    """What each call got, with an API token; all are made at once, for the SDK takes seconds."""
    calls = [*LISTS.values(), *EMPTY, *FOLLOWING.values(), ROLES]
    with made_certificate() as certificate, Sandbox(SERVED, certificate=certificate) as sandbox:
        assert certificate.authority is not None
        answers = typed(sandbox.url, certificate.authority, {"token": "made-up"}, calls)
    return lambda call: answers[calls.index(call)]


@pytest.mark.parametrize("path", LISTS)
def test_a_typed_call_gets_every_object(got: Got, path: str):
    assert got(LISTS[path]) == [record["id"] for record in DEMO[path]] != []


@pytest.mark.parametrize("call", EMPTY, ids=[name for name, _, _ in EMPTY])
def test_a_typed_call_for_what_the_demo_has_not_is_empty(
    got: Got, call: tuple[str, list[str], dict[str, Any]]
):
    assert got(call) == []


def test_lists_that_follow_from_others(got: Got):
    assigned = [
        app["id"]
        for app in DEMO["/api/v1/apps"]
        if GROUP in {row["id"] for row in DEMO.get(f"/api/v1/apps/{app['id']}/groups", ())}
    ]

    assert got(FOLLOWING["apps of a group"]) == assigned != []
    assert GROUP in got(FOLLOWING["groups of a user"])


def test_roles_come_in_their_object(got: Got):
    assert got(ROLES) == [row["id"] for row in DEMO["/api/v1/iam/roles"]]


def test_the_sdk_s_oauth_works_as_well():
    with (
        made_certificate() as certificate,
        made_service_app(SERVED) as (served, app),
        Sandbox(served, certificate=certificate) as sandbox,
    ):
        assert certificate.authority is not None
        credentials = {
            "authorizationMode": "PrivateKey",
            "clientId": app.client_id,
            "scopes": ["okta.users.read"],
            "privateKey": app.key.read_text(),
        }
        calls = [("list_users", [], {}), ("list_groups", [], {})]
        users, groups = typed(sandbox.url, certificate.authority, credentials, calls)

    assert users == [user["id"] for user in DEMO["/api/v1/users"]]
    assert "E0000006" in groups, "a scope that was not asked for"
