"""Plans that reach beyond what the base or the plan itself knows: nothing is made up of that."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
from helpers import SERVERS
from hypothesis import example, given
from hypothesis import strategies as st
from plan_documents import Json, change, create, delete, plan, resource, update
from test_planned_snapshot import APP, POLICIES, RULE, RULES, base, decided, laid, only

from auditor.snapshot.collections import BY_NAME, match
from auditor.snapshot.document import Snapshot, dump_snapshot, parse_snapshot
from auditor.snapshot.ledger import CollectionStatus, Ledger
from auditor.snapshot.org import Org
from auditor.terraform.import_blocks import import_blocks
from auditor.terraform.plan_file import PlanError, parse_plan
from auditor.terraform.planned_snapshot import lay_plan
from auditor.terraform.resource_types import RESOURCE_TYPES
from auditor.tokens.outcome import Outcome

USERS_OF_APP = "/api/v1/apps/0oa1/users"
BASE = base()
SECRET = "hunter2-correct-horse"


def refused(collection: str) -> Snapshot:
    """The base, in which a collection could not be read."""
    known = base()
    resources = {
        path: value
        for path, value in known.resources.items()
        if (matched := match(path)) is None or matched[0].name != collection
    }
    lost = {"status": CollectionStatus.REFUSED, "reason": "HTTP 403", "lists": 0, "objects": 0}
    entries = tuple(
        entry.model_copy(update=lost) if entry.collection == collection else entry
        for entry in known.ledger.entries
    )
    return known.model_copy(update={"ledger": Ledger(entries=entries), "resources": resources})


def holding(path: str, *records: Json) -> Snapshot:
    """The base with other records in one of its lists."""
    known = base()
    return known.model_copy(update={"resources": {**known.resources, path: list(records)}})


def gaps(planned: Any, collection: str) -> list[str]:
    return [gap.attribute for gap in planned.snapshot.ledger.entry(collection).gaps]


@pytest.mark.parametrize(
    ("collection", "entry"),
    [
        ("users", create("okta_user.u", {"login": "eve@acme.example", "status": "ACTIVE"})),
        ("network_zones", create("okta_network_zone.z", {"name": "Z", "type": "IP"})),
        (
            "associated_servers",
            create("okta_trusted_server.t", {"auth_server_id": "aus1", "trusted": ["aus9"]}),
        ),
        (
            "scopes",
            create("okta_auth_server_scope.s", {"auth_server_id": "aus1", "name": "x:read"}),
        ),
        (
            "app_grants",
            create("okta_app_oauth_api_scope.g", {"app_id": "0oa1", "scopes": ["okta.users.read"]}),
        ),
        ("app_groups", create("okta_app_group_assignment.g", {"app_id": "0oa1", "group_id": "g"})),
        ("app_users", create("okta_app_user.u", {"app_id": "0oa1", "user_id": "00u1"})),
        ("app_users", delete("okta_app_user.u", {"app_id": "0oa1", "user_id": "00u1"})),
    ],
)
def test_a_list_that_nobody_could_read_is_not_what_a_plan_puts_there(
    collection: str, entry: Json
) -> None:
    planned = laid(entry, over=refused(collection)).snapshot
    org = Org.of(parse_snapshot(dump_snapshot(planned), Path("planned.json")))
    parents = {"authorization_servers": org.servers, "apps": org.apps}
    row = BY_NAME[collection]
    parent = parents[row.parent][0] if row.parent else None
    assert not org.known(collection, parent)


def test_a_policy_of_the_default_server_comes_to_the_server_that_is_there() -> None:
    server = {**base().resources[SERVERS][0], "default": True}
    planned = laid(
        create("okta_auth_server_default.d", {"name": "default", "status": "ACTIVE"}),
        create(
            "okta_auth_server_policy.p",
            {"name": "P", "priority": 2, "status": "ACTIVE", "client_whitelist": ["ALL_CLIENTS"]},
            "auth_server_id",
        ),
        resources=(
            resource(
                "okta_auth_server_policy.p",
                auth_server_id=["okta_auth_server_default.d.id", "okta_auth_server_default.d"],
            ),
        ),
        over=holding(SERVERS, server),
    )
    assert len(planned.snapshot.resources[POLICIES]) == 2
    assert only(planned, SERVERS)["audiences"] == server["audiences"], "it is not set"


def test_the_base_is_not_changed_by_what_is_laid_over_it() -> None:
    credentials = {"signing": {"rotationMode": "AUTO"}}
    server = {**base().resources[SERVERS][0], "default": True, "credentials": credentials}
    over = holding(SERVERS, server)
    before = {"id": "aus1", "credentials_rotation_mode": "AUTO"}
    planned = laid(
        update("okta_auth_server_default.d", before, credentials_rotation_mode="MANUAL"), over=over
    )
    assert only(planned, SERVERS)["credentials"]["signing"]["rotationMode"] == "MANUAL"
    assert credentials == {"signing": {"rotationMode": "AUTO"}}


def test_a_claim_of_okta_s_keeps_what_the_plan_does_not_set() -> None:
    claims = f"{SERVERS}/aus1/claims"
    sub = {
        "id": "ocl1", "name": "sub", "system": True, "status": "ACTIVE",
        "value": "appuser.userName",
        "claimType": "RESOURCE", "valueType": "EXPRESSION", "alwaysIncludeInToken": False,
        "conditions": {"scopes": []},
    }  # fmt: skip
    over = holding(claims, sub)
    attributes = {"id": "ocl1", "auth_server_id": "aus1", "name": "sub", "value": None}
    for entry in (
        change("okta_auth_server_claim_default.s", "no-op", before=attributes, after=attributes),
        create("okta_auth_server_claim_default.s", attributes),
    ):
        document = json.dumps(plan(entry)).encode()
        planned = lay_plan(parse_plan(document, Path("p.json")), over)
        assert only(planned, claims) == sub
    unknown = create("okta_auth_server_claim_default.s", attributes, "value")
    planned = lay_plan(parse_plan(json.dumps(plan(unknown)).encode(), Path("p.json")), over)
    assert any("value is known after apply" in text for text in gaps(planned, "claims"))


@pytest.mark.parametrize(
    "entry",
    [
        create("okta_group_memberships.m", {"users": ["00u2"]}, "group_id"),
        create("okta_group_memberships.m", {"group_id": "00g1", "users": []}, "track_all_users"),
        create("okta_user_group_memberships.m", {"groups": ["00g1"]}, "user_id"),
        create("okta_user_group_memberships.m", {"user_id": "00u1"}, "groups"),
        create(
            "okta_group_rule.r",
            {"name": "R", "status": "ACTIVE", "expression_value": "true"},
            "group_assignments",
        ),
        delete(
            "okta_group_rule.r",
            {"id": "0pr9", "group_assignments": ["00g1"], "remove_assigned_users": True},
        ),
    ],
)
def test_members_are_open_where_it_is_not_known_whose_they_become(entry: Json) -> None:
    assert gaps(laid(entry), "group_members")


@pytest.mark.parametrize(
    ("entry", "collection"),
    [
        (create("okta_app_user.u", {"user_id": "00u1"}, "app_id"), "app_users"),
        (create("okta_app_group_assignment.g", {"group_id": "00g1"}, "app_id"), "app_groups"),
        (create("okta_app_oauth_api_scope.s", {"scopes": ["okta.apps.read"]}, "app_id"),
         "app_grants"),
        (create("okta_app_oauth_redirect_uri.r", {"uri": "https://x.example"}, "app_id"), "apps"),
    ],
)  # fmt: skip
def test_what_belongs_to_an_app_that_is_not_known_leaves_every_app_open(
    entry: Json, collection: str
) -> None:
    assert any("app_id is known after apply" in text for text in gaps(laid(entry), collection))


def test_a_data_source_that_is_read_during_apply_may_be_any_object() -> None:
    read = change(
        "data.okta_group.g", "read", mode="data", after={"name": "Staff"},
        after_unknown={"id": True},
    )  # fmt: skip
    read |= {"type": "okta_group", "name": "g"}
    before = {**RULE, "group_whitelist": ["00g1"]}
    entry = change(
        "okta_auth_server_policy_rule.r", "update", before=before,
        after={**before, "group_whitelist": [None]}, after_unknown={"group_whitelist": [True]},
    )  # fmt: skip
    refers = ["data.okta_group.g.id", "data.okta_group.g"]
    planned = laid(
        read, entry, resources=(resource("okta_auth_server_policy_rule.r", group_whitelist=refers),)
    )
    assert decided(planned).outcome is Outcome.INDETERMINATE


def test_an_id_within_a_text_is_not_the_text() -> None:
    refers = ["okta_group.g.id", "okta_group.g"]
    claim = {"auth_server_id": "aus1", "name": "staff", "claim_type": "RESOURCE"}
    planned = laid(
        create("okta_group.g", {"name": "G"}),
        create("okta_auth_server_claim.c", claim, "value"),
        create("okta_app_oauth.n", APP | {"redirect_uris": [None]}, redirect_uris=[True]),
        resources=(
            resource("okta_auth_server_claim.c", value=refers),
            resource("okta_app_oauth.n", redirect_uris=refers),
        ),
    )
    assert "okta_auth_server_claim.c: value is known after apply" in gaps(planned, "claims")
    assert '"okta_group.g"' not in json.dumps(planned.snapshot.resources["/api/v1/apps"])


def test_more_unknown_members_than_references_are_not_all_told() -> None:
    before = {"id": "00p1", "auth_server_id": "aus1", "client_whitelist": ["0oa1"]}
    entry = change(
        "okta_auth_server_policy.p", "update", before=before,
        after={**before, "client_whitelist": [None, None]},
        after_unknown={"client_whitelist": [True, True]},
    )  # fmt: skip
    refers = ["okta_app_oauth.n.id", "okta_app_oauth.n"]
    planned = laid(
        create("okta_app_oauth.n", APP),
        entry,
        resources=(resource("okta_auth_server_policy.p", client_whitelist=refers),),
    )
    assert decided(planned).outcome is Outcome.INDETERMINATE


@pytest.mark.parametrize(
    ("kind", "grants"),
    [("web", ["authorization_code"]), ("service", ["client_credentials"]), ("browser", None)],
)
def test_an_app_that_names_no_grant_types_has_those_of_the_provider(
    kind: str, grants: list[str] | None
) -> None:
    planned = laid(create("okta_app_oauth.n", {**APP, "type": kind, "grant_types": None}))
    apps = planned.snapshot.resources["/api/v1/apps"]
    new = next(app for app in apps if app["id"] == "okta_app_oauth.n")
    if grants is None:
        assert any("grant_types is not set" in text for text in gaps(planned, "apps"))
    else:
        assert new["settings"]["oauthClient"]["grant_types"] == grants


def test_a_rule_that_moves_to_another_policy_leaves_the_one_it_was_in() -> None:
    policy = {"name": "Q", "auth_server_id": "aus1", "priority": 2, "status": "ACTIVE"}
    after = {key: value for key, value in RULE.items() if key not in {"id", "policy_id"}}
    moved = change(
        "okta_auth_server_policy_rule.r", "delete", "create", before=RULE, after=after,
        after_unknown={"id": True, "policy_id": True},
    )  # fmt: skip
    refers = ["okta_auth_server_policy.q.id", "okta_auth_server_policy.q"]
    planned = laid(
        create("okta_auth_server_policy.q", {**policy, "client_whitelist": ["0oa1"]}),
        moved,
        resources=(resource("okta_auth_server_policy_rule.r", policy_id=refers),),
    )
    assert planned.snapshot.resources[RULES] == []


def test_a_deposed_object_is_deleted_and_the_one_in_its_place_stays() -> None:
    old = {**RULE, "id": "0pr0"}
    entry = delete("okta_auth_server_policy_rule.r", old) | {"deposed": "aabbccdd"}
    live = change("okta_auth_server_policy_rule.r", "no-op", before=RULE, after=RULE)
    assert laid(entry, live).snapshot.resources == base().resources


def test_what_a_plan_leaves_alone_is_as_the_base_has_it() -> None:
    path = "/api/v1/apps/0oa1/grants"
    grant = {"id": "oag1", "scopeId": "okta.users.read", "clientId": "0oa1", "status": "ACTIVE"}
    over = holding(path, grant)
    scopes = {"id": "0oa1", "app_id": "0oa1", "scopes": ["okta.users.read"]}
    group = {"id": "0oa1", "app_id": "0oa1", "group": [{"id": "00g1"}]}
    for address, attributes in (
        ("okta_app_oauth_api_scope.s", scopes),
        ("okta_app_group_assignments.g", group),
    ):
        entry = change(address, "no-op", before=attributes, after=attributes)
        document = json.dumps(plan(entry)).encode()
        laid_over = lay_plan(parse_plan(document, Path("p.json")), over)
        assert laid_over.snapshot.resources == over.resources


def test_a_network_of_an_app_that_is_removed_or_not_known_is_not_kept() -> None:
    connection = {"connection": "ZONE", "include": ["nzo1"]}
    before = {"id": "0oa1", **APP, "network": [connection]}
    removed = laid(update("okta_app_oauth.a", before, network=[]))
    assert "network" not in only(removed, "/api/v1/apps")["settings"]["oauthClient"]
    unknown = change(
        "okta_app_oauth.a", "update", before=before,
        after={**before, "network": [{"connection": "ZONE", "include": [None]}]},
        after_unknown={"network": [{"include": [True]}]},
    )  # fmt: skip
    refers = {"include": {"references": ["okta_network_zone.z.id", "okta_network_zone.z"]}}
    own = {"mode": "managed", "type": "okta_app_oauth", "name": "a"}
    planned = laid(unknown, resources=({**own, "expressions": {"network": [refers]}},))
    assert only(planned, "/api/v1/apps")["id"] == "0oa1"
    assert any("network[0].include" in text for text in gaps(planned, "apps"))


def test_an_origin_of_provider_6_that_is_switched_off_is_off() -> None:
    origin = {"id": "tos1", "name": "O", "origin": "https://o.example", "status": "ACTIVE"}
    before = {"id": "tos1", "name": "O", "origin": "https://o.example", "active": True}
    entry = update("okta_trusted_origin.o", before, active=False)
    document = json.dumps(plan(entry)).encode()
    over = holding("/api/v1/trustedOrigins", origin)
    planned = lay_plan(parse_plan(document, Path("p.json")), over)
    assert only(planned, "/api/v1/trustedOrigins")["status"] == "INACTIVE"


def test_a_mask_that_is_true_marks_every_attribute() -> None:
    entry = create("okta_app_oauth.a", {**APP, "label": SECRET}, after_sensitive=True)
    read = parse_plan(json.dumps(plan(entry)).encode(), Path("p.json"))
    assert SECRET not in repr(read)
    assert "label" in read.changes[0].sensitive


@pytest.mark.parametrize(
    "parts",
    [
        {"configuration": {"root_module": [1]}},
        {"configuration": {"root_module": {"resources": [1]}}},
        {"configuration": {"root_module": {"module_calls": {"a": 1}}}},
        {"configuration": {"root_module": {"module_calls": {"a": {"module": [1]}}}}},
        {"resource_changes": [{**create("okta_group.g", {}), "index": {}}]},
    ],
)
def test_parts_of_another_shape_are_refused_as_the_plan_is_read(parts: Json) -> None:
    with pytest.raises(PlanError, match="another shape"):
        parse_plan(json.dumps({**plan(), **parts}).encode(), Path("plan.json"))


def test_a_slash_in_an_id_stays_within_the_path() -> None:
    planned = laid(
        create("okta_auth_server.s", {"id": "../a/b", "name": "S"}),
        create("okta_auth_server_policy.p", {"auth_server_id": "c/d", "name": "P", "priority": 1}),
        create("okta_app_oauth.n", {**APP, "client_id": "e/f"}),
    )
    assert f"{SERVERS}/..%2Fa%2Fb/policies" in planned.snapshot.resources


def hostile_modules(levels: int) -> Json:
    """Modules in each of which an output has two ways to the module before."""
    calls: Json = {}
    for level in range(levels):
        before = [f"module.m{level - 1}.o", f"module.m{level - 1}"] if level else []
        refers = before or ["okta_group.g.id", "okta_group.g"]
        calls[f"m{level}"] = {
            "expressions": {"a": {"references": refers}, "b": {"references": refers}},
            "module": {"outputs": {"o": {"expression": {"references": ["var.a", "var.b"]}}}},
        }
    return calls


def test_references_that_branch_without_end_end() -> None:
    inner = [create(f"module.m{level}.okta_group.x", {"name": "X"}) for level in range(22)]
    root = {
        "resources": [
            resource("okta_app_group_assignment.a", group_id=["module.m21.o", "module.m21"])
        ],
        "module_calls": hostile_modules(22),
    }
    start = time.process_time()
    planned = laid(
        create("okta_group.g", {"name": "G"}),
        create("okta_app_group_assignment.a", {"app_id": "0oa1"}, "group_id"),
        *inner,
        configuration={"root_module": root},
    )
    assert time.process_time() - start < 5
    assert any("group_id is known after apply" in text for text in gaps(planned, "app_groups"))


def test_many_references_and_priorities_take_little_time() -> None:
    refers = [f"okta_group.g{number}.id" for number in range(20_000)]
    rule = {key: value for key, value in RULE.items() if key != "id"}
    rules = [
        create(f"okta_auth_server_policy_rule.r{number}", {**rule, "priority": number + 1})
        for number in range(3_000)
    ]
    entry = create("okta_auth_server_policy_rule.x", {**rule, "priority": 4_000}, "group_whitelist")
    start = time.process_time()
    planned = laid(
        entry,
        *rules,
        resources=(resource("okta_auth_server_policy_rule.x", group_whitelist=refers),),
    )
    assert time.process_time() - start < 20
    origin = planned.snapshot.capture.plan
    assert origin is not None
    assert max(map(len, origin.notes)) < 3_000


def test_private_members_of_keys_are_in_no_part_of_a_plan() -> None:
    key = {"kid": "k", "kty": "RSA", "n": "AQAB", "e": "AQAB", "d": SECRET, "qi": SECRET}
    entry = create("okta_app_oauth.a", {**APP, "jwks": [key]})
    read = parse_plan(json.dumps(plan(entry)).encode(), Path("p.json"))
    assert SECRET not in repr(read)
    assert read.changes[0].after["jwks"][0]["n"] == "AQAB"


def test_a_rule_that_moves_down_leaves_its_place_to_the_next() -> None:
    rule = base().resources[RULES][0]
    over = holding(RULES, *({**rule, "id": f"0pr{at}", "priority": at} for at in (1, 2, 3)))
    moved = update("okta_auth_server_policy_rule.r", RULE, priority=3)
    planned = lay_plan(parse_plan(json.dumps(plan(moved)).encode(), Path("p.json")), over)
    order = {record["id"]: record["priority"] for record in planned.snapshot.resources[RULES]}
    assert order == {"0pr1": 3, "0pr2": 1, "0pr3": 2}


ATTRIBUTES = st.sampled_from(
    [None, 1, 1.5, True, "x", "a/b", [], ["a", 1, None], {}, {"a": 1}, [{"id": 1}], [{"id": []}]]
)
OF_BASE = {
    "auth_server_id": "aus1", "policy_id": "00p1", "app_id": "0oa1", "group_id": "00g1",
    "user_id": "00u1",
}  # fmt: skip


@st.composite
def odd_changes(draw: st.DrawFn) -> Json:
    """A change of a modelled type whose attributes may be anything."""
    row = draw(st.sampled_from(sorted(RESOURCE_TYPES.values(), key=lambda row: row.name)))
    attributes = st.dictionaries(st.sampled_from(sorted(row.read)), ATTRIBUTES).map(
        lambda chosen: {**chosen, **{key: OF_BASE[key] for key in OF_BASE.keys() & row.read}}
    )
    actions = draw(st.sampled_from([("create",), ("update",), ("delete",), ("delete", "create")]))
    masks = st.sampled_from([True, [True], {"a": True}, [{"id": True}]])
    return change(
        f"{row.name}.x", *actions,
        before=None if actions == ("create",) else draw(attributes),
        after=None if actions == ("delete",) else draw(attributes),
        after_unknown=draw(st.dictionaries(st.sampled_from(sorted(row.read)), masks, max_size=2)),
    )  # fmt: skip


@given(odd_changes())
@example(create("okta_trusted_origin.x", {"name": "O", "scopes": 1.5}))
@example(create("okta_app_group_assignments.x", {"app_id": "0oa1", "group": [{"id": []}]}))
def test_attributes_of_any_shape_are_laid_or_refused(entry: Json) -> None:
    read = parse_plan(json.dumps(plan(entry)).encode(), Path("plan.json"))
    planned = lay_plan(read, BASE).snapshot
    assert parse_snapshot(dump_snapshot(planned), Path("planned.json")).ledger.entries
    assert base() == BASE, "the base is not changed"


def test_names_that_are_alike_take_little_time() -> None:
    groups = [
        {"id": f"00g{number}", "type": "OKTA_GROUP", "profile": {"name": "Staff"}}
        for number in range(20_000)
    ]
    start = time.process_time()
    text = import_blocks(holding("/api/v1/groups", *groups))["groups.tf"]
    assert time.process_time() - start < 10
    assert 'resource "okta_group" "staff_20000"' in text
