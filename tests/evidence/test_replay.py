"""`evidence verify --replay` derives everything from the snapshot in the bundle again.

The forger changes all files alike and the manifest too, so that nothing contradicts anything.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from bundle_forgery import edit, fit, packed, unpacked
from helpers import Outcome, okta_auditor, snapshot_file, tenant

Json = dict[str, Any]
Forge = Callable[[Path], object]

RULES = "/api/v1/authorizationServers/aus1/policies/00p1/rules"
SUPPRESSION = """
[[suppression]]
rule = "OAM305"
target = "0pr1"
reason = "A migration that ends soon."
owner = "ada@acme.example"
expires = 2026-06-30
"""


def verify(*words: object) -> Outcome:
    return okta_auditor("evidence", "verify", *words)


def replay(*words: object) -> Outcome:
    return verify(*words, "--replay")


def with_findings(folder: Path) -> Path:
    document = tenant()
    document[RULES][0]["conditions"]["grantTypes"]["include"] = ["password", "implicit"]
    return snapshot_file(folder, document)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bundle with findings, of which suppressions and a baseline accept some."""
    folder = tmp_path_factory.mktemp("made")
    snapshot = with_findings(folder)
    (folder / "s.toml").write_text(SUPPRESSION)
    (folder / "config.toml").write_text(
        'ignore = ["OAM8"]\nsuppressions = "s.toml"\nbaseline = "b.json"\nfail_on = "low"\n'
        "[severity]\nOAM702 = 'low'\n[options]\nOAM702 = {ceiling_minutes = 30}\n"
        "[suppression_policy]\nmax_days = 3650\n"
    )
    done = okta_auditor("baseline", snapshot, "-o", folder / "b.json")
    assert done.exit_code == 0, done.shown
    baseline = json.loads((folder / "b.json").read_text())
    first, *_ = [key for key in baseline["findings"] if key != "end"]
    baseline["findings"].pop(first)
    (folder / "b.json").write_text(json.dumps(baseline, indent=2) + "\n")
    done = okta_auditor(
        *("evidence", "export", snapshot, "-o", folder / "night.zip", "--zip"),
        *("--config", folder / "config.toml", "--as-of", "2026-02-01"),
    )
    assert done.exit_code in {0, 3}, done.shown
    return unpacked(folder / "night.zip", folder / "night")


@pytest.fixture
def bundle(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "night"))


def test_what_nobody_changed_is_the_same_byte_for_byte(bundle: Path) -> None:
    for path in (bundle, packed(bundle, bundle.with_suffix(".zip"))):
        done = replay(path)

        assert done.exit_code == 0, done.shown
        assert "all that follows from the snapshot is the same, byte for byte" in done.stdout
        assert "1 bundle consistent with itself" in done.stdout
        words = done.shown.replace(",", " ").replace(";", " ").split()
        assert not {"unaltered", "authentic", "verified"} & set(words)


def test_a_bundle_holds_names_of_its_own_files_and_no_folder_of_the_machine(bundle: Path) -> None:
    results = json.loads((bundle / "results.json").read_text())

    accepted = {item["acceptance"]["where"].split(":")[0] for item in results["accepted"]}
    assert accepted == {"suppressions.toml", "baseline.json"}
    whole = b"".join(path.read_bytes() for path in bundle.iterdir())
    assert str(bundle.parent.parent).encode() not in whole
    assert b"s.toml:" not in whole.replace(b"suppressions.toml:", b"")


def text(name: str, one: str, another: str) -> Forge:
    def forge(folder: Path) -> None:
        whole = (folder / name).read_text()
        assert one in whole
        (folder / name).write_text(whole.replace(one, another))

    return forge


def results(change: Callable[[Json], object]) -> Forge:
    return lambda folder: edit(folder, "results.json", change)


def milder(value: Json) -> None:
    value["message"] = "Nothing to see here."


def append(name: str, data: bytes) -> Forge:
    def forge(folder: Path) -> None:
        with (folder / name).open("ab") as file:
            file.write(data)

    return forge


