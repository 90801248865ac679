"""Selection is an algorithm: select and ignore, longest match wins."""

import pytest

from auditor import Rule
from auditor.errors import UsageError
from auditor.lint.selection import select_rules
from auditor.plugins import load_rules

RULES = [rule for rule in load_rules() if rule.code in {"OAM101", "OAM102", "OAM201", "OAM301"}]


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
