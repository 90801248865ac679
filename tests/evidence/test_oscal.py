"""`assessment-results.json`, read by compliance-trestle: OSCAL's classes with nothing undefined."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from helpers import okta_auditor, snapshot_file, tenant
from trestle.common.err import TrestleError
from trestle.core.duplicates_validator import DuplicatesValidator
from trestle.oscal.assessment_results import AssessmentResults

Json = dict[str, Any]
Path_ = tuple[str | int, ...]

# What the classes of OSCAL let be absent of what we write; everything else is required there.
OPTIONAL = {
    "back-matter",
    "end",
    "findings",
    "href",
    "inventory-items",
    "local-definitions",
    "ns",
    "observations",
    "props",
    "related-observations",
    "relevant-evidence",
    "resources",
    "status",
    "subjects",
}

# Ids that are no tokens of OSCAL, and texts that are no single line.
ODD = """
id: odd
title: " Odd\\nframework "
version: "7\\t"
source: https://acme.example
beyond: ["Approvals\\u2028and reviews."]
controls:
  - {id: "7.2 (a)", title: "Digits first", direct: {OAM705: "A reason."}}
  - {id: "§ 4/é", title: "Signs\\u0007", direct: {OAM201: "A reason."}}
  - {id: "²", title: "=1+1", related: {OAM705: "A reason."}}
