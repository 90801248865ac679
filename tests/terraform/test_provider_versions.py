"""Shapes of plans of provider 6 and 7, for the types that differ.

Provider release notes, 6.12 to 7.0.0: of the types that are modelled, `okta_trusted_origin` changed
(`scopes` are blocks, `status` instead of `active`), and `okta_oauth2_v1_clients_role_…` are new.
Attributes of newer resources of the provider are nested objects where there may be one only.
"""

from __future__ import annotations

from typing import Any

import pytest
from helpers import packed_tenant
from plan_documents import Json, create, delete, resource, update
from test_planned_snapshot import laid

from auditor.lint.examples import example_snapshot
from auditor.terraform.planned_snapshot import PlannedSnapshot

ORIGINS = "/api/v1/trustedOrigins"
TOKENS = "/api/v1/api-tokens"
SIX: Json = {"name": "O", "origin": "https://o.example", "active": True, "scopes": ["CORS"]}
SEVEN: Json = {
    "name": "O",
    "origin": "https://o.example",
    "status": "ACTIVE",
    "scopes": [{"type": "CORS", "allowed_okta_apps": None}],
    "created": None,
    "created_by": None,
    "last_updated": None,
    "last_updated_by": None,
}


def origin(planned: PlannedSnapshot) -> Json:
    (record,) = planned.snapshot.resources[ORIGINS]
    return dict(record)


def gaps(planned: PlannedSnapshot, collection: str) -> list[str]:
    return [gap.attribute for gap in planned.snapshot.ledger.entry(collection).gaps]


@pytest.mark.parametrize("after", [SIX, SEVEN], ids=["6", "7"])
def test_a_new_origin(after: Json) -> None:
    computed = ("created", "created_by", "last_updated", "last_updated_by")
    planned = laid(create("okta_trusted_origin.o", after, *(computed if after is SEVEN else ())))
    record = origin(planned)
    assert (record["status"], record["scopes"]) == ("ACTIVE", [{"type": "CORS"}])
    assert (gaps(planned, "trusted_origins"), planned.unknown_attributes) == ([], ())


@pytest.mark.parametrize(
    ("before", "change"),
    [(SIX, {"active": False}), (SEVEN, {"status": "INACTIVE"})],
    ids=["6", "7"],
)
def test_an_origin_that_is_switched_off(before: Json, change: Json) -> None:
    there = {"id": "tos1", "name": "O", "origin": "https://o.example", "status": "ACTIVE"}
    over = example_snapshot(packed_tenant() | {ORIGINS: [{**there, "scopes": [{"type": "CORS"}]}]})
    changed = update("okta_trusted_origin.o", {"id": "tos1", **before}, **change)
    record = origin(laid(changed, over=over))
    assert (record["status"], record["scopes"]) == ("INACTIVE", [{"type": "CORS"}])


def test_an_origin_of_provider_6_becomes_one_of_provider_7() -> None:
    there = {"id": "tos1", "name": "O", "origin": "https://o.example", "status": "ACTIVE"}
    over = example_snapshot(packed_tenant() | {ORIGINS: [{**there, "scopes": [{"type": "CORS"}]}]})
    after = {"id": "tos1", **SEVEN, "scopes": [{"type": "CORS"}, {"type": "REDIRECT"}]}
    changed = update("okta_trusted_origin.o", {"id": "tos1", **SIX})
    changed["change"]["after"] = after
    record = origin(laid(changed, over=over))
    assert record["status"] == "ACTIVE"
    assert record["scopes"] == [{"type": "CORS"}, {"type": "REDIRECT"}]


@pytest.mark.parametrize(
    ("kind", "mask", "apps", "open_"),
    [
        ("CORS", {"allowed_okta_apps": True}, None, False),
        ("IFRAME_EMBED", {"allowed_okta_apps": True}, None, True),
        ("IFRAME_EMBED", {}, ["OKTA_ENDUSER"], False),
        (None, {"type": True}, None, True),
    ],
)
def test_blocks_of_scopes_of_which_some_is_not_known(
    kind: str | None, mask: Json, apps: Any, *, open_: bool
) -> None:
    after = {**SEVEN, "scopes": [{"type": kind, "allowed_okta_apps": apps}]}
    planned = laid(create("okta_trusted_origin.o", after, after_unknown={"scopes": [mask]}))
    scope = {"type": kind, **({"allowedOktaApps": apps} if apps else {})}
    assert origin(planned)["scopes"] == ([scope] if kind else [])
    assert bool(gaps(planned, "trusted_origins")) is open_


