"""Which rules run: `select` and `ignore` by code, code prefix or name; the longest match wins."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from auditor.errors import UsageError
from auditor.lint.near import near_rules
from auditor.lint.rule import Rule

ALL = "ALL"


def select_rules(
    rules: Sequence[Rule], select: Iterable[str] = (), ignore: Iterable[str] = ()
) -> tuple[Rule, ...]:
    """The rules that run.

    A rule runs if the longest selector that matches it is in `select`. Of two equally long
    ones `ignore` wins; without any `select`, everything is selected.

    Args:
        rules: all rules there are.
        select: codes, prefixes of codes, names, or `ALL`.
        ignore: the same.

    Raises:
        UsageError: a selector matches no rule, or no rule is left.
    """
    wanted, unwanted = list(select) or [ALL], list(ignore)
    for selector in [*wanted, *unwanted]:
        check_selector(rules, selector)
    chosen = tuple(rule for rule in rules if _longest(rule, wanted) > _longest(rule, unwanted))
    if not chosen:
        raise UsageError(
            "Every rule is ignored, so there is nothing to check.",
            remedy="Select at least one, or ignore fewer.",
        )
    return chosen


def check_selector(rules: Sequence[Rule], selector: str) -> None:
    """Insist that a selector means at least one rule.

    Raises:
        UsageError: it means none.
    """
    if not any(exactness(rule, selector) for rule in rules):
        raise UsageError(
            f"No rule has the code, prefix or name {selector!r}{near_rules(selector, rules)}",
            remedy="`okta-auditor rules` lists them all.",
        )


def find_rule(rules: Iterable[Rule], wanted: str) -> Rule:
    """The rule with a code or a name, whatever its case.

    Raises:
        UsageError: there is none.
    """
    known = list(rules)
    for rule in known:
        if wanted.lower() in {rule.code.lower(), rule.name}:
            return rule
    raise UsageError(
        f"There is no rule {wanted!r}{near_rules(wanted, known)}",
        remedy="`okta-auditor rules` lists them all.",
    )


def selects(selector: str, rule: Rule) -> bool:
    """Whether a code, a prefix, a name or `ALL` means the rule."""
    return exactness(rule, selector) > 0


def _longest(rule: Rule, selectors: Iterable[str]) -> int:
    return max((exactness(rule, selector) for selector in selectors), default=0)


def exactness(rule: Rule, selector: str) -> int:
    """How exactly a selector means a rule: 0 not at all, then `ALL`, prefixes, the rule itself."""
    if selector.upper() == ALL:
        return 1
    if selector.lower() == rule.name:
        return 1 + len(rule.code)
    if selector and rule.code.startswith(selector.upper()):
        return 1 + len(selector)
    return 0
