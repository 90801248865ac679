"""Numbers that 64 bits do not hold, in any answer that is JSON."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from helpers import okta_auditor, snapshot_file, tenant

LARGE = 2**70
ASKED = ("--server", "Billing", "--client", "Invoices", "--grant", "authorization_code")
EXPECTATION = """
- name: large
  server: Billing
  client: Invoices
  grant: authorization_code
  user: ada@acme.example
  scopes: [openid]
  expect: minted
  access_token_minutes: 18446744073709551616
"""


@pytest.fixture
def snapshot(tmp_path: Path) -> Path:
    document = tenant()
    for path, rules in document.items():
        for rule in rules if path.endswith("/rules") else ():
            rule["actions"]["token"]["accessTokenLifetimeMinutes"] = LARGE
    return snapshot_file(tmp_path, document)


def test_access_and_explain_tell_a_lifetime_as_it_is(snapshot: Path) -> None:
    rows = json.loads(okta_auditor("access", snapshot, "--format", "json").stdout)
    user = ("--user", "ada@acme.example", "--scope", "openid")
    answer = json.loads(okta_auditor("explain", snapshot, *ASKED, *user, "--format", "json").stdout)

    assert LARGE in {row["access_token_minutes"] for row in rows}
    assert answer["access_token_minutes"] == LARGE


def test_an_expectation_tells_the_lifetime_that_it_names(snapshot: Path, tmp_path: Path) -> None:
    (tmp_path / "e.yaml").write_text(EXPECTATION)

    outcome = okta_auditor("test", snapshot, tmp_path / "e.yaml", "--format", "json")

    assert outcome.exit_code == 1
    assert str(2**64) in outcome.stdout
    assert str(LARGE) in outcome.stdout
