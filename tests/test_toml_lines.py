"""The line of a key, whatever TOML allows; the parser of the standard library judges."""

import tomllib
from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.toml_lines import Key, TableLines, key_lines, line_of, tables_of

DOCUMENT = '''\
# a comment = "no key"
plain = 1

many = [
  "a",  # ]
  "b",
]
"quoted key" = """
inner = 1
"""
dotted.name = 'x = "y"'

[options.OAM702]
ceiling = 30
"odd.name".deep = { inline = 1 }
  [ options . "a.b" ]  # spaces
  k = """x"""
[[rows]]
one = 1
[[rows]]
one = 2
two = 2
[rows.part]
three = 3
'''


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_every_key_has_its_line(end: str) -> None:
    assert key_lines(DOCUMENT.replace("\n", end)) == {
        ("plain",): 2,
        ("many",): 4,
        ("quoted key",): 8,
        ("dotted",): 11,
        ("dotted", "name"): 11,
        ("options",): 13,
        ("options", "OAM702"): 13,
        ("options", "OAM702", "ceiling"): 14,
        ("options", "OAM702", "odd.name"): 15,
        ("options", "OAM702", "odd.name", "deep"): 15,
        ("options", "OAM702", "odd.name", "deep", "inline"): 15,
        ("options", "a.b"): 16,
        ("options", "a.b", "k"): 17,
        ("rows",): 18,
        ("rows", 0): 18,
        ("rows", 0, "one"): 19,
        ("rows", 1): 20,
        ("rows", 1, "one"): 21,
        ("rows", 1, "two"): 22,
        ("rows", 1, "part"): 23,
        ("rows", 1, "part", "three"): 24,
    }


def test_what_has_no_line_has_that_of_the_table_around_it() -> None:
    lines = key_lines(DOCUMENT)

    assert line_of(lines, ("options", "OAM702", "ceiling", "0")) == 14
    assert line_of(lines, ("options", "OAM702", "none")) == 13
    assert line_of(lines, ("none",)) is None


def test_tables_of_an_array_keep_their_lines_apart() -> None:
    assert tables_of(key_lines(DOCUMENT), "rows") == (
        TableLines(18, {"one": 19}),
        TableLines(20, {"one": 21, "two": 22, "part": 23}),
    )
    assert tables_of(key_lines("rows = [{one = 1}]\n[other]\n"), "rows") == ()


def test_a_huge_value_costs_no_patience() -> None:
    lines = key_lines("a = 1\nb = [\n" + "1,\n" * 100_000 + "]\nc = 2\n")

    assert lines == {("a",): 1, ("b",): 2, ("c",): 100_004}


@settings(deadline=None, max_examples=500)
@given(st.text(alphabet="[]{}\"'#\\=,\n ab1.", max_size=60))
def test_whatever_the_parser_accepts_has_lines_for_all_of_its_keys(text: str) -> None:
    try:
        document = tomllib.loads(text)
    except ValueError:
        return
    lines = key_lines(text)
    paths = set(_paths(document))

    # The tables in a value such as [{a = 1}] have no header and no line of their own.
    assert set(lines) <= paths
    assert {path for path in paths if not any(isinstance(part, int) for part in path)} <= set(lines)
    assert all(0 < line <= text.count("\n") + 1 for line in lines.values())


def _paths(value: Any, above: Key = ()) -> Iterator[Key]:
    items: Iterable[tuple[str | int, Any]] = ()
    if isinstance(value, dict):
        items = value.items()
    elif isinstance(value, list) and all(isinstance(item, dict) for item in value):
        items = enumerate(value)
    for name, item in items:
        yield (*above, name)
        yield from _paths(item, (*above, name))
