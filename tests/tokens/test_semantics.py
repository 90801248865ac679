"""Okta's documented examples and the known semantics, as expectation files that must pass."""

import json
from pathlib import Path

import pytest
from helpers import okta_auditor, snapshot_file

FOLDER = Path(__file__).parents[1] / "expectations"
FILES = sorted(path.name for path in FOLDER.glob("*.yaml"))


@pytest.mark.parametrize("name", FILES)
def test_the_engine_decides_as_documented(name: str, tmp_path: Path) -> None:
    tenant, _, reading = name.removesuffix(".yaml").partition(".")
    document = json.loads((FOLDER / f"{tenant}.json").read_text())
    snapshot = snapshot_file(tmp_path, document)

    outcome = okta_auditor("test", snapshot, FOLDER / name, "--oidc-scopes", reading or "listed")

    assert outcome.exit_code == 0, outcome.shown
