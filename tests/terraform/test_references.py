"""What references of a configuration are followed to, and what is left open."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from plan_documents import Json, change, create, plan, resource

from auditor.terraform.attributes import Attribute, Attributes
from auditor.terraform.instances import Instances
from auditor.terraform.plan_file import parse_plan
from auditor.terraform.references import References
from auditor.terraform.source.source_tree import SourceTree

POLICY = "okta_auth_server_policy.p"
APP_A, APP_B = "okta_app_oauth.a", "okta_app_oauth.b"
KEYED = ('okta_app_oauth.k["x"]', 'okta_app_oauth.k["y"]')


def ids(document: Json, address: str = POLICY, *way: str | int) -> tuple[str, ...] | None:
    read = parse_plan(json.dumps(document).encode(), Path("plan.json"))
    owner = next(item for item in read.changes if item.address == address)
    targets = References(read, Instances(read)).targets(owner, *(way or ("client_whitelist",)))
    return targets.ids if targets and not targets.several else None


def clients(document: Json, hcl: str = "", folder: Path | None = None) -> Attribute:
    """What is known of the clients of the policy, with the configuration if there is one."""
    if folder:
        (folder / "main.tf").write_text(hcl)
    read = parse_plan(json.dumps(document).encode(), Path("plan.json"))
    owner = next(item for item in read.changes if item.address == POLICY)
    source = SourceTree.of(folder) if folder else None
    return Attributes(owner, References(read, Instances(read), source)).get_list("client_whitelist")


def with_references(*references: str, index: str | None = None) -> Json:
    address = f'{POLICY}["{index}"]' if index else POLICY
    parts = {"index": index} if index else {}
    return plan(
        create(APP_A, {"label": "A"}),
        create(APP_B, {"label": "B", "client_id": "named-b"}),
        *(create(one, {"label": one}, index=one[-3]) for one in KEYED),
        create(address, {"name": "P"}, "client_whitelist", **parts),
        resources=(resource(POLICY, client_whitelist=list(references)),),
    )


@pytest.mark.parametrize(
    ("references", "expected"),
    [
        ([f"{APP_A}.id", APP_A], (APP_A,)),
        ([f"{APP_A}.id", APP_A, f"{APP_B}.client_id", APP_B], (APP_A, "named-b")),
        ([f"{KEYED[0]}.id", KEYED[0], "okta_app_oauth.k"], (KEYED[0],)),
        # A condition, a local or a variable of the root decides.
        (["var.all", f"{APP_A}.id", APP_A], None),
        (["local.clients"], None),
        # Of an attribute that is no id, nothing is known.
        ([f"{APP_A}.label", APP_A], None),
        (["okta_app_oauth.gone.id", "okta_app_oauth.gone"], None),
        ([], None),
    ],
)
def test_references_of_the_root(references: list[str], expected: tuple[str, ...] | None) -> None:
    assert ids(with_references(*references)) == expected


def whole(members: str = "") -> Json:
    """A policy for `okta_app_oauth.k` as a whole, some of whose members (`?`) are not known."""
    document = with_references("okta_app_oauth.k")
    gone = change('okta_app_oauth.k["z"]', "delete", before={"id": "0oa9"}, index="z")
    document["resource_changes"].append(gone)
    if members:
        entry = document["resource_changes"][-2]["change"]
        entry["after"]["client_whitelist"] = [None if one == "?" else "0oa7" for one in members]
        entry["after_unknown"]["client_whitelist"] = [one == "?" for one in members]
    return document


def test_as_many_unknown_members_as_instances_are_all_of_them() -> None:
    found = clients(whole("??7"))
    assert found.texts == ("0oa7", *KEYED)
    assert found.assumed == f"{POLICY}: client_whitelist"
    assert not found.unknown


@pytest.mark.parametrize("members", ["", "?", "???", "?7"])
def test_several_instances_of_which_nothing_says_which_are_unknown(members: str) -> None:
    found = clients(whole(members))
    assert found.unknown == f"{POLICY}: client_whitelist is known after apply"
    assert found.texts == (("0oa7",) if "7" in members else ())


def test_an_instance_that_is_known_is_one_of_all() -> None:
    document = whole("?7")
    there = document["resource_changes"][2]["change"]
    there["after"]["id"] = "0oa7"
    del there["after_unknown"]["id"]
    assert clients(document).texts == ("0oa7", KEYED[1])


@pytest.mark.parametrize(
    "written",
    [
        "okta_app_oauth.k[*].id",
        "okta_app_oauth.k.*.client_id",
        "values(okta_app_oauth.k)[*].id",
        "[for one in okta_app_oauth.k : one.id]",
        "toset([for key, one in okta_app_oauth.k : one.client_id])",
    ],
)
def test_a_splat_in_the_configuration_is_all_instances(tmp_path: Path, written: str) -> None:
    hcl = f'resource "okta_auth_server_policy" "p" {{\n  client_whitelist = {written}\n}}\n'
    assert clients(whole(), hcl, tmp_path).texts == KEYED
    beside = hcl.replace(written, f'concat(["0oa7"], {written})')
    found = clients(whole(), beside, tmp_path)
    assert found.texts == ("0oa7", *KEYED)
    assert not found.unknown
    assert not found.assumed


@pytest.mark.parametrize(
    "written",
    [
        "[for one in okta_app_oauth.k : one.id if one.label != null]",
        "[for one in okta_app_oauth.k : one.label]",
        "[for key, one in okta_app_oauth.k : key]",
        "okta_app_oauth.k[*].label",
        "okta_app_oauth.k[*].jwks[0].kid",
        "okta_app_oauth.nowhere[*].id",
        "keys(okta_app_oauth.k)[*].id",
        "slice(okta_app_oauth.k[*].id, 0, 1)",
        "[element(okta_app_oauth.k[*].id, 0)]",
        "{ for one in okta_app_oauth.k : one.id => one.id }",
    ],
)
def test_what_is_no_splat_of_ids_stays_unknown(tmp_path: Path, written: str) -> None:
    hcl = f'resource "okta_auth_server_policy" "p" {{\n  client_whitelist = {written}\n}}\n'
    found = clients(whole(), hcl, tmp_path)
    assert found.unknown == f"{POLICY}: client_whitelist is known after apply"
    assert not found.texts


def test_the_splat_of_one_object_is_that_object(tmp_path: Path) -> None:
    hcl = f'resource "okta_auth_server_policy" "p" {{\n  client_whitelist = {APP_A}[*].id\n}}\n'
    assert clients(whole(), hcl, tmp_path).texts == (APP_A,)


def test_the_splat_of_a_module_is_what_each_of_its_instances_gives(tmp_path: Path) -> None:
    inner = [f'module.apps["{key}"].okta_app_oauth.a' for key in "xy"]
    document = plan(
        *(create(one, {"label": one}, module_address=one.partition(".okta")[0]) for one in inner),
        create(POLICY, {"name": "P"}, "client_whitelist"),
    )
    output = {"expression": {"references": [f"{APP_A}.id", APP_A]}}
    document["configuration"]["root_module"] = {
        "module_calls": {
            "apps": {"module": {"resources": [resource(APP_A)], "outputs": {"id": output}}}
        },
        "resources": [resource(POLICY, client_whitelist=["module.apps"])],
    }
    assert clients(document).unknown
    all_apps = "client_whitelist = values(module.apps)[*].id"
    hcl = f'resource "okta_auth_server_policy" "p" {{\n  {all_apps}\n}}\n'
    assert clients(document, hcl, tmp_path).texts == tuple(inner)


def test_instances_of_count_are_in_the_order_of_their_numbers() -> None:
    address = "okta_auth_server_policy_priority.o"
    policies = [f"okta_auth_server_policy.c[{number}]" for number in (10, 9, *range(9))]
    document = plan(
        *(create(one, {}, index=int(one[26:-1])) for one in policies),
        create(address, {"priorities": [None] * 11}, after_unknown={"priorities": [True] * 11}),
        resources=(resource(address, priorities=["okta_auth_server_policy.c"]),),
    )
    read = parse_plan(json.dumps(document).encode(), Path("plan.json"))
    order = Attributes(read.changes[-1], References(read, Instances(read))).get_ordered(
        "priorities"
    )
    assert order.texts == tuple(f"okta_auth_server_policy.c[{number}]" for number in range(11))


def test_a_key_of_for_each_chooses_the_instance_of_the_same_key() -> None:
    document = with_references("okta_app_oauth.k", "each.key", index="y")
    assert ids(document, f'{POLICY}["y"]') == (KEYED[1],)


def test_a_key_that_the_other_resource_lacks_chooses_nothing() -> None:
    document = with_references("okta_app_oauth.k", "each.key", index="z")
    assert ids(document, f'{POLICY}["z"]') is None


def test_variables_and_outputs_are_followed_through_modules() -> None:
    inner = 'module.rules["eu"].okta_auth_server_policy.p'
    document = plan(
        create("module.apps.okta_app_oauth.a", {"label": "A"}, module_address="module.apps"),
        create(inner, {"name": "P"}, "client_whitelist", module_address='module.rules["eu"]'),
    )
    output = {"expression": {"references": [f"{APP_A}.id", APP_A]}}
    document["configuration"]["root_module"] = {
        "module_calls": {
            "apps": {"module": {"resources": [resource(APP_A)], "outputs": {"id": output}}},
            "rules": {
                "expressions": {"clients": {"references": ["module.apps.id", "module.apps"]}},
                "module": {"resources": [resource(POLICY, client_whitelist=["var.clients"])]},
            },
        }
    }
    assert ids(document, inner) == ("module.apps.okta_app_oauth.a",)


def test_cycles_end() -> None:
    document = plan(create("module.m.okta_auth_server_policy.p", {}, "client_whitelist"))
    loop = {"references": ["module.m.x"]}
    document["configuration"]["root_module"] = {
        "module_calls": {
            "m": {
                "expressions": {"x": loop},
                "module": {
                    "resources": [resource(POLICY, client_whitelist=["var.x"])],
                    "outputs": {"x": {"expression": {"references": ["var.x"]}}},
                },
            }
        }
    }
    assert ids(document, "module.m.okta_auth_server_policy.p") is None


def test_an_attribute_of_a_block_is_found_by_its_position() -> None:
    address = "okta_app_group_assignments.x"
    references = {"references": ["okta_group.g.id", "okta_group.g"]}
    known = {"constant_value": "00g1"}
    owner = {**resource(address), "expressions": {"group": [{"id": known}, {"id": references}]}}
    document = plan(create("okta_group.g", {"name": "G"}), create(address, {}), resources=(owner,))
    assert ids(document, address, "group", 1, "id") == ("okta_group.g",)
    assert ids(document, address, "group", 0, "id") is None
    assert ids(document, address, "group", 7, "id") is None
