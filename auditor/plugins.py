"""Finds rules and reports: installed packs through entry points, local ones in a folder.

The built-in packs come in the same way as anybody else's; the core names none of them.
"""

from __future__ import annotations

import hashlib
import pkgutil
import shlex
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib import import_module, invalidate_caches
from importlib.machinery import ModuleSpec
from importlib.metadata import entry_points
from importlib.util import module_from_spec
from itertools import pairwise
from pathlib import Path
from types import ModuleType
from typing import TypeVar

from auditor.errors import PluginError
from auditor.lint.error_location import author_line, describe_error
from auditor.lint.report import Report
from auditor.lint.rule import Rule
from auditor.text import one_line, quoted

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
    for kind, identity, one, other in shared_identities(rules):
        raise PluginError(
            f"{one.file} and {other.file} both define the {kind} {identity}.",
            remedy=f"Give one of them another {kind}.",
        )
    return tuple(rules)


def shared_identities(rules: Iterable[Rule]) -> Iterator[tuple[str, str, Rule, Rule]]:
    """What two rules share that must be each rule's own: `code` or `name`, which, and the rules."""
    first: dict[tuple[str, str], Rule] = {}
    for rule in rules:
        for kind, identity in (("code", rule.code), ("name", rule.name)):
            other = first.setdefault((kind, identity), rule)
            if other is not rule:
                yield kind, identity, other, rule


@dataclass(frozen=True, slots=True)
class LoadedModule:
    """A module of a folder of rules, or why it cannot be loaded."""

    file: Path
    rules: tuple[Rule, ...] = ()
    error: Exception | SystemExit | None = None


def load_folder(folder: Path) -> list[LoadedModule]:
    """The modules of a local folder, each loaded whether or not the others can be.

    Raises:
        PluginError: there is no such folder.
    """
    package = _package(folder)
    loaded = []
    for info in pkgutil.iter_modules(package.__path__):
        file = folder / info.name / "__init__.py" if info.ispkg else folder / f"{info.name}.py"
        try:
            module = import_module(f"{package.__name__}.{info.name}")
        except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever an author wrote
            loaded.append(LoadedModule(file, error=error))
        else:
            loaded.append(LoadedModule(file, tuple(_values([module], Rule))))
    return loaded


def load_reports() -> dict[str, Report]:
    """All report formats of installed packs, by name.

    Raises:
        PluginError: a pack cannot be loaded, none is installed, or two formats share a name.
    """
    reports = sorted(_values(_installed(REPORTS_GROUP), Report), key=lambda report: report.name)
    if not reports:
        raise _nothing_installed("report formats")
    for one, other in pairwise(reports):
        if one.name == other.name:
            raise PluginError(
                f"{one.module} and {other.module} both define the report format {one.name}.",
                remedy="Give one of them another name.",
            )
    return {report.name: report for report in reports}


def _installed(group: str) -> Iterator[ModuleType]:
    for entry in sorted(entry_points(group=group), key=lambda entry: (entry.name, entry.value)):
        try:
            yield from _with_submodules(entry.load())
        except Exception as error:
            raise PluginError(
                f"The installed pack {quoted(entry.name)} ({entry.value}) cannot be loaded: "
                f"{one_line(describe_error(error))}."
            ) from error


def _local(folder: Path) -> Iterator[ModuleType]:
    package = _package(folder)
    try:
        yield from _with_submodules(package)
    except Exception as error:
        where = author_line(error, folder)
        place = str(where.within(folder)) if where else str(folder)
        raise PluginError(
            f"{place}: {one_line(describe_error(error, where))}",
            remedy=f"`okta-auditor rules --check {shlex.quote(str(folder))}` checks every rule.",
        ) from error


def _package(folder: Path) -> ModuleType:
    """A folder as a package, so that its modules may import their siblings.

    The modules are read anew each time, because somebody may have changed them.
    """
    if not folder.is_dir():
        raise PluginError(f"{folder} is not a folder of rules.", remedy="Name a folder.")
    digest = hashlib.sha256(str(folder.resolve()).encode("utf-8", "surrogateescape"))
    name = f"auditor_local_rules_{digest.hexdigest()[:16]}"
    spec = ModuleSpec(name, None, is_package=True)
    spec.submodule_search_locations = [str(folder.resolve())]
    for loaded in [each for each in sys.modules if each.split(".")[0] == name]:
        del sys.modules[loaded]
    invalidate_caches()
    package = sys.modules[name] = module_from_spec(spec)
    return package


def _with_submodules(module: ModuleType) -> Iterator[ModuleType]:
    yield module
    for info in pkgutil.iter_modules(getattr(module, "__path__", ())):
        yield import_module(f"{module.__name__}.{info.name}")


def _values(modules: Iterable[ModuleType], kind: type[T]) -> Iterator[T]:
    """The values of a kind that the modules define, not those that they import."""
    for module in modules:
        for value in vars(module).values():
            if isinstance(value, kind) and value.module == module.__name__:
                yield value


def _nothing_installed(what: str) -> PluginError:
    return PluginError(
        f"No {what} are installed; even the built-in ones are missing.",
        remedy="Install okta-auditor again: python -m pip install --force-reinstall okta-auditor",
    )
