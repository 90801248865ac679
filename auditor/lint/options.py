"""Thresholds of rules: typed, documented on the rule's page, set in the configuration file."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Self

from pydantic import BaseModel, ConfigDict, ValidationError

from auditor.errors import UsageError
from auditor.text import closest, did_you_mean

if TYPE_CHECKING:
    from auditor.lint.rule import Rule


_Chosen = dict[str, dict[str, tuple[str, Any]]]
"""By code and option: what sets it, and the value."""


class OptionError(UsageError):
    """A setting of an option that cannot be.

    Args:
        key: the selector, and the option if that is at fault.
        told: what is wrong with it.
        remedy: what to do.
    """

    def __init__(self, key: tuple[str, ...], told: str, *, remedy: str = "") -> None:
        super().__init__(f"options.{'.'.join(key)}: {told}", remedy=remedy)
        self.key = key


class RuleOptions(BaseModel):
    """Base of a rule's options: fields with a default, bounds and a description."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    @classmethod
    def documented(cls) -> list[tuple[str, str, str]]:
        """Name, default and description of each option."""
        return [
            (name, repr(field.get_default(call_default_factory=True)), field.description or "")
            for name, field in cls.model_fields.items()
        ]

    def changed(self, values: Mapping[str, Any]) -> Self:
        """The same options with some values replaced, validated."""
        return self.model_validate({**self.model_dump(), **values})


def apply_options(
    rules: Sequence[Rule], settings: Mapping[str, Mapping[str, Any]]
) -> tuple[Rule, ...]:
    """The rules, with the options that a configuration file sets.

    Args:
        rules: all rules there are.
        settings: by code, prefix of codes, name or `ALL`; a longer match wins. What a prefix or
            `ALL` sets holds for those rules that have such an option.

    Raises:
        OptionError: nothing of that name exists, or a value is unusable.
    """
    chosen: _Chosen = {rule.code: {} for rule in rules}
    for selector in sorted(settings, key=_exactness):
        matched = [rule for rule in rules if _selects(selector, rule)]
        if not matched:
            from auditor.lint.near import near_rules  # noqa: PLC0415 - it needs `Rule`, which needs us

            raise OptionError((selector,), f"there is no such rule{near_rules(selector, rules)}")
        for key, value in settings[selector].items():
            _set(chosen, matched, selector, key, value)
    return tuple(_configured(rule, chosen[rule.code]) for rule in rules)


def _set(chosen: _Chosen, matched: Iterable[Rule], selector: str, key: str, value: Any) -> None:
    having = [rule for rule in matched if key in _names(rule)]
    if not having:
        known = sorted({name for rule in matched for name in _names(rule)})
        has = f"it has {', '.join(known)}" if known else "it has no options"
        hint = did_you_mean(closest(key, known))
        raise OptionError((selector, key), f"no such option{hint} ({has})")
    for rule in having:
        chosen[rule.code][key] = (selector, value)


def _configured(rule: Rule, chosen: Mapping[str, tuple[str, Any]]) -> Rule:
    if not chosen or rule.options is None:
        return rule
    values = {key: value for key, (_, value) in chosen.items()}
    try:
        return dataclasses.replace(rule, options=rule.options.changed(values))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        selector = chosen[str(first["loc"][0])][0] if first["loc"] else rule.code
        raise OptionError(
            (selector, *(str(part) for part in first["loc"])),
            first["msg"],
            remedy=f"`okta-auditor rules {rule.code}` describes the option.",
        ) from None


def _selects(selector: str, rule: Rule) -> bool:
    return (
        selector.upper() == "ALL" or selector == rule.name or rule.code.startswith(selector.upper())
    )


def _names(rule: Rule) -> list[str]:
    return [] if rule.options is None else list(type(rule.options).model_fields)


def _exactness(selector: str) -> int:
    """`ALL` first, names and whole codes last, so that what is said more exactly wins."""
    return 0 if selector.upper() == "ALL" else len(selector)
