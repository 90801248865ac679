"""What a file that nobody named makes milder is said at the top of every report."""

import json
import re
from pathlib import Path

import pytest
from helpers import okta_auditor, snapshot_file, tenant

SETTINGS = {
    "exit_zero": "exit_zero = true",
    "ignore": 'ignore = ["OAM303"]',
    "select": 'select = ["OAM1"]',
    "fail_on": 'fail_on = "critical"',
    "min_confidence": 'min_confidence = "high"',
    "profile": 'profile = "pr"',
    "severity.OAM303": '[severity]\nOAM303 = "info"',
    "options.OAM702": "[options.OAM702]\nceiling_minutes = 1440",
    "suppression_policy": "[suppression_policy]\nmax_days = 3650",
    "suppressions": 'suppressions = "s.toml"',
}
ENTRY = (
    '[[suppression]]\nrule = "OAM303"\ntarget = "x"\nreason = "r"\nowner = "o"\n'
    "expires = 2027-01-01\n"
)
FORMATS = ("text", "json", "sarif", "html", "markdown", "github", "gitlab", "junit")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OKTA_AUDITOR_AS_OF", "2026-12-01")
    snapshot_file(tmp_path, tenant())
    (tmp_path / "s.toml").write_text(ENTRY)
    return tmp_path


def weakened(*words: str) -> list[str]:
    outcome = okta_auditor("audit", "example.json", "-O", "json", *words)
    assert outcome.stdout, outcome.stderr
    return [item["setting"] for item in json.loads(outcome.stdout)["weakenings"]]


@pytest.mark.parametrize("setting", SETTINGS)
def test_each_milder_setting_is_named_with_its_line(folder: Path, setting: str) -> None:
    (folder / "okta-auditor.toml").write_text(f"\n{SETTINGS[setting]}\n")

    document = json.loads(okta_auditor("audit", "example.json", "-O", "json").stdout)

    names = [item["setting"] for item in document["weakenings"]]
    assert setting in names
    assert re.fullmatch(r".+:\d+", document["weakenings"][0]["where"])
    assert weakened("--config", "okta-auditor.toml") == [], "a file that is named is trusted"
    assert weakened("--no-config") == []


def test_sarif_names_the_digest_of_the_snapshot_beside_what_is_milder(folder: Path) -> None:
    (folder / "okta-auditor.toml").write_text("exit_zero = true\n")

    (run,) = json.loads(okta_auditor("audit", "example.json", "-O", "sarif").stdout)["runs"]

    properties = run["invocations"][0]["properties"]
    assert properties["snapshotDigest"] == json.loads(Path("example.json").read_text())["digest"]
    assert [item["setting"] for item in properties["weakenings"]] == ["exit_zero"]


@pytest.mark.parametrize("form", FORMATS)
def test_every_report_says_it_before_its_findings(folder: Path, form: str) -> None:
    (folder / "okta-auditor.toml").write_text("\nexit_zero = true\n")

    shown = okta_auditor("audit", "example.json", "-O", form).stdout

    word = "Weakened:" if form == "markdown" else "okta-auditor.toml:2"  # where text is escaped
    place = " ".join(shown.split()).find(word)
    assert place >= 0
    if form in {"text", "markdown", "github", "gitlab", "junit"}:
        assert place < 700


def test_what_is_stricter_or_said_by_the_caller_too_is_not_named(folder: Path) -> None:
    (folder / "okta-auditor.toml").write_text(
        'fail_on = "info"\nstrict = true\nexit_zero = true\nselect = ["ALL"]\n'
        '[severity]\nOAM303 = "critical"\n'
    )
    assert weakened("--exit-zero") == []


def test_suppressions_beside_it_are_named_unless_the_caller_names_them(folder: Path) -> None:
    (folder / "s.toml").rename(folder / "okta-auditor-suppressions.toml")
    assert weakened() == ["suppressions"]
    assert weakened("--suppressions", "okta-auditor-suppressions.toml") == []
    (folder / "okta-auditor-suppressions.toml").unlink()
    okta_auditor("baseline", "example.json", "-o", "b.json", "--allow-incomplete")
    (folder / "okta-auditor.toml").write_text('baseline = "b.json"')
    assert weakened() == ["baseline"]
    assert weakened("--baseline", "b.json") == []


def test_saved_results_say_it_again(folder: Path) -> None:
    (folder / "okta-auditor.toml").write_text("exit_zero = true")
    okta_auditor("audit", "example.json", "-O", "json=r.json")
    assert (
        "Weakened: okta-auditor.toml:1: exit_zero is true"
        in okta_auditor("report", "r.json").stdout
    )
