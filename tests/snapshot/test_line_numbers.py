"""Locations: the region of a field is exactly the text of that field."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.lint.examples import example_snapshot
from auditor.snapshot.document import dump_snapshot
from auditor.snapshot.line_numbers import Locator
from auditor.snapshot.models.base import RecordPlace
from auditor.snapshot.resource_text import TextRegion

PATH = "/api/v1/apps"
APP = {
    "id": "0oa1",
    "label": 'Tricky "label" with é and 🤖 and \\ and \u2028',
    "settings": {"oauthClient": {"redirect_uris": ["https://a.example", "http://b.example"]}},
    "empty": {},
}


def shown(text: str, region: TextRegion) -> str:
    """The text that a region covers."""
    lines = text.split("\n")[region.line - 1 : region.end_line]
    lines[-1] = lines[-1][: region.end_column - 1]
    lines[0] = lines[0][region.column - 1 :]
    return "\n".join(lines)


def layouts() -> list[str]:
    written = dump_snapshot(example_snapshot({PATH: [{"id": "0"}, APP]})).decode()
    value = json.loads(written)
    return [
        written,
        json.dumps(value),
        json.dumps(value, indent=4, ensure_ascii=False),
        json.dumps(value, indent="\t", separators=(" ,", " : ")),
    ]


@pytest.mark.parametrize("text", layouts(), ids=["own", "compact", "indented", "odd"])
@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ("settings.oauthClient.redirect_uris.1", "http://b.example"),
        ("label", APP["label"]),
        (None, APP["label"]),
        ("empty", {}),
        ("status", "ACTIVE"),
    ],
)
def test_a_region_is_the_text_of_its_field(text: str, field: str | None, expected: object) -> None:
    found = shown(text, Locator(text.encode()).region(RecordPlace(PATH, 1), field))

    value = found.partition(":")[2] if found.startswith('"') and '"http' not in found[:6] else found
    assert json.loads(value) == expected


def test_a_missing_field_is_located_at_the_nearest_object_that_is_there() -> None:
    text = layouts()[0]
    locator = Locator(text.encode())

    nested = shown(
        text, locator.region(RecordPlace(PATH, 1), "settings.oauthClient.network.connection")
    )
    absent = shown(text, locator.region(RecordPlace(PATH, 1), "nothing.of.it"))

    assert nested.startswith('"oauthClient"')
    assert absent.startswith('"label"')


@pytest.mark.parametrize("place", [RecordPlace("/api/v1/zones", 0), RecordPlace(PATH, 99)])
def test_a_place_that_is_not_there_is_still_in_the_file(place: RecordPlace) -> None:
    region = Locator(layouts()[0].encode()).region(place, "name")

    assert region.line >= 1


@given(st.lists(st.dictionaries(st.text(max_size=5), st.text(max_size=5)), min_size=1, max_size=5))
def test_records_of_any_content_are_found(records: list[dict[str, str]]) -> None:
    values = [{**record, "id": f"id{n}"} for n, record in enumerate(records)]
    text = json.dumps({"resources": {PATH: values}}, indent=1)
    locator = Locator(text.encode())

    for n in range(len(values)):
        region = locator.region(RecordPlace(PATH, n), "id")
        assert shown(text, region) == f'"id": "id{n}"'


TRICKY = st.text(st.sampled_from('a"[]{},:\\ \né🤖'), max_size=6)
BEFORE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TRICKY,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TRICKY, inner, max_size=4),
    max_leaves=12,
)


@given(st.lists(BEFORE, min_size=1, max_size=3), st.lists(st.integers(0, 79), max_size=4))
def test_records_of_long_lists_are_found_in_any_order(
    values: list[object], asked: list[int]
) -> None:
    records = [{"name": values[n % len(values)], "id": f"id{n}"} for n in range(80)]
    text = json.dumps({"resources": {PATH: records}}, ensure_ascii=False)
    locator = Locator(text.encode())

    for n in [*asked, 79]:
        assert shown(text, locator.region(RecordPlace(PATH, n), "id")) == f'"id": "id{n}"'
    assert locator.region(RecordPlace(PATH, 80), "id").line == 1


@given(BEFORE, st.sampled_from([None, 1]))
def test_whatever_stands_before_a_record_it_is_found(before: object, indent: int | None) -> None:
    document = {"capture": before, "resources": {"/before": before, PATH: [before, APP]}}
    text = json.dumps(document, indent=indent, ensure_ascii=False)

    found = shown(text, Locator(text.encode()).region(RecordPlace(PATH, 1), "id"))

    assert found == '"id": "0oa1"'
