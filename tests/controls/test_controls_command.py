"""`okta-auditor controls`, with and without a snapshot."""

import csv
import io
import json
import re
from pathlib import Path
from typing import Any

import pytest
from helpers import SERVERS, okta_auditor, snapshot_file, tenant

from auditor.controls import unmapped_rules
from auditor.controls.framework_loading import ORDER
from auditor.plugins import load_rules

ROOT = Path(__file__).parents[2]
RULES = f"{SERVERS}/aus1/policies/00p1/rules"
OWN = """\
id: acme
title: Acme
version: "1"
source: https://acme.example
beyond: [What people do.]
controls:
  - id: "=A-1"
    title: No password grant
    direct: {OAM305: "=The rule allows the password grant."}
  - id: A-2
    title: No password grant in clients
    related: {OAM506: The client may use it.}
"""


def with_grant(grant: str) -> dict[str, Any]:
    document = tenant()
    document[RULES][0]["conditions"]["grantTypes"]["include"] = [grant]
    return document


@pytest.fixture
def own(tmp_path: Path) -> Path:
    path = tmp_path / "acme.yaml"
    path.write_text(OWN)
    return path


def controls(snapshot: Path, own: Path, *more: object) -> tuple[int, dict[str, dict[str, Any]]]:
    done = okta_auditor("controls", snapshot, "--framework", own, "--format", "json", *more)
    (framework,) = json.loads(done.stdout)["frameworks"]
    return done.exit_code, {control["id"]: control for control in framework["controls"]}


def test_text_names_each_framework_its_coverage_and_what_it_cannot_show() -> None:
    done = okta_auditor("controls")

    assert done.exit_code == 0
    for identity in ORDER:
        assert f"({identity})" in done.stdout
    assert done.stdout.count("Configuration cannot show") == len(ORDER)
    assert re.search(r"AC-6\(5\)  Privileged accounts\n    direct   .*OAM805", done.stdout)
    none, every = len(unmapped_rules()), len(load_rules())
    assert f"{none} rules of {every} in none of these" in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 160
    assert "satisfied" not in done.stdout.lower()


def test_one_framework_says_why_for_each_rule() -> None:
    done = okta_auditor("controls", "--framework", "rfc-9700")
    assert (
        "OAM507 pkce-not-required\n             A public client is not held to PKCE." in done.stdout
    )
    assert "nist" not in done.stdout


def test_json_and_csv_have_the_same_mappings() -> None:
    document = json.loads(okta_auditor("controls", "--format", "json").stdout)
    text = okta_auditor("controls", "--format", "csv").stdout
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))

    listed = [
        (framework["id"], control["id"], rule["rule"], rule["strength"], rule["rationale"])
        for framework in document["frameworks"]
        for control in framework["controls"]
        for rule in control["rules"]
    ]
    assert listed == [
        (row["framework"], row["control"], row["rule"], row["strength"], row["rationale"])
        for row in rows
        if row["strength"] != "beyond"
    ]
    assert sum(row["strength"] == "beyond" for row in rows) == sum(
        len(framework["beyond"]) for framework in document["frameworks"]
    )
    assert {item["rule"] for item in document["unmapped"]} >= {"OAM101", "OAM801"}


def test_a_finding_of_a_direct_rule_leaves_a_control_not_satisfied(
    tmp_path: Path, own: Path
) -> None:
    code, found = controls(snapshot_file(tmp_path, with_grant("password")), own)

    assert code == 1
    assert (found["=A-1"]["status"], found["=A-1"]["findings"]) == ("not satisfied", 1)
    assert found["A-2"]["status"] == "not claimed"
    (rule,) = found["=A-1"]["rules"]
    assert (rule["outcome"], rule["findings"], rule["accepted"]) == ("findings", 1, 0)


def test_a_control_whose_direct_rules_find_nothing_is_satisfied(tmp_path: Path, own: Path) -> None:
    code, found = controls(snapshot_file(tmp_path, with_grant("authorization_code")), own)

    assert code == 0
    assert (found["=A-1"]["status"], found["=A-1"]["findings"]) == ("satisfied", 0)


def test_what_was_not_read_is_not_evaluated_and_never_satisfied(tmp_path: Path, own: Path) -> None:
    snapshot = snapshot_file(tmp_path, with_grant("password"), unread=("policy_rules",))

    code, found = controls(snapshot, own)

    assert code == 3
    assert found["=A-1"]["status"] == "not evaluated"
    assert found["=A-1"]["not_evaluated"] == ["OAM305"]
    shown = okta_auditor("controls", snapshot, "--framework", own).stdout
    assert "NOT EVALUATED (not evaluated: OAM305)" in shown
    assert "0 satisfied, 0 not satisfied, 1 not evaluated, 1 not claimed" in shown


def test_a_rule_that_was_not_selected_is_not_evaluated(tmp_path: Path, own: Path) -> None:
    config = tmp_path / "okta-auditor.toml"
    config.write_text('ignore = ["OAM305"]\n')
    snapshot = snapshot_file(tmp_path, with_grant("password"))

    code, found = controls(snapshot, own, "--config", config)

    assert code == 0
    assert found["=A-1"]["status"] == "not evaluated"


