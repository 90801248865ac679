"""What a checkout changes of the settings and files that decide an audit, seen from a commit."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from auditor.cli.audit.acceptance_files import AcceptanceInputs, baseline_path, suppressions_path
from auditor.cli.audit.committed_rules import LARGEST_RULE
from auditor.cli.merged_settings import checkout_settings
from auditor.cli.options import AuditOptions
from auditor.config import EffectiveSettings
from auditor.config.policy_tree import PolicyTree
from auditor.config.toml import literal, plain
from auditor.errors import UsageError
from auditor.lint.acceptance.baseline_file import read_baseline
from auditor.lint.acceptance.suppression import Suppressions
from auditor.lint.acceptance.suppressions_file import read_suppressions
from auditor.lint.rule import Rule
from auditor.lint.weakening import GAPS, Weakening
from auditor.text import counted, listed

_LONGEST = 200
"""Characters of a value that are shown."""

_TABLES = ("severity", "options")
_KEYS = ("profile", "select", "ignore", "fail_on", "min_confidence", "strict", "exit_zero",
         "suppression_policy", "suppressions", "baseline", "rules")  # fmt: skip


def policy_changes(
    options: AuditOptions,
    effective: EffectiveSettings,
    rules: Sequence[Rule],
    acceptance: AcceptanceInputs,
) -> tuple[Weakening, ...]:
    """The changes, settings first; none if the settings are not taken from a commit.

    Nothing of the checkout is run: of local rules it is told which files differ.

    Args:
        options: the command line.
        effective: the settings that hold, those of the commit.
        rules: all there are.
        acceptance: what is accepted, by the commit's files.
    """
    tree = effective.tree
    if tree is None:
        return ()
    try:
        proposed = checkout_settings(options)
    except UsageError as error:
        return (_change(tree, "settings", _first(effective), f"cannot be used: {error.message}"),)
    return (
        *_settings(tree, effective, proposed),
        *_suppressions(tree, proposed, rules, acceptance),
        *_baseline(tree, proposed, acceptance),
        *_rules(tree, effective),
    )


def _settings(
    tree: PolicyTree, effective: EffectiveSettings, proposed: EffectiveSettings
) -> Iterator[Weakening]:
    for key in _KEYS:
        old, new = _value(effective, key), _value(proposed, key)
        if old != new:
            yield _setting(tree, effective, proposed, (key,), (old, new))
    for table in _TABLES:
        before, after = getattr(effective.settings, table), getattr(proposed.settings, table)
        for name in sorted({*before, *after}):
            if before.get(name) != after.get(name):
                values = (before.get(name), after.get(name))
                yield _setting(tree, effective, proposed, (table, name), values)


def _value(settings: EffectiveSettings, key: str) -> Any:
    if key == "rules" and settings.file:  # what the checkout names is not loaded, so not set
        return settings.file.values.get("rules", ())
    return getattr(settings.settings, key)


def _setting(
    tree: PolicyTree,
    effective: EffectiveSettings,
    proposed: EffectiveSettings,
    key: tuple[str, ...],
    values: tuple[Any, Any],
) -> Weakening:
    old, new = (_literal(value) for value in values)
    file = proposed.file
    where = f"{file.shown}:{file.line(*key) or 1}" if file else _first(effective)
    return Weakening(".".join(key), where, new, old, tree.ref)


def _literal(value: Any) -> str:
    if value is None:
        return "nothing"
    text = literal(plain(value))
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _first(effective: EffectiveSettings) -> str:
    """The first line of the settings, where the commit has them."""
    return f"{effective.file.path.name}:1" if effective.file else "okta-auditor.toml:1"


def _suppressions(
    tree: PolicyTree,
    proposed: EffectiveSettings,
    rules: Sequence[Rule],
    acceptance: AcceptanceInputs,
) -> Iterator[Weakening]:
    path = suppressions_path(proposed)
    as_of: date = acceptance.as_of
    policy = proposed.settings.suppression_policy
    where = f"{path.as_posix()}:1"
    try:
        new = (
            read_suppressions(path, rules, policy, as_of)
            if os.path.lexists(path)
            else Suppressions()
        )
    except UsageError as error:
        yield _change(tree, "suppressions", where, f"cannot be used: {error.message}")
        return
    old = acceptance.suppressions
    for name, one, terms in (
        ("suppressions", "suppression", _suppression_terms),
        (GAPS, "accepted gap", _gap_terms),
    ):
        before, after = terms(old), terms(new)
        if words := entry_words(len(after - before), len(before - after), one):
            yield _change(tree, name, where, words)


def _suppression_terms(suppressions: Suppressions) -> set[str]:
    """What each suppression says, wherever it stands."""
    return {entry.suppression.model_dump_json() for entry in suppressions.entries}


def _gap_terms(suppressions: Suppressions) -> set[str]:
    """What each accepted gap says, wherever it stands."""
    return {entry.gap.model_dump_json() for entry in suppressions.gaps}


def _baseline(
    tree: PolicyTree, proposed: EffectiveSettings, acceptance: AcceptanceInputs
) -> Iterator[Weakening]:
    path = baseline_path(proposed)
    old = set(acceptance.baseline.entries.items()) if acceptance.baseline else set()

    where = f"{path.as_posix()}:1"
    try:
        new = set(read_baseline(path).entries.items()) if os.path.lexists(path) else set()
    except UsageError as error:
        yield _change(tree, "baseline", where, f"cannot be used: {error.message}")
        return
    if words := entry_words(len(new - old), len(old - new), "accepted finding"):
        yield _change(tree, "baseline", where, words)


def entry_words(added: int, removed: int, one: str) -> str:
    """What became of the entries of a file, as `adds 3 suppressions and removes 1`."""
    if not added and not removed:
        return ""
    if not added:
        return f"removes {counted(removed, one)}"
    more = f" and removes {removed:,}" if removed else ""
    return f"adds {counted(added, one)}{more}"


def _rules(tree: PolicyTree, effective: EffectiveSettings) -> Iterator[Weakening]:
    for folder in effective.settings.rules:
        if not tree.holds(folder):
            continue
        committed = set(tree.files(folder))
        here = {
            path
            for path in tree.place(folder).rglob("*.py")
            if path.is_file() and not path.is_symlink()
        }
        names = sorted(path.name for path in committed | here if _differs(tree, path))
        if names:
            what = f"alters local rules: {listed(names, most=6)}"
            yield _change(tree, "rules", f"{folder.as_posix()}:1", what)


def _differs(tree: PolicyTree, path: Path) -> bool:
    try:
        here = path.read_bytes()
    except OSError:
        here = None
    return here != tree.read(path, LARGEST_RULE)


def _change(tree: PolicyTree, name: str, where: str, what: str) -> Weakening:
    return Weakening(name, where, what, "", tree.ref)
