"""Fixes of a plan's findings: `patch` applies them, and the finding is there no more."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from helpers import SERVERS, okta_auditor, packed_tenant, snapshot_file
from plan_documents import RULE, Json, change, create, plan, update

APPS, RULES = "okta_app_oauth.r", "okta_auth_server_policy_rule.r"
APP = {
    "id": "0oa1",
    "label": "Invoices",
    "type": "web",
    "status": "ACTIVE",
    "grant_types": ["authorization_code"],
    "response_types": ["code"],
    "redirect_uris": ["https://invoices.acme.example/callback"],
    "pkce_required": True,
    "wildcard_redirect": "DISABLED",
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    document = packed_tenant()
    document[f"{SERVERS}/aus1/scopes"] += [{"id": "scp9", "name": "openid", "system": True}]
    snapshot_file(tmp_path, document)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def gate(folder: Path, hcl: str, document: Json) -> Any:
    (folder / "main.tf").write_text(hcl)
    (folder / "plan.json").write_text(json.dumps(document))
    return okta_auditor(
        "run", "--plan", "plan.json", "--base", "example.json", "-O", "json=r.json",
        "--fix-hcl", "fixes.patch",
    )  # fmt: skip


def patched(folder: Path) -> str:
    patch = shutil.which("patch")
    if patch is None:
        pytest.skip("patch is not installed")
    subprocess.run([patch, "-p1", "-i", "fixes.patch"], cwd=folder, check=True, capture_output=True)
    return (folder / "main.tf").read_text()


@pytest.mark.parametrize(
    ("entry", "hcl", "fixed", "code"),
    [
        (
            update(RULES, RULE, scope_whitelist=["billing:read", "gone", "openid"]),
            '  scope_whitelist = ["openid", "gone", "billing:read"]\n',
            '  scope_whitelist = ["openid", "billing:read"]\n',
            "OAM302",
        ),
        (
            update(RULES, RULE, scope_whitelist=["billing:read", "gone", "openid"]),
            '  scope_whitelist = [\n    "openid",\n    "billing:read",\n    "gone",\n  ]\n',
            '  scope_whitelist = [\n    "openid",\n    "billing:read",\n  ]\n',
            "OAM302",
        ),
        (
            update(APPS, APP, pkce_required=False, type="native"),
            "  pkce_required = false # é\n",
            "  pkce_required = true # é\n",
            "OAM507",
        ),
        (
            update(
                APPS,
                APP,
                wildcard_redirect="SUBDOMAIN",
                redirect_uris=["https://*.acme.example/cb"],
            ),
            '  wildcard_redirect = "SUBDOMAIN"\n',
            '  wildcard_redirect = "DISABLED"\n',
            "OAM508",
        ),
    ],
)
def test_a_fix_is_the_smallest_change_and_works(
    folder: Path, entry: Json, hcl: str, fixed: str, code: str
) -> None:
    kind, name = entry["address"].split(".")

    def block(line: str) -> str:
        return f'# Ours.\nresource "{kind}" "{name}" {{\n  name = "Ü"\n{line}}}\n'

    outcome = gate(folder, block(hcl), plan(entry))
    codes = [item["code"] for item in json.loads((folder / "r.json").read_text())["findings"]]
    assert code in codes, outcome.shown
    assert patched(folder) == block(fixed), (folder / "fixes.patch").read_text()


def test_an_attribute_that_is_not_there_is_added(folder: Path) -> None:
    hcl = 'resource "okta_app_oauth" "r" {\n  label = "I"\n}\n'
    gate(folder, hcl, plan(update("okta_app_oauth.r", APP, type="native", pkce_required=False)))
    assert patched(folder) == (
        'resource "okta_app_oauth" "r" {\n  pkce_required = true\n  label = "I"\n}\n'
    )


@pytest.mark.parametrize("written", ["var.pkce", "!var.plain", "local.pkce"])
def test_what_is_no_literal_is_left_alone(folder: Path, written: str) -> None:
    hcl = f'resource "okta_app_oauth" "r" {{\n  pkce_required = {written}\n}}\n'
    changed = update("okta_app_oauth.r", APP, type="native", pkce_required=False)
    outcome = gate(folder, hcl, plan(changed))
    assert (folder / "fixes.patch").read_text() == ""
    assert "There is none." in outcome.stderr


def test_several_fixes_of_one_file_fit_together(folder: Path) -> None:
    hcl = (
        'resource "okta_app_oauth" "a" {\n  pkce_required = false\n}\n'
        'resource "okta_auth_server_policy_rule" "r" {\n'
        '  scope_whitelist = ["billing:read", "gone", "lost", "openid"]\n}\n'
    )
    gate(
        folder,
        hcl,
        plan(
            update("okta_app_oauth.a", APP, type="native", pkce_required=False),
            update(
                "okta_auth_server_policy_rule.r",
                RULE,
                scope_whitelist=["billing:read", "gone", "lost", "openid"],
            ),
        ),
    )
    assert patched(folder) == hcl.replace("false", "true").replace('"gone", "lost", ', "")


@pytest.mark.parametrize(("most", "untried"), [(0, 3), (1, 0)])
def test_findings_beyond_the_most_audits_are_told(
    folder: Path, monkeypatch: pytest.MonkeyPatch, most: int, untried: int
) -> None:
    monkeypatch.setattr("auditor.cli.audit.hcl_fixes.MOST_AUDITS", most)
    scopes = ["billing:read", "gone", "lost", "openid", "over"]
    listed = ", ".join(f'"{scope}"' for scope in scopes)
    hcl = f'resource "okta_auth_server_policy_rule" "r" {{\n  scope_whitelist = [{listed}]\n}}\n'
    changed = update("okta_auth_server_policy_rule.r", RULE, scope_whitelist=scopes)
    outcome = gate(folder, hcl, plan(changed))
    assert (f"No fix was tried of {untried} more finding" in outcome.stderr) is (untried > 0)
    cost = f", tried on the plan in {most} audit" if most else ". There is none."
    assert f"of {3 - untried} findings in HCL{cost}" in outcome.stderr


def test_a_fix_that_does_not_hold_leaves_the_others(folder: Path) -> None:
    """A rule whose only scope does not exist keeps it: a rule without a scope is worse."""
    hcl = (
        'resource "okta_app_oauth" "a" {\n  pkce_required = false\n}\n'
        'resource "okta_auth_server_policy_rule" "r" {\n  scope_whitelist = ["gone"]\n}\n'
    )
    outcome = gate(
        folder,
        hcl,
        plan(
            update("okta_app_oauth.a", APP, type="native", pkce_required=False),
            update("okta_auth_server_policy_rule.r", RULE, scope_whitelist=["gone"]),
        ),
    )
    assert "Exact fixes of 1 finding in HCL, tried on the plan in 3 audits." in outcome.stderr
    assert patched(folder) == hcl.replace("false", "true")


def test_of_blocks_with_the_same_labels_the_one_is_changed_that_counts(folder: Path) -> None:
    """A file that an editor left half-way may have a block twice. The first counts."""
    one = 'resource "okta_app_oauth" "r" {\n  pkce_required = false\n}\n'
    other = 'data "okta_app_oauth" "r" {\n  pkce_required = false\n}\n'
    changed = update("okta_app_oauth.r", APP, type="native", pkce_required=False)
    gate(folder, f"{other}{one}{one}", plan(changed))
    assert patched(folder) == f"{other}{one.replace('false', 'true')}{one}"


def test_a_sound_plan_needs_no_fix(folder: Path) -> None:
    gate(folder, 'resource "okta_app_oauth" "a" {}\n', plan(update("okta_app_oauth.a", APP)))
    assert (folder / "fixes.patch").read_text() == ""


def test_what_was_changed_by_hand_is_a_diff_of_its_own(folder: Path) -> None:
    narrow = {**RULE, "scope_whitelist": ["openid"]}
    drift = change("okta_auth_server_policy_rule.r", "update", before=narrow, after=RULE)
    outcome = gate(folder, "", plan(resource_drift=[drift]))
    assert "Changed by hand since Terraform last ran:" in outcome.stdout
    by_hand = outcome.stdout.partition("Changed by hand")[2]
    assert "billing:read" in by_hand.partition("Nobody gained or lost access")[0]


def test_what_was_deleted_by_hand_is_lost(folder: Path) -> None:
    drift = change("okta_auth_server_policy_rule.r", "delete", before=RULE)
    created = create("okta_auth_server_policy_rule.r", {**RULE, "id": None})
    outcome = gate(folder, "", plan(created, resource_drift=[drift]))
    by_hand = outcome.stdout.partition("Changed by hand")[2]
    assert "LOST" in by_hand
    assert "billing:read" in by_hand
