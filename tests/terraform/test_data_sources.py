"""Objects that a plan's data sources tell of, and that the base does not have."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from plan_documents import RULE, Json, create, plan
from test_planned_snapshot import base

from auditor.snapshot.document import Snapshot
from auditor.snapshot.org import Org
from auditor.terraform.plan_file import parse_plan
from auditor.terraform.planned_snapshot import PlannedSnapshot, lay_plan
from auditor.tokens.decide import Decider
from auditor.tokens.outcome import Outcome
from auditor.tokens.request import TokenRequest

SECRET = "hunter2-correct-horse"


def data(address: str, **values: Any) -> Json:
    kind, name = address.removeprefix("data.").split(".")
    return {"address": address, "mode": "data", "type": kind, "name": name, "values": values}


def laid(*sources: Json, changes: tuple[Json, ...] = (), over: Snapshot | None) -> PlannedSnapshot:
    state = {"format_version": "1.0", "values": {"root_module": {"resources": list(sources)}}}
    document = plan(*changes, prior_state=state)
    read = parse_plan(json.dumps(document).encode(), Path("plan.json"))
    assert SECRET not in repr(read)
    return lay_plan(read, over)


SOURCES: list[tuple[Json, str, Json]] = [
    (
        data("data.okta_group.g", id="00g7", name="Nurses", description=SECRET),
        "/api/v1/groups",
        {"id": "00g7", "type": "OKTA_GROUP", "profile": {"name": "Nurses"}},
    ),
    (
        data(
            "data.okta_groups.g", id="x", groups=[{"id": "00g7", "name": "N", "type": "APP_GROUP"}]
        ),
        "/api/v1/groups",
        {"id": "00g7", "type": "APP_GROUP", "profile": {"name": "N"}},
    ),
    (
        data(
            "data.okta_user.u", id="00u7", login="eve@acme.example", status="ACTIVE", email=SECRET
        ),
        "/api/v1/users",
        {"id": "00u7", "status": "ACTIVE", "profile": {"login": "eve@acme.example"}},
    ),
    (
        data(
            "data.okta_users.u",
            id="x",
            users=[{"id": "00u7", "login": "e@x", "status": "STAGED", "mobile_phone": SECRET}],
        ),
        "/api/v1/users",
        {"id": "00u7", "status": "STAGED", "profile": {"login": "e@x"}},
    ),
]


@pytest.mark.parametrize("alone", [True, False], ids=["alone", "over a base"])
@pytest.mark.parametrize(("source", "path", "record"), SOURCES, ids=lambda value: str(value)[:20])
def test_people_that_a_data_source_tells_of_are_there(
    source: Json, path: str, record: Json, *, alone: bool
) -> None:
    planned = laid(source, over=None if alone else base())
    assert record in planned.snapshot.resources[path]


@pytest.mark.parametrize("kind", ["okta_users", "okta_groups"])
def test_a_list_of_nobody_is_nobody(kind: str) -> None:
    planned = laid(data(f"data.{kind}.x", id="1234"), over=base())
    assert planned.snapshot.resources == base().resources


def test_what_the_base_has_is_as_the_base_has_it() -> None:
    known = base().resources
    sources = (
        data("data.okta_user.u", id="00u1", login="other@x", status="DEPROVISIONED"),
        data("data.okta_auth_server.s", id="aus1", name="Other", audiences=["api://other"]),
        data("data.okta_app_oauth.a", id="0oa1", label="Other", type="service"),
    )
    assert laid(*sources, over=base()).snapshot.resources == known


SERVER = data(
    "data.okta_auth_server.s", id="aus7", name="Lab", audiences=["api://lab"], status="ACTIVE"
)
APP = data(
    "data.okta_app_oauth.a", id="0oa7", client_id="lab-client", label="Lab", type="service",
    status="ACTIVE", grant_types=["client_credentials"], client_secret=SECRET,
)  # fmt: skip


@pytest.mark.parametrize("alone", [True, False], ids=["alone", "over a base"])
def test_what_a_data_source_does_not_tell_of_a_server_or_an_app_is_open(*, alone: bool) -> None:
    rule = {key: value for key, value in RULE.items() if key != "id"}
    policy = {"auth_server_id": "aus7", "name": "P", "status": "ACTIVE", "priority": 1}
    changes = (
        create("okta_auth_server_policy.p", {**policy, "client_whitelist": ["lab-client"]}),
        create(
            "okta_auth_server_policy_rule.r",
            {**rule, "auth_server_id": "aus7", "policy_id": "00p7"},
        ),
    )
    planned = laid(SERVER, APP, changes=changes, over=None if alone else base())
    org = Org.of(planned.snapshot)
    assert "Lab" in [server.title for server in org.servers]
    request = TokenRequest(
        server="aus7", client="lab-client", grant="client_credentials", scopes=frozenset({"x"})
    )
    decision = Decider(org).decide(request)
    assert decision.outcome is Outcome.INDETERMINATE
    assert decision.missing is not None
    assert "data.okta_" in decision.missing.text
