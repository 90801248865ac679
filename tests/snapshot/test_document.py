"""The snapshot file: layout, round trip, and what a reader may rely on."""

import json
import unicodedata
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.lint.examples import example_snapshot
from auditor.snapshot.document import (
    Snapshot,
    dump_snapshot,
    parse_snapshot,
    read_document,
    write_snapshot,
)
from auditor.snapshot.packed_values import IdList, Resources
from auditor.snapshot.users import UserList
from auditor.text import escaped

OVERRIDES = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}


def hidden(char: str) -> bool:
    """Whether a character moves others about, or does something else than show itself."""
    return unicodedata.category(char) == "Cc" or unicodedata.bidirectional(char) in OVERRIDES


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**31), 2**31) | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)


@given(JSON)
def test_any_record_survives_writing_and_reading(extra: object) -> None:
    snapshot = example_snapshot({"/api/v1/groups": [{"id": "00g1", "extra": extra}]})

    written = dump_snapshot(snapshot)
    read = parse_snapshot(written, Path("s.json"))

    assert read == snapshot.model_copy(update={"digest": read.digest})
    assert f'"digest": "{read.digest}"' in written.decode()
    assert dump_snapshot(read) == written


@given(JSON)
def test_the_file_shows_no_invisible_characters(extra: object) -> None:
    snapshot = example_snapshot({"/api/v1/groups": [{"id": "00g1", "extra": extra}]})

    text = dump_snapshot(snapshot).decode()

    assert not {char for char in text if char != "\n" and hidden(char)}


def test_keys_that_identify_come_first_and_links_last() -> None:
    record = {"_links": {}, "created": "x", "status": "ACTIVE", "name": "n", "id": "nzo1"}
    snapshot = example_snapshot({"/api/v1/zones": [record]})

    written = json.loads(dump_snapshot(snapshot))["resources"]["/api/v1/zones"][0]

    assert list(written) == ["id", "name", "status", "created", "_links"]


def test_one_changed_value_is_one_changed_line() -> None:
    def lines(scopes: list[str]) -> list[str]:
        rule = {"name": "R", "conditions": {"scopes": {"include": scopes}}, "x": "y" * 90}
        path = "/api/v1/authorizationServers/aus1/policies/p1/rules"
        return dump_snapshot(example_snapshot({path: [rule]})).decode().splitlines()

    before, after = lines(["a", "b"]), lines(["a", "c"])

    assert len(before) == len(after)
    different = [one for one, other in zip(before, after, strict=True) if one != other]
    assert len(different) == 2
    assert '"digest"' in different[1]


def ordered(value: object) -> object:
    """The value with what identifies an object first and links last."""
    if isinstance(value, list):
        return [ordered(item) for item in value]
    if isinstance(value, dict):
        first = ["id", "name", "label", "status", "type", "priority"]

        def rank(name: str) -> tuple[int, str]:
            return (first.index(name), "") if name in first else (99 + name.startswith("_"), name)

        return {name: ordered(value[name]) for name in sorted(value, key=rank)}
    return value


def laid_out(value: object, depth: int) -> str:
    """The layout as its description has it: on one line of 100 if it fits, else broken up."""
    line = json.dumps(value, ensure_ascii=False)
    if not value or not isinstance(value, (dict, list)):
        return line
    if depth > 1 and len(line) <= 100 - 2 * depth:
        return line
    inner, outer = "  " * (depth + 1), "  " * depth
    if isinstance(value, dict):
        names = [f"{json.dumps(name, ensure_ascii=False)}: " for name in value]
        values = list(value.values())
    else:
        names, values = [""] * len(value), value
    members = [inner + n + laid_out(v, depth + 1) for n, v in zip(names, values, strict=True)]
    opened, closed = "{}" if isinstance(value, dict) else "[]"
    return f"{opened}\n" + ",\n".join(members) + f"\n{outer}{closed}"


def whole(snapshot: Snapshot) -> bytes:
    """The document as it is made at once, layout by layout: what the pieces must add up to."""
    head = snapshot.model_dump(mode="json", include={"capture", "ledger"}, exclude_defaults=True)
    body = {
        "format": "okta-auditor-snapshot",
        "version": 2,
        "capture": head["capture"],
        "ledger": head["ledger"]["entries"],
        "resources": {path: ordered(value) for path, value in sorted(snapshot.resources.items())},
    }
    content = escaped(laid_out(body, 0)).removesuffix("\n}").encode()
    return content + b',\n  "digest": "sha256:%b"\n}\n' % sha256(content).hexdigest().encode()


@given(st.dictionaries(TEXT, JSON | st.lists(st.dictionaries(TEXT, TEXT), max_size=3)))
def test_a_document_in_pieces_is_the_document(resources: dict[str, object]) -> None:
    snapshot = example_snapshot({}).model_copy(update={"resources": resources})

    assert dump_snapshot(snapshot) == whole(snapshot)


@pytest.mark.parametrize("number", [1, 30, 31, 32, 33, 99, 100, 101, 250])
@pytest.mark.parametrize("record", [{}, {"id": "x"}, {"name": "n" * 99, "id": "\u202e"}, [], 1, ""])
def test_a_list_of_any_length_in_pieces_is_the_list(number: int, record: object) -> None:
    resources = {"/a": [record] * number, "/b": record}
    snapshot = example_snapshot({}).model_copy(update={"resources": resources})

    assert dump_snapshot(snapshot) == whole(snapshot)


@pytest.mark.parametrize("number", [0, 1, 2, 3, 4, 33, 34, 100, 101, 450])
@pytest.mark.parametrize(
    "text", ["00u{}", "00u-{}::error", 'a"{}', "{} ##[x]", "\u202e{}", "\x7f{}"]
)
def test_packed_lists_are_laid_out_as_their_values_are(number: int, text: str) -> None:
    ids = [text.format(place) for place in range(number)]
    users = [{"id": one, "status": "ACTIVE", "profile": {"login": f"{one}@x"}} for one in ids]
    plain = {
        "/api/v1/apps/0oa1/users": [{"scope": "USER", "status": "ACTIVE", "ids": ids}],
        "/api/v1/groups/00g1/users": ids,
        "/api/v1/users": users,
    }
    packed = Resources()
    packed["/api/v1/apps/0oa1/users"] = [{"scope": "USER", "status": "ACTIVE", "ids": IdList(ids)}]
    packed["/api/v1/groups/00g1/users"] = IdList(ids)
    packed["/api/v1/users"] = UserList.of(users)

    written = dump_snapshot(example_snapshot({}).model_copy(update={"resources": packed}))

    assert written == whole(example_snapshot({}).model_copy(update={"resources": plain}))


def test_a_file_holds_the_document_compressed_by_its_extension(tmp_path: Path) -> None:
    groups = [{"id": f"00g{n}", "name": "\u202e" * (n % 7)} for n in range(3000)]
    snapshot = example_snapshot({"/api/v1/groups": groups})

    for name in ("s.json", "s.json.gz"):
        write_snapshot(snapshot, tmp_path / name)
        assert read_document(tmp_path / name) == dump_snapshot(snapshot)

    packed = (tmp_path / "s.json.gz").read_bytes()
    assert packed[:2] == b"\x1f\x8b"
    assert len(packed) * 5 < (tmp_path / "s.json").stat().st_size
