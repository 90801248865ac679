"""A snapshot is believed as far as its ledger holds against its resources, and no further."""

import copy
import json
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from helpers import SERVERS, okta_auditor, served, tenant, write_document
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.collect.auth.credentials import read_credentials
from auditor.collect.exporter import export
from auditor.errors import SnapshotError
from auditor.snapshot.document import Snapshot, dump_snapshot, parse_snapshot
from auditor.snapshot.org import Org

Json = dict[str, Any]
HERE = Path("s.json")


@pytest.fixture(scope="module")
def document() -> Json:
    """What a real export of the small tenant writes."""
    hooks = {"/api/v1/inlineHooks": [], "/api/v1/zones": [{"id": "nzo1", "name": "Office"}]}
    with served(
        tenant(**hooks, **{"/api/v1/api-tokens": [{"id": "00T1", "userId": "00u1"}]})
    ) as org:
        variables = {"OKTA_CLIENT_ORGURL": org.url, "OKTA_CLIENT_TOKEN": "00token"}
        snapshot = export(read_credentials(variables))
    found: Json = json.loads(dump_snapshot(snapshot))
    return found


def read(document: Json) -> Snapshot:
    return parse_snapshot(json.dumps(document).encode(), HERE)


def resealed(document: Json, folder: Path) -> Snapshot:
    """The snapshot as whoever changed it reads it, with a digest of what it holds now."""
    write_document(folder / "s.json", document)
    return parse_snapshot((folder / "s.json").read_bytes(), HERE)


def reasons(snapshot: Snapshot) -> str:
    """Everything that the snapshot's ledger does not say is complete, and all that is wrong."""
    entries = Org.of(snapshot).ledger.incomplete
    wrong = [f"{item.path}: {item.reason}" for entry in entries for item in entry.contradictions]
    return "\n".join([*(f"{entry.collection}: {entry.explanation()}" for entry in entries), *wrong])


def lists(value: Any) -> Iterator[list[Any]]:
    """Every list in a JSON value that has members."""
    if isinstance(value, list):
        yield from [value] if value else []
    items = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for item in items:
        yield from lists(item)


def objects(value: Any) -> Iterator[Json]:
    """Every object in a JSON value that has members."""
    if isinstance(value, dict) and value:
        yield value
    items = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for item in items:
        yield from objects(item)


def test_what_an_export_writes_holds(document: Json) -> None:
    assert reasons(read(document)) == ""


@pytest.mark.parametrize("order", [True, False])
@pytest.mark.parametrize("indent", [None, 1, 4])
@pytest.mark.parametrize("ascii_only", [True, False])
def test_a_new_layout_is_the_same_snapshot(
    document: Json,
    indent: int | None,
    order: bool,  # noqa: FBT001
    ascii_only: bool,  # noqa: FBT001
) -> None:
    text = json.dumps(document, indent=indent, sort_keys=order, ensure_ascii=ascii_only)
    found = parse_snapshot(text.encode(), HERE)

    assert reasons(found) == ""
    assert found.digest == document["digest"]


@settings(max_examples=30, deadline=None)
@given(st.data())
def test_an_edit_of_anything_is_never_complete(document: Json, data: st.DataObject) -> None:
    changed = copy.deepcopy(document)
    if data.draw(st.booleans(), label="a list"):
        place = data.draw(st.sampled_from(list(lists(changed))))
        at = data.draw(st.integers(0, len(place) - 1))
        edits = {"delete": [], "double": [place[at]] * 2, "add": [place[at], {"id": "new"}]}
        place[at : at + 1] = edits[data.draw(st.sampled_from(list(edits)))]
    else:
        target = data.draw(st.sampled_from(list(objects(changed))))
        key = data.draw(st.sampled_from(sorted(target)))
        match data.draw(st.sampled_from(["delete", "add", "edit"])):
            case "delete":
                del target[key]
            case "add":
                target["another"] = 1
            case _:
                target[key] = data.draw(st.sampled_from([None, -1, 2**70, "x", [], {}, [[]], True]))
    if changed == document:
        return
    text = json.dumps(changed).encode()
    with suppress(SnapshotError):  # refused is fine, too
        assert parse_snapshot(text, HERE).ledger.incomplete


