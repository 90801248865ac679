"""The schemas that `okta-auditor schema` prints fit what they describe, and nothing else."""

import copy
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import reduce
from operator import getitem
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zipfile import ZipFile

import pytest
from helpers import okta_auditor, snapshot_file, tenant
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from schemas import accepts, check, check_files, recognise, schemas, validator

from auditor.cli.json_documents.by_command import SCHEMA_OF
from auditor.sandbox.northwind import northwind
from auditor.snapshot.collections import COLLECTIONS

Place = tuple[str | int, ...]
"""The keys and positions that lead to a value of a document."""

VALUES = (None, True, -7, 7.5, "text", [], {}, ["text"], [7.5], {"planted": [None]})

KINDS = ("snapshot", "results", "diff", "config", "expectations", "suppressions", "framework",
         "tenant")  # fmt: skip
ROOT = Path(__file__).parents[1]
FRAMEWORKS = ROOT / "auditor/controls/frameworks"

RULES = "/api/v1/authorizationServers/aus1/policies/00p1/rules"

EXPECTATION = {
    "name": "Readers read",
    "server": "Billing",
    "client": "Invoices",
    "grant": "authorization_code",
    "user": "ada@acme.example",
    "scopes": ["billing:read"],
    "expect": "minted",
    "access_token_minutes": 60,
    "refresh_token": False,
}
SUPPRESSION = {
    "rule": "OAM201",
    "target": "00p1",
    "reason": "One client is all there is.",
    "owner": "ada@acme.example",
    "expires": "2026-12-31",
}
CONFIG = {
    "profile": "pr",
    "select": ["ALL"],
    "fail_on": "medium",
    "strict": True,
    "options": {"OAM701": {"ceiling_minutes": 90}},
    "suppression_policy": {"max_days": 90, "never": ["OAM201"]},
}
FAULTY = {
    "@faults": [
        {"path": "/api/v1/apps", "status": 503, "times": 1},
        {"path": "/", "headers": {"Date": "never", "Link": None, "Vary": ["a", "b"]}},
    ],
    "@rate_limits": [{"path": "/api", "limit": 10, "other_clients": [3]}],
    "@latency_ms": 1,
}


class Documents(dict[str, Any]):
    """A sound document of each kind."""

    def __repr__(self) -> str:
        return "Documents()"  # hypothesis prints it where a test fails


@pytest.fixture(scope="module")
def documents(tmp_path_factory: pytest.TempPathFactory) -> Documents:
    folder = tmp_path_factory.mktemp("documents")
    old, new = folder / "old", folder / "new"
    old.mkdir()
    new.mkdir()
    wider = tenant()
    wider[RULES][0]["conditions"]["scopes"]["include"] = ["*"]
    wider[RULES][0]["actions"]["token"]["accessTokenLifetimeMinutes"] = 1440
    before, after = snapshot_file(old, tenant()), snapshot_file(new, wider)
    okta_auditor("audit", after, "--output", f"json={folder / 'results.json'}")
    compared = okta_auditor("diff", before, after, "--format", "json")
    framework = (FRAMEWORKS / "soc2-2017.yaml").read_bytes()
    return Documents(
        snapshot=json.loads(after.read_text()),
        results=json.loads((folder / "results.json").read_text()),
        diff=json.loads(compared.stdout),
        config=CONFIG,
        expectations=[EXPECTATION],
        suppressions={"suppression": [SUPPRESSION]},
        framework=recognise("soc2-2017.yaml", framework)[1],
        tenant=tenant() | FAULTY,
    )


def places(value: Any, *, outer: Place = ()) -> Iterator[Place]:
    """The places inside a document."""
    members = value.items() if isinstance(value, dict) else enumerate(value)
    for key, item in members:
        yield (*outer, key)
        if isinstance(item, (dict, list)):
            yield from places(item, outer=(*outer, key))


def at(document: Any, place: Place) -> Any:
    """The value in that place."""
    return reduce(getitem, place, document)


def planted(document: Any, place: Place, value: Any) -> Any:
    """A copy of the document with a value in that place."""
    changed = copy.deepcopy(document)
    at(changed, place[:-1])[place[-1]] = value
    return changed


def test_each_schema_is_one_and_is_held_to_what_the_tests_make() -> None:
    assert set(schemas()) == {*KINDS, *SCHEMA_OF.values()}
    for kind in schemas():
        schema = json.loads(okta_auditor("schema", kind).stdout)
        Draft202012Validator.check_schema(schema)
        assert schema == validator(kind).schema
        assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"


@pytest.mark.parametrize("kind", KINDS)
def test_a_sound_document_fits(kind: str, documents: Documents) -> None:
    assert accepts(kind, documents[kind])
    check(kind, documents[kind], kind)


