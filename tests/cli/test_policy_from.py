"""`--policy-from REF`: what decides is a commit's, and what the checkout changes of it is said."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from helpers import SERVERS, okta_auditor, snapshot_file, tenant

ENTRY = (
    '[[suppression]]\nrule = "{rule}"\ntarget = "{target}"\nreason = "r"\nowner = "o"\n'
    "expires = 2027-01-01\n"
)
FORMATS = ("text", "sarif", "html", "markdown", "github", "gitlab", "junit")
RULE = '''"""Nothing is right.

Somebody must look.

Fix: do better.

Flagged:

    {{"groups": [{{"id": "00g1", "profile": {{"name": "Staff"}}}}]}}

Accepted:

    {{"groups": []}}
"""

from collections.abc import Iterator

from auditor import Finding, Impact, Org, Severity, rule


@rule("ACME001", severity=Severity.{severity}, impact=Impact.RISKY, reads=["groups"])
def check(org: Org) -> Iterator[Finding]:
    for group in org.groups:
        yield Finding(group, "It is a group.")
'''


def git(*words: str) -> None:
    who = ("-c", "user.name=a", "-c", "user.email=a@b.example", "-c", "init.defaultBranch=main")
    subprocess.run(["git", *who, *words], check=True, capture_output=True)


def commit() -> None:
    git("add", "--all")
    git("commit", "--quiet", "--allow-empty", "-m", "Change")


@pytest.fixture(autouse=True)
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with a snapshot; a policy is for all clients, OAM201, of severity high."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OKTA_AUDITOR_AS_OF", "2026-12-01")
    document = tenant()
    document[f"{SERVERS}/aus1/policies"][0]["conditions"]["clients"]["include"] = ["ALL_CLIENTS"]
    snapshot_file(tmp_path, document)
    git("init", "--quiet")
    return tmp_path


def audit(*words: str, ref: str = "HEAD") -> tuple[int, dict[str, Any]]:
    outcome = okta_auditor("audit", "example.json", "-O", "json", "--policy-from", ref, *words)
    assert outcome.stdout, outcome.stderr
    return outcome.exit_code, json.loads(outcome.stdout)


def sentences(document: dict[str, Any]) -> list[str]:
    return [item["sentence"] for item in document["weakenings"]]


def gate_fails() -> list[str]:
    """What is said of the change, of an audit that fails in spite of it."""
    code, document = audit()
    assert code == 1
    return sentences(document)


MILDER = {
    "exit_zero": ("exit_zero = true", "changes exit_zero from false to true"),
    "fail_on": ('fail_on = "critical"', "raises fail_on from high to critical"),
    "ignore": ('ignore = ["OAM"]\nselect=["OAM101"]', "changes ignore from [] to"),
    "severity": ('[severity]\nALL = "info"', "changes severity.ALL from nothing to info"),
    "options": ("[options.OAM702]\nceiling_minutes = 1440", "changes options.OAM702 from nothing"),
    "broken": ("fail_on = ", "cannot be used"),
}


@pytest.mark.parametrize("kind", MILDER)
def test_a_change_of_the_settings_decides_nothing_and_is_said(kind: str) -> None:
    commit()
    text, said = MILDER[kind]
    Path("okta-auditor.toml").write_text(text)

    found = gate_fails()

    assert any(said in sentence for sentence in found), found
    assert all("HEAD decides until it is merged" in sentence for sentence in found)


def test_settings_that_are_removed_go_on_deciding() -> None:
    Path("okta-auditor.toml").write_text('fail_on = "info"\nselect = ["OAM534"]')
    commit()
    Path("okta-auditor.toml").unlink()

    assert any("raises fail_on from info to high" in sentence for sentence in gate_fails())


def test_settings_of_a_pyproject_count_too() -> None:
    Path("pyproject.toml").write_text('[tool.okta-auditor]\nfail_on = "critical"\n')
    commit()
    assert audit()[0] == 0
    Path("okta-auditor.toml").write_text('fail_on = "info"')
    assert audit()[0] == 0


@pytest.mark.parametrize("form", FORMATS)
def test_every_report_says_it_before_its_findings(form: str) -> None:
    commit()
    Path("okta-auditor.toml").write_text('fail_on = "critical"')

    shown = " ".join(
        okta_auditor("audit", "example.json", "-O", form, "--policy-from", "HEAD").stdout.split()
    )

    word = "Not in force" if form in {"text", "markdown", "gitlab", "sarif", "html"} else "raises"
    assert word in shown
    assert "critical" in shown
    if form in {"text", "markdown", "github", "gitlab", "junit"}:
        assert shown.find(word) < 700


def test_added_suppressions_accept_nothing_and_are_counted() -> None:
    commit()
    entries = [ENTRY.format(rule="OAM201", target=target) for target in ("00p1", "00p2", "00p3")]
    Path("okta-auditor-suppressions.toml").write_text("\n".join(entries))

    (sentence,) = gate_fails()
    assert "okta-auditor-suppressions.toml:1: this change adds 3 suppressions;" in sentence

    commit()
    code, document = audit()
    assert code == 0, "merged, they hold"
    assert sentences(document) == []
    assert "HEAD:okta-auditor-suppressions.toml" in json.dumps(document["accepted"])


def test_an_added_baseline_accepts_nothing() -> None:
    Path("okta-auditor.toml").write_text("")
    commit()
    assert okta_auditor("baseline", "example.json", "-o", "b.json").exit_code == 0
    Path("okta-auditor.toml").write_text('baseline = "b.json"')

    found = gate_fails()

    assert any("this change adds 3 accepted findings" in sentence for sentence in found)


def test_rules_are_the_commit_s_and_those_of_the_checkout_do_not_run(repository: Path) -> None:
    Path("house").mkdir()
    Path("house/every_policy.py").write_text(RULE.format(severity="CRITICAL"))
    Path("okta-auditor.toml").write_text('rules = ["house"]\nfail_on = "critical"')
    commit()
    assert audit()[0] == 1
    ran = repository / "ran"
    Path("house/every_policy.py").write_text(f"open({str(ran)!r}, 'w')\n")
    Path("house/another.py").write_text(f"open({str(ran)!r}, 'w')\n")

    found = gate_fails()

    assert not ran.exists()
    assert "house:1: this change alters local rules: another.py and every_policy.py" in found[0]


def test_named_files_are_the_commit_s_too() -> None:
    Path("strict.toml").write_text('fail_on = "info"')
    commit()
    Path("strict.toml").write_text("exit_zero = true")

    code, document = audit("--config", "strict.toml")

    assert code == 1
    assert any("changes exit_zero from false to true" in item for item in sentences(document))


def test_links_are_not_followed(repository: Path) -> None:
    (repository.parent / "elsewhere.toml").write_text("exit_zero = true")
    Path("okta-auditor.toml").symlink_to(repository.parent / "elsewhere.toml")
    commit()

    outcome = okta_auditor("audit", "example.json", "--policy-from", "HEAD")

    assert outcome.exit_code == 2
    assert "is no file" in outcome.stderr


def test_what_is_written_goes_through_no_link(repository: Path) -> None:
    Path("okta-auditor.toml").write_text('history = "kept"')
    commit()
    elsewhere = repository.parent / "elsewhere"
    elsewhere.mkdir()
    Path("kept").symlink_to(elsewhere)

    for words in ((), ("--config", "okta-auditor.toml")):
        outcome = okta_auditor("audit", "example.json", "--policy-from", "HEAD", *words)
        assert outcome.exit_code == 2
    assert list(elsewhere.iterdir()) == []


@pytest.mark.parametrize("ref", ["nowhere", "--help", "", "HEAD:example.json"])
def test_a_commit_that_is_not_there_ends_it(ref: str) -> None:
    commit()
    outcome = okta_auditor("audit", "example.json", f"--policy-from={ref}")
    assert outcome.exit_code == 2
    assert "--policy-from" in outcome.stderr


def test_outside_of_a_repository_it_ends(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch, repository: Path
) -> None:
    monkeypatch.chdir(tmp_path_factory.mktemp("alone"))
    outcome = okta_auditor("audit", repository / "example.json", "--policy-from", "HEAD")
    assert outcome.exit_code == 2


CASE = (
    "- server: Billing\n  client: Invoices\n  grant: authorization_code\n"
    "  user: ada@acme.example\n  scopes: [openid]\n  expect: {}\n"
)


def expectations(*words: str) -> tuple[int, str]:
    outcome = okta_auditor("test", "example.json", "e.yaml", "--policy-from", "HEAD", *words)
    return outcome.exit_code, outcome.shown


def test_expectations_are_the_commit_s_and_a_change_of_them_is_said() -> None:
    Path("e.yaml").write_text(CASE.format("rejected"))
    commit()
    Path("e.yaml").write_text(CASE.format("minted"))

    code, shown = expectations()
    assert code == 1
    assert "e.yaml:1: this change adds 1 expectation and removes 1; HEAD decides" in shown

    Path("e.yaml").unlink()
    code, shown = expectations()
    assert code == 1
    assert "this change removes the file" in shown


def test_new_expectations_are_tried_as_they_are() -> None:
    commit()
    Path("e.yaml").write_text(CASE.format("rejected"))
    code, shown = expectations()
    assert code == 1
    assert "this change adds the file" in shown


def test_a_comparison_takes_its_settings_from_the_commit() -> None:
    commit()
    Path("okta-auditor.toml").write_text("unknown = 1")
    words = ("diff", "example.json", "example.json")
    assert okta_auditor(*words).exit_code == 2
    assert okta_auditor(*words, "--policy-from", "HEAD").exit_code == 0


def test_the_command_that_comes_to_the_same_names_the_commit() -> None:
    commit()
    assert "--policy-from=HEAD" in json.dumps(audit()[1])


def test_a_baseline_that_is_found_by_name_counts_once_it_is_merged() -> None:
    commit()
    okta_auditor("baseline", "example.json")
    assert Path("okta-auditor-baseline.json").exists()
    assert any("accepted findings" in sentence for sentence in gate_fails())
    commit()
    assert audit()[0] == 0
