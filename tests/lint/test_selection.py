"""Selection is an algorithm: select and ignore, the most exact match wins."""

from collections.abc import Callable

import pytest

from auditor import Rule
from auditor.errors import UsageError
from auditor.lint.acceptance.suppression import SuppressionPolicy
from auditor.lint.finding import Severity
from auditor.lint.option_settings import OptionError, apply_options
from auditor.lint.selection import Selector, select_rules
from auditor.lint.severities import apply_severities
from auditor.plugins import load_rules

RULES = [rule for rule in load_rules() if rule.code in {"OAM101", "OAM102", "OAM201", "OAM301"}]
LIFETIMES = [rule for rule in load_rules() if rule.code in {"OAM702", "OAM707", "OAM801"}]


def codes(rules: tuple[Rule, ...]) -> list[str]:
    return [rule.code[3:] for rule in rules]


@pytest.mark.parametrize(
    ("select", "ignore", "expected"),
    [
        ([], [], ["101", "102", "201", "301"]),
        (["ALL"], [], ["101", "102", "201", "301"]),
        (["OAM1"], [], ["101", "102"]),
        (["oam1"], [], ["101", "102"]),
        (["OAM101"], [], ["101"]),
        (["server-without-active-policy"], [], ["101"]),
        ([], ["OAM1"], ["201", "301"]),
        (["OAM1"], ["OAM101"], ["102"]),
        (["OAM101"], ["OAM1"], ["101"]),
        (["OAM1", "OAM301"], ["OAM"], ["101", "102", "301"]),
        (["OAM101", "OAM2"], ["OAM101"], ["201"]),
        (["ALL"], ["OAM"], None),
        (["OAM201"], ["policy-open-to-all-clients"], None),
        (["OAM9"], [], None),
        ([], ["XYZ"], None),
        ([""], [], None),
    ],
)
def test_selection(select: list[str], ignore: list[str], expected: list[str] | None) -> None:
    if expected is None:
        with pytest.raises(UsageError):
            select_rules(RULES, select, ignore)
    else:
        assert codes(select_rules(RULES, select, ignore)) == expected


MEANT = {
    "OAM702": {"OAM702"},
    "oam702": {"OAM702"},
    "long-access-lifetime": {"OAM702"},
    "Long-Access-Lifetime": {"OAM702"},
    "LONG-ACCESS-LIFETIME": {"OAM702"},
    "OAM7": {"OAM702", "OAM707"},
    "oam": {"OAM702", "OAM707", "OAM801"},
    "all": {"OAM702", "OAM707", "OAM801"},
    "": set(),
    " OAM702": set(),
    "long-access": set(),
    "OAM7020": set(),
    "*": set(),
}
"""What each word means to every part of the configuration that takes such words."""


def selected(word: str) -> set[str]:
    return {rule.code for rule in select_rules(LIFETIMES, [word])}


def with_severity(word: str) -> set[str]:
    Selector(word).among(LIFETIMES)
    changed = apply_severities(LIFETIMES, {word: Severity.CRITICAL})
    return {rule.code for rule in changed if rule.severity is Severity.CRITICAL}


def never_accepted(word: str) -> set[str]:
    return set(SuppressionPolicy(never=(word,)).forbidden(LIFETIMES))


def with_option(word: str) -> set[str]:
    return {
        rule.code
        for name, value in (("ceiling_minutes", 6), ("max_age_days", 6), ("expiry_days", 6))
        for rule in _configured(word, name, value)
        if rule.options and getattr(rule.options, name, None) == value
    }


def _configured(word: str, name: str, value: int) -> tuple[Rule, ...]:
    try:
        return apply_options(LIFETIMES, {word: {name: value}})
    except OptionError as error:
        if len(error.key) == 1:
            raise
        return ()


@pytest.mark.parametrize("word", MEANT)
@pytest.mark.parametrize("read", [selected, with_severity, never_accepted, with_option])
def test_a_word_means_the_same_rules_everywhere(word: str, read: Callable[[str], set[str]]) -> None:
    if MEANT[word]:
        assert read(word) == MEANT[word]
    else:
        with pytest.raises(UsageError, match="No rule has the code, prefix or name"):
            read(word)


@pytest.mark.parametrize("word", [word for word in MEANT if len(MEANT[word]) < len(LIFETIMES)])
def test_a_word_is_ignored_as_it_is_selected(word: str) -> None:
    if MEANT[word]:
        left = {rule.code for rule in select_rules(LIFETIMES, ["ALL"], [word])}
        assert left == {rule.code for rule in LIFETIMES} - MEANT[word]
    else:
        with pytest.raises(UsageError, match="No rule has the code, prefix or name"):
            select_rules(LIFETIMES, ["ALL"], [word])
