"""What of an audit is milder because of files that were found rather than named."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from auditor.cli.audit.acceptance_files import AcceptanceInputs
from auditor.cli.audit.rule_choice import RuleChoice
from auditor.config import EffectiveSettings, Settings
from auditor.config.origin import Layer
from auditor.config.toml import literal, plain
from auditor.lint.weakening import GAPS, Weakening
from auditor.text import counted

_LONGEST = 200
"""Characters of a value that are shown."""


def weakenings(
    effective: EffectiveSettings, rules: RuleChoice, acceptance: AcceptanceInputs
) -> tuple[Weakening, ...]:
    """What makes the audit milder unasked, settings first.

    Args:
        effective: the settings.
        rules: those of the run.
        acceptance: the files that accept findings.
    """
    if effective.tree:
        return ()  # the caller names the commit, and with it all that it has
    return (*_settings(effective, rules), *_accepting(effective, acceptance))


def _settings(effective: EffectiveSettings, rules: RuleChoice) -> Iterator[Weakening]:
    settings, without = effective.settings, effective.without_file
    if without is None:
        return
    for key in ("profile", "select", "ignore", "fail_on", "min_confidence", "strict", "exit_zero"):
        if _is_milder(key, settings, without):
            yield _weakening(effective, (key,), getattr(settings, key), getattr(without, key))
    for selector in rules.lowered:
        if without.severity.get(selector) != settings.severity[selector]:
            entry = ("severity", selector)
            yield _weakening(effective, entry, settings.severity[selector], "the rule's own")
    if settings.options != without.options:
        for name, options in settings.options.items():
            yield _weakening(effective, ("options", name), options, "the rule's own")
    policy, other = settings.suppression_policy, without.suppression_policy
    if (
        policy.max_days > other.max_days
        or not set(policy.never) >= set(other.never)
        or (other.require_ticket and not policy.require_ticket)
    ):
        yield _weakening(effective, ("suppression_policy",), policy, other)


def _is_milder(key: str, settings: Settings, without: Settings) -> bool:
    value, other = getattr(settings, key), getattr(without, key)
    if value == other:
        return False
    match key:
        case "fail_on" | "min_confidence":
            return bool(value.at_least(other))
        case "strict":
            return not value
        case "exit_zero":
            return bool(value)
        case "select":
            return "ALL" not in value
        case _:
            return bool(value)


def _weakening(
    effective: EffectiveSettings, key: tuple[str, ...], value: Any, otherwise: Any
) -> Weakening:
    origin = effective.origins[key[0]]
    file = effective.file
    line = file.line(*(key if origin.layer is Layer.FILE else ("profile",))) if file else None
    where = f"{file.shown}:{line or 1}" if file else str(origin)
    shown = otherwise if otherwise == "the rule's own" else _literal(otherwise)
    return Weakening(".".join(key), where, _literal(value), shown)


def _literal(value: Any) -> str:
    text = literal(plain(value))
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _accepting(effective: EffectiveSettings, inputs: AcceptanceInputs) -> Iterator[Weakening]:
    found = effective.file is None or effective.file.searched
    named = {Layer.COMMAND_LINE, Layer.ENVIRONMENT}
    entries = len(inputs.suppressions.entries)
    if entries and found and effective.origins["suppressions"].layer not in named:
        where = f"{inputs.path.as_posix()}:1"
        yield Weakening("suppressions", where, counted(entries, "entry", "entries"), "")
    if (gaps := len(inputs.suppressions.gaps)) and (
        found and effective.origins["suppressions"].layer not in named
    ):
        where = f"{inputs.path.as_posix()}:1"
        yield Weakening(GAPS, where, counted(gaps, "entry", "entries"), "")
    baseline = inputs.baseline
    if baseline and found and effective.origins["baseline"].layer not in named:
        number = counted(len(baseline.entries), "entry", "entries")
        yield Weakening("baseline", f"{baseline.file}:1", number, "")
