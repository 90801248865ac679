"""`okta-auditor plan` and `run --plan`, with plans as CI would have them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from helpers import SERVERS, okta_auditor, packed_tenant, served, snapshot_file, tenant
from plan_documents import RULE, Json, create, plan, update

HOSTILE = "\x1b[31m\n::error::owned\u202e<script>"


@pytest.fixture
def base(tmp_path: Path) -> Path:
    document = packed_tenant()
    document[f"{SERVERS}/aus1/scopes"] += [{"id": "scp2", "name": "billing:write"}]
    return snapshot_file(tmp_path, document)


def write(folder: Path, document: Json) -> Path:
    path = folder / "plan.json"
    path.write_text(json.dumps(document))
    return path


def widened() -> Json:
    return plan(
        update(
            "okta_auth_server_policy_rule.readers",
            RULE,
            scope_whitelist=["billing:read", "billing:write", "openid"],
        )
    )


def test_a_plan_becomes_a_snapshot_that_other_commands_read(tmp_path: Path, base: Path) -> None:
    out = tmp_path / "planned.json"
    made = okta_auditor("plan", write(tmp_path, widened()), "--base", base, "-o", out)
    assert made.exit_code == 0, made.shown
    assert "1 changed" in made.stdout
    assert f"okta-auditor diff {base} {out}" in made.stdout
    compared = okta_auditor("diff", base, out, "--fail-on-gain", "*:write", "--no-findings")
    assert compared.exit_code == 1
    assert "1 person" in compared.stdout or "billing:write" in compared.stdout
    request = ("--server", "aus1", "--client", "0oa1", "--grant", "authorization_code")
    request += ("--user", "ada@acme.example", "--scope", "billing:write")
    assert "MINTED" in okta_auditor("explain", out, *request).stdout
    assert "REJECTED" in okta_auditor("explain", base, *request).stdout


def test_one_step_fails_for_a_gain(tmp_path: Path, base: Path) -> None:
    path, out = write(tmp_path, widened()), tmp_path / "planned.json"
    words = ("run", "--plan", path, "--base", base, "-o", out)
    gate = okta_auditor(*words, "--fail-on-gain", "*:write")
    assert gate.exit_code == 1, gate.shown
    assert "billing:write" in gate.stdout
    assert "as Terraform 1.11.4 plans it" in " ".join(gate.stdout.split())
    assert okta_auditor(*words).exit_code == 0, "nothing new is found, and no gain is forbidden"


def test_one_step_fails_for_new_findings_only(tmp_path: Path, base: Path) -> None:
    everything = plan(
        update(
            "okta_auth_server_policy_rule.readers",
            RULE,
            scope_whitelist=["*"],
            access_token_lifetime_minutes=1440,
        )
    )
    words = ("run", "--plan", write(tmp_path, everything), "--base", base)
    gate = okta_auditor(*words, "-o", tmp_path / "planned.json", "--fail-on", "low")
    assert gate.exit_code == 1, gate.shown
    nothing = plan(update("okta_auth_server_policy_rule.readers", RULE, name="Readers too"))
    words = ("run", "--plan", write(tmp_path, nothing), "--base", base)
    gate = okta_auditor(*words, "-o", tmp_path / "planned.json", "--fail-on", "low")
    assert gate.exit_code == 0, gate.shown


def test_what_is_not_known_is_incomplete(tmp_path: Path, base: Path) -> None:
    document = plan(
        create(
            "okta_auth_server_policy_rule.new",
            {**RULE, "id": None, "priority": 2},
            "scope_whitelist",
        )
    )
    out = tmp_path / "planned.json"
    made = okta_auditor("plan", write(tmp_path, document), "--base", base, "-o", out)
    assert made.exit_code == 3
    assert "okta_auth_server_policy_rule.new: scope_whitelist is known after apply" in made.stdout
    gate = okta_auditor("run", "--plan", tmp_path / "plan.json", "--base", base, "-o", out)
    assert gate.exit_code == 3


def test_json_says_the_same(tmp_path: Path, base: Path) -> None:
    words = ("plan", write(tmp_path, widened()), "--base", base, "-o", tmp_path / "p.json")
    said = json.loads(okta_auditor(*words, "--format", "json").stdout)
    assert said["resources"] == {"update": 1}
    assert said["not_known"] == []
    assert said["base"].startswith("sha256:")


def test_audit_of_a_plan_says_what_to_do(tmp_path: Path) -> None:
    outcome = okta_auditor("audit", write(tmp_path, widened()))
    assert outcome.exit_code == 2
    assert "is a Terraform plan" in outcome.stderr
    assert "okta-auditor plan" in outcome.stderr


def test_options_of_a_plan_need_one(base: Path) -> None:
    outcome = okta_auditor("run", "--base", base)
    assert outcome.exit_code == 2
    assert "--plan" in outcome.stderr


def test_a_gain_cannot_fail_without_a_base(tmp_path: Path) -> None:
    outcome = okta_auditor("run", "--plan", write(tmp_path, widened()), "--fail-on-gain", "*")
    assert outcome.exit_code == 2
    assert "--fail-on-gain needs --base" in outcome.stderr


def test_hostile_names_stay_text(tmp_path: Path, base: Path) -> None:
    address = f'okta_app_oauth.a["{HOSTILE}"]'
    document = plan(
        create(address, {"label": HOSTILE, "type": "web"}, "grant_types", index=HOSTILE),
        errored=True,
    )
    out = tmp_path / "planned.json"
    path = write(tmp_path, document)
    shown = [
        okta_auditor("plan", path, "--base", base, "-o", out),
        okta_auditor("run", "--plan", path, "--base", base, "-o", out, "-O", "github"),
        okta_auditor("audit", out),
    ]
    for outcome in shown:
        assert outcome.exit_code == 3, outcome.shown
        assert "\x1b[31m" not in outcome.shown
        assert "\u202e" not in outcome.shown
        assert not any(line.startswith("::error::owned") for line in outcome.shown.splitlines())


@pytest.mark.parametrize(("depth", "code"), [(500, 0), (100_000, 2)])
def test_deep_modules_end(tmp_path: Path, base: Path, depth: int, code: int) -> None:
    address = "module.m." * depth + "okta_group.g"
    document = plan(create("okta_group.g", {"name": "G"}))
    document["resource_changes"][0] |= {"address": address, "module_address": address[:-13]}
    out = tmp_path / "planned.json"
    made = okta_auditor("plan", write(tmp_path, document), "--base", base, "-o", out)
    assert made.exit_code == code, made.shown[:2000]
    assert code == 0 or "more than 500 deep" in made.stderr


def test_a_planned_snapshot_is_the_same_bytes_each_time(tmp_path: Path, base: Path) -> None:
    path = write(tmp_path, widened())
    for name in ("one.json", "two.json"):
        okta_auditor("plan", path, "--base", base, "-o", tmp_path / name)
    assert (tmp_path / "one.json").read_bytes() == (tmp_path / "two.json").read_bytes()


def test_a_right_that_was_missing_when_the_base_was_read_may_be_an_accepted_gap(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with served(tenant(faults=[{"path": "/principal-rate-limits", "status": 403}])) as sandbox:
        okta_auditor("snapshot", "-o", "base.json", url=sandbox.url)
    renamed = update("okta_auth_server_policy_rule.readers", RULE, name="All readers")
    write(tmp_path, plan(renamed))
    words = ("run", "--plan", "plan.json", "--base", "base.json", "--as-of", "2026-11-28")
    assert okta_auditor(*words).exit_code == 3

    Path("okta-auditor-suppressions.toml").write_text(
        '[[accepted_gaps]]\ncollection = "client_rate_limits"\nreason = "r"\nowner = "o"\n'
        "expires = 2026-12-31\n"
    )
    outcome = okta_auditor(*words)

    assert outcome.exit_code == 0, outcome.shown
    assert "could not be compared, which is accepted" in " ".join(outcome.stdout.split())
