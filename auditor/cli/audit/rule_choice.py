"""Which rules run, with the options and severities that the settings give them."""

from __future__ import annotations

from dataclasses import dataclass

from auditor.cli.audit.committed_rules import committed_rules
from auditor.config import EffectiveSettings
from auditor.config.origin import Layer
from auditor.errors import UsageError
from auditor.lint.deselection import deselections
from auditor.lint.option_settings import OptionError, apply_options
from auditor.lint.result import Deselection
from auditor.lint.rule import Rule
from auditor.lint.selection import Selector, select_rules
from auditor.lint.severities import apply_severities
from auditor.plugins import load_rules


@dataclass(frozen=True)
class RuleChoice:
    """The rules of a run."""

    every: tuple[Rule, ...]
    """All rules there are."""
    selected: tuple[Rule, ...]
    """Those that run."""
    lowered: tuple[str, ...] = ()
    """The selectors in the settings whose severity is milder than a rule's own."""
    deselected: tuple[Deselection, ...] = ()
    """Those that do not run, by the setting that leaves them out."""


def choose_rules(effective: EffectiveSettings) -> RuleChoice:
    """Load the rules and apply the settings to them.

    Raises:
        UsageError: an option, a severity or a selector cannot be used, or nothing is left to run.
    """
    settings = effective.settings
    with committed_rules(effective.tree, settings.rules) as folders:
        rules = load_rules(folders)
    try:
        rules = apply_options(rules, settings.options)
    except OptionError as error:
        key = ("options", *error.key)
        raise effective.error(key, error.problem, error.remedy) from error
    _check_selectors(effective, rules)
    own = {rule.code: rule.severity for rule in rules}
    try:
        rules = apply_severities(rules, settings.severity)
    except UsageError as error:
        raise effective.error(("severity",), error.message, error.remedy) from error
    selected = select_rules(rules, settings.select, settings.ignore)
    confident = tuple(
        rule for rule in selected if rule.confidence.at_least(settings.min_confidence)
    )
    if not confident:
        raise UsageError(
            f"No selected rule is sure enough for min_confidence {settings.min_confidence.value}, "
            "so there is nothing to check.",
            remedy="Lower it, or select other rules.",
        )
    lowered = tuple(
        selector
        for selector, severity in settings.severity.items()
        if any(
            severity.rank > own[rule.code].rank and rule.severity is severity
            for rule in Selector(selector).among(rules)
        )
    )
    deselected = deselections(
        rules, selected, settings.select, settings.ignore, settings.min_confidence
    )
    return RuleChoice(tuple(rules), confident, lowered, deselected)


def _check_selectors(effective: EffectiveSettings, rules: tuple[Rule, ...]) -> None:
    for setting in ("severity", "select", "ignore"):
        for selector in getattr(effective.settings, setting):
            try:
                Selector(selector).among(rules)
            except UsageError as error:
                key = (setting, selector) if setting == "severity" else (setting,)
                # Not the value of a variable: it may be something else by mistake.
                secret = effective.origins[setting].layer is Layer.ENVIRONMENT
                problem = "A selector means no rule." if secret else error.message
                raise effective.error(key, problem, error.remedy) from error
