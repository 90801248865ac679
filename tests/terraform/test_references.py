"""What references of a configuration are followed to, and what is left open."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from plan_documents import Json, create, plan, resource

from auditor.terraform.instances import Instances
from auditor.terraform.plan_file import parse_plan
from auditor.terraform.references import References

POLICY = "okta_auth_server_policy.p"
APP_A, APP_B = "okta_app_oauth.a", "okta_app_oauth.b"
KEYED = ('okta_app_oauth.k["x"]', 'okta_app_oauth.k["y"]')


def ids(document: Json, address: str = POLICY, *way: str | int) -> tuple[str, ...] | None:
    read = parse_plan(json.dumps(document).encode(), Path("plan.json"))
    owner = next(item for item in read.changes if item.address == address)
    targets = References(read, Instances(read)).targets(owner, *(way or ("client_whitelist",)))
    return targets.ids if targets else None


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
        # Several instances, and nothing says which.
        (["okta_app_oauth.k"], None),
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
