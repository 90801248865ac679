"""A configuration file that came with somebody's branch runs no code and writes nowhere else."""

from pathlib import Path

import pytest
from helpers import okta_auditor, snapshot_file, tenant

RULE = '''"""Every group.

Why it matters.

Fix: nothing.

Flagged:

    {"/api/v1/groups": [{"id": "g"}]}

Accepted:

    {"/api/v1/groups": []}
"""
from pathlib import Path
from auditor import Finding, Impact, Severity, rule

Path("ran").touch()

@rule("TST001", severity=Severity.LOW, impact=Impact.DEAD, reads=["groups"])
def check(org):
    for group in org.groups:
        yield Finding(group, "A group.")
'''


@pytest.fixture
def branch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout whose configuration names a folder of rules."""
    root = tmp_path / "checkout"
    (root / ".git").mkdir(parents=True)
    (root / "house").mkdir()
    (root / "house" / "every_group.py").write_text(RULE)
    (root / "okta-auditor.toml").write_text('\nrules = ["house"]\n')
    monkeypatch.chdir(root)
    snapshot_file(root, tenant())
    return root


def ran() -> bool:
    return Path("ran").exists()


@pytest.mark.usefixtures("branch")
def test_rules_of_a_found_file_do_not_run_unasked() -> None:
    outcome = okta_auditor("audit", "example.json")

    assert outcome.exit_code == 2
    assert "okta-auditor.toml:2: rules names folders of Python code" in outcome.stderr
    assert "--no-local-rules" in outcome.stderr
    assert not ran()


@pytest.mark.usefixtures("branch")
@pytest.mark.parametrize("words", [[], ["--config", "okta-auditor.toml"]])
def test_they_can_be_left_out(words: list[str]) -> None:
    outcome = okta_auditor("audit", "example.json", "--no-local-rules", *words)

    assert outcome.exit_code == 0
    assert "note: okta-auditor.toml:2: local rules are not loaded" in outcome.stderr
    assert "TST001" not in outcome.stdout
    assert not ran()


@pytest.mark.usefixtures("branch")
@pytest.mark.parametrize(
    "words",
    [
        ["--local-rules"],
        ["--config", "okta-auditor.toml"],
        ["--rules", "house"],
        ["--rules", "house", "--no-local-rules"],
    ],
)
def test_they_run_if_the_call_says_so(words: list[str]) -> None:
    outcome = okta_auditor("audit", "example.json", *words)

    assert "TST001" in outcome.stdout
    assert ran()


@pytest.mark.usefixtures("branch")
def test_a_variable_may_say_so_for_a_checkout_of_one_s_own() -> None:
    outcome = okta_auditor("audit", "example.json", OKTA_AUDITOR_LOCAL_RULES="true")
    assert "TST001" in outcome.stdout


def test_rules_on_the_command_line_replace_those_of_the_file(branch: Path) -> None:
    (branch / "others").mkdir()
    outcome = okta_auditor("audit", "example.json", "--rules", "others")

    assert outcome.exit_code == 0
    assert not ran()


@pytest.mark.parametrize(
    "place",
    [
        "../r.json",
        "link/r.json",
        "sub/../../r.json",
        ".git/config.json",
        ".venv/bin/activate",
        "venv/bin/activate",
        "Makefile",
        "disguised.json",
    ],
)
def test_a_found_file_writes_reports_only_and_within_its_repository(
    branch: Path, place: str
) -> None:
    (branch / "link").symlink_to(branch.parent)
    (branch / "disguised.json").symlink_to("Makefile")
    (branch / "sub").mkdir()
    (branch / "okta-auditor.toml").write_text(f'output = ["text", "json={place}"]')

    outcome = okta_auditor("audit", "example.json")

    assert outcome.exit_code == 2
    assert "okta-auditor.toml:1: output names" in outcome.stderr
    assert not (branch.parent / "r.json").exists()

    absolute = branch.parent / "r.json"
    (branch / "okta-auditor.toml").write_text(f'output = ["json={absolute}"]')
    assert okta_auditor("audit", "example.json").exit_code == 2
    assert okta_auditor("audit", "example.json", "--config", "okta-auditor.toml").exit_code == 0
    assert absolute.exists(), "a file that is named is trusted"


def test_a_found_file_may_write_into_its_repository(branch: Path) -> None:
    (branch / "okta-auditor.toml").write_text('output = ["json=r.json"]')

    assert okta_auditor("audit", "example.json").exit_code == 0
    assert (branch / "r.json").exists()
