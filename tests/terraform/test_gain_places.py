"""Who gains what stands on the attribute that gives it, and at the top of the Markdown."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from helpers import SERVERS, okta_auditor, packed_tenant, snapshot_file
from plan_documents import RULE, Json, plan, update

POLICY: Json = {
    "id": "00p1",
    "auth_server_id": "aus1",
    "name": "Apps",
    "status": "ACTIVE",
    "priority": 1,
    "client_whitelist": ["0oa1"],
}
HCL = """\
resource "okta_auth_server_policy_rule" "readers" {
  access_token_lifetime_minutes = 60
  description                   = "For all"
  group_whitelist               = ["EVERYONE"]
  name                          = "Readers"
  scope_whitelist               = ["billing:read"]
  status                        = "ACTIVE"
}
"""


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("main.tf").write_text(HCL)
    return tmp_path


def gate(folder: Path, before: Json, **changed: Any) -> str:
    """The Markdown of a plan over an org whose rule is as it was before."""
    document = packed_tenant()
    document[f"{SERVERS}/aus1/scopes"] += [{"id": "scp2", "name": "billing:write"}]
    rule = document[f"{SERVERS}/aus1/policies/00p1/rules"][0]
    rule["status"] = before["status"]
    snapshot_file(folder, document)
    widened = update("okta_auth_server_policy_rule.readers", before, **changed)
    (folder / "plan.json").write_text(json.dumps(plan(widened)))
    call = ("run", "--plan", "plan.json", "--base", "example.json", "-O", "markdown=out.md")
    outcome = okta_auditor(*call)
    assert outcome.exit_code == 0, outcome.shown
    return (folder / "out.md").read_text()


@pytest.mark.parametrize(
    ("before", "changed", "line"),
    [
        (RULE, {"scope_whitelist": ["*"], "access_token_lifetime_minutes": 9, "name": "A"}, 6),
        (RULE, {"scope_whitelist": ["billing:write"], "description": "All"}, 6),
        (RULE | {"status": "INACTIVE"}, {"status": "ACTIVE", "description": "All"}, 7),
    ],
    ids=["all scopes", "a scope", "active"],
)
def test_a_gain_stands_on_what_gives_it(work: Path, before: Json, changed: Json, line: int) -> None:
    markdown = gate(work, before, **changed)

    first, title, *_ = markdown.splitlines()
    assert first == "<!-- okta-auditor:00o1 -->"
    assert title == "## okta-auditor diff"
    assert f"- main&#46;tf&#58;{line}&#58;3&#58; This change lets 1 more person obtain" in markdown
    assert "**1 person through 1 client gained" in markdown
    assert "### okta-auditor: " in markdown


def test_a_large_change_fits_into_a_comment(work: Path) -> None:
    document = packed_tenant()
    rules = document[f"{SERVERS}/aus1/policies/00p1/rules"]
    names = [f"{'very-long-scope-name-' * 4}{number}" for number in range(60)]
    document[f"{SERVERS}/aus1/scopes"] += [{"id": f"s{name}", "name": name} for name in names]
    rules += [
        {
            **rules[0],
            "id": f"0prx{number}",
            "priority": number + 2,
            "name": f"{'Long ' * 40}{number}",
            "status": "INACTIVE",
            "conditions": {**rules[0]["conditions"], "scopes": {"include": [names[number]]}},
        }
        for number in range(60)
    ]
    snapshot_file(work, document)
    changes = [
        update(
            f"okta_auth_server_policy_rule.r{number}",
            RULE
            | {"id": rule["id"], "status": "INACTIVE", "priority": number + 1}
            | {"name": rule["name"], "scope_whitelist": rule["conditions"]["scopes"]["include"]},
            status="ACTIVE",
        )
        for number, rule in enumerate(rules[1:], 1)
    ]
    (work / "plan.json").write_text(json.dumps(plan(*changes)))

    call = ("run", "--plan", "plan.json", "--base", "example.json", "-O", "markdown=out.md")
    okta_auditor(*call)

    markdown = (work / "out.md").read_text()
    assert "<summary>Gained: 60</summary>" in markdown
    assert len(markdown.encode("utf-16-le")) // 2 <= 65_536
