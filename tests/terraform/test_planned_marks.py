"""Nobody may take a plan for the org: reports, history and exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from helpers import SERVERS, okta_auditor, packed_tenant, snapshot_file
from plan_documents import RULE, plan, update

from auditor.plugins import load_reports

WORDS = "as Terraform 1.11.4 plans it"


@pytest.fixture
def base(tmp_path: Path) -> Path:
    document = packed_tenant()
    document[f"{SERVERS}/aus1/scopes"] += [{"id": "scp2", "name": "billing:write"}]
    return snapshot_file(tmp_path, document)


def laid(folder: Path, *words: object) -> Path:
    """The snapshot of a plan that widens a rule, under a name that does not tell."""
    widened = update("okta_auth_server_policy_rule.readers", RULE, scope_whitelist=["*"])
    (folder / "plan.json").write_text(json.dumps(plan(widened)))
    out = folder / "org.json"
    okta_auditor("plan", folder / "plan.json", "-o", out, *words)
    return out


@pytest.mark.parametrize("alone", [False, True])
def test_each_format_says_planned_and_so_does_what_is_read_back(
    tmp_path: Path, base: Path, *, alone: bool
) -> None:
    out = laid(tmp_path, *(() if alone else ("--base", base)))
    formats = sorted(load_reports())
    call = [word for name in formats for word in ("-O", f"{name}={tmp_path / name}.1")]
    okta_auditor("audit", out, "--no-config", *call)
    call = [word.replace(".1", ".2") for word in call]
    report = okta_auditor("report", tmp_path / "json.1", *call)

    assert report.exit_code == 0, report.shown
    for name in formats:
        first, second = ((tmp_path / f"{name}.{n}").read_text() for n in (1, 2))
        assert WORDS in " ".join(first.split()), name
        assert WORDS in " ".join(second.split()), name
        if name != "html":  # its pictures need the snapshot
            assert first == second, name


def test_saved_results_keep_why_a_planned_collection_is_not_known(tmp_path: Path) -> None:
    okta_auditor("audit", laid(tmp_path), "--no-config", "-O", f"json={tmp_path / 'saved'}")
    coverage = json.loads((tmp_path / "saved").read_text())["coverage"]
    servers = next(item for item in coverage if item["collection"] == "authorization_servers")
    assert servers["planned_alone"] is True
    assert servers["gaps"][0]["attribute"]

    again = okta_auditor("report", tmp_path / "saved", "-O", "text")

    assert "lay the plan over a snapshot of the org with --base" in " ".join(again.stdout.split())


def test_no_record_is_kept_of_what_is_planned(tmp_path: Path, base: Path) -> None:
    out = laid(tmp_path, "--base", base)
    words = ("--history", tmp_path / "history", "--no-config")
    okta_auditor("audit", base, *words)

    planned = okta_auditor("audit", out, *words)

    assert "no record is kept of what is only planned" in planned.stderr
    assert len(list((tmp_path / "history").iterdir())) == 1


def test_the_exit_code_counts_what_the_base_has_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    lacking = snapshot_file(tmp_path, packed_tenant(), unread=("trusted_origins",))
    renamed = update("okta_auth_server_policy_rule.readers", RULE, name="All readers")
    (tmp_path / "plan.json").write_text(json.dumps(plan(renamed)))
    words = ("plan", "plan.json", "--base", lacking, "-o", "out.json")

    made = okta_auditor(*words)

    assert made.exit_code == 3
    assert "the base has not read all: trusted origins: 403 E0000006" in made.stdout
    assert json.loads(okta_auditor(*words, "--format", "json").stdout)["base_unread"] == [
        "trusted_origins"
    ]


def test_a_diagnosis_says_planned_and_settles_nothing(tmp_path: Path, base: Path) -> None:
    scope = ("diagnose", "no_matching_scope", "--server", "aus1", "--scope", "sales:read")
    out = laid(tmp_path, "--base", base)
    assert okta_auditor(*scope, "--snapshot", base).exit_code == 0
    planned = okta_auditor(*scope, "--snapshot", out)
    assert planned.exit_code == 3
    assert WORDS in planned.stdout
    document = json.loads(okta_auditor(*scope, "--snapshot", out, "-O", "json").stdout)
    assert document["settled"] is False
    assert WORDS in document["planned"]
    assert document["cause"]["name"] == "scope-not-defined"


def test_groups_of_a_log_say_planned(tmp_path: Path, base: Path) -> None:
    header = {"okta_auditor_log": 1, "org": "", "with_grants": True}
    period = {"since": "2026-11-01T00:00:00Z", "until": "2026-11-02T00:00:00Z"}
    log = tmp_path / "log.jsonl"
    log.write_text(f"{json.dumps({**header, **period})}\n" + '{"complete": true}\n')
    out = laid(tmp_path, "--base", base)
    told = okta_auditor("logs", log, "--snapshot", out).stdout
    assert WORDS in told
    assert "What was not used is not known: the snapshot is of what a plan makes." in told
    document = json.loads(okta_auditor("logs", log, "--snapshot", out, "-O", "json").stdout)
    assert WORDS in document["planned"]
    assert document["usage_unknown"] == "planned"
    assert json.loads(okta_auditor("logs", log, "--snapshot", base, "-O", "json").stdout)["usage"]
