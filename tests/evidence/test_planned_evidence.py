"""Evidence is of what an org is: none is made of a plan, and none that was made is verified."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from bundle_forgery import fit
from helpers import okta_auditor, packed_tenant, snapshot_file, write_document
from terraform.plan_documents import RULE, plan, update


@pytest.fixture
def org(tmp_path: Path) -> Path:
    return snapshot_file(tmp_path, packed_tenant())


def test_there_is_no_evidence_of_a_plan(tmp_path: Path, org: Path) -> None:
    out = tmp_path / "out.json"
    renamed = update("okta_auth_server_policy_rule.readers", RULE, name="All readers")
    (tmp_path / "plan.json").write_text(json.dumps(plan(renamed)))
    okta_auditor("plan", tmp_path / "plan.json", "--base", org, "-o", out)

    refused = okta_auditor("evidence", "export", out, "-o", tmp_path / "bundle", "--no-config")

    assert refused.exit_code == 2
    assert "evidence is of what an org is" in refused.stderr
    assert not (tmp_path / "bundle").exists()


def test_evidence_that_somebody_made_of_a_plan_is_not_verified(tmp_path: Path, org: Path) -> None:
    bundle = tmp_path / "bundle"
    okta_auditor("evidence", "export", org, "-o", bundle, "--no-config")
    assert okta_auditor("evidence", "verify", bundle).exit_code == 0
    document = json.loads((bundle / "snapshot.json").read_text())
    document["capture"]["plan"] = {"made_by": "Terraform 1.11.4", "digest": "sha256:0"}
    write_document(bundle / "snapshot.json", document)
    fit(bundle)

    verified = okta_auditor("evidence", "verify", bundle)

    assert verified.exit_code == 1
    assert "of what a plan would make, not of what an org was" in " ".join(verified.stdout.split())