"""


def exported(snapshot: Path, target: Path, *options: object) -> Path:
    done = okta_auditor("evidence", "export", snapshot, "-o", target, "--no-config", *options)
    assert done.exit_code in {0, 3}, done.shown
    return target


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The evidence of the demo tenant."""
    folder = tmp_path_factory.mktemp("demo")
    assert okta_auditor("demo", "-o", folder).exit_code == 0
    return exported(folder / "snapshot.json", folder / "out")


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Evidence with what could not be read, and a framework that writes as OSCAL does not."""
    folder = tmp_path_factory.mktemp("odd")
    (folder / "odd.yaml").write_text(ODD, encoding="utf-8")
    document = tenant()
    document["/api/v1/authorizationServers"][0]["name"] = " \x07\n "
    document["/api/v1/org"]["companyName"] = "A\nB\u202e"
    policy_rule = document["/api/v1/authorizationServers/aus1/policies/00p1/rules"][0]
    policy_rule |= {"name": "\t"}
    policy_rule["conditions"]["scopes"]["include"] = ["*"]
    snapshot = snapshot_file(folder, document, unread=("apps",))
    both = ("--framework", folder / "odd.yaml", "--framework", "nist-800-53-r5")
    return exported(snapshot, folder / "out", *both)


@pytest.fixture(params=["demo", "odd"])
def bundle(request: pytest.FixtureRequest) -> Path:
    return Path(request.getfixturevalue(request.param))


def document(bundle: Path) -> Json:
    return dict(json.loads((bundle / "assessment-results.json").read_bytes()))


def test_trestle_reads_it_whole_and_finds_no_id_twice(bundle: Path) -> None:
    read = AssessmentResults.oscal_read(bundle / "assessment-results.json")

    assert isinstance(read, AssessmentResults)
    assert DuplicatesValidator().model_is_valid(read, quiet=False)
    written = document(bundle)["assessment-results"]
    assert written["metadata"]["oscal-version"] == "1.1.2"
    assert len(read.results) == len(written["results"])
    assert json.loads(read.oscal_serialize_json())["assessment-results"].keys() == written.keys()


def test_every_reference_leads_somewhere(bundle: Path) -> None:
    given = document(bundle)["assessment-results"]
    resources = {item["uuid"] for item in given["back-matter"]["resources"]}
    assert given["import-ap"]["href"].removeprefix("#") in resources
    for result in given["results"]:
        observed = {item["uuid"]: item for item in result.get("observations", ())}
        inventory = {
            item["uuid"] for item in result.get("local-definitions", {}).get("inventory-items", ())
        }
        subjects = set()
        for observation in observed.values():
            for subject in observation.get("subjects", ()):
                assert subject["type"] == "inventory-item"
                subjects.add(subject["subject-uuid"])
            for evidence in observation["relevant-evidence"]:
                assert (bundle / evidence["href"]).is_file()
        assert subjects == inventory
        (selection,) = result["reviewed-controls"]["control-selections"]
        controls = {item["control-id"] for item in selection["include-controls"]}
        for finding in result.get("findings", ()):
            assert finding["target"]["target-id"].removesuffix("_obj") in controls
            assert finding["target"]["status"]["state"] in {"satisfied", "not-satisfied"}
            related = [item["observation-uuid"] for item in finding["related-observations"]]
            assert related
            assert observed.keys() >= set(related)


def test_times_are_the_capture_s_and_ids_follow_from_the_audit(bundle: Path) -> None:
    capture = json.loads((bundle / "snapshot.json").read_bytes())["capture"]
    start, end = (capture[key].replace("Z", "+00:00") for key in ("started_at", "finished_at"))
    written = document(bundle)["assessment-results"]
    assert written["metadata"]["last-modified"] == end
    for result in written["results"]:
        assert (result["start"], result["end"]) == (start, end)
        assert {item["collected"] for item in result["observations"]} == {end}
    ids = [value for path, value in _walk(written) if path[-1] == "uuid"]
    assert len(ids) > 10
    for value in ids:
        assert re.fullmatch(
            r"[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", value
        )


def test_controls_of_nist_are_those_of_its_catalogue(demo: Path) -> None:
    (nist,) = (
        item
        for item in document(demo)["assessment-results"]["results"]
        if item["title"].startswith("NIST SP 800-53")
    )
    # The ids of controls and of their objectives in the OSCAL catalogue of release 5.1.1.
    (selection,) = nist["reviewed-controls"]["control-selections"]
    assert {"control-id": "ac-6.5"} in selection["include-controls"]
    assert {"control-id": "ia-13.3"} in selection["include-controls"]
    assert {item["target"]["target-id"] for item in nist["findings"]} >= {"ac-2_obj", "ac-6.5_obj"}


def test_ids_that_are_no_tokens_stay_apart(odd: Path) -> None:
    first, _ = document(odd)["assessment-results"]["results"]
    (selection,) = first["reviewed-controls"]["control-selections"]
    ids = [item["control-id"] for item in selection["include-controls"]]
    assert ids == ["_7.2-.a", "ua7-4-ue9", "ub2"]


def test_trestle_rejects_what_lacks_something_or_has_more(demo: Path, tmp_path: Path) -> None:
    whole = document(demo)
    whole["assessment-results"]["results"] = whole["assessment-results"]["results"][:1]
    paths = [path for path, _ in _walk(whole) if isinstance(path[-1], str)]
    path_of = {tuple(step for step in path if isinstance(step, str)): path for path in paths}
    assert len(path_of) > 40

    accepted = set()
    for path in path_of.values():
        changed = copy.deepcopy(whole)
        del _holder(changed, path)[path[-1]]
        if _accepted(changed, tmp_path):
            accepted.add(str(path[-1]))
    assert accepted - {"title", "description"} == OPTIONAL

    for path in path_of.values():
        if isinstance(_at(whole, path), dict):
            changed = copy.deepcopy(whole)
            _at(changed, path)["colour"] = "red"
            assert not _accepted(changed, tmp_path), path


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("uuid", "1"),
        ("control-id", "6.5"),
        ("target-id", "AC 6"),
        ("state", "not-evaluated"),
        ("start", "2026-01-01"),
        ("methods", []),
        ("title", ""),
    ],
)
def test_trestle_rejects_values_that_oscal_does_not_have(
    demo: Path, tmp_path: Path, key: str, value: object
) -> None:
    changed = document(demo)
    path = next(path for path, _ in _walk(changed) if path[-1] == key)
    _holder(changed, path)[key] = value

    assert not _accepted(changed, tmp_path)


def _accepted(given: Json, folder: Path) -> bool:
    file = folder / "given.json"
    file.write_text(json.dumps(given), encoding="utf-8")
    try:
        AssessmentResults.oscal_read(file)
    except TrestleError:
        return False
    return True


def _walk(value: Any, path: Path_ = ()) -> Iterator[tuple[Path_, Any]]:
    steps = value.items() if isinstance(value, dict) else enumerate(value)
    for step, inner in steps:
        yield (*path, step), inner
        if isinstance(inner, dict | list):
            yield from _walk(inner, (*path, step))


def _at(value: Any, path: Path_) -> Any:
    for step in path:
        value = value[step]
    return value


def _holder(value: Any, path: Path_) -> Any:
    return _at(value, path[:-1])
