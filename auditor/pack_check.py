"""Checks a folder of rules as its author would want it: every problem, each with file and line."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from auditor.lint.error_location import SourceLine, author_line, describe_error
from auditor.lint.rule import Rule
from auditor.lint.rule_check import RuleProblem, check_rule
from auditor.plugins import LoadedModule, load_folder, load_rules, shared_identities


@dataclass(frozen=True, slots=True)
class PackCheck:
    """What came of checking a folder."""

    rules: tuple[Rule, ...]
    """The rules that could be loaded."""
    problems: tuple[RuleProblem, ...]
    """By file and line; empty if all is well."""


def check_pack(folder: Path) -> PackCheck:
    """Load each module of a folder and run the examples of its rules.

    Raises:
        PluginError: there is no such folder.
    """
    modules = load_folder(folder)
    rules = tuple(rule for module in modules for rule in module.rules)
    problems = {problem for module in modules for problem in _load_problems(module, folder)}
    problems |= {problem for rule in rules for problem in check_rule(rule)}
    problems |= set(_shared(rules, folder))
    named = (RuleProblem(problem.where.within(folder), problem.message) for problem in problems)
    return PackCheck(rules, tuple(sorted(named)))


def _load_problems(module: LoadedModule, folder: Path) -> Iterator[RuleProblem]:
    if module.error is not None:
        where = author_line(module.error, folder) or SourceLine(module.file, 1)
        yield RuleProblem(where, describe_error(module.error, where))
    elif not module.rules and not module.file.name.startswith("_"):
        yield RuleProblem(
            SourceLine(module.file, 1),
            "defines no rule; if others import it, begin its name with an underscore",
        )


def _shared(rules: tuple[Rule, ...], folder: Path) -> Iterator[RuleProblem]:
    """Codes and names that rules of the folder share, with each other or with installed rules.

    The folder may be that of an installed pack, whose rules are no others.
    """
    home = folder.resolve()
    installed = [rule for rule in load_rules() if not rule.file.is_relative_to(home)]
    for kind, identity, first, second in shared_identities((*installed, *rules)):
        yield RuleProblem(
            SourceLine(second.file, second.line),
            f"{second.code}: {SourceLine(first.file, first.line).within(folder)} defines the "
            f"{kind} {identity} too",
        )
