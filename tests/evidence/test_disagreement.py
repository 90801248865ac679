"""Files of a bundle that contradict each other are named, though every digest fits.

The forger here has no key and writes the manifest anew; in folders and in zip files.
"""

from __future__ import annotations

import csv
import io
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from bundle_forgery import edit, fit, packed, unpacked
from helpers import Outcome, okta_auditor, snapshot_file, tenant, write_document

from auditor.snapshot.collections import COLLECTIONS

Json = dict[str, Any]
Forge = Callable[[Path], None]
LATER = {row.name for row in COLLECTIONS if row.later}


def verify(*words: object) -> Outcome:
    return okta_auditor("evidence", "verify", *words)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The unpacked zip file of a tenant with findings."""
    folder = tmp_path_factory.mktemp("made")
    document = tenant()
    rule = document["/api/v1/authorizationServers/aus1/policies/00p1/rules"][0]
    rule["conditions"]["grantTypes"]["include"] = ["password", "implicit"]
    done = okta_auditor(
        *("evidence", "export", snapshot_file(folder, document), "-o", folder / "night.zip"),
        *("--zip", "--no-config"),
    )
    assert done.exit_code in {0, 3}, done.shown
    return unpacked(folder / "night.zip", folder / "night")


@pytest.fixture
def bundle(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "night"))


def results(change: Callable[[Json], object]) -> Forge:
    return lambda folder: edit(folder, "results.json", lambda value: void(change(value)))


def other(name: str, change: Callable[[Json], object]) -> Forge:
    return lambda folder: edit(folder, name, lambda value: void(change(value)))


def void(value: object) -> None:
    del value


def summary(**values: object) -> Forge:
    return results(lambda value: value["summary"].update(values))


def without_a_finding(value: Json) -> None:
    gone = value["findings"].pop()
    numbers = value["summary"]
    numbers["findings"] -= 1
    numbers["by_severity"][gone["severity"]] -= 1
    numbers["by_rule"][gone["code"]] -= 1
    if not numbers["by_rule"][gone["code"]]:
        del numbers["by_rule"][gone["code"]]


def as_evaluated(value: Json) -> None:
    value["not_evaluated"].clear()
    rules = value["summary"]["rules"]
    rules["evaluated"], rules["not_evaluated"] = rules["selected"], 0


def sarif(change: Callable[[Json], object]) -> Forge:
    return other("results.sarif", lambda value: change(value["runs"][0]))


def events(change: Callable[[list[Json]], object]) -> Forge:
    def forge(folder: Path) -> None:
        file = folder / "findings.ocsf.jsonl"
        lines = [json.loads(line) for line in file.read_bytes().splitlines()]
        change(lines)
        file.write_text("".join(json.dumps(line) + "\n" for line in lines))

    return forge


def matrix(change: Callable[[list[dict[str, str]]], object]) -> Forge:
    def forge(folder: Path) -> None:
        file = folder / "controls.csv"
        reader = csv.DictReader(io.StringIO(file.read_text("utf-8-sig"), newline=""))
        rows = list(reader)
        change(rows)
        text = io.StringIO()
        writer = csv.DictWriter(text, reader.fieldnames or (), lineterminator="\r\n")
        writer.writeheader()
        writer.writerows(rows)
        file.write_bytes(b"\xef\xbb\xbf" + text.getvalue().encode())

    return forge


def first_with(rows: list[dict[str, str]], **values: str) -> dict[str, str]:
    return next(row for row in rows if all(row[key] == value for key, value in values.items()))


def satisfied(rows: list[dict[str, str]]) -> None:
    control = first_with(rows, status="not satisfied")
    for row in rows:
        if (row["framework"], row["control"]) == (control["framework"], control["control"]):
            row["status"] = "satisfied"


def oscal_findings(value: Json) -> list[Json]:
    all_results = value["assessment-results"]["results"]
    return next(item["findings"] for item in all_results if item.get("findings"))


def satisfied_in_oscal(value: Json) -> None:
    for finding in oscal_findings(value):
        finding["target"]["status"]["state"] = "satisfied"


def written(name: str, data: bytes) -> Forge:
    return lambda folder: void((folder / name).write_bytes(data))


CASES: dict[str, tuple[Forge, str]] = {
    "number of findings": (summary(findings=0), "its summary has another findings"),
    "number of suppressed": (summary(suppressed=1), "its summary has another suppressed"),
    "number of unchanged": (summary(unchanged=1), "its summary has another unchanged"),
    "number of fixed": (summary(fixed=1), "its summary has another fixed"),
    "findings by severity": (summary(by_severity={}), "its summary has another by_severity"),
    "findings by rule": (summary(by_rule={}), "its summary has another by_rule"),
    "numbers of rules": (
        results(lambda value: value["summary"]["rules"].update(evaluated=1)),
        "its summary has another rules",
    ),
    "complete of the results": (
        results(lambda v: v["summary"].update(complete=not v["summary"]["complete"])),
        "results.json has another complete than manifest.json",
    ),
    "a crash in a complete audit": (
        results(lambda v: v["crashed"].append({"code": v["rules"][0]["code"]})),
        "contradicts itself",
    ),
    "a finding less": (results(without_a_finding), "has other findings than results.json"),
    "a finding twice": (
        results(lambda value: value["findings"].append(value["findings"][0])),
        "contradicts itself",
    ),
    "a finding of no rule": (
        results(lambda value: value["findings"][0].update(code="OAM999")),
        "findings of rules that were not selected",
    ),
    "another fingerprint": (
        results(lambda value: value["findings"][0].update(fingerprint="0" * 32)),
        "results.sarif has other findings than results.json",
    ),
    "the tool of the results": (
        results(lambda value: value["tool"].update(version="9.9")),
        "results.json has another tool's version than manifest.json",
    ),
    "the org of the results": (
        results(lambda value: value["tenant"].update(id="00oX")),
        "results.json has another tenant than manifest.json",
    ),
    "the capture of the results": (
        results(lambda value: value.update(captured_at="2020-01-01T00:00:00Z")),
        "results.json has another capture than manifest.json",
    ),
    "the coverage of the results": (
        results(lambda value: value["coverage"][3].update(status="refused")),
        "results.json says otherwise than snapshot.json what was read",
    ),
    "a collection less in the results": (
        results(lambda value: value["coverage"].pop()),
        "results.json says otherwise than snapshot.json what was read",
    ),
    "a rule less": (results(lambda value: value["rules"].pop()), "contradicts itself"),
    "severity of a rule": (
        results(lambda value: value["rules"][0].update(severity="info")),
        "tool.json names other rules",
    ),
    "complete of the ledger": (
        other("ledger.json", lambda v: v.update(complete=not v["complete"])),
        "ledger.json has another complete than manifest.json",
    ),
    "status in the ledger": (
        other("ledger.json", lambda value: value["ledger"][2].update(status="refused")),
        "ledger.json says otherwise than snapshot.json what was read",
    ),
    "objects in the ledger": (
        other("ledger.json", lambda value: value["objects"].update(apps=1204)),
        "ledger.json has other numbers of objects than snapshot.json",
    ),
    "severity in tool.json": (
        other("tool.json", lambda value: value["rules"][0].update(severity="info")),
        "tool.json names other rules, severities or options",
    ),
    "options in tool.json": (
        other("tool.json", lambda value: value["rules"][0].update(options={"x": 1})),
        "tool.json names other rules, severities or options",
    ),
    "a rule less in tool.json": (
        other("tool.json", lambda value: value["rules"].pop()),
        "tool.json names other rules, severities or options",
    ),
    "version in tool.json": (
        other("tool.json", lambda value: value["tool"].update(version="9.9")),
        "tool.json has another version of the tool than manifest.json",
    ),
    "a framework less in tool.json": (
        other("tool.json", lambda value: value["frameworks"].pop()),
        "controls.csv has other frameworks than tool.json",
    ),
    "a finding less in SARIF": (
        sarif(lambda run: run["results"].pop()),
        "results.sarif has other findings than results.json",
    ),
    "no finding in SARIF": (
        sarif(lambda run: run["results"].clear()),
        "results.sarif has other findings than results.json",
    ),
    "order in SARIF": (
        sarif(lambda run: run["results"].reverse()),
        "results.sarif has other findings than results.json",
    ),
    "complete of SARIF": (
        sarif(
            lambda run: run["invocations"][0].update(
                executionSuccessful=not run["invocations"][0]["executionSuccessful"]
            )
        ),
        "results.sarif has another complete than manifest.json",
    ),
    "version in SARIF": (
        sarif(lambda run: run["tool"]["driver"].update(version="9.9")),
        "results.sarif has another version of the tool",
    ),
    "two runs in SARIF": (
        other("results.sarif", lambda value: value["runs"].append(value["runs"][0])),
        "results.sarif is not what `evidence export` writes",
    ),
    "an event less": (
        events(lambda lines: lines.pop()),
        "findings.ocsf.jsonl has other findings or outcomes of rules than results.json",
    ),
    "an event that passes": (
        events(lambda lines: [line["compliance"].update(status="Pass") for line in lines]),
        "findings.ocsf.jsonl has other findings or outcomes of rules than results.json",
    ),
    "no event": (
        written("findings.ocsf.jsonl", b""),
        "findings.ocsf.jsonl has other findings or outcomes of rules than results.json",
    ),
    "another org in OCSF": (
        events(lambda lines: [line["metadata"].update(tenant_uid="00oX") for line in lines]),
        "findings.ocsf.jsonl has another version of the tool, or another org",
    ),
    "a satisfied control": (matrix(satisfied), "controls.csv has another status of"),
    "an outcome in the matrix": (
        matrix(lambda rows: first_with(rows, outcome="findings").update(outcome="no findings")),
        "controls.csv has another outcome of",
    ),
    "a number in the matrix": (
        matrix(lambda rows: first_with(rows, outcome="findings").update(findings="0")),
        "controls.csv has another outcome of",
    ),
    "accepted in the matrix": (
        matrix(lambda rows: first_with(rows, outcome="findings").update(accepted="9")),
        "controls.csv has another outcome of",
    ),
    "no row in the matrix": (
        matrix(lambda rows: rows.clear()),
        "controls.csv has other frameworks than tool.json",
    ),
    "a direct rule that is related": (
        matrix(lambda rows: [row.update(strength="related") for row in rows if row["rule"]]),
        "controls.csv has another status of",
    ),
    "a satisfied control in OSCAL": (
        other("assessment-results.json", satisfied_in_oscal),
        "assessment-results.json has other states of controls",
    ),
    "a finding less in OSCAL": (
        other("assessment-results.json", lambda value: oscal_findings(value).pop()),
        "assessment-results.json has other states of controls",
    ),
    "a result less in OSCAL": (
        other(
            "assessment-results.json",
            lambda value: value["assessment-results"]["results"].pop(),
        ),
        "assessment-results.json has other states of controls",
    ),
    "another day in the snapshot": (
        other("snapshot.json", lambda v: v["capture"].update(finished_at="2031-01-01T00:00:00Z")),
        "snapshot.json was captured at another time than manifest.json says",
    ),
    "another org in the snapshot": (
        other("snapshot.json", lambda v: v["resources"]["/api/v1/org"].update(id="00oX")),
        "snapshot.json is of another org than manifest.json says",
    ),
    "a refused collection in the snapshot": (
        other("snapshot.json", lambda value: value["ledger"][2].update(status="refused")),
        "results.json says otherwise than snapshot.json what was read",
    ),
    "no snapshot": (written("snapshot.json", b"{}"), "is not a usable snapshot"),
    "half a snapshot": (written("snapshot.json", b'{"format": '), "is not a usable snapshot"),
}


@pytest.mark.parametrize("form", ["folder", "zip"])
def test_bundles_that_nobody_forged_agree(bundle: Path, form: str) -> None:
    fit(bundle)

    path = packed(bundle, bundle.with_suffix(".zip")) if form == "zip" else bundle
    done = verify(path)

    assert done.exit_code == 0, done.shown
    assert done.stdout.startswith("1 bundle consistent with itself, ")


@pytest.mark.parametrize("form", ["folder", "zip"])
@pytest.mark.parametrize("case", CASES)
def test_files_that_contradict_each_other_are_named(bundle: Path, form: str, case: str) -> None:
    forge, problem = CASES[case]
    forge(bundle)
    fit(bundle)
    path = packed(bundle, bundle.with_suffix(".zip")) if form == "zip" else bundle

    done = verify(path)

    assert done.exit_code == 1, done.shown
    assert all(line.startswith(f"{path}: ") for line in done.stdout.splitlines()[:-1])
    assert problem in done.stdout
    bundle.with_suffix(".zip").unlink(missing_ok=True)
    shutil.rmtree(bundle)


JSON_FILES = (
    *("results.json", "ledger.json", "tool.json", "results.sarif", "findings.ocsf.jsonl"),
    *("assessment-results.json", "snapshot.json", "controls.csv"),
)
WRONG = {
    "nothing": b"",
    "null": b"null",
    "a list": b"[]",
    "an object": b"{}",
    "a number": b"1",
    "text": b'"x"',
    "half of it": b'{"a": [',
    "no UTF-8": b"\xff\xfe",
    "deep": b"[" * 100_000,
    "deep and closed": b"[" * 5000 + b"]" * 5000,
    "a NUL": b"\0",
    "not a number": b"NaN",
}


@pytest.mark.parametrize("name", JSON_FILES)
def test_a_file_that_is_something_else_is_named(bundle: Path, name: str) -> None:
    whole = (bundle / name).read_bytes()
    for wrong in WRONG.values():
        (bundle / name).write_bytes(wrong)
        fit(bundle)

        done = verify(bundle)

        assert done.exit_code == 1, (wrong[:20], done.shown)
        assert name in done.stdout
    (bundle / name).write_bytes(whole)


def claim_to_be_complete(folder: Path) -> None:
    """In every file that says so."""
    results(lambda value: value["summary"].update(complete=True))(folder)
    sarif(lambda run: run["invocations"][0].update(executionSuccessful=True))(folder)
    other("ledger.json", lambda value: value.update(complete=True))(folder)
    other("tool.json", lambda value: value["audit"].update(complete=True))(folder)
    fit(folder, lambda value: value["predicate"].update(complete=True))


def test_who_claims_to_be_complete_is_held_to_the_snapshot(tmp_path: Path) -> None:
    """All files say complete; the snapshot's ledger does not."""
    path = snapshot_file(tmp_path, tenant(), unread=("policies", "apps"))
    folder = tmp_path / "night"
    done = okta_auditor("evidence", "export", path, "-o", folder, "--no-config")
    assert done.exit_code == 3
    assert "not everything was checked: 1 bundle of 1 say so" in verify(folder).stdout
    claim_to_be_complete(folder)

    done = verify(folder)

    assert done.exit_code == 1
    assert "manifest.json says complete, and snapshot.json is not: policies" in done.stdout
    assert "results.json says complete, and that rules were not evaluated" in done.stdout


@pytest.fixture
def night_of_an_earlier_version(tmp_path: Path) -> Path:
    """A bundle of a snapshot that lacks what later versions read."""
    path = snapshot_file(tmp_path, tenant())
    document = json.loads(path.read_text())
    ledger = [row for row in document["ledger"] if row["collection"] not in LATER]
    write_document(path, {**document, "ledger": ledger})
    folder = tmp_path / "night"
    done = okta_auditor("evidence", "export", path, "-o", folder, "--no-config")
    assert done.exit_code == 3
    return folder


def test_a_bundle_of_a_snapshot_of_an_earlier_version_agrees(
    night_of_an_earlier_version: Path,
) -> None:
    done = verify(night_of_an_earlier_version)

    assert done.exit_code == 0, done.shown
    assert "not everything was checked: 1 bundle of 1 say so" in done.stdout


def test_what_a_snapshot_of_an_earlier_version_lacks_is_not_complete(
    night_of_an_earlier_version: Path,
) -> None:
    claim_to_be_complete(night_of_an_earlier_version)

    done = verify(night_of_an_earlier_version)

    assert done.exit_code == 1
    assert "manifest.json says complete, and snapshot.json is not: " in done.stdout
