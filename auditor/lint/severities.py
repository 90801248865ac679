"""Severities of rules as a team sees them, set in the configuration file."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

from auditor.errors import UsageError
from auditor.lint.finding import Severity
from auditor.lint.rule import Rule
from auditor.lint.selection import most_specific


def apply_severities(rules: Sequence[Rule], severities: Mapping[str, Severity]) -> tuple[Rule, ...]:
    """The rules, with the severities that a configuration file gives them.

    Args:
        rules: all rules there are.
        severities: by code, prefix of codes, name or `ALL`; the most exact match wins. What
            matches no rule does nothing; `Selector.among` finds it.

    Raises:
        UsageError: a rule is given two severities.
    """
    return tuple(_with_severity(rule, severities) for rule in rules)


def _with_severity(rule: Rule, severities: Mapping[str, Severity]) -> Rule:
    selectors = most_specific(severities, rule)
    if not selectors:
        return rule
    if len({severities[selector] for selector in selectors}) > 1:
        raise UsageError(
            f"{' and '.join(selectors)} give {rule.code} two severities.", remedy="Leave one out."
        )
    return dataclasses.replace(rule, severity=severities[selectors[0]])