@settings(max_examples=30, deadline=None)
@given(st.data())
def test_nothing_that_the_ledger_counts_comes_or_goes_even_with_a_new_digest(
    document: Json, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    changed = copy.deepcopy(document)
    resources, ledger = changed["resources"], changed["ledger"]
    path = data.draw(st.sampled_from(sorted(resources)))
    entry = data.draw(st.sampled_from(ledger))
    match data.draw(st.sampled_from(range(9))):
        case 0:
            del resources[path]
        case 1:
            resources[path] = data.draw(st.sampled_from([None, 1, "x", [1], [[]]]))
        case 2:
            resources[f"{path}/more"] = []
        case 3 if isinstance(resources[path], list) and resources[path]:
            resources[path].append(resources[path][-1])
        case 4 if isinstance(resources[path], list) and resources[path]:
            resources[path].pop()
        case 5:
            ledger.remove(entry)
        case 6:
            ledger.append(entry)
        case 7:
            entry["status"] = data.draw(st.sampled_from(["absent", "refused", "partial", "fine"]))
        case _:
            key = data.draw(st.sampled_from(["lists", "objects", "collection"]))
            entry[key] = data.draw(st.sampled_from([99, "apps", "nothing", -1]))
    if changed == document:
        return
    found = resealed(changed, tmp_path_factory.mktemp("changed"))

    absent = {item.collection for item in found.ledger.entries if item.status == "absent"}
    assert reasons(found) or absent, "an org may lack what it has nothing of"


@pytest.mark.parametrize(
    "path",
    [f"{SERVERS}/aus1/policies", "/api/v1/groups/00g1/users", "/api/v1/apps", "/api/v1/org"],
)
def test_a_list_that_is_cut_out_is_missed(document: Json, path: str, tmp_path: Path) -> None:
    changed = copy.deepcopy(document)
    del changed["resources"][path]

    assert len(read(changed).ledger.incomplete) == len(changed["ledger"]), "nothing is believed"
    found = resealed(changed, tmp_path)
    assert found.ledger.incomplete
    assert len(found.ledger.incomplete) < len(changed["ledger"]), "and others are left alone"


@pytest.mark.parametrize("sealed", [False, True])
@pytest.mark.parametrize("command", ["audit", "access", "diff", "controls", "evidence", "baseline"])
def test_a_snapshot_without_its_lists_is_never_clean(
    document: Json,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    command: str,
    sealed: bool,  # noqa: FBT001
) -> None:
    """The reproduction: cut every list out, and keep the ledger."""
    monkeypatch.chdir(tmp_path)
    cut = {
        **document,
        "resources": {p: v for p, v in document["resources"].items() if isinstance(v, dict)},
    }
    file = tmp_path / "cut.json"
    if sealed:
        write_document(file, cut)
    else:
        file.write_text(json.dumps(cut))
    words = {
        "audit": ["audit", file, "--strict"],
        "access": ["access", file],
        "diff": ["diff", file, file],
        "controls": ["controls", file],
        "evidence": ["evidence", "export", file, "-o", "bundle"],
        "baseline": ["baseline", file],
    }[command]

    outcome = okta_auditor(*words)

    assert outcome.exit_code == 3
    if command == "audit":
        assert "was read completely" not in outcome.stdout
        assert "Not everything was checked" in " ".join(outcome.stdout.split())


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ('"version": 2,', '"version": 2, "version": 2,', '"version" twice'),
        ('"resources": {', '"resources": {"/api/v1/apps": [],', '"/api/v1/apps" twice'),
        ('"label": "Invoices"', '"label": "Invoices", "label": "Other"', '"label" twice'),
        (
            '"collection": "apps"',
            '"collection": "apps", "collection": "apps"',
            '"collection" twice',
        ),
        ('"label": "Invoices"', '"label": "Invoices", "l\\u0061bel" : "Other"', '"label" twice'),
    ],
)
def test_a_member_that_is_there_twice_is_seen(
    document: Json, tmp_path: Path, old: str, new: str, reason: str
) -> None:
    text = json.dumps(document)
    assert text.count(old) == 1
    text = text.replace(old, new)
    write_document(tmp_path / "s.json", json.loads(text))
    digest = json.loads((tmp_path / "s.json").read_text())["digest"]
    found = parse_snapshot(text.replace(document["digest"], digest).encode(), HERE)

    assert f"has the member {reason}" in reasons(found)


def test_two_records_of_one_id_cost_no_more_than_their_list(document: Json, tmp_path: Path) -> None:
    changed = copy.deepcopy(document)
    zones = changed["resources"]["/api/v1/zones"]
    zones.append({**zones[0], "name": "Another"})
    (entry,) = (e for e in changed["ledger"] if e["collection"] == "network_zones")
    entry["objects"] += 1
    found = resealed(changed, tmp_path)

    (entry,) = found.ledger.incomplete
    assert entry.explanation() == '/api/v1/zones: "nzo1" stands in it twice'