FORGERIES: dict[str, tuple[Forge, str]] = {
    "a message": (
        results(lambda value: milder(value["findings"][0])),
        'results.json has the finding "OAM',
    ),
    "an accepted finding's reason": (
        results(lambda value: value["accepted"][0]["acceptance"].update(reason="Approved.")),
        'results.json has the finding "OAM',
    ),
    "advice": (
        results(lambda value: value["findings"][0].update(fix="Nothing.")),
        'results.json has the finding "OAM',
    ),
    "a location": (
        results(lambda value: value["findings"][0]["location"].update(start_line=1)),
        'results.json has the finding "OAM',
    ),
    "a notice": (
        results(lambda value: value["notices"].append({})),
        "results.json has another notices than follows from the snapshot",
    ),
    "a fixed finding": (
        results(lambda value: value["capture"].update(requests=1)),
        "results.json has another capture than follows from the snapshot",
    ),
    "objects": (
        results(lambda value: value["summary"]["objects"].update(apps=7)),
        "results.json has another summary than follows from the snapshot",
    ),
    "layout of the results": (
        append("results.json", b"\n"),
        "results.json is not what follows from snapshot.json",
    ),
    "the HTML report": (
        append("report.html", b"<script>alert(1)</script>"),
        "report.html is not what follows from snapshot.json",
    ),
    "a message in SARIF": (
        text("results.sarif", '"level": "error"', '"level": "note"'),
        "results.sarif is not what follows from snapshot.json",
    ),
    "severity in OCSF": (
        text("findings.ocsf.jsonl", '"severity":"High"', '"severity":"Low"'),
        "findings.ocsf.jsonl is not what follows from snapshot.json",
    ),
    "a rationale in the matrix": (
        text("controls.csv", "right networks", "wrong networks"),
        "controls.csv is not what follows from snapshot.json",
    ),
    "a title in OSCAL": (
        text("assessment-results.json", "As far as these rules show", "We swear"),
        "assessment-results.json is not what follows from snapshot.json",
    ),
    "who read the org": (
        text("ledger.json", '"requests": ', '"requests": 1'),
        "ledger.json is not what follows from snapshot.json",
    ),
    "a key in tool.json": (
        text("tool.json", '"audit": {', '"note": "approved", "audit": {'),
        "tool.json is not what follows from snapshot.json",
    ),
    "layout of the settings": (
        append("settings.json", b" "),
        "settings.json is not what follows from snapshot.json",
    ),
}


@pytest.mark.parametrize("case", FORGERIES)
def test_what_does_not_follow_from_the_snapshot_is_named(bundle: Path, case: str) -> None:
    forge, problem = FORGERIES[case]
    forge(bundle)
    fit(bundle)

    done = replay(bundle)

    assert done.exit_code == 1, done.shown
    assert problem in done.stdout


def put_snapshot(folder: Path, snapshot: Path) -> None:
    """Another snapshot, whose digest all files name."""
    before, after = (
        json.loads(path.read_bytes()).get("digest", "no digest").encode()
        for path in (folder / "snapshot.json", snapshot)
    )
    for path in folder.iterdir():
        path.write_bytes(path.read_bytes().replace(before, after))
    (folder / "snapshot.json").write_bytes(snapshot.read_bytes())


def test_a_finding_that_all_files_leave_out_is_named(tmp_path: Path) -> None:
    """The reports are those of a sound tenant, the snapshot is not of one."""
    (tmp_path / "sound").mkdir()
    (tmp_path / "other").mkdir()
    sound = snapshot_file(tmp_path / "sound", tenant())
    faulty = with_findings(tmp_path / "other")
    folder = tmp_path / "night"
    done = okta_auditor("evidence", "export", sound, "-o", folder, "--no-config")
    assert done.exit_code in {0, 3}, done.shown
    put_snapshot(folder, faulty)
    fit(folder)
    assert verify(folder).exit_code == 0

    done = replay(folder)

    assert done.exit_code == 1, done.shown
    assert 'results.json leaves out the finding "OAM305" about "Readers"' in done.stdout
    assert "report.html is not what follows from snapshot.json" in done.stdout


def test_a_finding_that_is_nowhere_in_the_snapshot_is_named(tmp_path: Path) -> None:
    (tmp_path / "sound").mkdir()
    (tmp_path / "other").mkdir()
    folder = tmp_path / "night"
    done = okta_auditor(
        *("evidence", "export", with_findings(tmp_path / "other"), "-o", folder, "--no-config")
    )
    assert done.exit_code in {0, 3}
    sound = snapshot_file(tmp_path / "sound", tenant())
    put_snapshot(folder, sound)
    fit(folder)

    done = replay(folder)

    assert done.exit_code == 1
    assert 'a finding that does not follow: "OAM305" about "Readers"' in done.stdout


def tool(change: Callable[[Json], object]) -> Forge:
    return lambda folder: edit(folder, "tool.json", change)


def settings(change: Callable[[Json], object]) -> Forge:
    return lambda folder: edit(folder, "settings.json", change)


