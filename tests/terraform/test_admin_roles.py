"""Admin roles that a plan gives to owners of API tokens, one way or another."""

from __future__ import annotations

from typing import Any

import pytest
from helpers import packed_tenant
from plan_documents import Json, create, delete, resource, update
from test_planned_snapshot import laid

from auditor.lint.engine import audit
from auditor.lint.examples import example_snapshot
from auditor.plugins import load_rules
from auditor.snapshot.document import Snapshot, Source, dump_snapshot
from auditor.terraform.planned_snapshot import PlannedSnapshot

ROLES = "/api/v1/users/00u1/roles"
TOKEN = {"id": "00T1", "name": "Sync", "userId": "00u1"}
MEMBERS = "/api/v1/groups/00g1/users"
URL = "https://acme.okta.com/api/v1"


def base(*, members: list[str] | None = None, token: Json = TOKEN) -> Snapshot:
    document = packed_tenant()
    document |= {"/api/v1/api-tokens": [token], ROLES: []}
    if members is not None:
        document[MEMBERS] = members
    return example_snapshot(document)


def types(planned: PlannedSnapshot) -> list[str]:
    return [role["type"] for role in planned.snapshot.resources[ROLES]]


def gaps(planned: PlannedSnapshot) -> list[str]:
    return [gap.attribute for gap in planned.snapshot.ledger.entry("token_owner_roles").gaps]


def role(**parts: Any) -> Json:
    return {"group_id": "00g1", "role_type": "SUPER_ADMIN", **parts}


def codes(planned: PlannedSnapshot) -> tuple[set[str], set[str]]:
    """Codes of what is found and of what is not evaluated."""
    snapshot = planned.snapshot
    result = audit(snapshot, load_rules(), Source("planned.json", dump_snapshot(snapshot)))
    return (
        {item.rule.code for item in result.findings},
        {item.rule.code for item in result.not_evaluated},
    )


def test_an_owner_in_a_group_has_the_role_that_it_gets() -> None:
    planned = laid(create("okta_group_role.r", role()), over=base(members=["00u1"]))
    assert types(planned) == ["SUPER_ADMIN"]
    assert gaps(planned) == []
    assert "OAM805" in codes(planned)[0]


def test_an_owner_who_is_not_in_the_group_has_not() -> None:
    planned = laid(create("okta_group_role.r", role()), over=base(members=["00u2"]))
    assert (types(planned), gaps(planned)) == ([], [])


def test_everybody_is_in_the_group_everyone() -> None:
    document = packed_tenant()
    everyone = next(one["id"] for one in document["/api/v1/groups"] if one["type"] == "BUILT_IN")
    planned = laid(create("okta_group_role.r", role(group_id=everyone)), over=base(members=[]))
    assert types(planned) == ["SUPER_ADMIN"]


def test_a_role_of_a_group_whose_members_are_not_known_is_open() -> None:
    planned = laid(create("okta_group_role.r", role(group_id="00g9")), over=base())
    assert types(planned) == []
    assert gaps(planned) == ["okta_group_role.r: whether user 00u1 is in the group"]
    found, not_evaluated = codes(planned)
    assert "OAM805" not in found
    assert "OAM805" in not_evaluated


def test_a_new_group_with_a_new_member_and_a_new_role() -> None:
    refers = {"group_id": ["okta_group.a.id", "okta_group.a"]}
    planned = laid(
        create("okta_group.a", {"name": "Admins"}),
        create("okta_group_memberships.m", {"users": ["00u1"]}, "group_id"),
        create("okta_group_role.r", {"role_type": "ORG_ADMIN"}, "group_id"),
        resources=(
            resource("okta_group_memberships.m", **refers),
            resource("okta_group_role.r", **refers),
        ),
        over=base(members=[]),
    )
    assert (types(planned), gaps(planned)) == (["ORG_ADMIN"], [])


@pytest.mark.parametrize(
    "entry",
    [
        create("okta_group_memberships.m", {"group_id": "00g1", "users": ["00u1"]}),
        create("okta_user_group_memberships.m", {"user_id": "00u1", "groups": ["00g1"]}),
    ],
)
def test_what_a_group_that_is_there_gives_to_an_owner_who_joins_is_open(entry: Json) -> None:
    planned = laid(entry, over=base(members=[]))
    assert gaps(planned) == [f"{entry['address']}: the admin roles that group 00g1 gives"]