def test_an_older_snapshot_is_read_and_not_believed(document: Json) -> None:
    old = {**document, "version": 1}
    del old["digest"]

    found = read(old)

    assert found.resources == document["resources"]
    assert len(found.ledger.incomplete) == len(document["ledger"])
    assert "run the snapshot again" in found.ledger.entries[0].remedy()
    assert read(json.loads(dump_snapshot(found))).ledger.incomplete, "nor after it is rewritten"


def test_explain_takes_nothing_for_granted_in_a_changed_snapshot(
    document: Json, tmp_path: Path
) -> None:
    file = tmp_path / "s.json"
    request = ["--server", "Billing", "--client", "Invoices", "--grant", "authorization_code"]
    request += ["--user", "ada@acme.example", "--scope", "openid"]
    file.write_text(json.dumps(document))
    assert okta_auditor("explain", file, *request).exit_code == 0
    changed = copy.deepcopy(document)
    changed["resources"][f"{SERVERS}/aus1/policies/00p1/rules"][0]["name"] = "Others"
    file.write_text(json.dumps(changed))

    outcome = okta_auditor("explain", file, *request)

    assert outcome.exit_code == 3
    assert "does not match its digest" in outcome.stdout


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/api/v1/groups", "no group Everyone is in it"),
        ("/api/v1/users", "no user at all is in it"),
    ],
)
def test_what_every_org_has_is_missed_and_no_rule_is_withheld(
    document: Json, tmp_path: Path, path: str, words: str
) -> None:
    changed = copy.deepcopy(document)
    resources = changed["resources"]
    gone = [r for r in resources[path] if path.endswith("users") or r["type"] == "BUILT_IN"]
    resources[path] = [record for record in resources[path] if record not in gone]
    for entry in changed["ledger"]:
        if entry["collection"] == path.rpartition("/")[2]:
            entry["objects"] -= len(gone)
        if entry["collection"] == "group_members" and path.endswith("groups"):
            entry["left_out"] = 0
    write_document(tmp_path / "s.json", {**changed})

    outcome = okta_auditor("audit", tmp_path / "s.json", "--exit-zero", "-O", "json")

    assert outcome.exit_code == 3
    found = json.loads(outcome.stdout)
    assert found["summary"]["complete"] is False
    assert found["not_evaluated"] == []
    assert words in okta_auditor("access", tmp_path / "s.json").stderr


@pytest.mark.parametrize(
    "odd",
    [
        pytest.param(2**64, id="2^64"),
        pytest.param(-(2**70), id="-2^70"),
        pytest.param("[" * 150 + "]" * 150, id="150 deep"),
        pytest.param("[" * 5000 + "]" * 5000, id="5000 deep"),
        pytest.param('"\\ud800"', id="surrogate"),
        pytest.param("1e999", id="1e999"),
        pytest.param("9" * 5000, id="5000 digits"),
    ],
)
def test_an_odd_value_costs_no_more_than_itself(tmp_path: Path, odd: object) -> None:
    """A tenant that holds one is exported and audited as any other."""
    with served(tenant()) as org:
        okta_auditor("snapshot", "-o", tmp_path / "s.json", url=org.url)
    text = (tmp_path / "s.json").read_text().replace('"Invoices"', f'"Invoices", "odd": {odd}', 1)
    document = parse_snapshot(text.encode(), HERE)
    assert document.resources["/api/v1/apps"][0]["label"] == "Invoices"
    (tmp_path / "odd.json").write_bytes(dump_snapshot(document))
    (tmp_path / "text.json").write_text(text)
    for name in ("odd.json", "text.json"):
        outcome = okta_auditor("audit", tmp_path / name, "-O", "json", "--exit-zero")
        assert outcome.exit_code == 3
        assert "bug" not in outcome.shown
    if isinstance(odd, int):
        assert document.resources["/api/v1/apps"][0]["odd"] == odd


@pytest.mark.parametrize("opening", ["[", '{"a":', '{"resources": {', '["x", '])
def test_a_snapshot_of_brackets_that_nobody_closes_is_cut_off(tmp_path: Path, opening: str) -> None:
    path = tmp_path / "s.json"
    path.write_text('{"format": "okta-auditor-snapshot", "version": 2, "x": ' + opening * 3000)

    done = okta_auditor("audit", path, "--no-config")

    assert done.exit_code == 2
    assert "is not a usable snapshot: it is not valid JSON, or cut off" in done.stderr
    assert "bug" not in done.stderr
