"""A plan laid over a base: the objects, and what decisions make of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from helpers import SERVERS, okta_auditor, packed_tenant, served, tenant
from plan_documents import RULE, Json, change, create, delete, plan, resource, update

from auditor.errors import UsageError
from auditor.lint.examples import example_snapshot
from auditor.snapshot.document import Snapshot, dump_snapshot, parse_snapshot
from auditor.snapshot.org import Org
from auditor.terraform.plan_file import parse_plan
from auditor.terraform.planned_snapshot import PlannedSnapshot, lay_plan
from auditor.tokens.decide import Decider
from auditor.tokens.decision import Decision
from auditor.tokens.outcome import Outcome
from auditor.tokens.request import TokenRequest

POLICIES = f"{SERVERS}/aus1/policies"
RULES = f"{POLICIES}/00p1/rules"
APP = {
    "label": "New",
    "type": "web",
    "status": "ACTIVE",
    "grant_types": ["authorization_code"],
    "response_types": ["code"],
    "redirect_uris": ["https://new.acme.example/cb"],
    "token_endpoint_auth_method": "client_secret_basic",
}


def base() -> Snapshot:
    return example_snapshot(packed_tenant())


def laid(*changes: Json, over: Snapshot | None = None, **parts: Any) -> PlannedSnapshot:
    document = plan(*changes, **parts)
    planned = lay_plan(parse_plan(json.dumps(document).encode(), Path("plan.json")), over or base())
    proven = parse_snapshot(dump_snapshot(planned.snapshot), Path("planned.json"))
    contradicted = [entry for entry in proven.ledger.entries if entry.contradictions]
    assert not contradicted, "what is written holds together when it is read"
    return planned


def decided(planned: PlannedSnapshot, **request: Any) -> Decision:
    asked = TokenRequest(
        **{
            "server": "aus1",
            "client": "0oa1",
            "grant": "authorization_code",
            "user": "00u1",
            "scopes": frozenset({"billing:read"}),
            **request,
        }
    )
    return Decider(Org.of(planned.snapshot)).decide(asked)


def only(planned: PlannedSnapshot, path: str) -> Json:
    (record,) = planned.snapshot.resources[path]
    return dict(record)


def test_nothing_changes_where_nothing_is_planned() -> None:
    planned = laid(change("okta_auth_server_policy_rule.r", "no-op", before=RULE, after=RULE))
    assert planned.snapshot.resources == base().resources
    assert planned.snapshot.ledger == base().ledger


def test_an_update_changes_what_the_plan_changes_and_nothing_else() -> None:
    planned = laid(update("okta_auth_server_policy_rule.r", RULE, scope_whitelist=["*"]))
    before = base().resources[RULES][0]
    after = only(planned, RULES)
    assert after["conditions"]["scopes"]["include"] == ["*"]
    after["conditions"]["scopes"] = before["conditions"]["scopes"]
    assert after == before


def test_a_removed_list_is_empty_and_a_removed_text_is_not_there() -> None:
    excluded = {**RULE, "user_blacklist": ["00u1"], "inline_hook_id": "cal1"}
    gone = {"user_blacklist": None, "inline_hook_id": None}
    after = only(laid(update("okta_auth_server_policy_rule.r", excluded, **gone)), RULES)
    assert after["conditions"]["people"]["users"]["exclude"] == []
    assert "id" not in after["actions"]["token"]["inlineHook"]


def test_a_deleted_policy_takes_its_rules_along() -> None:
    before = {"id": "00p1", "auth_server_id": "aus1", "name": "Apps"}
    planned = laid(
        delete("okta_auth_server_policy.p", before), delete("okta_auth_server_policy_rule.r", RULE)
    )
    assert planned.snapshot.resources[POLICIES] == []
    assert RULES not in planned.snapshot.resources
    assert decided(planned).outcome is Outcome.REJECTED


def test_a_forgotten_object_stays_in_okta() -> None:
    forgotten = change("okta_auth_server_policy_rule.r", "forget", before=RULE)
    assert laid(forgotten).snapshot.resources == base().resources


@pytest.mark.parametrize("actions", [("delete", "create"), ("create", "delete")])
def test_a_replaced_object_has_a_new_id(actions: tuple[str, str]) -> None:
    after = {key: value for key, value in RULE.items() if key != "id"}
    replaced = change(
        "okta_auth_server_policy_rule.r",
        *actions,
        before=RULE,
        after=after,
        after_unknown={"id": True},
    )
    assert only(laid(replaced), RULES)["id"] == "okta_auth_server_policy_rule.r"


@pytest.mark.parametrize("actions", [("create", "forget"), ("forget", "create")])
def test_a_new_object_beside_a_forgotten_one_does_not_replace_it(actions: tuple[str, str]) -> None:
    after = {key: value for key, value in RULE.items() if key != "id"}
    entry = change(
        "okta_auth_server_policy_rule.r", *actions, before=RULE, after=after,
        after_unknown={"id": True},
    )  # fmt: skip
    assert len(laid(entry).snapshot.resources[RULES]) == 2


def test_a_new_server_with_all_that_belongs_to_it_mints_tokens() -> None:
    server = ["okta_auth_server.s.id", "okta_auth_server.s"]
    policy = ["okta_auth_server_policy.p.id", "okta_auth_server_policy.p"]
    app = ["okta_app_oauth.a.id", "okta_app_oauth.a"]
    rule = {key: value for key, value in RULE.items() if not key.endswith("id")}
    planned = laid(
        create("okta_auth_server.s", {"name": "S", "audiences": ["api://s"], "status": "ACTIVE"}),
        create("okta_auth_server_scope.x", {"name": "x:read"}, "auth_server_id"),
        create(
            "okta_auth_server_policy.p",
            {"name": "P", "priority": 1, "status": "ACTIVE", "client_whitelist": [None]},
            "auth_server_id",
            after_unknown={"client_whitelist": [True]},
        ),
        create(
            "okta_auth_server_policy_rule.r",
            {**rule, "scope_whitelist": ["x:read"]},
            "auth_server_id",
            "policy_id",
        ),
        create("okta_app_oauth.a", APP, "client_id", "pkce_required", "sign_on_mode", "name"),
        create("okta_app_user.u", {"user_id": "00u1"}, "app_id"),
        resources=(
            resource("okta_auth_server_scope.x", auth_server_id=server),
            resource("okta_auth_server_policy.p", auth_server_id=server, client_whitelist=app),
            resource("okta_auth_server_policy_rule.r", auth_server_id=server, policy_id=policy),
            resource("okta_app_user.u", app_id=app),
        ),
    )
    request = {"server": "okta_auth_server.s", "client": "okta_app_oauth.a"}
    decision = decided(planned, **request, scopes=frozenset({"x:read"}))
    assert decision.outcome is Outcome.MINTED
    assert decision.rule is not None
    assert decision.rule.id == "okta_auth_server_policy_rule.r"
    assert planned.snapshot.ledger.incomplete == ()
    assert planned.snapshot.capture.plan is not None
    assert planned.snapshot.capture.plan.assumed == ("okta_auth_server_policy.p: client_whitelist",)


@pytest.mark.parametrize(
    ("attribute", "value"),
    [
        ("scope_whitelist", ["billing:read"]),
        ("grant_type_whitelist", ["authorization_code"]),
        ("group_whitelist", ["EVERYONE"]),
        ("user_blacklist", []),
        ("status", "ACTIVE"),
    ],
)
def test_what_is_known_after_apply_leaves_decisions_open(attribute: str, value: Any) -> None:
    before = {**RULE, attribute: value}
    after = {key: item for key, item in before.items() if key != attribute}
    entry = change(
        "okta_auth_server_policy_rule.r",
        "update",
        before=before,
        after=after,
        after_unknown={attribute: True},
    )
    decision = decided(laid(entry))
    assert decision.outcome is Outcome.INDETERMINATE
    assert decision.missing is not None
    assert f"okta_auth_server_policy_rule.r: {attribute} is known after apply" in (
        decision.missing.text
    )


def test_an_unknown_client_is_not_all_clients() -> None:
    before = {"id": "00p1", "auth_server_id": "aus1", "name": "Apps", "client_whitelist": ["x"]}
    entry = change(
        "okta_auth_server_policy.p",
        "update",
        before=before,
        after={**before, "client_whitelist": [None]},
        after_unknown={"client_whitelist": [True]},
    )
    decision = decided(laid(entry))
    assert decision.outcome is Outcome.INDETERMINATE
    assert decision.missing is not None
    assert "okta_auth_server_policy.p: client_whitelist" in decision.missing.text


def test_an_unset_scope_list_is_not_every_scope() -> None:
    rule = {**RULE, "name": "New", "priority": 2, "scope_whitelist": None}
    del rule["id"]
    decision = decided(laid(create("okta_auth_server_policy_rule.new", rule)))
    assert decision.outcome is Outcome.INDETERMINATE
    assert decision.missing is not None
    assert "scope_whitelist is not set" in decision.missing.text


@pytest.mark.parametrize(
    ("address", "before", "attribute", "words"),
    [
        ("okta_auth_server.s", {"id": "aus1", "status": "ACTIVE"}, "status", "okta_auth_server.s"),
        ("okta_app_oauth.a", {"id": "0oa1", **APP}, "grant_types", "okta_app_oauth.a: grant_types"),
    ],
)
def test_an_unknown_attribute_of_server_or_client_leaves_every_request_open(
    address: str, before: Json, attribute: str, words: str
) -> None:
    after = {key: value for key, value in before.items() if key != attribute}
    entry = change(address, "update", before=before, after=after, after_unknown={attribute: True})
    decision = decided(laid(entry))
    assert decision.outcome is Outcome.INDETERMINATE
    assert decision.missing is not None
    assert words in decision.missing.text


def test_a_sensitive_attribute_is_not_known() -> None:
    entry = update("okta_app_oauth.a", {"id": "0oa1", **APP}, label="B")
    entry["change"]["after_sensitive"] = {"redirect_uris": True}
    planned = laid(entry)
    assert decided(planned).outcome is Outcome.INDETERMINATE
    plan_origin = planned.snapshot.capture.plan
    assert plan_origin is not None
    assert any("redirect_uris" in note for note in plan_origin.notes)


def test_pkce_of_a_new_app_is_what_okta_requires_of_its_type() -> None:
    for kind, required in (("browser", True), ("native", True), ("web", False)):
        app = create("okta_app_oauth.n", {**APP, "type": kind}, "pkce_required")
        records = laid(app).snapshot.resources["/api/v1/apps"]
        found = next(record for record in records if record["id"] == "okta_app_oauth.n")
        assert found["credentials"]["oauthClient"]["pkce_required"] is required


def test_a_rule_moves_others_aside() -> None:
    rule = {key: value for key, value in RULE.items() if key != "id"}
    first = create("okta_auth_server_policy_rule.first", {**rule, "name": "First"})
    records = laid(first).snapshot.resources[RULES]
    assert {record["id"]: record["priority"] for record in records} == {
        "0pr1": 2,
        "okta_auth_server_policy_rule.first": 1,
    }


def test_a_priority_that_the_plan_leaves_alone_is_okta_s() -> None:
    before = {**RULE, "priority": 99}
    changed = update("okta_auth_server_policy_rule.r", before, name="Renamed")
    assert only(laid(changed), RULES)["priority"] == 1


def test_priorities_that_are_set_at_once_are_noted() -> None:
    rule = {key: value for key, value in RULE.items() if key != "id"}
    planned = laid(
        create("okta_auth_server_policy_rule.a", {**rule, "priority": 2}),
        create("okta_auth_server_policy_rule.b", {**rule, "priority": 3}),
    )
    origin = planned.snapshot.capture.plan
    assert origin is not None
    assert any("set at once" in note for note in origin.notes)


def test_the_order_of_policies_is_the_one_of_their_priority_resource() -> None:
    policy = {"name": "New", "auth_server_id": "aus1", "priority": 1, "status": "ACTIVE"}
    planned = laid(
        create("okta_auth_server_policy.new", {**policy, "client_whitelist": ["ALL_CLIENTS"]}),
        create(
            "okta_auth_server_policy_priority.order",
            {"auth_server_id": "aus1", "priorities": [None, None]},
            after_unknown={"priorities": [True, True]},
        ),
        resources=(
            resource(
                "okta_auth_server_policy_priority.order",
                priorities=["okta_auth_server_policy.new.id", "okta_auth_server_policy.new"],
            ),
        ),
    )
    assert planned.snapshot.ledger.entry("policies").gaps, "one of two is not known"


def test_assignments_follow_the_plan() -> None:
    group = {"app_id": "0oa1", "group_id": "00g1", "priority": 1}
    planned = laid(
        delete("okta_app_group_assignment.g", group),
        delete("okta_app_user.u", {"app_id": "0oa1", "user_id": "00u1"}),
    )
    assert planned.snapshot.resources["/api/v1/apps/0oa1/groups"] == []
    assert planned.snapshot.resources["/api/v1/apps/0oa1/users"] == []
    assert decided(planned).outcome is Outcome.REJECTED


def test_a_retained_assignment_stays() -> None:
    group = {"app_id": "0oa1", "group_id": "00g1", "retain_assignment": True}
    planned = laid(delete("okta_app_group_assignment.g", group))
    assert planned.snapshot.resources["/api/v1/apps/0oa1/groups"]


def test_a_new_member_of_an_assigned_group_gets_tokens() -> None:
    user = {"login": "eve@acme.example", "status": "ACTIVE"}
    members = {"group_id": "00g1", "users": [None]}
    refers = ["okta_user.eve.id", "okta_user.eve"]
    planned = laid(
        create("okta_user.eve", user),
        create("okta_group_memberships.m", members, after_unknown={"users": [True]}),
        resources=(resource("okta_group_memberships.m", users=refers),),
    )
    assert decided(planned, user="okta_user.eve").outcome is Outcome.MINTED


def test_whom_a_new_group_rule_adds_is_not_known() -> None:
    rule = {
        "name": "All staff",
        "status": "ACTIVE",
        "expression_value": 'user.department=="x"',
        "group_assignments": ["00g1"],
    }
    planned = laid(create("okta_group_rule.staff", rule))
    (gap,) = planned.snapshot.ledger.entry("group_members").gaps
    assert "okta_group_rule.staff: whom it adds" in gap.attribute


def test_grants_of_okta_scopes_follow_the_plan() -> None:
    scopes = {"app_id": "0oa1", "issuer": "https://acme.okta.com", "scopes": ["okta.users.read"]}
    planned = laid(create("okta_app_oauth_api_scope.s", scopes))
    grant = only(planned, "/api/v1/apps/0oa1/grants")
    assert (grant["scopeId"], grant["status"]) == ("okta.users.read", "ACTIVE")


@pytest.mark.parametrize(
    "after",
    [
        {"name": "O", "origin": "https://o.example", "active": True, "scopes": ["CORS"]},
        {
            "name": "O",
            "origin": "https://o.example",
            "status": "ACTIVE",
            "scopes": [{"type": "CORS"}],
        },
    ],
    ids=["provider 6", "provider 7"],
)
def test_trusted_origins_of_both_provider_versions(after: Json) -> None:
    record = only(laid(create("okta_trusted_origin.o", after)), "/api/v1/trustedOrigins")
    assert (record["status"], record["scopes"]) == ("ACTIVE", [{"type": "CORS"}])


def test_other_resources_are_named_and_never_ignored_in_silence() -> None:
    planned = laid(
        create("okta_policy_mfa.m", {"name": "M"}),
        create("aws_s3_bucket.b", {"bucket": "b"}),
        create("okta_app_oauth.a", {**APP, "brand_new": "x"}),
    )
    assert planned.not_modelled == ("okta_policy_mfa.m",)
    assert planned.unknown_attributes == ("okta_app_oauth.a: brand_new",)


def test_a_plan_that_is_not_all_makes_everything_partial() -> None:
    planned = laid(errored=True)
    entry = planned.snapshot.ledger.entry("policy_rules")
    assert not entry.readable
    assert "planning ended with an error" in entry.explanation()


def test_a_plan_alone_says_what_it_makes_and_nothing_of_the_rest() -> None:
    document = plan(create("okta_auth_server.s", {"name": "S", "status": "ACTIVE"}))
    planned = lay_plan(parse_plan(json.dumps(document).encode(), Path("plan.json")), None)
    ledger = planned.snapshot.ledger
    assert ledger.entry("policies").readable
    assert not ledger.entry("apps").readable
    assert all(entry.incomplete for entry in ledger.entries)


def test_a_plan_alone_without_a_time_is_refused() -> None:
    document = plan()
    del document["timestamp"]
    with pytest.raises(UsageError, match="does not say when"):
        lay_plan(parse_plan(json.dumps(document).encode(), Path("plan.json")), None)


def test_ids_that_a_plan_names_and_nobody_knows_are_not_made_up() -> None:
    rule = {**RULE, "auth_server_id": "aus9", "policy_id": "00p9"}
    del rule["id"]
    planned = laid(create("okta_auth_server_policy_rule.r", rule))
    decision = decided(planned, server="aus9")
    assert decision.outcome is Outcome.INDETERMINATE
    assert decision.missing is not None
    assert "neither in the plan nor in the base" in decision.missing.text


def inactive_base(folder: Path) -> Snapshot:
    """A base with an inactive app of which nothing was asked."""
    document = tenant()
    document["/api/v1/apps"][0]["status"] = "INACTIVE"
    with served(document) as sandbox:
        snapshot = folder / "s.json"
        okta_auditor("snapshot", "-o", snapshot, url=sandbox.url)
    return parse_snapshot(snapshot.read_bytes(), snapshot)


@pytest.mark.parametrize(
    ("status", "known"), [("INACTIVE", True), ("ACTIVE", False)], ids=["renamed", "activated"]
)
def test_what_was_not_asked_of_an_app_is_not_empty_once_the_app_gets_tokens(
    tmp_path: Path, status: str, *, known: bool
) -> None:
    before = {"id": "0oa1", **APP, "status": "INACTIVE"}
    changed = update("okta_app_oauth.a", before, label="Bills", status=status)

    planned = laid(changed, over=inactive_base(tmp_path))

    entries = planned.snapshot.ledger
    for name in ("app_grants", "app_groups", "app_users"):
        assert f"/api/v1/apps/0oa1/{name[4:]}" not in planned.snapshot.resources
        assert not Org.of(planned.snapshot).known(name, Org.of(planned.snapshot).apps[0])
        assert entries.entry(name).readable == known
        assert sum(each.lists for each in entries.entry(name).not_asked) == known
    if not known:
        assert decided(planned, user="00u1").outcome is Outcome.INDETERMINATE