@pytest.mark.parametrize("kind", KINDS)
def test_no_place_at_the_top_takes_everything(kind: str, documents: Documents) -> None:
    document = documents[kind]
    top = document[0] if isinstance(document, list) else document
    prefix = (0,) if isinstance(document, list) else ()
    for key in top:
        wrong = ({"planted": 7.5}, [7.5, None], 7.5)
        changed = [planted(document, (*prefix, key), value) for value in wrong]
        assert not all(validator(kind).is_valid(each) for each in changed), key
    assert not validator(kind).is_valid("text")
    assert not validator(kind).is_valid({"format": kind, "schema": kind})


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=60, deadline=None)
@given(number=st.integers(min_value=0), value=st.sampled_from(VALUES))
def test_of_values_of_other_types_a_schema_takes_what_a_reader_takes(
    kind: str, documents: Documents, number: int, value: Any
) -> None:
    known = list(places(documents[kind]))
    place = known[number % len(known)]
    if type(value) is not type(at(documents[kind], place)):
        changed = planted(documents[kind], place, value)
        assert not validator(kind).is_valid(changed) or accepts(kind, changed)


@pytest.mark.parametrize("row", COLLECTIONS, ids=lambda row: row.name)
def test_the_schema_of_snapshots_knows_each_collection(row: Any, documents: Documents) -> None:
    path = row.path.format("aus1", "00p1")
    wrong = [7.5, {"id": 7.5}, None, "text"]
    for value in wrong if row.single else [*wrong, [7.5], [None], [[]]]:
        changed = planted(documents["snapshot"], ("resources", path), value)
        assert not validator("snapshot").is_valid(changed), value


@pytest.mark.parametrize("row", COLLECTIONS, ids=lambda row: row.name)
def test_null_is_as_good_as_absent_wherever_the_models_read_it_so(
    row: Any, documents: Documents
) -> None:
    if row.model is None:
        return
    path = row.path.format("aus1", "00p1")
    required = {"id": "x", "name": "x", "kid": "x"}
    for name, field in row.model.model_fields.items():
        record = required | {field.alias or name: None}
        value = record if row.single else [record]
        changed = planted(documents["snapshot"], ("resources", path), value)
        assert validator("snapshot").is_valid(changed) is accepts("snapshot", changed), name


RSA = {"kty": "RSA", "e": "AQAB", "n": "0vx7"}


@pytest.mark.parametrize(
    "key",
    [
        {"id": "k1"},
        {"kid": "k1"},
        {"id": None, "kid": "k1"},
        {"id": 1, "kid": "k1"},
        {"id": "k1", "kid": 1},
        {},
        {"id": None, "kid": None},
        RSA,
        RSA | {"id": None},
        {"kty": "RSA", "n": "0vx7"},
        RSA | {"e": 65537},
        RSA | {"kty": "EC"},
        {"kty": "EC", "crv": "P-256", "x": "MKBC", "y": "4Etl"},
        {"kty": "EC", "crv": "P-256", "x": "MKBC"},
        {"kty": "OKP", "crv": "Ed25519", "x": "11qY"},
        {"kty": "oct", "k": "AyM1"},
    ],
)
def test_a_key_needs_what_it_can_be_called_by(key: dict[str, Any], documents: Documents) -> None:
    path = "/api/v1/authorizationServers/aus1/credentials/keys"
    document = planted(documents["snapshot"], ("resources", path), [key])
    assert validator("snapshot").is_valid(document) is accepts("snapshot", document)


def test_what_the_demo_writes_fits(tmp_path: Path) -> None:
    check("tenant", northwind(datetime.now(UTC)), "northwind")
    okta_auditor("demo", "-o", tmp_path)
    assert check_files(tmp_path) == {"snapshot": 1, "results": 1}


def test_the_files_that_come_with_it_fit() -> None:
    assert check_files(FRAMEWORKS) == {"framework": len(list(FRAMEWORKS.glob("*.yaml"))) - 1}
    cases = {"expectations": 9, "tenant": 8}
    assert check_files(ROOT / "tests" / "expectations") == cases


def test_a_file_that_is_accepted_and_does_not_fit_is_noticed() -> None:
    # Outside the folders of tests, all of which are checked at the end.
    lax = tenant()
    lax[RULES][0]["priority"] = "1"  # a number to pydantic, and nothing that Okta sends
    with TemporaryDirectory() as name:
        path = snapshot_file(Path(name), lax)
        with pytest.raises(AssertionError, match=r"snapshot, .*priority: '1' is not"):
            check_files(Path(name))
        with ZipFile(Path(name) / "bundle.zip", "w") as archive:
            archive.write(path, "snapshot.json")
        path.unlink()
        with pytest.raises(AssertionError, match="schema snapshot"):
            check_files(Path(name))
