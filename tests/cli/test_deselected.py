"""Rules that are not selected: every format says so, and by what, and how to reproduce it."""

import json
import shlex
from pathlib import Path

import pytest
from helpers import okta_auditor, snapshot_file, tenant

from auditor.plugins import load_rules

FORMATS = ("text", "html", "markdown", "json", "sarif", "junit", "github", "gitlab", "csv")
LEFT_OUT = [rule.code for rule in load_rules() if rule.code.startswith(("OAM1", "OAM201"))]
EVERY = len(load_rules())
WORDS = f"of {EVERY} rules evaluated; {len(LEFT_OUT)} not selected by --ignore OAM1,OAM201"


@pytest.fixture(autouse=True)
def _place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)
    snapshot_file(tmp_path, tenant())


def report(name: str, *words: object, **environment: str) -> str:
    done = okta_auditor("audit", "example.json", "-O", name, *words, **environment)
    assert done.exit_code in {0, 1}, done.stderr
    return done.stdout


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_names_what_left_rules_out(name: str) -> None:
    shown = report(name, "--ignore", "OAM1,OAM201")

    if name == "json":
        left_out = json.loads(shown)["deselected"]
        assert left_out == [{"by": "--ignore OAM1,OAM201", "codes": LEFT_OUT}]
        assert json.loads(shown)["summary"]["rules"]["not_selected"] == len(LEFT_OUT)
    elif name == "csv":
        assert shown.count("not selected,") == len(LEFT_OUT)
    else:
        assert WORDS in " ".join(shown.split()).replace("\\", "")


def test_html_claims_every_rule_only_where_it_is_true() -> None:
    assert "every rule evaluated" in report("html")

    shown = report("html", "--ignore", "OAM1")
    assert "every rule evaluated" not in shown
    assert "every selected rule evaluated; " in shown
    assert "not selected by --ignore OAM1" in shown.partition("<dt>Not checked</dt>")[2][:100]
    assert "rules evaluated" not in shown.replace(f"of {EVERY} rules evaluated", "")
    assert "All 1" not in shown.partition('id="findings"')[0].partition("<main>")[2]


def test_each_setting_is_named_with_its_own_rules() -> None:
    shown = report("json", "--select", "OAM5", "--ignore", "OAM501", "--min-confidence", "high")

    by = {item["by"]: item["codes"] for item in json.loads(shown)["deselected"]}
    assert list(by) == ["--ignore OAM501", "--min-confidence high", "--select OAM5"]
    assert by["--ignore OAM501"] == ["OAM501"]
    assert all(code.startswith("OAM5") for code in by["--min-confidence high"])
    assert not any(code.startswith("OAM5") for code in by["--select OAM5"])
    assert sum(map(len, by.values())) + len(json.loads(shown)["rules"]) == EVERY


def test_all_selected_says_nothing_of_selection() -> None:
    assert json.loads(report("json"))["deselected"] == []
    assert "not selected" not in report("text")


@pytest.mark.parametrize(
    "words",
    [
        ("--ignore", "OAM1", "--min-confidence", "medium"),
        ("--profile", "pr", "--no-config"),
        ("--config", "other.toml", "--as-of", "2026-11-20"),
    ],
)
def test_the_command_that_is_named_comes_to_the_same(words: tuple[str, ...]) -> None:
    Path("other.toml").write_text('ignore = ["OAM2"]\n')
    Path("okta-auditor.toml").write_text('ignore = ["OAM3"]\n')
    first = report("json", *words, OKTA_AUDITOR_FAIL_ON="low")

    command = shlex.split(json.loads(first)["reproduce"])

    assert command[:3] == ["okta-auditor", "audit", "example.json"]
    assert "--fail-on=low" in command
    assert okta_auditor(*command[1:], "-O", "json").stdout == first


@pytest.mark.parametrize("name", [*FORMATS, "controls"])
def test_of_results_of_an_earlier_version_it_is_not_known(name: str) -> None:
    document = json.loads(report("json"))
    del document["deselected"]
    del document["summary"]["rules"]["not_selected"]
    # Without an ending: all JSON that tests leave is held to the schema of this version.
    Path("earlier").write_text(json.dumps(document))

    shown = okta_auditor("report", "earlier", "-O", name).stdout

    if name == "json":
        assert json.loads(shown)["deselected"] is None
        assert json.loads(shown)["summary"]["rules"]["not_selected"] is None
    else:
        assert "hether rules were not selected" in " ".join(shown.split()).replace("\\", "")
    if name == "html":
        assert "every rule evaluated" not in shown
        assert "every selected rule evaluated; whether rules" in shown
    assert "not selected by" not in shown


def test_evidence_says_what_it_does_not_cover() -> None:
    done = okta_auditor("evidence", "export", "example.json", "-o", "bundle", "--ignore", "OAM1")
    assert done.exit_code == 0, done.stderr

    tool = json.loads(Path("bundle/tool.json").read_text())
    (left_out,) = tool["not_selected"]
    assert left_out["by"] == "--ignore OAM1"
    assert not {item["code"] for item in tool["rules"]} & set(left_out["rules"])
    oscal = Path("bundle/assessment-results.json").read_text()
    assert "not selected by --ignore OAM1" in oscal
    assert okta_auditor("evidence", "verify", "bundle", "--replay").exit_code == 0
