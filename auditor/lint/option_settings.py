"""Options of rules as a configuration file sets them."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from auditor.errors import UsageError
from auditor.lint.rule import Rule
from auditor.lint.selection import Selector, most_specific
from auditor.text import closest, did_you_mean

Settings = Mapping[str, Mapping[str, Any]]
"""By selector and option."""


class OptionError(UsageError):
    """A setting of an option that cannot be used.

    Args:
        key: the selector, and the option if that is at fault.
        problem: what is wrong with it.
        remedy: what to do.
    """

    def __init__(self, key: tuple[str, ...], problem: str, *, remedy: str = "") -> None:
        super().__init__(f"options.{'.'.join(key)}: {problem}", remedy=remedy)
        self.key = key
        self.problem = problem


def apply_options(rules: Sequence[Rule], settings: Settings) -> tuple[Rule, ...]:
    """The rules, with the options that a configuration file sets.

    Args:
        rules: all rules there are.
        settings: by code, prefix of codes, name or `ALL`; the most exact match wins. What a
            prefix or `ALL` sets holds for those rules that have such an option.

    Raises:
        OptionError: nothing of that name exists, a value is unusable, or a rule's code and its
            name set one option to different values.
    """
    for text, options in settings.items():
        try:
            meant = Selector(text).among(rules)
        except UsageError as error:
            raise OptionError((text,), error.message, remedy=error.remedy) from None
        for name in options:
            _insist_on_option(meant, text, name)
    return tuple(_configured(rule, settings) for rule in rules)


def _insist_on_option(rules: Iterable[Rule], text: str, name: str) -> None:
    names = sorted({option for rule in rules for option in _options(rule)})
    if name not in names:
        has = f"it has {', '.join(names)}" if names else "it has no options"
        raise OptionError(
            (text, name), f"no such option{did_you_mean(closest(name, names))} ({has})"
        )


def _configured(rule: Rule, settings: Settings) -> Rule:
    if rule.options is None:
        return rule
    set_by = {
        name: most_specific((text for text, options in settings.items() if name in options), rule)
        for name in _options(rule)
    }
    values = {name: settings[text][name] for name, texts in set_by.items() for text in texts[:1]}
    for name, texts in set_by.items():
        if any(settings[text][name] != values[name] for text in texts):
            raise OptionError(
                (texts[0], name), f"{' and '.join(texts)} give {rule.code} two values."
            )
    if not values:
        return rule
    try:
        return dataclasses.replace(rule, options=rule.options.changed(values))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        text = set_by[str(first["loc"][0])][0] if first["loc"] else rule.code
        raise OptionError(
            (text, *(str(part) for part in first["loc"])),
            first["msg"],
            remedy=f"`okta-auditor rules {rule.code}` describes the option.",
        ) from None


def _options(rule: Rule) -> list[str]:
    return [] if rule.options is None else list(type(rule.options).model_fields)
