"""The layers: who may import whom. The flow has one direction, and this keeps it so."""

import ast
import re
import tomllib
from collections.abc import Collection, Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

from auditor import __version__

ROOT = Path(__file__).parents[1]

BASE = {
    *("errors", "text", "log_commands", "files", "input_files", "scratch_files"),
    *("toml_lines", "exact_json", "git", "version"),
}
MAY_IMPORT = {
    "errors": set(),
    "invisible": set(),
    "log_commands": set(),
    "text": {"invisible", "log_commands"},
    "files": {"errors", "scratch_files"},
    "input_files": {"errors"},
    "report_marks": {"errors", "files", "input_files"},
    "scratch_files": set(),
    "toml_lines": set(),
    "exact_json": set(),
    "git": set(),
    "version": set(),
    "snapshot": BASE,
    "tokens": BASE | {"snapshot"},
    "access_overview": BASE | {"snapshot", "tokens"},
    "lint": BASE | {"snapshot", "tokens", "access_overview"},
    "config": BASE | {"lint"},
    "controls": BASE | {"lint"},
    "comparison": BASE | {"snapshot", "tokens", "lint"},
    "system_log": BASE | {"snapshot", "tokens", "lint"},
    "diagnosis": BASE | {"snapshot", "tokens", "lint", "system_log"},
    "terraform": BASE | {"snapshot"},
    "models": {"snapshot"},
    "oauth": {"tokens"},
    "results": {"log_commands", "snapshot", "lint", "access_overview", "controls"},
    "api": {"errors", "snapshot", "tokens", "lint", "comparison", "plugins", "pack_check"},
    "pack_check": {"lint", "plugins"},
    "plugins": BASE | {"lint"},
    "history": BASE | {"lint"},
    "pseudonyms": {"errors"},
    "evidence": BASE | {"snapshot", "lint", "controls", "pseudonyms"},
    "custom_report": BASE | {"lint", "template_rendering"},
    "template_rendering": BASE,
    "collect": BASE | {"snapshot", "pseudonyms", "system_log"},
    "sandbox": BASE | {"snapshot", "tokens"},
    "templates": set(),
    "cli": BASE
    | {
        "snapshot",
        "tokens",
        "access_overview",
        "lint",
        "comparison",
        "config",
        "plugins",
        "pack_check",
        "history",
        "pseudonyms",
        "report_marks",
    }
    | {
        "diagnosis",
        "system_log",
        "terraform",
        "collect",
        "sandbox",
        "controls",
        "custom_report",
        "evidence",
        "cli",
    },
}


def imported(file: Path) -> Iterator[str]:
    """What of ours a module imports: the first name below `auditor`."""
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            top, _, rest = node.module.partition(".")
            if top == "auditor":
                yield from [rest.partition(".")[0]] if rest else (a.name for a in node.names)
        elif isinstance(node, ast.Import):
            yield from (a.name.split(".")[1] for a in node.names if a.name.startswith("auditor."))


def modules(folder: str) -> list[Path]:
    return sorted((ROOT / folder).rglob("*.py"))


@pytest.mark.parametrize("file", modules("auditor"), ids=lambda f: str(f.relative_to(ROOT)))
def test_a_module_imports_its_own_layer_and_those_below(file: Path) -> None:
    layer = file.relative_to(ROOT / "auditor").parts[0].removesuffix(".py")
    if layer in {"__init__", "__main__"}:
        return
    assert set(imported(file)) - {layer} <= MAY_IMPORT[layer]


def module_name(file: Path) -> str:
    """The name that a file is imported by."""
    parts = file.relative_to(ROOT).with_suffix("").parts
    parts = parts if parts[0] == "auditor" else ("auditor", *parts)
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imported_modules(file: Path, names: Collection[str]) -> Iterator[str]:
    """Those of the modules that a file imports: anywhere in it, for type checkers too."""
    name = module_name(file)
    package = name if file.name == "__init__.py" else name.rpartition(".")[0]
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in names)
        elif isinstance(node, ast.ImportFrom):
            source = package.rsplit(".", node.level - 1)[0] if node.level else ""
            source = ".".join(filter(None, [source, node.module]))
            for alias in node.names:
                if (submodule := f"{source}.{alias.name}") in names:
                    yield submodule
                elif source in names:
                    yield source


def test_no_module_imports_itself_by_way_of_others() -> None:
    files = {
        module_name(f): f for folder in ("auditor", "rules", "reports") for f in modules(folder)
    }
    imports = {name: set(imported_modules(file, files)) - {name} for name, file in files.items()}
    try:
        order = list(TopologicalSorter(imports).static_order())
    except CycleError as error:
        pytest.fail(f"a circle: {' <- '.join(error.args[1])}")
    assert len(order) == len(files)


def test_one_module_imports_the_sdk() -> None:
    importers = {
        str(file.relative_to(ROOT))
        for file in [*modules("auditor"), *modules("rules"), *modules("reports")]
        for node in ast.walk(ast.parse(file.read_text()))
        if (isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "okta")
        or (
            isinstance(node, ast.Import) and any(a.name.split(".")[0] == "okta" for a in node.names)
        )
    }
    assert importers == {"auditor/collect/api/sdk_executor.py"}


def test_only_the_command_line_prints() -> None:
    for file in modules("auditor"):
        if "cli" not in file.parts:
            assert "click" not in file.read_text(), file


def test_the_documents_name_files_that_exist() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text()
    named = set(re.findall(r"`([\w.-]+/[\w./-]*)`", text))
    assert named
    paths = [
        path
        for folder in ("auditor", "rules", "reports", "tests")
        for path in (ROOT / folder, *(ROOT / folder).rglob("*"))
    ]
    tree = [f"/{path.relative_to(ROOT)}{'/' if path.is_dir() else ''}" for path in paths]
    assert {name for name in named if not any(path.endswith(f"/{name}") for path in tree)} == set()


def test_the_version_is_the_same_in_the_metadata() -> None:
    metadata = tomllib.loads((ROOT / "pyproject.toml").read_text())
    assert metadata["project"]["version"] == __version__


def test_every_package_is_listed_in_the_metadata() -> None:
    listed = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["packages"]
    found = {
        ".".join(file.parent.relative_to(ROOT).parts)
        for folder in ("auditor", "rules", "reports")
        for file in modules(folder)
        if file.name == "__init__.py"
    }
    found |= {"reports.templates", "auditor.templates", "auditor.controls.frameworks"}
    installed = {name if name.startswith("auditor") else f"auditor.{name}" for name in found}
    assert set(listed) == installed


def test_every_file_of_tests_has_a_name_of_its_own() -> None:
    """They are modules without a package: of two with one name, pytest refuses the second."""
    names = [path.name for path in (ROOT / "tests").rglob("test_*.py")]
    assert {name for name in names if names.count(name) > 1} == set()
