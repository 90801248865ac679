"""What was probably meant by a code, prefix or name that no rule has."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence

from auditor.lint.rule import Rule
from auditor.text import did_you_mean, listed

_CODE = re.compile(r"([A-Z0]*?)([0-9OIL]*)\Z")
_DIGITS = str.maketrans("OIL", "011")
_MOST = 3


def near_rules(wanted: str, rules: Sequence[Rule]) -> str:
    """`; did you mean X?` for a near miss, an empty string where nothing is near.

    A code's digits are no spelling: OAM3 is no typing error of OAM8. So of a code as many first
    digits as can be are kept, and only the letters are compared as words are. Names are compared
    as a whole and by their words.
    """
    text = wanted.strip()
    if found := _codes(text.upper(), [rule.code for rule in rules]):
        return did_you_mean(found)
    names = _names(text.lower().replace("_", "-").replace(" ", "-"), [rule.name for rule in rules])
    return did_you_mean(listed(names, word="or") if names else None)


def _codes(wanted: str, codes: Sequence[str]) -> str:
    match = _CODE.match(wanted)
    if not match or not match[2]:
        return ""
    letters, digits = match[1], match[2].translate(_DIGITS)
    families = sorted({code.rstrip("0123456789") for code in codes})
    if letters:
        families = difflib.get_close_matches(letters.replace("0", "O"), families, n=1, cutoff=0.6)
    for family in families:
        for size in range(len(digits), 0, -1):
            near = [code for code in codes if code.startswith(family + digits[:size])]
            if near:
                return _series(near)
    return ""


def _series(codes: list[str]) -> str:
    """Few codes one by one; of many the first and the last."""
    if len(codes) <= _MOST:
        return listed(codes, word="or")
    return f"one of the {len(codes)} from {codes[0]} to {codes[-1]}"


def _names(wanted: str, names: Sequence[str]) -> list[str]:
    if near := difflib.get_close_matches(wanted, names, n=_MOST, cutoff=0.75):
        best = difflib.SequenceMatcher(None, wanted, near[0]).ratio()
        # Far better than the others, it is the one that was meant.
        return [n for n in near if difflib.SequenceMatcher(None, n, wanted).ratio() > best - 0.05]
    words = [word for word in wanted.split("-") if len(word) > 1]
    hits = {name: sum(_has(name, word) for word in words) for name in names}
    most = max(hits.values(), default=0)
    if not words or most * 2 <= len(words):
        return []
    best_first = [name for name in names if hits[name] == most]
    return sorted(best_first, key=lambda name: (len(name.split("-")), name))[:_MOST]


def _has(name: str, word: str) -> bool:
    """Whether a word of a name is this one, give or take an ending or a letter."""
    return any(
        part == word or bool(difflib.get_close_matches(word, [part], cutoff=0.8))
        for part in name.split("-")
    )