SERVICE: Json = {
    "label": "Sync",
    "type": "service",
    "status": "ACTIVE",
    "grant_types": ["client_credentials"],
    "response_types": ["token"],
    "token_endpoint_auth_method": "private_key_jwt",
}
STANDARD = (
    "access_certifications_admin", "access_requests_admin", "api_access_management_admin",
    "app_admin", "group_membership_admin", "help_desk_admin", "mobile_admin", "org_admin",
    "read_only_admin", "report_admin", "super_admin", "user_admin",
)  # fmt: skip


def roles(planned: PlannedSnapshot) -> list[Json]:
    return list(planned.snapshot.resources["/oauth2/v1/clients/okta_app_oauth.s/roles"])


def with_role(kind: str, after: Json, **references: list[str]) -> PlannedSnapshot:
    address = f"{kind}.r"
    client = ["okta_app_oauth.s.client_id", "okta_app_oauth.s"]
    return laid(
        create("okta_app_oauth.s", SERVICE),
        create("okta_admin_role_custom.c", {"label": "C", "permissions": ["okta.apps.read"]}),
        create(address, after, "client_id", *references),
        resources=(resource(address, client_id=client, **references),),
    )


@pytest.mark.parametrize("name", STANDARD)
@pytest.mark.parametrize("stated", [True, False], ids=["stated", "by name"])
def test_each_standard_role_has_a_type_of_its_own(name: str, *, stated: bool) -> None:
    after = {"type": name.upper()} if stated else {}
    planned = with_role(f"okta_oauth2_v1_clients_role_{name}", after)
    (role,) = roles(planned)
    assert (role["type"], role["status"]) == (name.upper(), "ACTIVE")
    assert planned.not_modelled == ()


@pytest.mark.parametrize(
    ("kind", "after", "attribute"),
    [
        ("okta_app_oauth_role_assignment", {"type": "CUSTOM", "resource_set": "iam1"}, "role"),
        ("okta_oauth2_v1_clients_role_custom", {"resource_set_id": "iam1"}, "role_id"),
        ("okta_oauth2_v1_clients_role_custom", {"resource_set": "iam1"}, "role"),
    ],
)
def test_a_custom_role_names_which_one(kind: str, after: Json, attribute: str) -> None:
    custom = ["okta_admin_role_custom.c.id", "okta_admin_role_custom.c"]
    planned = with_role(kind, after, **{attribute: custom})
    (role,) = roles(planned)
    assert (role["type"], role["role"]) == ("CUSTOM", "okta_admin_role_custom.c")


@pytest.mark.parametrize(
    "network",
    [
        {"connection": "ZONE", "include": ["nzo1"], "exclude": []},
        [{"connection": "ZONE", "include": ["nzo1"], "exclude": None}],
    ],
    ids=["nested object", "list of one block"],
)
def test_the_network_of_an_api_token(network: Any) -> None:
    there = {"id": "00T1", "name": "Sync", "userId": "00u1"}
    over = example_snapshot(packed_tenant() | {TOKENS: [there], "/api/v1/users/00u1/roles": []})
    before = {"id": "00T1", "name": "Sync", "user_id": "00u1", "network": None}
    planned = laid(update("okta_api_token.t", before, network=network), over=over)
    (token,) = planned.snapshot.resources[TOKENS]
    assert token["network"] == {"connection": "ZONE", "include": ["nzo1"], "exclude": []}


def test_an_api_token_that_is_destroyed_is_revoked() -> None:
    there = {"id": "00T1", "name": "Sync", "userId": "00u1"}
    over = example_snapshot(packed_tenant() | {TOKENS: [there], "/api/v1/users/00u1/roles": []})
    planned = laid(delete("okta_api_token.t", {"id": "00T1", "user_id": "00u1"}), over=over)
    assert planned.snapshot.resources[TOKENS] == []