OBSTACLES: dict[str, tuple[Forge, str]] = {
    "code of the tool": (
        tool(lambda value: value["tool"].update(sha256="0" * 64)),
        "it was made with another version; okta-auditor was 0.1.0 (code SHA-256 0000",
    ),
    "name of the tool": (
        tool(lambda value: value["tool"].update(name="x")),
        "it was made with another version; okta-auditor was 0.1.0",
    ),
    "a pack": (
        tool(lambda value: value["packs"][0].update(version="9.9")),
        "packs differ: auditor.rules builtin",
    ),
    "a pack more": (
        tool(lambda value: value["packs"].append({"group": "auditor.rules", "entry_point": "x"})),
        "packs differ: auditor.rules x",
    ),
    "a rule's code": (
        tool(lambda value: value["rules"][3].update(sha256="0" * 64)),
        "rules differ: OAM",
    ),
    "a framework": (
        tool(lambda value: value["frameworks"][0].update(sha256="0" * 64)),
        "frameworks differ: ",
    ),
    "no packs": (tool(lambda value: value.pop("packs")), "packs differ: "),
    "a setting that there is not": (
        settings(lambda value: value["settings"].update({"x\ny": {"value": 1, "from": "file"}})),
        "settings.json has a setting that is not understood: x",
    ),
    "a setting of another type": (
        settings(lambda value: value["settings"]["strict"].update(value=[1])),
        "settings.json has a setting that is not understood: strict",
    ),
    "an unknown layer": (
        settings(lambda value: value["settings"]["strict"].update({"from": "heaven"})),
        "settings.json has a setting that is not understood: strict",
    ),
    "no settings": (settings(lambda value: value.pop("settings")), "holds no settings"),
    "no day": (
        settings(lambda value: value["settings"].pop("as_of")),
        "does not say by which day expiry was judged",
    ),
    "no files": (settings(lambda value: value.pop("files")), "does not say which files accept"),
    "a selection of nothing": (
        settings(lambda value: value["settings"]["select"].update(value=["NOPE"])),
        "replay is not possible: ",
    ),
    "other suppressions": (
        append("suppressions.toml", b"# approved\n"),
        "settings.json names other files that accept findings than the bundle holds",
    ),
    "no baseline": (
        lambda folder: (folder / "baseline.json").unlink(),
        "settings.json names other files that accept findings than the bundle holds",
    ),
}


@pytest.mark.parametrize("case", OBSTACLES)
def test_why_a_replay_is_not_possible_is_said_and_is_no_success(bundle: Path, case: str) -> None:
    forge, problem = OBSTACLES[case]
    forge(bundle)
    fit(bundle)
    assert verify(bundle).exit_code == 0

    done = replay(bundle)

    assert done.exit_code == 3, done.shown
    assert f"{bundle}: replay is not possible: " in done.stdout
    assert problem in done.stdout
    assert "byte for byte" not in done.stdout


def test_frameworks_and_rules_of_one_s_own_are_named_in_the_call(tmp_path: Path) -> None:
    own = tmp_path / "acme.yaml"
    own.write_text(
        "id: acme\ntitle: Acme IAM\nversion: '7'\nsource: https://acme.example\n"
        "beyond: [Approvals.]\ncontrols:\n  - id: IAM-4\n    title: No passwords in clients\n"
        "    direct: {OAM305: The rule allows the password grant.}\n"
    )
    house = tmp_path / "house"
    house.mkdir()
    (house / "house_rule.py").write_text(HOUSE_RULE)
    folder = tmp_path / "night"
    done = okta_auditor(
        *("evidence", "export", with_findings(tmp_path), "-o", folder, "--no-config"),
        *("--framework", own, "--framework", "rfc-9700", "--rules", house),
    )
    assert done.exit_code in {0, 3}, done.shown

    assert replay(folder, "--framework", own, "--rules", house).exit_code == 0
    missing = replay(folder, "--rules", house)
    assert missing.exit_code == 3
    assert "frameworks that are not installed, acme; name their files" in missing.stdout
    missing = replay(folder, "--framework", own)
    assert missing.exit_code == 3
    assert "rules differ: ACME001" in missing.stdout
    own.write_text(own.read_text().replace("Approvals", "Nothing"))
    changed = replay(folder, "--framework", own, "--rules", house)
    assert changed.exit_code == 3
    assert "frameworks differ: acme" in changed.stdout
    (house / "house_rule.py").write_text(HOUSE_RULE + "\n# changed\n")
    assert "rules differ: ACME001" in replay(folder, "--framework", own, "--rules", house).stdout
    assert verify(folder, "--framework", own).exit_code == 2


def test_redacted_evidence_is_replayed_unless_something_was_accepted(tmp_path: Path) -> None:
    snapshot = with_findings(tmp_path)
    export = ("evidence", "export", snapshot, "--redact", "people")
    key = {"OKTA_AUDITOR_REDACTION_KEY": "a" * 64}
    done = okta_auditor(*export, "-o", tmp_path / "one", "--no-config", **key)
    assert done.exit_code in {0, 3}
    (tmp_path / "s.toml").write_text(SUPPRESSION)
    done = okta_auditor(
        *(*export, "-o", tmp_path / "two", "--no-config", "--suppressions", tmp_path / "s.toml"),
        *("--as-of", "2026-02-01"),
        **key,
    )
    assert done.exit_code in {0, 3}, done.shown

    assert replay(tmp_path / "one").exit_code == 0
    refused = replay(tmp_path / "two")
    assert refused.exit_code == 3
    assert "suppressions.toml accepted findings and was left out" in refused.stdout


HOUSE_RULE = '''
"""A rule of the house.

Every server is one too many.

Fix: remove it.

Flagged:

    {"authorization_servers": [{"id": "aus1", "name": "Billing", "status": "ACTIVE"}]}

Accepted:

    {"authorization_servers": []}
"""

from collections.abc import Iterator

from auditor import Finding, Impact, Org, Severity, rule


@rule("ACME001", severity=Severity.LOW, impact=Impact.RISKY, reads=["authorization_servers"])
def check(org: Org) -> Iterator[Finding]:
    """Flag every server."""
    for server in org.authorization_servers:
        yield Finding(server, "It is there.")
'''
