"""Severities of rules as a team sees them, set in the configuration file."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

from auditor.errors import UsageError
from auditor.lint.finding import Severity
from auditor.lint.rule import Rule
from auditor.lint.selection import exactness


def apply_severities(rules: Sequence[Rule], severities: Mapping[str, Severity]) -> tuple[Rule, ...]:
    """The rules, with the severities that a configuration file gives them.

    Args:
        rules: all rules there are.
        severities: by code, prefix of codes, name or `ALL`; the longest match wins. What matches
            no rule does nothing; `check_selector` finds it.

    Raises:
        UsageError: a rule is given two severities.
    """
    return tuple(_given(rule, severities) for rule in rules)


def _given(rule: Rule, severities: Mapping[str, Severity]) -> Rule:
    lengths = {selector: exactness(rule, selector) for selector in severities}
    longest = max(lengths.values(), default=0)
    if not longest:
        return rule
    best = [selector for selector, length in lengths.items() if length == longest]
    if len({severities[selector] for selector in best}) > 1:
        raise UsageError(
            f"{' and '.join(best)} give {rule.code} two severities.", remedy="Leave one out."
        )
    return dataclasses.replace(rule, severity=severities[best[0]])
