"""Which rules were probably meant by a code, prefix or name that no rule has."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence

from auditor.lint.rule import Rule

_CODE = re.compile(r"([A-Z0]*?)([0-9OIL]*)\Z")
_DIGITS = str.maketrans("OIL", "011")
_MOST_NAMES = 3


def similar_rules(text: str, rules: Sequence[Rule]) -> tuple[str, ...]:
    """The codes or the names that resemble a text; none where nothing does.

    A code's digits are not a spelling: OAM3 is no typing error for OAM8. So as many of a code's
    first digits are kept as can be, and only its letters are compared as words are; that may give
    a whole family of codes. Of names there are at most three, compared as a whole and by word.
    """
    typed = text.strip()
    if codes := _similar_codes(typed.upper(), [rule.code for rule in rules]):
        return tuple(codes)
    kebab = typed.lower().replace("_", "-").replace(" ", "-")
    return tuple(_similar_names(kebab, [rule.name for rule in rules]))


def _similar_codes(typed: str, codes: Sequence[str]) -> list[str]:
    match = _CODE.match(typed)
    if not match or not match[2]:
        return []
    letters, digits = match[1], match[2].translate(_DIGITS)
    families = sorted({code.rstrip("0123456789") for code in codes})
    if letters:
        families = difflib.get_close_matches(letters.replace("0", "O"), families, n=1, cutoff=0.6)
    for family in families:
        for size in range(len(digits), 0, -1):
            if similar := [code for code in codes if code.startswith(family + digits[:size])]:
                return similar
    return []


def _similar_names(typed: str, names: Sequence[str]) -> list[str]:
    if spelled := difflib.get_close_matches(typed, names, n=_MOST_NAMES, cutoff=0.75):
        best = difflib.SequenceMatcher(None, typed, spelled[0]).ratio()
        # If one is far better than the others, it is the one that was meant.
        return [n for n in spelled if difflib.SequenceMatcher(None, n, typed).ratio() > best - 0.05]
    words = [word for word in typed.split("-") if len(word) > 1]
    hits = {name: sum(_has_word(name, word) for word in words) for name in names}
    most = max(hits.values(), default=0)
    if not words or most * 2 <= len(words):
        return []
    best_names = [name for name in names if hits[name] == most]
    return sorted(best_names, key=lambda name: (len(name.split("-")), name))[:_MOST_NAMES]


def _has_word(name: str, word: str) -> bool:
    """Whether a name has this word, give or take an ending or a letter."""
    return any(
        part == word or bool(difflib.get_close_matches(word, [part], cutoff=0.8))
        for part in name.split("-")
    )
