"""Values as TOML: what is written is read as it was."""

import tomllib
from typing import Any

import pytest

from auditor import RuleOptions
from auditor.config.toml import key, literal, plain


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
