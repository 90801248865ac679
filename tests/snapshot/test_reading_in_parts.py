"""A document that is read a part at a time says exactly what it says when it is read whole."""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.errors import SnapshotError
from auditor.lint.examples import example_snapshot
from auditor.snapshot import document as reading
from auditor.snapshot import document_parts, packed_values
from auditor.snapshot import users as user_module
from auditor.snapshot.document import (
    Snapshot,
    dump_snapshot,
    parse_snapshot,
    read_snapshot,
)
from auditor.snapshot.org import Org
from auditor.snapshot.packed_values import IdList, RecordList, Resources
from auditor.snapshot.proof import complete_ledger
from auditor.snapshot.users import UserList, UserTable

HERE = Path("s.json")
USERS = "/api/v1/users"


SERVER = "/api/v1/authorizationServers"
TENANT: dict[str, Any] = {
    "/api/v1/apps": [
        {"id": f"0oa{n}", "label": f"App {n}: x", "signOnMode": "OPENID_CONNECT"} for n in range(9)
    ],
    "/api/v1/apps/0oa1/groups": [{"id": "00g1"}, {"id": "00g2"}],
    "/api/v1/apps/0oa1/users": [
        {"scope": "GROUP", "status": "ACTIVE", "ids": [f"00u{n}" for n in range(10, 30)]},
        {"scope": "USER", "status": "ACTIVE", "ids": ["00u12", "00u31"]},
    ],
    SERVER: [{"id": "aus1", "name": "Server", "audiences": ["api://x"]}],
    f"{SERVER}/aus1/policies": [{"id": "p1", "conditions": {"clients": {"include": ["0oa1"]}}}],
    "/api/v1/groups": [
        {"id": "00g0", "type": "BUILT_IN", "profile": {"name": "Everyone"}},
        {"id": "00g1", "profile": {"name": 'Gr\u00fcn "1"', "size": 1.5}},
        {"id": "00g2"},
    ],
    "/api/v1/groups/00g1/users": [f"00u{n}" for n in range(10, 50)],
    "/api/v1/groups/00g2/users": ["00u9", "00u10"],
    "/api/v1/org": {"id": "00o1", "companyName": "Acme"},
    USERS: [
        {"id": f"00u{n}", "status": "ACTIVE", "profile": {"login": f"person.{n}@acme.example"}}
        for n in range(10, 50)
    ],
    "/api/v1/zones": [],
}


@pytest.fixture(scope="module")
def document() -> bytes:
    """A snapshot with long lists and short ones, each of which is as the ledger says."""
    snapshot = example_snapshot({})
    changed = {"resources": TENANT, "ledger": complete_ledger(TENANT)}
    return dump_snapshot(snapshot.model_copy(update=changed))


