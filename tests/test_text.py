"""Words of messages: near misses and lists."""

import pytest

from auditor.text import closest, did_you_mean, listed


@pytest.mark.parametrize(
    ("word", "expected"),
    [("prodution", "Production"), ("STAGNIG", "staging"), ("billing", None), ("", None)],
)
def test_the_closest_word_comes_back_as_it_is_spelled(word: str, expected: str | None) -> None:
    assert closest(word, ["Production", "staging"]) == expected


def test_nothing_close_makes_no_hint() -> None:
    assert did_you_mean(None) == ""
    assert did_you_mean("staging") == "; did you mean staging?"


def test_a_conjunction_leaves_the_names_alone() -> None:
    names = ["Brand and Legal", "Sales", "Support"]
    assert listed(names, word="or") == "Brand and Legal, Sales or Support"
    assert listed(names, most=1, word="or") == "Brand and Legal or 2 more"
