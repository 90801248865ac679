"""The line of a key, whatever TOML allows; the parser of the standard library judges."""

import tomllib
from typing import Any

import pytest

from auditor import RuleOptions
from auditor.config.lines import key_lines, line_of
from auditor.config.toml import key, literal, plain

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
        ("rows", "one"): 19,
        ("rows", "two"): 22,
    }


def test_what_has_no_line_has_that_of_the_table_around_it() -> None:
    lines = key_lines(DOCUMENT)

    assert line_of(lines, ("options", "OAM702", "ceiling", "0")) == 14
    assert line_of(lines, ("options", "OAM702", "none")) == 13
    assert line_of(lines, ("none",)) is None


def test_a_huge_value_ends_the_search_rather_than_the_patience() -> None:
    lines = key_lines("a = 1\nb = [\n" + "1,\n" * 100_000 + "]\nc = 2\n")

    assert lines == {("a",): 1}


@pytest.mark.parametrize(
    "value",
    ["", 'a "quote" \\ and \n\t\x00\x7f', "é\u2028😀", 0, 1, -5, 1.5, True, False, ["a", 1],
     {"a b": {"c": ["d"]}, "": "x"}],
)  # fmt: skip
def test_what_is_written_as_toml_is_read_as_it_was(value: Any) -> None:
    assert tomllib.loads(f"{key('a.b')} = {literal(value)}") == {"a.b": value}


def test_a_table_of_typed_keys_is_written_as_a_table() -> None:
    class Policy(RuleOptions):
        days: int = 90
        rules: tuple[str, ...] = ("OAM1",)

    assert literal(plain(Policy())) == '{days = 90, rules = ["OAM1"]}'