@pytest.fixture(params=[200, 1_000, 1 << 20])
def piece(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    """How much of a document is looked at in one go: less than a line, some lists, everything."""
    size: int = request.param
    for module in (reading, document_parts):
        monkeypatch.setattr(module, "PIECE", size)
    monkeypatch.setattr(document_parts, "_LARGEST_HEAD", 1 << 24)
    monkeypatch.setattr(document_parts, "_STRETCH", size // 4)
    monkeypatch.setattr(packed_values, "_STRETCH", 3)
    return size


def whole(document: bytes) -> Snapshot:
    return reading._proven(reading._read_whole(document, HERE), HERE)


def said(read: Any, document: bytes) -> Any:
    """What is read, as plain values, or the error."""
    try:
        snapshot: Snapshot = read(document)
    except SnapshotError as error:
        return str(error)
    return (
        snapshot.ledger,
        Org.of(snapshot).ledger,
        snapshot.digest,
        snapshot.capture,
        json.dumps(dict(snapshot.resources), sort_keys=True),
    )


@pytest.mark.usefixtures("piece")
def test_an_export_is_read_in_parts_and_says_the_same(document: bytes, tmp_path: Path) -> None:
    (tmp_path / "s.json.gz").write_bytes(gzip.compress(document))
    (tmp_path / "s.json").write_bytes(document)

    expected = said(whole, document)

    reading._read_parts(reading._pieces(document))  # does not raise
    assert said(lambda text: parse_snapshot(text, HERE), document) == expected
    for name in ("s.json", "s.json.gz"):
        assert said(lambda _, name=name: read_snapshot(tmp_path / name), b"") == expected


ODD = [
    b"1e400",
    b"18446744073709551616",
    b'"\\ud800"',
    b'{"a": 1, "a": 2}',
    b'{"a": "\\u003a", "a": 2}',
    b"[" * 230 + b"]" * 230,
    b"[" * 2_000,
    b'"a\\nb"',
    b"",
    b"}, {",
    b'"": {}}, "resources": {"": 1',
    b'],\n    "/api/v1/groups": [',
    b'"the resources"',
    b"\xff",
    b"\n",
    b",",
]


def _changed(document: bytes, data: st.DataObject) -> bytes:
    lines = document.split(b"\n")
    at = data.draw(st.integers(0, len(lines) - 1), "line")
    match data.draw(st.sampled_from(["twice", "gone", "odd", "value", "id", "moved", "cut"])):
        case "twice":
            lines[at:at] = [lines[at]]
        case "gone":
            del lines[at]
        case "odd":
            lines.insert(at, data.draw(st.sampled_from(ODD)))
        case "value":
            key, colon, _ = lines[at].partition(b": ")
            lines[at] = key + colon + data.draw(st.sampled_from(ODD)) + b","
        case "id":
            lines[at] = b"      " + data.draw(st.sampled_from([*ODD, b"1", b"null"])) + b","
        case "moved":
            other = data.draw(st.integers(0, len(lines) - 1), "other")
            lines[at], lines[other] = lines[other], lines[at]
        case "cut":
            return document[: data.draw(st.integers(1, len(document)), "cut")]
    return b"\n".join(lines) or b"{"


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_a_changed_document_says_the_same_in_parts(document: bytes, data: st.DataObject) -> None:
    changed = _changed(document, data)
    for _ in range(data.draw(st.integers(0, 1), "more")):
        changed = _changed(changed, data)
    size = data.draw(st.sampled_from([200, 1_000, 1 << 20]))
    with pytest.MonkeyPatch.context() as patch:
        for module in (reading, document_parts):
            patch.setattr(module, "PIECE", size)
        patch.setattr(document_parts, "_LARGEST_HEAD", 1 << 24)
        patch.setattr(document_parts, "_STRETCH", size // 4)

        assert said(lambda text: parse_snapshot(text, HERE), changed) == said(whole, changed)


@pytest.mark.usefixtures("piece")
@pytest.mark.parametrize("odd", [value for value in ODD if value[:1] in b'1"{['])
def test_an_odd_value_in_any_resource_is_read_as_ever(document: bytes, odd: bytes) -> None:
    for path in (USERS, "/api/v1/groups", "/api/v1/zones"):
        lines = document.split(b"\n")
        at = next(n for n, line in enumerate(lines) if line.startswith(b'    "%b"' % path.encode()))
        lines.insert(at + 1, b"      " + odd + b",")
        changed = b"\n".join(lines)

        assert said(lambda text: parse_snapshot(text, HERE), changed) == said(whole, changed)


@pytest.mark.parametrize("between", [b"", b",", b',\n    "/api/v1/zones": []'])
def test_what_is_no_member_between_two_commas_is_not_overlooked(
    document: bytes, between: bytes
) -> None:
    """A stretch of members that is empty is an empty object by itself, but spoils the document."""
    cut = b',\n    "/api/v1/users"'
    changed = document.replace(cut, b"," + between + cut)

    assert changed != document
    assert said(lambda text: parse_snapshot(text, HERE), changed) == said(whole, changed)


IDS = st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=4), max_size=6)


@given(IDS)
def test_packed_ids_are_the_same_list(ids: list[str]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(packed_values, "_FIRST", 2)
        packed = IdList(ids)
        one_by_one = list(packed)

    assert packed.sound == (not any("\n" in one for one in ids))
    if packed.sound:
        assert one_by_one == ids
        assert packed.distinct() == frozenset(ids)
        assert list(packed) == ids
        assert len(packed) == len(ids)
        assert packed == ids
        assert packed == IdList(ids)
        assert [packed[place] for place in range(len(ids))] == ids
        for one in (*ids, "", "a", None):
            assert (one in packed) == (one in ids)


RECORDS = st.lists(
    st.sampled_from([2**70, 1e30, None, "x", 1.0])
    | st.dictionaries(st.sampled_from(["id", "b"]), st.text('ab"\\é\u0131K', max_size=3)),
    max_size=9,
)


@given(RECORDS)
def test_packed_records_are_the_same_list(records: list[Any]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(packed_values, "_STRETCH", 2)
        packed = RecordList.of(records)

    assert list(packed) == records
    assert packed == records
    assert [packed[place] for place in range(-len(records), len(records))] == records * 2


PERSON = st.fixed_dictionaries(
    {"id": st.sampled_from(["u1", "u2", "u3", "u4"])},
    optional={
        "status": st.sampled_from(["ACTIVE", "STAGED", None, 3]),
        "profile": st.none()
        | st.fixed_dictionaries(
            {
                "login": st.sampled_from(
                    [
                        "ada@x.example",
                        "ADA",
                        "\u212aim@x",
                        "kim",
                        None,
                        'q"',
                        "stra\u00dfe",
                        "STRASSE",
                    ]
                )
            }
        ),
    },
)


@given(st.lists(PERSON, max_size=8), st.booleans(), st.sampled_from([0, 1, 99]))
def test_a_user_is_found_in_stretches_as_in_the_whole_list(
    people: list[Any],
    sort: bool,  # noqa: FBT001
    many: int,
) -> None:
    people = sorted(people, key=lambda person: person["id"]) if sort else people
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(packed_values, "_STRETCH", 2)
        table = UserTable(UserList.of(people))
    users = UserTable(UserList.of(people)).everyone

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(user_module, "_MANY", many)
        for word in ("u1", "u2", "u3", "u4", "nobody", "u1"):
            assert table.get(word) == next((u for u in reversed(users) if u.id == word), None)
    assert table.everyone == users
    for word in ("u1", "u4", "u", "ada", "KIM", "\u212aim", 'q"', "strasse", "Stra\u00dfe"):
        assert table.like(word) == tuple(
            user
            for user in users
            if user.id == word
            or word.casefold() in {user.title.casefold(), user.title.casefold().partition("@")[0]}
        )
    assert list(table.logins) == [user.title for user in users]
    assert table.able == {user.id for user in users if not user.shut_out}
    ids = [(status, user) for status, some in table.by_status.items() for user in some]
    assert sorted(ids, key=repr) == sorted([(u.status, u.id) for u in users], key=repr)


def test_resources_are_what_was_written(document: bytes) -> None:
    read = parse_snapshot(document, HERE).resources

    assert isinstance(read, Resources)
    assert read == TENANT
    assert read == TENANT
    assert dict(read) == TENANT
    assert isinstance(read.kept("/api/v1/groups/00g1/users"), IdList)
    assert isinstance(read.kept("/api/v1/apps/0oa1/users")[1]["ids"], IdList)
    assert isinstance(read.kept(USERS), UserList)
    read["/api/v1/trustedOrigins"] = []
    assert read != TENANT
    del read["/api/v1/trustedOrigins"]
    assert read == TENANT


def kinds(value: Any) -> Iterator[type]:
    yield type(value)
    if isinstance(value, (list, dict)):
        for item in value.values() if isinstance(value, dict) else value:
            yield from kinds(item)


def test_programs_get_plain_json_values(document: bytes) -> None:
    resources = parse_snapshot(document, HERE).resources

    assert set(kinds(dict(resources))) <= {dict, list, str, int, float, bool, type(None)}
