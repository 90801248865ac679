"""Which scopes are sensitive, by the options of the rules that are selected."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from auditor.lint.options import RuleOptions
from auditor.lint.rule import Rule


class PrivilegedScopeOptions(RuleOptions):
    """Base of the options of a rule that goes by whether a scope is privileged.

    The overview of access marks the scopes that any selected rule takes for privileged.
    """

    def privileged(self, scope_name: str) -> bool:
        """Whether a scope of this name is privileged."""
        raise NotImplementedError


def sensitive_scopes(rules: Iterable[Rule]) -> Callable[[str], bool] | None:
    """Whether a scope of some name is sensitive; None if no rule says so of any.

    Args:
        rules: the selected rules, with their options.
    """
    options = [rule.options for rule in rules if isinstance(rule.options, PrivilegedScopeOptions)]
    if not options:
        return None
    return lambda scope_name: any(option.privileged(scope_name) for option in options)
