"""The documentation is complete and its examples work."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from helpers import okta_auditor, served, snapshot_file, tenant

from auditor.collect.auth.credentials import READ_SCOPES
from auditor.config import read_config
from auditor.errors import ExitCode
from auditor.lint.option_settings import apply_options
from auditor.plugins import load_reports, load_rules
from auditor.sandbox import Fault, TenantFile

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()
GUIDES = {path.name: path.read_text() for path in (ROOT / "docs").glob("*.md")}
TUTORIALS = [f"tutorials/{path.name}" for path in (ROOT / "docs/tutorials").glob("*.md")]


def test_the_readme_names_every_scope_that_reading_takes() -> None:
    assert set(re.findall(r"okta\.[\w.]+\.read", README)) == set(READ_SCOPES)


def test_the_readme_explains_every_exit_code() -> None:
    for code in ExitCode:
        assert f"| {code.value} | " in README


def test_the_readme_names_every_command() -> None:
    listing = okta_auditor("--help").stdout.partition("Commands:")[2]
    for command in re.findall(r"^  (\w+)  ", listing, re.MULTILINE):
        assert f"| `{command}" in README or f"`{command}`" in README


@pytest.mark.parametrize(
    "name", ["README.md", "CONTRIBUTING.md", *(f"docs/{n}" for n in [*GUIDES, *TUTORIALS])]
)
def test_links_lead_somewhere(name: str) -> None:
    page = ROOT / name
    for target in re.findall(r"\]\(([^)#]+)\)", page.read_text()):
        assert (page.parent / target).exists(), target


def test_the_rules_pages_are_what_the_rules_say(tmp_path: Path) -> None:
    for _ in range(2):
        assert okta_auditor("rules", "--write", tmp_path).exit_code == 0

    written = {path.name: path.read_text() for path in tmp_path.iterdir()}
    kept = {path.name: path.read_text() for path in (ROOT / "docs" / "rules").iterdir()}
    assert kept == written, "run make docs"


@pytest.mark.parametrize("name", ["README.md", "OAM101.md"])
def test_pages_of_rules_replace_no_other_file(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("# Ours\n")

    outcome = okta_auditor("rules", "--write", tmp_path)

    assert outcome.exit_code == 2
    assert f"{name} is there already, and is not a page of rules of okta-auditor." in outcome.stderr
    assert [path.name for path in tmp_path.iterdir()] == [name]
    assert (tmp_path / name).read_text() == "# Ours\n"


def test_the_example_rule_in_the_guide_works(tmp_path: Path) -> None:
    code = re.search(r"```python\n(.*?)```", GUIDES["writing-rules.md"], re.DOTALL)
    assert code
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "group_without_members.py").write_text(code[1])
    document = tenant()
    document["/api/v1/groups"].append({"id": "00g2"})
    document["/api/v1/groups/00g0/users"] = document["/api/v1/groups/00g1/users"]
    with served(document) as sandbox:
        okta_auditor("snapshot", "-o", tmp_path / "s.json", "--all-members", url=sandbox.url)

    outcome = okta_auditor(
        "audit", tmp_path / "s.json", "--rules", tmp_path / "rules", "--select", "ACME"
    )

    assert outcome.exit_code == 0
    assert 'Group "00g2" has no members.' in outcome.stdout
    page = okta_auditor("rules", "ACME001", "--rules", tmp_path / "rules").stdout
    assert page.startswith("# ACME001 group-without-members")


def test_the_example_rules_in_the_guide_have_no_problem(tmp_path: Path) -> None:
    rules, _, _ = GUIDES["writing-rules.md"].partition("\n## A report\n")
    examples = re.findall(r"```python\n(.*?)```", rules, re.DOTALL)
    for number, code in enumerate(examples):
        (tmp_path / f"example_{number}.py").write_text(code)

    outcome = okta_auditor("rules", "--check", tmp_path)

    assert (outcome.exit_code, outcome.stdout) == (0, "")
    assert outcome.stderr == "2 rules checked, 0 problems\n"


def test_the_example_report_in_the_guide_works() -> None:
    _, _, report = GUIDES["writing-rules.md"].partition("\n## A report\n")
    (code,) = re.findall(r"```python\n(.*?)```", report, re.DOTALL)
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\nprint(render.name, render.filename)"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout == "count count.txt\n"


def test_the_example_configuration_is_valid_and_complete(tmp_path: Path) -> None:
    example = re.search(r"```toml\n(.*?)```", GUIDES["configuration.md"], re.DOTALL)
    assert example
    config = tmp_path / "okta-auditor.toml"
    config.write_text(example[1])
    (tmp_path / "house-rules").mkdir()

    settings = read_config(config)

    assert settings.model_fields_set == set(type(settings).model_fields)
    apply_options(load_rules(), settings.options)


def test_the_sandbox_guide_names_every_member_of_a_fault_and_its_example_works() -> None:
    guide = GUIDES["sandbox.md"]
    for member in Fault.model_fields:
        assert f"`{member}`" in guide, member
    example = re.search(r"```json\n(.*?)```", guide, re.DOTALL)
    assert example
    assert TenantFile.from_document(json.loads(example[1])).faults[0].status == 503


def test_the_sandbox_guide_names_every_option_and_no_other() -> None:
    spoken = re.findall(r"`((?:okta-auditor sandbox )?--[^`]*)`", GUIDES["sandbox.md"])
    named = {word for line in spoken for word in re.findall(r"--[a-z-]+", line)}
    options = re.findall(r"--[a-z-]+", okta_auditor("sandbox", "--help").stdout)

    assert named == set(options) - {"--help", "--debug", "--color"}


def test_the_ci_guide_names_every_format_and_hook_and_its_examples_work(tmp_path: Path) -> None:
    guide = GUIDES["ci.md"]
    for name in load_reports().keys() - {"text", "json", "html"}:
        assert f"| `{name}` |" in guide
    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    for hook in hooks:
        assert f"`{hook['id']}`" in guide
    (jenkins,) = re.findall(r"sh 'okta-auditor audit okta/snapshot\.json (.*)' }", guide)
    words = jenkins.replace("=junit.xml", f"={tmp_path / 'junit.xml'}").split()

    done = okta_auditor("audit", snapshot_file(tmp_path, tenant()), *words)

    assert done.exit_code in {0, 1}, done.shown
    assert (tmp_path / "junit.xml").exists()
