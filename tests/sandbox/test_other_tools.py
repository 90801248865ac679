"""Collectors that others have written get from the demo's tenant what they ask for."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from browsing import get, tenant

from auditor.sandbox import Sandbox
from auditor.sandbox.northwind import northwind, other_lists

TOOLS: list[dict[str, Any]] = tomllib.loads(
    (Path(__file__).parent / "requests_of_other_tools.toml").read_text("utf-8")
)["tool"]
NAMES = [tool["name"] for tool in TOOLS]

COMPANY = northwind(datetime(2026, 1, 1, tzinfo=UTC))
DEMO = {**COMPANY, **other_lists(COMPANY)}


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with tenant({**DEMO, "@rate_limits": [{"path": "", "limit": 10000}]}) as running:
        yield running


def filled(request: str) -> str:
    """A request with ids of the demo's tenant, as it goes into the address."""
    holder, role = next(
        (path.split("/")[4], rows[0])
        for path, rows in DEMO.items()
        if path.startswith("/api/v1/users/") and path.endswith("/roles")
    )
    ids = {
        "app": DEMO["/api/v1/apps"][0]["id"],
        "group": DEMO["/api/v1/groups"][0]["id"],
        "user": holder,
        "role": role["id"],
        "custom_role": DEMO["/api/v1/iam/roles"][0]["id"],
        "resource_set": DEMO["/api/v1/iam/resource-sets"][0]["id"],
        "integration": DEMO["/integrations/api/v1/api-services"][0]["id"],
    }
    return quote(request.format(**ids), safe="/?=&")


@pytest.mark.parametrize("tool", TOOLS, ids=NAMES)
def test_every_request_of_a_tool_is_answered(sandbox: Sandbox, tool: dict[str, Any]):
    replies = {each: get(sandbox.url + filled(each)) for each in tool["requests"]}

    assert {each: reply.status for each, reply in replies.items() if reply.status != 200} == {}


@pytest.mark.parametrize("tool", TOOLS, ids=NAMES)
def test_what_the_demo_has_not_is_an_object_that_is_not_there(
    sandbox: Sandbox, tool: dict[str, Any]
):
    codes = [get(sandbox.url + filled(each)).json["errorCode"] for each in tool.get("absent", ())]

    assert set(codes) <= {"E0000007"}


def test_a_filter_that_chooses_one_app_chooses_no_other(sandbox: Sandbox):
    apps = get(sandbox.url + filled('/api/v1/apps?filter=name eq "saasure"')).json

    assert [app["label"] for app in apps] == ["Okta Admin Console"]


def test_everybody_has_a_factor(sandbox: Sandbox):
    for user in DEMO["/api/v1/users"]:
        factors = get(f"{sandbox.url}/api/v1/users/{user['id']}/factors").json
        assert [factor["status"] for factor in factors] == ["ACTIVE"]


def test_the_resource_sets_of_custom_roles_are_there(sandbox: Sandbox):
    limited = {
        role["resource-set"]: (role["role"], path.split("/")[4])
        for path, rows in DEMO.items()
        if path.startswith("/oauth2/v1/clients/") and path.endswith("/roles")
        for role in rows
        if "resource-set" in role
    }
    listed = get(f"{sandbox.url}/api/v1/iam/resource-sets").json["resource-sets"]

    assert {one["id"] for one in listed} == limited.keys() != set()
    for identity, (role, client) in limited.items():
        path = f"{sandbox.url}/api/v1/iam/resource-sets/{identity}"
        (binding,) = get(f"{path}/bindings").json["roles"]
        (member,) = get(f"{path}/bindings/{role}/members").json["members"]
        assert binding["id"] == role
        assert member["_links"]["self"]["href"].endswith(f"/oauth2/v1/clients/{client}")
        assert len(get(f"{path}/resources").json["resources"]) == 2


def test_apps_have_the_names_and_dates_that_collectors_insist_on():
    org = DEMO["/api/v1/org"]["id"]
    for app in DEMO["/api/v1/apps"]:
        assert app["orn"] == f"orn:okta:idp:{org}:apps:{app['name']}:{app['id']}"
        assert app["created"] <= app["lastUpdated"]


def test_objects_have_dates_in_order():
    undated = [
        path
        for path, value in DEMO.items()
        # Okta gives an assignment of a group the day of its last change alone, and bindings none.
        if not (path.startswith("/api/v1/apps/") and path.endswith("/groups"))
        and not path.endswith("/bindings")
        for record in (value if isinstance(value, list) else [value])
        if isinstance(record, dict)
        and not (record.get("created") or "z") <= (record.get("lastUpdated") or "")
    ]

    assert undated == ["/api/v1/org/settings/clientPrivilegesSetting"]
