"""Words of messages: near misses, lists, and characters that nobody sees."""

import json
from collections.abc import Callable, Iterator

import pytest

from auditor.text import closest, did_you_mean, escaped, listed, one_line, printable


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


# Unicode's Default_Ignorable_Code_Point (DerivedCoreProperties.txt, 16.0), and what is blank.
IGNORABLE = (
    *("00AD", "034F", "061C", "115F-1160", "17B4-17B5", "180B-180F", "200B-200F", "202A-202E"),
    *("2060-206F", "3164", "FE00-FE0F", "FEFF", "FFA0", "FFF0-FFF8", "1BCA0-1BCA3"),
    *("1D173-1D17A", "E0000-E0FFF"),
)
BLANK = ("2800", "FFFC", "16FE4", "1D159", "1680", "2000-200A", "202F", "205F", "2028-2029")
OTHERS = ("0000-001F", "007F-009F", "D800-DFFF", "E000-F8FF", "FFF9-FFFB", "F0000-F0010", "10FFFF")


def characters(ranges: tuple[str, ...]) -> Iterator[str]:
    for text in ranges:
        first, _, last = text.partition("-")
        yield from map(chr, range(int(first, 16), int(last or first, 16) + 1))


@pytest.mark.parametrize("clean", [one_line, printable])
def test_what_nobody_sees_is_shown(clean: Callable[[str], str]) -> None:
    for character in characters((*IGNORABLE, *BLANK, *OTHERS)):
        if clean is printable and character == "\n":
            continue
        assert clean(f"a{character}b") == "a\ufffdb", hex(ord(character))
        assert clean(character) == "\ufffd"


def test_in_json_it_is_an_escape_of_the_same_value() -> None:
    for character in characters((*IGNORABLE, *BLANK, "00A0", "3000")):
        document = escaped(json.dumps(character, ensure_ascii=False))
        assert document.isascii()
        assert json.loads(document) == character


@pytest.mark.parametrize("space", ["\u00a0", "\u3000"])
def test_a_space_that_keyboards_type_stays_between_words(space: str) -> None:
    assert one_line(f"Équipe{space}: été") == f"Équipe{space}: été"
    for name in (space, f"{space}a", f"a{space}", f"a {space}b", f"a{space}{space}b"):
        assert "\ufffd" in one_line(name)


def test_letters_of_all_kinds_stay() -> None:
    for name in ("Équipe", "職員", "الموظفون", "कर्मचारी", "직원", "Ομάδα", "👩 staff", "a-b_c·d—e"):
        assert one_line(name) == name == printable(name)


def test_emoji_of_several_characters_come_apart_and_nothing_breaks() -> None:
    assert one_line("👩\u200d🔬 ❤\ufe0f 🏴\U000e0067") == "👩\ufffd🔬 ❤\ufffd 🏴\ufffd"
