"""A pull request in a real repository: findings and gains stand on the lines of HCL."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from helpers import SERVERS, okta_auditor, packed_tenant, snapshot_file
from plan_documents import RULE, Json, create, plan, resource, update

HCL = """\
# Rules of the billing server.
resource "okta_auth_server_policy_rule" "readers" {
  name     = "Readérs" # é is two bytes
  priority = 1
    scope_whitelist = ["*"]
  access_token_lifetime_minutes = 1440
}
"""


def git(*words: str, folder: Path) -> None:
    subprocess.run(["git", *words], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    document = packed_tenant()
    document[f"{SERVERS}/aus1/scopes"] += [{"id": "scp2", "name": "billing:write"}]
    git("init", "-q", "-b", "main", folder=tmp_path)
    git("config", "user.email", "ada@acme.example", folder=tmp_path)
    git("config", "user.name", "Ada", folder=tmp_path)
    snapshot_file(tmp_path, document)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def widened(address: str = "okta_auth_server_policy_rule.readers") -> Json:
    parts = {"module_address": address.rpartition(".okta_")[0]} if "module" in address else {}
    entry = update(address, RULE, scope_whitelist=["*"], access_token_lifetime_minutes=1440)
    return plan({**entry, **parts})


def gate(*words: object, **environment: str) -> Any:
    return okta_auditor(
        "run", "--plan", "plan.json", "--base", "example.json", *words, **environment
    )


def results(sarif: Path) -> list[tuple[str, int, int]]:
    found = []
    for result in json.loads(sarif.read_text())["runs"][0]["results"]:
        place = result["locations"][0]["physicalLocation"]
        region = place["region"]
        uri = place["artifactLocation"]["uri"]
        found.append((uri, region["startLine"], region["startColumn"]))
    return found


def test_sarif_points_at_the_widened_attribute(repository: Path) -> None:
    (repository / "main.tf").write_text(HCL)
    (repository / "plan.json").write_text(json.dumps(widened()))
    outcome = gate("-O", "sarif=r.sarif", "-O", "text", "--fail-on-gain", "*:write")
    assert outcome.exit_code == 1, outcome.shown
    assert ("main.tf", 5, 5) in results(repository / "r.sarif")
    assert ("main.tf", 6, 3) in results(repository / "r.sarif")
    assert "main.tf:6:3" in outcome.stdout or "main.tf:5:5" in outcome.stdout
    assert "1 more person obtain" in outcome.stdout


def test_a_local_module_is_found(repository: Path) -> None:
    (repository / "modules" / "billing").mkdir(parents=True)
    (repository / "modules" / "billing" / "rules.tf").write_text(HCL)
    (repository / "main.tf").write_text('module "billing" {\n  source = "./modules/billing"\n}\n')
    address = "module.billing.okta_auth_server_policy_rule.readers"
    (repository / "plan.json").write_text(json.dumps(widened(address)))
    gate("-O", "sarif=r.sarif", "-O", "markdown=r.md")
    assert ("modules/billing/rules.tf", 5, 5) in results(repository / "r.sarif")
    assert "modules/billing/rules.tf" in (repository / "r.md").read_text()


def test_a_module_from_elsewhere_is_where_it_is_called(repository: Path) -> None:
    call = 'module "billing" {\n  source = "git::https://example.com/billing.git"\n}\n'
    (repository / "main.tf").write_text(call)
    address = "module.billing.okta_auth_server_policy_rule.readers"
    (repository / "plan.json").write_text(json.dumps(widened(address)))
    gate("-O", "sarif=r.sarif")
    assert ("main.tf", 1, 1) in results(repository / "r.sarif")


def test_a_module_outside_the_repository_is_not_read(repository: Path) -> None:
    inside = repository / "inside"
    inside.mkdir()
    git("init", "-q", folder=inside)
    (repository / "outside").mkdir()
    (repository / "outside" / "rules.tf").write_text(HCL)
    (inside / "main.tf").write_text('module "billing" {\n  source = "../outside"\n}\n')
    address = "module.billing.okta_auth_server_policy_rule.readers"
    (repository / "plan.json").write_text(json.dumps(widened(address)))
    gate("-O", "sarif=r.sarif", "--source", "inside")
    assert not any("outside" in uri for uri, _, _ in results(repository / "r.sarif"))


def test_github_is_told_who_gains_what_on_which_line(repository: Path) -> None:
    (repository / "main.tf").write_text(HCL)
    (repository / "plan.json").write_text(json.dumps(widened()))
    outcome = gate("-O", "github", "--fail-on-gain", "*:write")
    lines = [line for line in outcome.stdout.splitlines() if "Access is gained" in line]
    assert lines, outcome.stdout
    assert lines[0].startswith("::warning file=main.tf,line=6,col=3") or lines[0].startswith(
        "::warning file=main.tf,line=5,col=5"
    )
    assert "1 more person obtain" in lines[0]


def test_without_a_configuration_reports_point_into_the_snapshot(repository: Path) -> None:
    (repository / "plan.json").write_text(json.dumps(widened()))
    gate("-O", "sarif=r.sarif")
    assert {uri for uri, _, _ in results(repository / "r.sarif")} == {"planned.json"}


def test_a_folder_without_configuration_is_refused(repository: Path) -> None:
    (repository / "plan.json").write_text(json.dumps(plan()))
    outcome = gate("--source", "nowhere")
    assert outcome.exit_code == 2
    assert "no Terraform configuration in nowhere" in outcome.stderr


def list_plan() -> Json:
    rule = {key: value for key, value in RULE.items() if key != "id"}
    return plan(
        create("okta_group.a", {"name": "A"}),
        create(
            "okta_auth_server_policy_rule.new",
            {**rule, "name": "New", "priority": 2, "group_whitelist": [None]},
            after_unknown={"group_whitelist": [True]},
        ),
        resources=(
            resource(
                "okta_auth_server_policy_rule.new",
                group_whitelist=["okta_group.a.id", "okta_group.a"],
            ),
        ),
    )


@pytest.mark.parametrize(
    ("written", "groups", "assumed"),
    [
        ("[okta_group.a.id]", ["okta_group.a"], False),
        ('["EVERYONE", okta_group.a.id]', ["EVERYONE", "okta_group.a"], False),
        ('toset(concat(["00g1"], [okta_group.a.id]))', ["00g1", "okta_group.a"], False),
        ("[for group in [okta_group.a] : group.id]", ["okta_group.a"], True),
    ],
)
def test_the_configuration_says_what_a_plan_leaves_out(
    repository: Path, written: str, groups: list[str], *, assumed: bool
) -> None:
    (repository / "main.tf").write_text(
        'resource "okta_group" "a" {\n  name = "A"\n}\n'
        'resource "okta_auth_server_policy_rule" "new" {\n'
        f"  group_whitelist = {written}\n}}\n"
    )
    (repository / "plan.json").write_text(json.dumps(list_plan()))
    outcome = okta_auditor("plan", "plan.json", "--base", "example.json", "-o", "planned.json")
    assert ("taken as its references read" in outcome.stdout) is assumed
    records = json.loads((repository / "planned.json").read_text())["resources"][
        f"{SERVERS}/aus1/policies/00p1/rules"
    ]
    rule = next(record for record in records if record["name"] == "New")
    assert rule["conditions"]["people"]["groups"]["include"] == groups


def commented(comment: str) -> str:
    return HCL.replace("# Rules of the billing server.", comment)


@pytest.mark.parametrize(
    "comment",
    [
        "# okta-auditor: ignore[{}] closed next week, owner ada, expires 2026-12-31",
        "// okta-auditor: ignore[{}] closed, next week, expires 2026-12-31",
        "# Hm.\n# okta-auditor: ignore[{}] closed next week, owner ada, expires 2026-12-31",
    ],
)
def test_a_comment_above_a_block_is_a_suppression(repository: Path, comment: str) -> None:
    (repository / "plan.json").write_text(json.dumps(widened()))
    (repository / "main.tf").write_text(HCL)
    day = {"OKTA_AUDITOR_AS_OF": "2026-11-28"}
    before = gate("-O", "json=r.json", "--fail-on", "info", **day)
    codes = {item["code"] for item in open_findings(repository, "0pr1")}
    assert codes, before.shown
    (repository / "main.tf").write_text(commented(comment.format(", ".join(sorted(codes)))))
    outcome = gate("-O", "json=r.json", "--fail-on", "info", **day)
    assert open_findings(repository, "0pr1") == [], outcome.shown
    accepted = json.loads((repository / "r.json").read_text())["accepted"]
    assert {item["acceptance"]["where"].partition(":")[0] for item in accepted} == {"main.tf"}


def test_a_comment_takes_nothing_from_the_file_of_suppressions(repository: Path) -> None:
    (repository / "plan.json").write_text(json.dumps(widened()))
    comment = "# okta-auditor: ignore[OAM303] closed next week, expires 2026-12-31"
    (repository / "main.tf").write_text(commented(comment))
    (repository / "okta-auditor-suppressions.toml").write_text(
        '[[accepted_gaps]]\ncollection = "client_roles"\nreason = "r"\nowner = "o"\n'
        "expires = 2026-12-31\n"
    )
    gate("-O", "json=r.json", OKTA_AUDITOR_AS_OF="2026-11-28")
    notices = json.loads((repository / "r.json").read_text())["notices"]
    assert any("accepted gap of client_roles" in item["message"] for item in notices)


def open_findings(repository: Path, identity: str) -> list[Any]:
    report = json.loads((repository / "r.json").read_text())
    return [item for item in report["findings"] if item["object"]["id"] == identity]


@pytest.mark.parametrize(
    ("comment", "words"),
    [
        ("# okta-auditor: ignore OAM301", "main.tf:1: write `okta-auditor: ignore[OAM301]"),
        ("# okta-auditor: ignore[] no", "no rule is named"),
        ("# okta-auditor: ignore[OAM303] x, expires soon", "is no day such as"),
        ("# okta-auditor: ignore[OAM999] x, expires 2026-12-31", "no rule has the code"),
        ("# okta-auditor: ignore[OAM303] expires 2026-12-31", "reason"),
        ("# okta-auditor: ignore[OAM303] x", "expires"),
        ("# okta-auditor: ignore[OAM303] x, expires 2036-12-31", "expires"),
    ],
)
def test_a_comment_that_is_no_good_is_an_error(repository: Path, comment: str, words: str) -> None:
    (repository / "plan.json").write_text(json.dumps(widened()))
    (repository / "main.tf").write_text(commented(comment))
    outcome = gate(OKTA_AUDITOR_AS_OF="2026-11-28")
    assert outcome.exit_code == 2, outcome.shown
    assert words in outcome.stderr
    assert "main.tf:1" in outcome.stderr


def test_a_change_cannot_suppress_its_own_findings(repository: Path) -> None:
    (repository / "plan.json").write_text(json.dumps(widened()))
    (repository / "main.tf").write_text(HCL)
    git("add", "-A", folder=repository)
    git("commit", "-qm", "Begin", folder=repository)
    words = ("-O", "json=r.json", "-O", "text", "--policy-from", "HEAD")
    day = {"OKTA_AUDITOR_AS_OF": "2026-11-28"}
    gate(*words, **day)
    codes = ", ".join(sorted({item["code"] for item in open_findings(repository, "0pr1")}))
    comment = f"# okta-auditor: ignore[{codes}] fine, expires 2026-12-31"
    (repository / "main.tf").write_text(commented(comment))
    outcome = gate(*words, **day)
    assert outcome.exit_code in {0, 1}, outcome.shown
    assert open_findings(repository, "0pr1"), outcome.shown
    assert "adds 1 suppression in comments" in " ".join(outcome.stdout.split())
    git("commit", "-qam", "Accept", folder=repository)
    merged = gate(*words, **day)
    assert "in comments" not in " ".join(merged.stdout.split())
    assert len(json.loads((repository / "r.json").read_text())["accepted"]) > 0


@pytest.mark.parametrize(
    "content",
    ["{" * 100_000, 'resource "a" "b" {\n' * 3_000, "\x00\xff", "é" * 10, "a = [" * 50_000],
)
def test_spoiled_files_cost_their_lines_and_nothing_else(repository: Path, content: str) -> None:
    (repository / "main.tf").write_text(content)
    (repository / "plan.json").write_text(json.dumps(widened()))
    outcome = gate("-O", "sarif=r.sarif")
    assert outcome.exit_code in {0, 1}, outcome.shown
    assert results(repository / "r.sarif")