def test_an_accepted_finding_leaves_a_control_not_satisfied(tmp_path: Path, own: Path) -> None:
    snapshot = snapshot_file(tmp_path, with_grant("password"))
    file = tmp_path / "accepted.toml"
    file.write_text(
        '[[suppression]]\nrule = "OAM305"\ntarget = "0pr1"\nreason = "Old kiosk"\n'
        'owner = "iam"\nexpires = 2026-12-31\n'
    )

    code, found = controls(snapshot, own, "--suppressions", file, "--as-of", "2026-11-01")

    control = found["=A-1"]
    assert code == 1
    assert (control["status"], control["findings"], control["accepted"]) == ("not satisfied", 0, 1)


def test_cells_are_no_formulas(tmp_path: Path, own: Path) -> None:
    snapshot = snapshot_file(tmp_path, with_grant("password"))
    text = okta_auditor("controls", snapshot, "--framework", own, "--format", "csv").stdout
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    assert rows[0]["control"] == "'=A-1"
    assert rows[0]["rationale"].startswith("'=The")
    assert (rows[0]["status"], rows[0]["outcome"]) == ("not satisfied", "findings")
    assert (rows[0]["findings"], rows[0]["accepted"]) == ("1", "0")


def test_same_input_same_bytes(tmp_path: Path) -> None:
    snapshot = snapshot_file(tmp_path, tenant())
    for form in ("text", "json", "csv"):
        first = okta_auditor("controls", snapshot, "--format", form).stdout
        assert okta_auditor("controls", snapshot, "--format", form).stdout == first


def test_an_unknown_framework_is_told_with_the_nearest() -> None:
    done = okta_auditor("controls", "--framework", "rfc9700")
    assert done.exit_code == 2
    assert "There is no framework 'rfc9700'; did you mean rfc-9700?" in done.stderr
    assert "nist-800-53-r5" in done.stderr


def test_a_framework_that_names_no_rule_there_is(own: Path) -> None:
    own.write_text(OWN.replace("OAM506", "OAM560"))
    done = okta_auditor("controls", "--framework", own)
    assert done.exit_code == 2
    assert f"{own}:12: no rule has the code OAM560" in done.stderr


def test_the_guide_names_every_framework_and_its_example_works(tmp_path: Path) -> None:
    guide = (ROOT / "docs" / "controls.md").read_text()
    for identity in ORDER:
        assert f"| `{identity}` |" in guide
    example = re.search(r"```yaml\n(.*?)```", guide, re.DOTALL)
    assert example
    path = tmp_path / "acme.yaml"
    path.write_text(example[1])

    done = okta_auditor("controls", "--framework", path)

    assert done.exit_code == 0, done.shown
    assert "IAM-4  No passwords in clients" in done.stdout


def test_the_configuration_adds_frameworks_to_the_built_in_ones(own: Path) -> None:
    config = own.parent / "okta-auditor.toml"
    config.write_text('frameworks = ["acme.yaml"]\n')

    done = okta_auditor("controls", "--config", config, "--format", "json")
    named = okta_auditor("controls", "--config", config, "--framework", "acme", "--format", "json")

    ids = [item["id"] for item in json.loads(done.stdout)["frameworks"]]
    assert ids == [*ORDER, "acme"]
    assert [item["id"] for item in json.loads(named.stdout)["frameworks"]] == ["acme"]


def test_two_frameworks_of_one_id_are_refused_with_the_place(own: Path) -> None:
    own.write_text(OWN.replace("id: acme", "id: rfc-9700"))
    done = okta_auditor("controls", "--framework", own)
    assert done.exit_code == 2
    assert f'{own}: there is a framework "rfc-9700" already' in done.stderr

    config = own.parent / "okta-auditor.toml"
    config.write_text('ignore = ["OAM8"]\nframeworks = ["acme.yaml"]\n')
    done = okta_auditor("controls", "--config", config)
    assert done.exit_code == 2
    assert f'{config}:2: frameworks: {own}: there is a framework "rfc-9700"' in done.stderr


def test_a_found_configuration_names_no_framework_outside_its_repository(
    own: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository = own.parent / "repository"
    (repository / ".git").mkdir(parents=True)
    (repository / "okta-auditor.toml").write_text('frameworks = ["../acme.yaml"]\n')
    monkeypatch.chdir(repository)

    done = okta_auditor("controls")

    assert done.exit_code == 2
    assert "frameworks names" in done.stderr
    assert "outside of the file's repository" in done.stderr


def test_saved_results_say_the_same_as_their_snapshot(tmp_path: Path, own: Path) -> None:
    snapshot, results = snapshot_file(tmp_path, with_grant("password")), tmp_path / "results.json"
    okta_auditor("audit", snapshot, "--output", f"json={results}")

    assert controls(results, own) == controls(snapshot, own)
    other = f'"page":"{"0" * 32}'
    results.write_text(re.sub('"page":"[0-9a-f]{32}', other, results.read_text(), count=1))
    assert (
        "note: 1 rule is installed in another version" in okta_auditor("controls", results).stderr
    )
    done = okta_auditor("controls", results, "--as-of", "2026-11-01")
    assert done.exit_code == 2
    assert "Name the snapshot instead." in done.stderr
    results.write_text(results.read_text()[:-20])
    assert "does not hold usable results" in okta_auditor("controls", results).stderr
