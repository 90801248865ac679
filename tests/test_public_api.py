"""The public API: what it exports, that type checkers know it, and that it is enough for packs."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

import auditor

ROOT = Path(__file__).parents[1]
FACADES = ("auditor", "auditor.models", "auditor.oauth", "auditor.results")
"""What rules and reports may import; programs have `auditor.api` too."""


def exported(facade: str) -> set[str]:
    """The public names of a module."""
    if facade == "auditor":
        return {name for names in auditor._NAMES.values() for name in names} | {"__version__"}
    return set(import_module(facade).__all__)


def imports(file: Path) -> Iterator[tuple[str, str]]:
    """Module and name of what a file imports of ours."""
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.ImportFrom) and not node.level:
            module = node.module or ""
            if module.partition(".")[0] in {"auditor", "rules", "reports"}:
                yield from ((module, alias.name) for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from ((a.name, "*") for a in node.names if a.name.partition(".")[0] == "auditor")


@pytest.mark.parametrize("folder", ["rules", "reports"])
def test_the_built_in_packs_use_nothing_but_the_public_api(folder: str) -> None:
    names = {facade: exported(facade) for facade in FACADES}
    others = {
        f"{file.name}: from {module} import {name}"
        for file in sorted((ROOT / folder).glob("*.py"))
        for module, name in imports(file)
        if name not in names.get(module, set())
    }
    assert not others


def test_a_name_means_the_same_wherever_it_is_exported() -> None:
    values: dict[str, object] = {}
    for facade in (*FACADES, "auditor.api"):
        for name in exported(facade):
            value = getattr(import_module(facade), name)
            assert values.setdefault(name, value) is value, f"{facade}.{name}"


def test_a_program_needs_one_import_only() -> None:
    assert {"access", "audit", "decide", "diff", "explain", "load"} <= exported("auditor")


def test_what_type_checkers_see_is_what_there_is() -> None:
    tree = ast.parse((ROOT / "auditor" / "__init__.py").read_text())
    seen = {
        (node.module, alias.name, alias.asname)
        for block in tree.body
        if isinstance(block, ast.If)
        for node in block.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert seen == {
        (module, name, name) for module, names in auditor._NAMES.items() for name in names
    }
    for module, name, _ in seen:
        assert getattr(auditor, name) is getattr(import_module(str(module)), name)
        assert name in dir(auditor)


def test_an_unknown_name_is_refused_where_it_is_imported() -> None:
    with pytest.raises(ImportError, match="nonsense"):
        exec("from auditor import nonsense", {})


def test_type_checkers_know_the_names_and_no_others(tmp_path: Path) -> None:
    facades = (*FACADES, "auditor.api")
    for number, facade in enumerate(facades):
        names = ", ".join(sorted(exported(facade)))
        (tmp_path / f"good{number}.py").write_text(f"from {facade} import {names}\n")
        (tmp_path / f"bad{number}.py").write_text(f"from {facade} import nonsense\n")
    done = subprocess.run(
        [sys.executable, "-m", "mypy", *sorted(tmp_path.glob("*.py"))],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip

    for number, facade in enumerate(facades):
        expected = f'bad{number}.py:1: error: Module "{facade}" has no attribute "nonsense"'
        assert expected in done.stdout, done.stdout
    assert f"Found {len(facades)} errors in {len(facades)} files" in done.stdout


def test_the_command_line_starts_without_loading_what_it_may_not_need() -> None:
    code = "import sys, auditor.cli; print(*sorted(m for m in sys.modules if 'pydantic' in m))"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )  # fmt: skip
    assert done.stdout == "\n"
