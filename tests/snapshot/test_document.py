"""The snapshot file: layout, round trip, and what a reader may rely on."""

import json
import unicodedata
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from auditor.lint.examples import example_snapshot
from auditor.snapshot.document import dump_snapshot, parse_snapshot

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

    document = dump_snapshot(snapshot)

    assert parse_snapshot(document, Path("s.json")) == snapshot
    assert dump_snapshot(parse_snapshot(document, Path("s.json"))) == document


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
    assert sum(one != other for one, other in zip(before, after, strict=True)) == 1
