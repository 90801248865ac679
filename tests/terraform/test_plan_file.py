"""What a file is that is named as a plan, and what is kept of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from plan_documents import Json, change, create, plan

from auditor.terraform.plan_file import LARGEST_PLAN, PlanError, parse_plan, read_plan

SECRET = "hunter2-correct-horse"


def parsed(document: Any) -> Any:
    return parse_plan(json.dumps(document).encode(), Path("plan.json"))


@pytest.mark.parametrize(
    ("document", "words"),
    [
        (b"PK\x03\x04rest", "a saved plan as Terraform keeps it"),
        (b"", "it is not JSON"),
        (b"[" * 2_000 + b"]" * 2_000, "nested too deeply"),
        (b"[1]", "it is no JSON object"),
        (b'{"version": 4, "serial": 3, "lineage": "x"}', "it is a state file"),
        (b'{"format_version": "1.0", "terraform_version": "1", "values": {}}', "it is a state ("),
        (b'{"@level": "info"}\n{"@level": "info"}', "the log of `terraform plan -json`"),
        (b'{"@level": "info"}', "the log of `terraform plan -json`"),
        (b'{"ledger": [], "resources": {}}', "it is a snapshot"),
        (b"{}", 'it has no "format_version" or no "resource_changes"'),
        (b'{"format_version": "2.0", "resource_changes": []}', 'plan format "2.0"'),
        (b'{"format_version": 1, "resource_changes": []}', "plan format none"),
        (b'{"format_version": "1.2", "resource_changes": [1]}', "has another shape"),
        (b'{"format_version": "1.2", "resource_changes": null}', "has another shape"),
        (b'{"format_version": "1.2", "resource_changes": [{"address": 1}]}', "has another shape"),
        (b'{"a":' * 100_000, "nested too deeply"),
        (b"\xff\xfe", "it is not JSON"),
    ],
)
def test_what_is_no_plan_is_named(document: bytes, words: str) -> None:
    with pytest.raises(PlanError) as caught:
        parse_plan(document, Path("plan.json"))
    assert words in caught.value.message
    assert caught.value.remedy


def test_a_plan_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    with path.open("wb") as file:
        file.truncate(LARGEST_PLAN + 1)
    with pytest.raises(PlanError, match="larger than"):
        read_plan(path)


@pytest.mark.parametrize("name", ["label", "redirect_uris"])
def test_sensitive_attributes_are_in_no_part_of_a_plan(name: str) -> None:
    value: Any = [f"https://{SECRET}.example"] if name == "redirect_uris" else SECRET
    mask: Any = {name: [True] if isinstance(value, list) else True}
    read = parsed(
        plan(
            change(
                "okta_app_oauth.a",
                "update",
                before={"id": "0oa1", name: value, "client_secret": SECRET},
                after={"id": "0oa1", name: value, "client_basic_secret": SECRET},
                after_sensitive=mask,
            )
        )
    )
    assert SECRET not in repr(read)
    assert read.changes[0].sensitive == {name}


def test_nothing_but_known_attributes_is_kept() -> None:
    read = parsed(
        plan(
            create("okta_user.ada", {"login": "ada@acme.example", "password": SECRET, "new": 1}),
            create("okta_app_oauth.a", {"label": "A", "shiny_setting": True, "tos_uri": "x"}),
        )
    )
    assert SECRET not in repr(read)
    assert [item.unmodelled for item in read.changes] == [("new",), ("shiny_setting",)]


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ({"errored": True}, "planning ended with an error"),
        ({"complete": False}, "-target"),
        ({"deferred_changes": [{}, {}]}, "2 changes deferred"),
        ({"action_invocations": [{}]}, "1 action invoked"),
    ],
)
def test_what_a_plan_leaves_out_is_named(parts: Json, words: str) -> None:
    assert words in " ".join(parsed(plan(**parts)).incomplete)


def test_opentofu_says_neither_complete_nor_applyable() -> None:
    document = plan()
    del document["complete"], document["applyable"]
    read = parsed(document)
    assert read.incomplete == ()
    assert read.made_by == "OpenTofu 1.11.4"
