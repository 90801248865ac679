"""Command line, environment, file, profile, default: who wins."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from helpers import okta_auditor
from jsonschema import Draft202012Validator

from auditor.config import Settings
from auditor.config.commented import commented_config
from auditor.config.profiles import PROFILES
from auditor.config.reading import read_config

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)


def config(*words: str, **environment: str) -> dict[str, Any]:
    outcome = okta_auditor("config", "--format", "json", *words, **environment)
    assert outcome.exit_code == 0, outcome.shown
    rows = json.loads(outcome.stdout)["settings"]
    return {".".join(row["key"]): (row["value"], row["origin"]["kind"]) for row in rows}


def test_each_layer_wins_over_those_below() -> None:
    assert config()["fail_on"] == ("high", "default")
    assert config("--profile", "nightly")["fail_on"] == ("medium", "profile")
    Path("okta-auditor.toml").write_text('fail_on = "low"')
    assert config("--profile", "nightly")["fail_on"] == ("low", "file")
    variable = {"OKTA_AUDITOR_FAIL_ON": "info"}
    assert config("--profile", "nightly", **variable)["fail_on"] == ("info", "environment")
    words = ("--profile", "nightly", "--fail-on", "critical")
    assert config(*words, **variable)["fail_on"] == ("critical", "command line")


def test_the_profile_has_layers_too() -> None:
    Path("okta-auditor.toml").write_text('profile = "audit"')

    assert config()["strict"] == (True, "profile")
    assert config(OKTA_AUDITOR_PROFILE="pr")["strict"] == (False, "default")
    assert config("--profile", "nightly", OKTA_AUDITOR_PROFILE="pr")["statistics"][0] is True


def test_a_flag_can_be_taken_back() -> None:
    Path("okta-auditor.toml").write_text('profile = "audit"\nexit_zero = true')
    back = ("--no-strict", "--no-exit-zero", "--no-statistics", "--no-show-suppressed")

    settings = config(*back)

    for key in ("strict", "exit_zero", "statistics", "show_suppressed"):
        assert settings[key] == (False, "command line")


@pytest.mark.parametrize(
    ("key", "text", "value"),
    [
        ("SELECT", "OAM1, OAM702,", ["OAM1", "OAM702"]),
        ("OUTPUT", "text,sarif=r.sarif", ["text", "sarif=r.sarif"]),
        ("RULES", "house", ["house"]),
        ("MIN_CONFIDENCE", "medium", "medium"),
        ("STRICT", "true", True),
        ("STRICT", "0", False),
        ("EXIT_ZERO", "yes", True),
        ("AS_OF", "2027-01-31", "2027-01-31"),
        ("LOCAL_RULES", "1", True),
    ],
)
def test_a_variable_sets_its_key(key: str, text: str, value: object) -> None:
    settings = config(**{f"OKTA_AUDITOR_{key}": text})
    assert settings[key.lower()] == (value, "environment")


def test_an_empty_variable_is_not_set() -> None:
    assert config(OKTA_AUDITOR_STRICT="", OKTA_AUDITOR_SELECT=" ")["strict"][1] == "default"


@pytest.mark.parametrize(
    ("variable", "text", "said"),
    [
        ("OKTA_AUDITOR_FAIL_NO", "low", "is no key; did you mean OKTA_AUDITOR_FAIL_ON?"),
        ("OKTA_AUDITOR_fail_on", "low", "did you mean OKTA_AUDITOR_FAIL_ON?"),
        ("OKTA_AUDITOR_FAIL_ON", "hihg", "OKTA_AUDITOR_FAIL_ON: must be 'critical'"),
        ("OKTA_AUDITOR_STRICT", "maybe", "OKTA_AUDITOR_STRICT: must be true or false"),
        ("OKTA_AUDITOR_NO_CONFIG", "maybe", "OKTA_AUDITOR_NO_CONFIG: must be true or false"),
        ("OKTA_AUDITOR_OPTIONS", "x", "is a table; a file can set it"),
        ("OKTA_AUDITOR_AS_OF", "tomorrow", "OKTA_AUDITOR_AS_OF: must be a date such as"),
        ("SOURCE_DATE_EPOCH", "soon", "SOURCE_DATE_EPOCH is not a number"),
        ("SOURCE_DATE_EPOCH", "9" * 30, "SOURCE_DATE_EPOCH is not a number"),
    ],
)
def test_a_variable_that_cannot_be_is_an_error(variable: str, text: str, said: str) -> None:
    outcome = okta_auditor("config", **{variable: text})

    assert outcome.exit_code == 2
    assert said in outcome.stderr


def test_the_day_is_said_or_that_of_the_build_or_today() -> None:
    epoch = {"SOURCE_DATE_EPOCH": "1767225599"}

    assert config(**epoch)["as_of"] == ("2025-12-31", "environment")
    assert config(OKTA_AUDITOR_AS_OF="2026-02-02", **epoch)["as_of"][0] == "2026-02-02"
    assert config("--as-of", "2026-03-03", **epoch)["as_of"] == ("2026-03-03", "command line")
    assert config()["as_of"][1] == "default"
    assert okta_auditor("config", "--as-of", "2026-02-30").exit_code == 2


def test_the_commented_file_is_valid_and_has_every_key(tmp_path: Path) -> None:
    text = commented_config()
    set_all = re.sub(r"^#(?=[^ \n])", "", text, flags=re.MULTILINE)
    (tmp_path / "untouched.toml").write_text(text)
    (tmp_path / "all.toml").write_text(set_all)

    assert read_config(tmp_path / "untouched.toml").model_fields_set == set()
    settings = read_config(tmp_path / "all.toml")
    assert settings.model_fields_set == set(type(settings).model_fields)
    assert max(map(len, text.splitlines())) <= 100


def test_the_published_schema_is_the_one_of_this_version() -> None:
    kept = (ROOT / "docs" / "okta-auditor.schema.json").read_text()

    assert kept == okta_auditor("schema", "config").stdout, "run make docs"
    Draft202012Validator.check_schema(json.loads(kept))


@pytest.mark.parametrize(
    ("document", "valid"),
    [
        ({"$schema": "x", "select": ["OAM1"], "severity": {"OAM1": "low"}, "profile": "pr"}, True),
        ({"selct": []}, False),
        ({"fail_on": "terrible"}, False),
        ({"strict": "true"}, False),
        ({"as_of": "2026-01-01"}, False),
    ],
)
def test_the_schema_says_what_the_reader_says(
    tmp_path: Path, *, document: dict[str, Any], valid: bool
) -> None:
    schema = json.loads((ROOT / "docs" / "okta-auditor.schema.json").read_text())
    assert Draft202012Validator(schema).is_valid(document) is valid

    from auditor.config.toml import key, literal  # noqa: PLC0415

    lines = [f"{key(name)} = {literal(value)}" for name, value in document.items()]
    (tmp_path / "c.toml").write_text("\n".join(lines))
    outcome = okta_auditor("config", "--config", tmp_path / "c.toml")
    assert (outcome.exit_code == 0) is valid


def test_the_guide_has_the_profiles_as_they_are() -> None:
    guide = (ROOT / "docs" / "configuration.md").read_text()
    rows = {
        cells[0].strip("`"): [cell.strip("`") for cell in cells[1:]]
        for line in guide.splitlines()
        if line.startswith("| `")
        and len(cells := [cell.strip() for cell in line.strip("|").split("|")]) == 1 + len(PROFILES)
    }
    keys = {key for bundle in PROFILES.values() for key in bundle.settings}
    assert keys < set(Settings.model_fields)
    for key in keys:
        values = [bundle.settings.get(key, "") for bundle in PROFILES.values()]
        assert rows[key] == [str(v).lower() if v != "" else "" for v in values]
