"""Finds rules and reports: installed packs through entry points, local ones in a folder.

The built-in packs come in the same way as anybody else's; the core names none of them.
"""

from __future__ import annotations

import pkgutil
import sys
from collections.abc import Iterable, Iterator
from importlib import import_module, invalidate_caches
from importlib.machinery import ModuleSpec
from importlib.metadata import entry_points
from importlib.util import module_from_spec
from pathlib import Path
from types import ModuleType
from typing import TypeVar

from auditor.errors import PluginError
from auditor.lint.report import Report
from auditor.lint.rule import Rule

RULES_GROUP = "auditor.rules"
REPORTS_GROUP = "auditor.reports"

T = TypeVar("T", Rule, Report)


def load_rules(folders: Iterable[Path] = ()) -> tuple[Rule, ...]:
    """All rules of installed packs and of local folders, by code.

    Raises:
        PluginError: a pack cannot be loaded, none is installed, or two rules share a code or name.
    """
    modules = [*_installed(RULES_GROUP), *(m for folder in folders for m in _local(folder))]
    rules = sorted(_values(modules, Rule), key=lambda rule: rule.code)
    if not rules:
        raise _nothing_installed("rules")
    _refuse_twins([(rule.code, rule.module) for rule in rules], "code")
    _refuse_twins([(rule.name, rule.module) for rule in rules], "name")
    return tuple(rules)


def load_reports() -> dict[str, Report]:
    """All report formats of installed packs, by name.

    Raises:
        PluginError: a pack cannot be loaded, none is installed, or two formats share a name.
    """
    reports = sorted(_values(_installed(REPORTS_GROUP), Report), key=lambda report: report.name)
    if not reports:
        raise _nothing_installed("report formats")
    _refuse_twins([(report.name, report.module) for report in reports], "name")
    return {report.name: report for report in reports}


def _installed(group: str) -> Iterator[ModuleType]:
    for entry in sorted(entry_points(group=group), key=lambda entry: (entry.name, entry.value)):
        try:
            yield from _with_submodules(entry.load())
        except Exception as error:
            raise _broken(f'the installed pack "{entry.name}" ({entry.value})', error) from error


def _local(folder: Path) -> Iterator[ModuleType]:
    """The modules of a folder, as a package, so that they may import their siblings.

    They are read anew each time, because somebody may have changed them.
    """
    if not folder.is_dir():
        raise PluginError(f"{folder} is not a folder of rules.", remedy="Name a folder.")
    name = f"auditor_local_rules_{abs(hash(folder.resolve())):x}"
    spec = ModuleSpec(name, None, is_package=True)
    spec.submodule_search_locations = [str(folder.resolve())]
    for known in [each for each in sys.modules if each.split(".")[0] == name]:
        del sys.modules[known]
    invalidate_caches()
    package = sys.modules[name] = module_from_spec(spec)
    try:
        yield from _with_submodules(package)
    except Exception as error:
        raise _broken(f"the rules in {folder}", error) from error


def _with_submodules(module: ModuleType) -> Iterator[ModuleType]:
    yield module
    for found in pkgutil.iter_modules(getattr(module, "__path__", ())):
        yield import_module(f"{module.__name__}.{found.name}")


def _values(modules: Iterable[ModuleType], kind: type[T]) -> Iterator[T]:
    """The values of a kind that the modules define, not those that they import."""
    for module in modules:
        for value in vars(module).values():
            if isinstance(value, kind) and value.module == module.__name__:
                yield value


def _refuse_twins(owners: Iterable[tuple[str, str]], what: str) -> None:
    seen: dict[str, str] = {}
    for identity, module in owners:
        if identity in seen:
            raise PluginError(
                f"{seen[identity]} and {module} both define the {what} {identity}.",
                remedy=f"Give one of them another {what}.",
            )
        seen[identity] = module


def _nothing_installed(what: str) -> PluginError:
    return PluginError(
        f"No {what} are installed; even the built-in ones are missing.",
        remedy="Install okta-auditor again: python -m pip install --force-reinstall okta-auditor",
    )


def _broken(what: str, error: Exception) -> PluginError:
    return PluginError(f"{what} cannot be loaded: {type(error).__name__}: {error}.".capitalize())
