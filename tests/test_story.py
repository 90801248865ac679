"""A team and its gate, from the first run to a suppression that ends, in a git repository."""

from __future__ import annotations

import json
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from actions import run_step
from helpers import TOKEN, okta_auditor, served

from auditor.sandbox.northwind import northwind, records

NOW = datetime(2026, 1, 1, tzinfo=UTC)
SNAPSHOT = "okta/snapshot.json"
SERVER = "Orders"
CONFIG = """\
baseline = "okta-auditor-baseline.json"
history = "okta/history"
"""


class Team:
    """A repository with a committed snapshot, and the org that it is of."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.tenant = northwind(NOW)
        (folder / "okta").mkdir()
        self.git("init", "-q", "-b", "main")

    def git(self, *words: str) -> str:
        who = ["-c", "user.name=team", "-c", "user.email=team@northwind.example"]
        done = subprocess.run(
            ["git", *who, *words], cwd=self.folder, check=True, capture_output=True, text=True
        )
        return done.stdout

    def commit(self, words: str) -> None:
        self.git("add", "-A")
        self.git("commit", "-qm", words)

    def nightly(self) -> int:
        """Read the org and check it, as every night."""
        with served(self.tenant) as sandbox:
            words = ("run", "-o", SNAPSHOT, "-O", "json=results.json", "-O", "sarif=nightly.sarif")
            outcome = okta_auditor(*words, url=sandbox.url)
        assert outcome.exit_code in {0, 1}, outcome.shown
        return outcome.exit_code

    def results(self) -> Any:
        return json.loads((self.folder / "results.json").read_text())

    def add_wide_rule(self) -> str:
        """Somebody lets every client and everybody have everything; the rule's id."""
        servers = "/api/v1/authorizationServers"
        server = next(s["id"] for s in self.tenant[servers] if s["name"] == SERVER)
        policy = records.policy(server, "Legacy", ["ALL_CLIENTS"], 99)
        conditions = {
            "people": {"groups": {"include": ["EVERYONE"]}},
            "grantTypes": {"include": ["authorization_code"]},
            "scopes": {"include": ["*"]},
        }
        hour = {"accessTokenLifetimeMinutes": 60, "refreshTokenWindowMinutes": 60}
        rule = records.rule(policy["id"], "Anything for anybody", 1, conditions, hour)
        self.tenant[f"{servers}/{server}/policies"].append(policy)
        self.tenant[f"{servers}/{server}/policies/{policy['id']}/rules"] = [rule]
        return str(rule["id"])

    def gate(self, day: str) -> Any:
        """The pull request's check on a day, as the action runs it."""
        epoch = int(datetime.fromisoformat(f"{day}T12:00:00+00:00").timestamp())
        inputs = {"snapshot": SNAPSHOT}
        return run_step("Audit", self.folder, inputs, SOURCE_DATE_EPOCH=str(epoch))


@pytest.fixture
def team(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Team:
    folder = tmp_path / "repository"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return Team(folder)


@pytest.mark.slow
def test_a_team_and_its_gate(team: Team) -> None:
    # The first run finds what has grown over the years.
    assert team.nightly() == 1
    old = team.results()["summary"]["findings"]
    assert old > 50

    # They draw a line.
    assert okta_auditor("baseline", SNAPSHOT).exit_code == 0
    (team.folder / "okta-auditor.toml").write_text(CONFIG)
    team.commit("Accept what there is")

    # The next night nothing is new, and the fingerprints are the same.
    before = json.loads((team.folder / "nightly.sarif").read_text())["runs"][0]["results"]
    assert team.nightly() == 0
    summary = team.results()["summary"]
    assert (summary["findings"], summary["unchanged"]) == (0, old)
    assert {item["fingerprint"] for item in team.results()["accepted"]} == {
        item["partialFingerprints"]["oktaAuditor/v1"] for item in before
    }
    team.commit("Nightly snapshot")
    assert team.gate("2026-02-01").code == 0

    # A change adds a wide rule. The pull request is red, and points at it.
    team.git("checkout", "-q", "-b", "wide")
    wide = team.add_wide_rule()
    assert team.nightly() == 1
    team.commit("Let everybody have everything")
    red = team.gate("2026-02-02")
    assert red.code == 1
    results = json.loads((team.folder / red.outputs["sarif"]).read_text())["runs"][0]["results"]
    # The baseline accepted a finding about the rule as it was before.
    assert {item["baselineState"] for item in results} == {"new", "updated"}
    lines = (team.folder / SNAPSHOT).read_text().splitlines()
    pointed = {
        (place["artifactLocation"]["uri"], lines[place["region"]["startLine"] - 1].strip())
        for item in results
        for place in [item["locations"][0]["physicalLocation"]]
    }
    assert {file for file, _ in pointed} == {SNAPSHOT}
    assert '"scopes": {"include": ["*"]}' in "".join(line for _, line in pointed), pointed
    assert "Anything for anybody" in red.summary
    assert f"::error file={SNAPSHOT},line=" in red.log

    # The difference in meaning says so, too.
    (team.folder / "old.json").write_text(team.git("show", f"main:{SNAPSHOT}"))
    told = okta_auditor("diff", "old.json", SNAPSHOT, "--fail-on-gain", "*")
    assert told.exit_code == 1
    assert "Anything for anybody" in told.stdout

    # They accept it for some weeks, with a reason, and the check is green.
    new = [item for item in team.results()["findings"] if item["severity"] in WORST]
    assert new
    for code, target in sorted({(item["code"], item["object"]["id"]) for item in new}):
        done = okta_auditor(
            "suppress", SNAPSHOT, "--rule", code, "--target", target, "--as-of", "2026-02-02",
            "--reason", "Migration of the legacy app", "--owner", "team-identity",
            "--expires", "2026-03-01",
        )  # fmt: skip
        assert done.exit_code == 0, done.shown
    assert wide in (team.folder / "okta-auditor-suppressions.toml").read_text()
    team.commit("Accept the wide rule until March")
    green = team.gate("2026-02-03")
    assert green.code == 0, green.log
    assert "suppress" in green.summary

    # The day comes, and nobody has done anything.
    assert team.gate("2026-03-01").code == 0
    late = team.gate("2026-03-02")
    assert late.code == 1
    assert "expired" in late.log + late.summary
    assert TOKEN not in team.git("log", "-p", "--all")


WORST = ("critical", "high")
