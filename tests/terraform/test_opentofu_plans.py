"""Plans and configurations as OpenTofu has them, where they differ from Terraform's.

Shapes: OpenTofu's pages "JSON Output Format", "Files and Directories", "State and Plan Encryption"
and "The enabled Meta-Argument", of versions 1.11 to 1.13.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from helpers import SERVERS, okta_auditor, packed_tenant, snapshot_file
from plan_documents import RULE, Json, change, plan, resource, update

from auditor.terraform.plan_file import PlanError, parse_plan

RULE_ADDRESS = "okta_auth_server_policy_rule.r"
RULES = f"{SERVERS}/aus1/policies/00p1/rules"


def tofu_plan(*changes: Json, **parts: Any) -> Json:
    """A plan as `tofu show -json` writes it."""
    document = {**plan(*changes, **parts), "terraform_version": "1.11.2"}
    for name in ("complete", "applyable"):
        del document[name]
    if not changes:
        del document["resource_changes"]
    document["planned_values"] = {"root_module": {}}
    return document


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    snapshot_file(tmp_path, packed_tenant())
    monkeypatch.chdir(tmp_path)
    return tmp_path


def laid(folder: Path, document: Json, *words: str) -> tuple[Any, Any]:
    (folder / "plan.json").write_text(json.dumps(document))
    outcome = okta_auditor("plan", "plan.json", "--base", "example.json", *words)
    return outcome, json.loads((folder / "planned.json").read_text())["resources"]


def state(*addresses: str) -> Json:
    """A prior state of resources."""
    resources = [
        {
            "address": address,
            "mode": "managed",
            "type": address.split(".")[0],
            "name": address.split(".")[1],
            "values": {"id": "x"},
        }
        for address in addresses
    ]
    return {"format_version": "1.0", "values": {"root_module": {"resources": resources}}}


def test_a_plan_without_resources_is_one(folder: Path) -> None:
    outcome, resources = laid(folder, tofu_plan())
    assert outcome.exit_code == 0, outcome.shown
    assert "made by OpenTofu 1.11.2" in outcome.stdout
    assert resources == json.loads((folder / "example.json").read_text())["resources"]


def test_a_plan_without_resources_is_no_snapshot(folder: Path) -> None:
    (folder / "plan.json").write_text(json.dumps(tofu_plan()))
    outcome = okta_auditor("audit", "plan.json")
    assert outcome.exit_code == 2
    assert "is a Terraform plan, not a snapshot" in outcome.stderr


def test_an_encrypted_plan_is_named() -> None:
    encrypted = {
        "meta": {"key_provider.pbkdf2.main": "eyJzYWx0Ijoi"},
        "encrypted_data": "c2VjcmV0",
        "encryption_version": "v0",
    }
    with pytest.raises(PlanError, match="OpenTofu has encrypted, which `tofu show` decrypts"):
        parse_plan(json.dumps(encrypted).encode(), Path("plan.json"))


@pytest.mark.parametrize("action", ["read", "Open", "no-op"])
def test_what_is_opened_while_it_runs_is_no_object(folder: Path, action: str) -> None:
    ephemeral = {
        "address": "ephemeral.okta_group.opened",
        "mode": "ephemeral",
        "type": "okta_group",
        "name": "opened",
        "change": {"actions": [action], "after_unknown": {}},
    }
    outcome, resources = laid(folder, tofu_plan(ephemeral))
    assert outcome.exit_code == 0, outcome.shown
    assert "opened" not in json.dumps(resources)


def test_what_enabled_makes_go_away_is_deleted(folder: Path) -> None:
    gone = change(RULE_ADDRESS, "delete", before=RULE, action_reason="delete_because_enabled_false")
    _, resources = laid(folder, tofu_plan(gone))
    assert resources[RULES] == []


def test_the_instance_of_count_that_enabled_moves_is_the_same_object(folder: Path) -> None:
    moved = {
        **update(RULE_ADDRESS, RULE, name="Readers, enabled"),
        "previous_address": f"{RULE_ADDRESS}[0]",
    }
    outcome, resources = laid(folder, tofu_plan(moved, prior_state=state(f"{RULE_ADDRESS}[0]")))
    assert outcome.exit_code == 0, outcome.shown
    assert [rule["name"] for rule in resources[RULES]] == ["Readers, enabled"]


def test_what_target_or_exclude_left_out_is_named(folder: Path) -> None:
    document = tofu_plan(prior_state=state(RULE_ADDRESS, "okta_group.all[0]", "aws_s3_bucket.b"))
    outcome, _ = laid(folder, document)
    assert outcome.exit_code == 3
    words = " ".join(outcome.stdout.split())
    assert "okta_auth_server_policy_rule.r and okta_group.all[0]: in no part" in words
    assert "left out by -target or -exclude" in words
    assert "aws_s3_bucket" not in outcome.stdout
    gate = okta_auditor("run", "--plan", "plan.json", "--base", "example.json")
    assert gate.exit_code == 3
    assert "make a plan of everything" in " ".join(gate.stdout.split())


def test_terraform_says_itself_what_it_leaves_out(folder: Path) -> None:
    outcome, _ = laid(folder, plan(prior_state=state(RULE_ADDRESS)))
    assert outcome.exit_code == 0, outcome.shown


CONFIGURED = (
    resource("okta_group.once"),
    {**resource("okta_group.counted"), "count_expression": {"references": ["var.n"]}},
    {**resource("okta_group.each"), "for_each_expression": {"constant_value": []}},
    resource("data.okta_group.read"),
    resource("aws_iam_role.other"),
)


def test_a_resource_of_the_configuration_that_has_no_entry_is_named(folder: Path) -> None:
    document = tofu_plan(resources=CONFIGURED)
    inner = {"module": {"resources": [resource("okta_group.inner")]}}
    document["configuration"]["root_module"]["module_calls"] = {
        "m": inner,
        "n": {**inner, "count_expression": {"references": ["var.n"]}},
    }
    outcome, _ = laid(folder, document)
    assert outcome.exit_code == 3
    words = " ".join(outcome.stdout.split())
    assert "module.m.okta_group.inner and okta_group.once: in no part" in words
    assert "or `enabled` is false" in words
    for other in ("counted", "each", "read", "other", "module.n"):
        assert other not in words


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("  lifecycle {\n    enabled = var.on\n  }\n", ""),
        ("  lifecycle {\n    prevent_destroy = true\n  }\n", "left out by"),
        ("", "left out by"),
    ],
)
def test_the_configuration_says_what_may_be_disabled(folder: Path, body: str, words: str) -> None:
    (folder / "main.tf").write_text(f'resource "okta_group" "once" {{\n{body}}}\n')
    outcome, _ = laid(folder, tofu_plan(resources=(resource("okta_group.once"),)))
    assert outcome.exit_code == (3 if words else 0), outcome.shown
    assert words in outcome.stdout
    assert "or `enabled`" not in outcome.stdout


def widened() -> Json:
    return update(RULE_ADDRESS, RULE, access_token_lifetime_minutes=1440)


BLOCK = 'resource "okta_auth_server_policy_rule" "r" {\n  access_token_lifetime_minutes = 1440\n}\n'
PROVIDER_META = 'terraform {\n  provider_meta "okta" {\n    module_name = "billing"\n  }\n}\n'


@pytest.mark.parametrize(
    ("files", "place"),
    [
        ({"main.tofu": PROVIDER_META + BLOCK}, ("main.tofu", 7)),
        ({"main.tf": BLOCK, "main.tofu": "# ours\n" + BLOCK}, ("main.tofu", 3)),
        ({"main.tf": BLOCK, "other.tofu": "# nothing\n"}, ("main.tf", 2)),
    ],
)
def test_lines_are_those_of_the_file_that_opentofu_reads(
    folder: Path, files: dict[str, str], place: tuple[str, int]
) -> None:
    for name, text in files.items():
        (folder / name).write_text(text)
    (folder / "plan.json").write_text(json.dumps(tofu_plan(widened())))
    okta_auditor("run", "--plan", "plan.json", "--base", "example.json", "-O", "json=r.json")
    assert place in places(folder)


def test_terraform_reads_no_file_of_opentofu(folder: Path) -> None:
    (folder / "main.tf").write_text(BLOCK)
    (folder / "main.tofu").write_text("# ours\n" + BLOCK)
    (folder / "plan.json").write_text(json.dumps(plan(widened())))
    okta_auditor("run", "--plan", "plan.json", "--base", "example.json", "-O", "json=r.json")
    assert ("main.tf", 2) in places(folder)


def places(folder: Path) -> set[tuple[str, int]]:
    findings = json.loads((folder / "r.json").read_text())["findings"]
    return {(item["location"]["file"], item["location"]["line"]) for item in findings}


def test_what_an_override_file_may_change_is_not_read_off_the_other(folder: Path) -> None:
    """Files named `override` or `…_override` come last and count where both set an attribute."""
    (folder / "main.tf").write_text(
        'resource "okta_auth_server_policy" "p" {\n  client_whitelist = ["0oa1"]\n}\n'
    )
    (folder / "a_override.tf").write_text(
        'resource "okta_auth_server_policy" "p" {\n  client_whitelist = [var.other]\n}\n'
    )
    before = {"id": "00p1", "auth_server_id": "aus1", "name": "P", "status": "ACTIVE"}
    entry = update("okta_auth_server_policy.p", {**before, "client_whitelist": ["0oa1"]})
    entry["change"]["after"].pop("client_whitelist")
    entry["change"]["after_unknown"] = {"client_whitelist": True}
    outcome, _ = laid(folder, tofu_plan(entry))
    assert "not known: okta_auth_server_policy.p: client_whitelist" in outcome.stdout
    assert outcome.exit_code == 3
