"""The commands as a user meets them: words, files, exit codes."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from helpers import TOKEN, okta_auditor, served, tenant

from auditor.sandbox.northwind.flaws import FLAWS

RULE = '''"""Every group.

Why it matters.

Fix: nothing.

Flagged:

    {"/api/v1/groups": [{"id": "g"}]}

Accepted:

    {"/api/v1/groups": []}
"""
from auditor import Finding, Impact, Severity, rule


@rule("TEST1", severity=Severity.LOW, impact=Impact.DEAD, reads=["groups"])
def check(org):
    for group in org.groups:
        %s
'''.replace("TEST1", "TST001")


@pytest.fixture
def snapshot(tmp_path: Path) -> Path:
    path = tmp_path / "snapshot.json"
    with served(tenant()) as sandbox:
        assert okta_auditor("snapshot", "-o", path, url=sandbox.url).exit_code == 0
    return path


def local_rules(folder: Path, body: str) -> Path:
    folder.mkdir()
    (folder / "every_group.py").write_text(RULE % body)
    return folder


def test_a_sound_tenant_is_clean_and_the_report_says_what_was_checked(snapshot: Path) -> None:
    outcome = okta_auditor("audit", snapshot)

    assert outcome.exit_code == 0, outcome.stdout
    assert "0 not evaluated" in outcome.stdout


def test_findings_fail_at_the_threshold_only(snapshot: Path, tmp_path: Path) -> None:
    rules = local_rules(tmp_path / "rules", 'yield Finding(group, "This is a group.")')
    only = ("audit", snapshot, "--rules", rules, "--select", "TST")

    assert okta_auditor(*only).exit_code == 0, "low does not fail by default"
    assert okta_auditor(*only, "--fail-on", "low").exit_code == 1
    assert okta_auditor(*only, "--fail-on", "medium").exit_code == 0


def test_a_crashing_rule_is_reported_and_the_others_go_on(snapshot: Path, tmp_path: Path) -> None:
    rules = local_rules(tmp_path / "rules", "raise ValueError('\\x1b[31mboom')\n        yield")

    outcome = okta_auditor("audit", snapshot, "--rules", rules, "-O", "json")

    assert outcome.exit_code == 3
    result = json.loads(outcome.stdout)
    assert [item["code"] for item in result["crashed"]] == ["TST001"]
    assert "ValueError" in result["crashed"][0]["error"]
    assert "every_group.py" in result["crashed"][0]["error"]
    assert "\x1b" not in result["crashed"][0]["error"]
    assert result["summary"]["complete"] is False


def test_a_rule_that_reads_what_it_did_not_declare_crashes(snapshot: Path, tmp_path: Path) -> None:
    rules = local_rules(tmp_path / "rules", "list(org.users)\n        yield")

    outcome = okta_auditor("audit", snapshot, "--rules", rules, "--select", "TST001")

    assert outcome.exit_code == 3
    assert "UndeclaredRead" in outcome.stdout
    assert "users" in outcome.stdout


def test_local_rules_may_import_their_siblings(snapshot: Path, tmp_path: Path) -> None:
    rules = local_rules(tmp_path / "rules", "yield Finding(group, WORDS)")
    (rules / "_words.py").write_text('WORDS = "From a sibling."')
    text = (rules / "every_group.py").read_text()
    (rules / "every_group.py").write_text(
        text.replace("from auditor", "from ._words import WORDS\nfrom auditor", 1)
    )

    outcome = okta_auditor("audit", snapshot, "--rules", rules, "--select", "TST001")

    assert "From a sibling." in outcome.stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--select", "policy-open-to-all-client"], "did you mean policy-open-to-all-clients"),
        (["--ignore", "nonsense"], "nonsense"),
        (["--ignore", "ALL"], "nothing to check"),
        (["--output", "sarfi=x"], "did you mean sarif"),
        (["--output", "json=/nowhere/at/all.json"], "does not exist"),
        (["--output", "json=."], "is a folder"),
        (["--output", "json", "--output", "text"], "standard output"),
        (["--rules", "/nowhere"], "not a folder"),
        (["--config", "/nowhere.toml"], "cannot be read"),
        (["--fail-on", "hihg"], "hihg"),
    ],
)
def test_wrong_usage(snapshot: Path, arguments: list[str], words: str) -> None:
    outcome = okta_auditor("audit", snapshot, *arguments)

    assert outcome.exit_code == 2
    assert words in outcome.stderr
    assert not outcome.stdout


def test_a_broken_local_rule_names_its_folder(snapshot: Path, tmp_path: Path) -> None:
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "broken.py").write_text("import nowhere_to_be_found")

    outcome = okta_auditor("audit", snapshot, "--rules", tmp_path / "rules")

    assert outcome.exit_code == 2
    assert "nowhere_to_be_found" in outcome.stderr


def test_two_rules_with_one_code_are_refused(snapshot: Path, tmp_path: Path) -> None:
    rules = local_rules(tmp_path / "rules", "yield")
    (rules / "other.py").write_text((rules / "every_group.py").read_text())

    outcome = okta_auditor("audit", snapshot, "--rules", rules)

    assert outcome.exit_code == 2
    assert "every_group" in outcome.stderr
    assert "other" in outcome.stderr


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "it is empty"),
        (b"  \n", "it is empty"),
        (b"not json", "line 1"),
        (b'{"format": "okta-auditor-snapshot", "vers', "cut off"),
        (b"[]", "format"),
        (b'{"a": 1}', "format"),
        (b'{"format": "okta-auditor-snapshot", "version": 99}', "Upgrade"),
        (b'{"format": "okta-auditor-snapshot", "version": 1}', "capture"),
        (b"\x1f\x8bbroken", "compression"),
        (b"\xff\xfe", "valid JSON"),
    ],
)
def test_a_file_that_is_no_snapshot(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "s.json"
    path.write_bytes(content)

    outcome = okta_auditor("audit", path)

    assert outcome.exit_code == 2
    assert words in outcome.stderr
    assert "s.json" in outcome.stderr


def test_a_snapshot_that_is_not_there(tmp_path: Path) -> None:
    outcome = okta_auditor("audit", tmp_path / "none.json")

    assert outcome.exit_code == 2
    assert "okta-auditor snapshot" in outcome.stderr


def test_run_reads_audits_and_reports(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with served(tenant()) as sandbox:
        outcome = okta_auditor(
            "run", "-O", "text", "-O", "json=r.json", "-O", "sarif=r.sarif", "-O", "html=r.html",
            url=sandbox.url,
        )  # fmt: skip

    assert outcome.exit_code == 0, outcome.shown
    assert {"snapshot.json", "r.json", "r.sarif", "r.html"} == {p.name for p in tmp_path.iterdir()}
    for file in tmp_path.iterdir():
        assert TOKEN not in file.read_text()


def test_run_is_incomplete_even_if_no_selected_rule_noticed(tmp_path: Path) -> None:
    document = tenant(faults=[{"path": "^/api/v1/zones", "status": 403}])
    with served(document) as sandbox:
        outcome = okta_auditor(
            "run", "-o", tmp_path / "s.json", "--select", "OAM101", url=sandbox.url
        )
    assert outcome.exit_code == 3


def test_run_checks_its_outputs_before_the_first_request(tmp_path: Path) -> None:
    with served(tenant()) as sandbox:
        outcome = okta_auditor(
            "run", "-o", tmp_path / "s.json", "-O", "json=/nowhere/r.json", url=sandbox.url
        )
        assert outcome.exit_code == 2
        assert not sandbox.requests


@pytest.mark.skipif(sys.platform != "linux", reason="a folder in which even root may not write")
def test_an_unwritable_folder() -> None:
    with served(tenant()) as sandbox:
        outcome = okta_auditor("snapshot", "-o", "/proc/s.json", url=sandbox.url)
        assert outcome.exit_code == 2
        assert "cannot be written" in outcome.stderr
        assert not sandbox.requests


def test_a_full_disk_costs_one_report_and_not_the_others(snapshot: Path, tmp_path: Path) -> None:
    outcome = okta_auditor(
        "audit", snapshot, "-O", "json=/dev/full", "-O", f"sarif={tmp_path / 'r.sarif'}"
    )

    assert outcome.exit_code == 2
    assert "/dev/full could not be written" in outcome.stderr
    assert (tmp_path / "r.sarif").exists()


def test_hostile_names_do_not_reach_the_terminal(tmp_path: Path) -> None:
    document = tenant()
    name = "<script>alert(1)</script>\x1b[2J\u202egnp.exe\nERROR"
    document["/api/v1/apps"][0]["label"] = name
    document["/api/v1/authorizationServers"][0] |= {"name": name, "audiences": []}
    with served(document) as sandbox:
        outcome = okta_auditor(
            "run", "-o", tmp_path / "s.json", "-O", "text", "-O", f"html={tmp_path / 'r.html'}",
            url=sandbox.url,
        )  # fmt: skip

    assert "OAM102" in outcome.stdout
    assert "\x1b" not in outcome.shown
    assert "\u202e" not in outcome.shown
    assert "<script>alert" not in (tmp_path / "r.html").read_text()


def test_rules_lists_all_and_shows_one() -> None:
    listing = okta_auditor("rules")
    assert listing.exit_code == 0
    assert "OAM101" in listing.stdout
    assert len(listing.stdout.splitlines()) >= 25

    for name in ("OAM201", "oam201", "policy-open-to-all-clients"):
        page = okta_auditor("rules", name).stdout
        assert page.startswith("# OAM201 policy-open-to-all-clients\n")
        assert "## Flagged" in page

    unknown = okta_auditor("rules", "OAM20l")
    assert unknown.exit_code == 2
    assert "did you mean" in unknown.stderr


@pytest.mark.parametrize("name", ["snapshot", "results", "config"])
def test_schema_prints_a_json_schema(name: str) -> None:
    from jsonschema import Draft202012Validator  # noqa: PLC0415

    schema = json.loads(okta_auditor("schema", name).stdout)

    Draft202012Validator.check_schema(schema)


def test_snapshot_and_results_fit_their_schemas(snapshot: Path) -> None:
    from jsonschema import Draft202012Validator  # noqa: PLC0415

    documents = {
        "snapshot": snapshot.read_text(),
        "results": okta_auditor("audit", snapshot, "-O", "json").stdout,
    }
    for name, text in documents.items():
        schema = json.loads(okta_auditor("schema", name).stdout)
        Draft202012Validator(schema).validate(json.loads(text))


def test_an_unknown_schema_is_suggested() -> None:
    outcome = okta_auditor("schema", "snapshto")
    assert outcome.exit_code == 2
    assert "did you mean snapshot" in outcome.stderr


def test_the_configuration_file_sets_and_the_command_line_wins(
    snapshot: Path, tmp_path: Path
) -> None:
    local_rules(tmp_path / "house-rules", 'yield Finding(group, "A group.")')
    config = tmp_path / "okta-auditor.toml"
    config.write_text(
        'select = ["TST"]\nfail_on = "low"\nrules = ["house-rules"]\noutput = ["json"]'
    )
    outcome = okta_auditor("audit", snapshot, "--config", config)

    assert outcome.exit_code == 1
    assert {f["code"] for f in json.loads(outcome.stdout)["findings"]} == {"TST001"}
    assert okta_auditor("audit", snapshot, "--config", config, "--fail-on", "high").exit_code == 0


def test_the_configuration_may_stand_in_pyproject(snapshot: Path, tmp_path: Path) -> None:
    config = tmp_path / "pyproject.toml"
    config.write_text('[tool.okta-auditor]\nselect = ["OAM101"]\noutput = ["json"]')

    outcome = okta_auditor("audit", snapshot, "--config", config)

    assert json.loads(outcome.stdout)["summary"]["rules"]["selected"] == 1


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("selct = []", "did you mean select"),
        ("fail_on = 'terrible'", "fail_on"),
        ("select = 3", "select"),
        ("select = [", "TOML"),
    ],
)
def test_a_broken_configuration_names_the_key(
    snapshot: Path, tmp_path: Path, text: str, words: str
) -> None:
    config = tmp_path / "okta-auditor.toml"
    config.write_text(text)

    outcome = okta_auditor("audit", snapshot, "--config", config)

    assert outcome.exit_code == 2
    assert words in outcome.stderr
    assert "okta-auditor.toml" in outcome.stderr


def test_an_unknown_command_is_suggested() -> None:
    outcome = okta_auditor("snapshto")
    assert outcome.exit_code == 2
    assert "did you mean snapshot" in outcome.stderr


def loaded_by(*arguments: object) -> set[str]:
    """The top-level modules that a command leaves loaded."""
    code = (
        "import sys; from auditor.cli import main\n"
        f"try: main({[str(word) for word in arguments]!r})\n"
        "except SystemExit: pass\n"
        "print(*{name.partition('.')[0] for name in sys.modules})"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.splitlines()[-1].split())


NETWORK = {"okta", "aiohttp", "rich", "asyncio", "cryptography", "jwt", "ssl"}


@pytest.mark.parametrize(
    "words", ["--help", "rules", "--version", "audit --help", "config", "init"]
)
def test_what_reads_no_tenant_never_loads_what_does(
    words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert loaded_by(*words.split()) & NETWORK == set()


def test_an_audit_never_loads_what_reads_a_tenant(snapshot: Path) -> None:
    loaded = loaded_by("audit", snapshot)
    assert loaded & NETWORK == set()
    assert "jinja2" in loaded, "the names are those of modules"


@pytest.mark.parametrize("words", ["--help", "--version"])
def test_what_says_a_few_words_loads_hardly_anything(words: str) -> None:
    assert loaded_by(words) & {*NETWORK, "pydantic", "jinja2", "orjson", "yaml"} == set()


def test_demo_does_the_main_job(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    outcome = okta_auditor("demo")

    assert outcome.exit_code == 0, outcome.shown
    assert "Northwind Robotics" in outcome.stdout
    assert "okta-audit/report.html" in outcome.shown
    files = {"snapshot.json", "report.html", "results.sarif", "results.json"}
    assert {item.name for item in (tmp_path / "okta-audit").iterdir()} == files
    result = json.loads((tmp_path / "okta-audit/results.json").read_text())
    assert result["tenant"]["name"] == "Northwind Robotics"
    codes = {finding["code"] for finding in result["findings"]}
    assert codes >= FLAWS.keys(), "every planted flaw is found"


def test_sandbox_announces_where_it_listens_and_ends_on_sigterm() -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "auditor", "sandbox"], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    line, *exports = (process.stdout.readline() for _ in range(3))
    process.terminate()
    process.stdout.close()

    assert line.startswith("listening on http://127.0.0.1:")
    url = line.split()[-1]
    assert exports == [
        f"export OKTA_CLIENT_ORGURL={url}\n",
        "export OKTA_CLIENT_TOKEN=sandbox\n",
    ]
    assert process.wait(timeout=10) == 0
