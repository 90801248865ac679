"""How rules are meant by a few characters: a code, the start of codes, a name, or `ALL`.

This is the only reading of such words; `select`, `ignore`, `[severity]`, `[options]` and
`suppression_policy.never` all use it. Case does not matter.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from auditor.errors import UsageError
from auditor.lint.rule import Rule
from auditor.lint.similar_rules import similar_rules
from auditor.text import did_you_mean, listed

ALL = "ALL"

_REMEDY = "`okta-auditor rules` lists them all; local rules need `--rules DIR`."
_MOST_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Selector:
    """A word that means one rule or several."""

    text: str

    def specificity(self, rule: Rule) -> int:
        """How exactly the word means the rule: 0 not at all, then `ALL`, prefixes, the rule itself.

        The whole code and the name are equally exact.
        """
        word = self.text.upper()
        if word == ALL:
            return 1
        if word == rule.name.upper():
            return 1 + len(rule.code)
        if word and rule.code.startswith(word):
            return 1 + len(word)
        return 0

    def matches(self, rule: Rule) -> bool:
        """Whether the word means the rule."""
        return self.specificity(rule) > 0

    def among(self, rules: Sequence[Rule]) -> tuple[Rule, ...]:
        """The rules that the word means.

        Raises:
            UsageError: it means none of them.
        """
        if meant := tuple(rule for rule in rules if self.matches(rule)):
            return meant
        raise UsageError(
            f"No rule has the code, prefix or name {self.text!r}{_hint(self.text, rules)}",
            remedy=_REMEDY,
        )


def select_rules(
    rules: Sequence[Rule], select: Iterable[str] = (), ignore: Iterable[str] = ()
) -> tuple[Rule, ...]:
    """The rules that run.

    A rule runs if the most exact selector that matches it is in `select`. Of two equally exact
    ones `ignore` wins; without any `select`, everything is selected.

    Args:
        rules: all rules there are.
        select: codes, prefixes of codes, names, or `ALL`.
        ignore: the same.

    Raises:
        UsageError: a selector matches no rule, or no rule is left.
    """
    selecting = [Selector(text) for text in select] or [Selector(ALL)]
    ignoring = [Selector(text) for text in ignore]
    for selector in [*selecting, *ignoring]:
        selector.among(rules)
    selected = tuple(
        rule for rule in rules if _specificity(selecting, rule) > _specificity(ignoring, rule)
    )
    if not selected:
        raise UsageError(
            "Every rule is ignored, so there is nothing to check.",
            remedy="Select at least one, or ignore fewer.",
        )
    return selected


def find_rule(rules: Iterable[Rule], text: str) -> Rule:
    """The rule with a code or a name, whatever its case.

    Raises:
        UsageError: there is none.
    """
    every = list(rules)
    for rule in every:
        if text.lower() in {rule.code.lower(), rule.name}:
            return rule
    raise UsageError(f"There is no rule {text!r}{_hint(text, every)}", remedy=_REMEDY)


def most_specific(texts: Iterable[str], rule: Rule) -> list[str]:
    """The selectors that mean a rule most exactly; several if they are equally exact."""
    by_text = {text: Selector(text).specificity(rule) for text in texts}
    highest = max(by_text.values(), default=0)
    return [text for text, value in by_text.items() if value == highest > 0]


def _specificity(selectors: Iterable[Selector], rule: Rule) -> int:
    return max((selector.specificity(rule) for selector in selectors), default=0)


def _hint(text: str, rules: Sequence[Rule]) -> str:
    """The end of a message about a rule that does not exist."""
    similar = similar_rules(text, rules)
    if not similar:
        return "."
    if len(similar) > _MOST_SHOWN:
        return did_you_mean(f"one of the {len(similar)} from {similar[0]} to {similar[-1]}")
    return did_you_mean(listed(similar, most=_MOST_SHOWN, word="or"))