def test_others_may_join_as_they_like() -> None:
    joins = create("okta_group_memberships.m", {"group_id": "00g1", "users": ["00u2"]})
    planned = laid(joins, over=base(members=["00u1"]))
    assert gaps(planned) == []


@pytest.mark.parametrize("members", [["00u1"], None])
def test_which_roles_are_left_without_that_of_a_group_is_open(members: list[str] | None) -> None:
    before = role(id="r1", group_id="00g1" if members else "00g9")
    planned = laid(delete("okta_group_role.r", before), over=base(members=members))
    assert gaps(planned) == ["okta_group_role.r: the admin roles that user 00u1 keeps without it"]


def test_what_a_role_is_limited_to_changes_nothing() -> None:
    before = role(id="r1", role_type="USER_ADMIN", target_group_list=["00g1"])
    changed = update("okta_group_role.r", before, target_group_list=["00g2"])
    planned = laid(changed, over=base(members=["00u1"]))
    assert (types(planned), gaps(planned)) == ([], [])
    assert planned.unknown_attributes == ()


def assignment(*members: str, **parts: Any) -> Json:
    return {
        "custom_role_id": "cr1",
        "resource_set_id": "iam1",
        "members": [f"{URL}/{member}" for member in members],
        **parts,
    }


@pytest.mark.parametrize("member", ["users/00u1", "groups/00g1"])
def test_a_custom_role_is_that_of_its_members(member: str) -> None:
    entry = create("okta_admin_role_custom_assignments.a", assignment(member))
    planned = laid(entry, over=base(members=["00u1"]))
    (given,) = planned.snapshot.resources[ROLES]
    assert (given["type"], given["role"], given["status"]) == ("CUSTOM", "cr1", "ACTIVE")
    assert gaps(planned) == []


def test_a_new_custom_role_is_called_by_its_address() -> None:
    address = "okta_admin_role_custom_assignments.a"
    after = {"members": [f"{URL}/users/00u1"]}
    refers = ["okta_admin_role_custom.c.id", "okta_admin_role_custom.c"]
    planned = laid(
        create("okta_admin_role_custom.c", {"label": "C", "permissions": ["okta.apps.read"]}),
        create(address, after, "custom_role_id"),
        resources=(resource(address, custom_role_id=refers),),
        over=base(),
    )
    (given,) = planned.snapshot.resources[ROLES]
    assert given["role"] == "okta_admin_role_custom.c"


def test_members_that_are_not_known_leave_all_owners_open() -> None:
    entry = create("okta_admin_role_custom_assignments.a", assignment(), "members")
    planned = laid(entry, over=base())
    assert gaps(planned) == ["okta_admin_role_custom_assignments.a: members is known after apply"]


def test_a_member_who_goes_may_keep_the_role_another_way() -> None:
    before = assignment("users/00u1", "users/00u2", id="iam1")
    changed = update("okta_admin_role_custom_assignments.a", before, members=[f"{URL}/users/00u2"])
    planned = laid(changed, over=base())
    assert len(gaps(planned)) == 1
    assert "user 00u1 keeps without it" in gaps(planned)[0]


def test_what_nothing_rests_on_is_named_with_the_reason() -> None:
    planned = laid(
        create("okta_group_owner.o", {"group_id": "00g1", "type": "USER"}),
        create("okta_group_owners.o", {"group_id": "00g1"}),
        create("okta_resource_set.s", {"label": "S", "resources": [f"{URL}/users"]}),
        create("okta_policy_mfa.m", {"name": "M"}),
    )
    assert planned.not_modelled == (
        "okta_group_owner.o (owners of groups are not read, and no rule rests on them)",
        "okta_group_owners.o (owners of groups are not read, and no rule rests on them)",
        "okta_policy_mfa.m",
        "okta_resource_set.s (a custom role counts as if it applied to all that it may apply to)",
    )


LIMITS = "/api/v1/principal-rate-limits"


def test_the_rate_limit_of_a_client_is_laid() -> None:
    limit = {
        "principal_id": "0oa1",
        "principal_type": "OAUTH_CLIENT",
        "default_percentage": 100,
        "default_concurrency_percentage": 75,
    }
    of_token = {**limit, "principal_type": "SSWS_TOKEN"}
    planned = laid(
        create("okta_principal_rate_limits.l", limit),
        create("okta_principal_rate_limits.t", of_token),
        over=example_snapshot(packed_tenant() | {LIMITS: []}),
    )
    (record,) = planned.snapshot.resources[LIMITS]
    assert record["defaultPercentage"] == 100
    assert "OAM812" in codes(planned)[0]
