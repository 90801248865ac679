"""Writes the reference of the public API, docs/reference, from the source: `make docs`."""

from __future__ import annotations

import ast
import inspect
import re
import sys
import textwrap
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel

import auditor
from auditor.models import Record
from auditor.snapshot.collections import COLLECTIONS
from auditor.snapshot.kept_fields import field_names
from auditor.snapshot.org import Org

FACADES = ("auditor", "auditor.models", "auditor.oauth", "auditor.results", "auditor.api")
_SECTION = re.compile(r"^(Args|Returns|Raises):\n((?:    .*\n|\n)+)", re.MULTILINE)
_TITLES = {"Args": "Arguments", "Returns": "Returns", "Raises": "Raises"}


def pages() -> dict[str, str]:
    """The pages, by file name."""
    made = {f"{facade.rpartition('.')[2]}.md": _page(facade) for facade in FACADES}
    rows = "\n".join(
        f"- [`{facade}`]({facade.rpartition('.')[2]}.md): {_summary(facade)}" for facade in FACADES
    )
    rows += "\n- [Collections](collections.md): what rules name in `reads` and `consults`"
    made["collections.md"] = _collections()
    return {"README.md": f"# Reference\n\nMade from the source by `make docs`.\n\n{rows}\n", **made}


def _collections() -> str:
    """The collections with their API paths, and the members of `Org` that read them."""
    readers: dict[str, list[str]] = {}
    for base in Org.__mro__[:-1]:
        for node in ast.walk(ast.parse(textwrap.dedent(inspect.getsource(base)))):
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                for name in _read_by(node):
                    readers.setdefault(name, []).append(f"`{node.name}`")
    rows = "\n".join(
        f"| `{row.name}` | `{row.path.replace('{}', '…')}` | "
        f"{', '.join(sorted(set(readers.get(row.name, []))))} |"
        for row in COLLECTIONS
    )
    return (
        "# Collections\n\n"
        "What a rule names in `reads` and `consults`, the API path that stands for it in\n"
        "examples and snapshots, and the members of `Org` that read it. Parents are implied.\n\n"
        f"| collection | path | members of `Org` |\n|---|---|---|\n{rows}\n\n"
        "## What a snapshot keeps of a record\n\n"
        "The fields that the record's model declares, and no others: secrets have no list that\n"
        "would be complete. Members of groups are bare ids.\n\n"
        f"| collection | fields |\n|---|---|\n{_kept_fields()}\n"
    )


def _kept_fields() -> str:
    return "\n".join(
        f"| `{row.name}` | {', '.join(f'`{name}`' for name in field_names(row.model))} |"
        for row in COLLECTIONS
        if row.model
    )


def _read_by(function: ast.FunctionDef) -> Iterator[str]:
    for node in ast.walk(function):
        if (
            isinstance(node, ast.Call)
            and ast.unparse(node.func) in {"self._all", "self._of", "self._lookup", "self._check"}
            and isinstance(node.args[0], ast.Constant)
        ):
            yield str(node.args[0].value)


def exported(facade: str) -> list[str]:
    """The names that a module is public for."""
    module = import_module(facade)
    if facade == "auditor":
        return sorted(name for names in auditor._NAMES.values() for name in names)  # noqa: SLF001
    return sorted(module.__all__)


def _summary(facade: str) -> str:
    return (inspect.getdoc(import_module(facade)) or "").partition("\n\n")[0].replace("\n", " ")


def _page(facade: str) -> str:
    parts = [f"# `{facade}`", _prose(inspect.getdoc(import_module(facade)) or "")]
    module = import_module(facade)
    names = exported(facade)
    for name in sorted(names, key=lambda name: (name.isupper(), name.lower())):
        parts += _entry(facade, name, getattr(module, name))
    if nested := _nested([getattr(module, name) for name in names]):
        parts.append("## Parts\n\nObjects within records; a rule reads them and imports none.")
        for kind in nested:
            parts += [f"### `{kind.__name__}`", _prose(inspect.getdoc(kind) or "")]
            parts.append("\n".join(_members(kind)))
    return "\n\n".join(parts) + "\n"


def _entry(facade: str, name: str, value: Any) -> Iterator[str]:
    node, home = _definition(facade, name)
    yield f"## `{name}`"
    if isinstance(node, ast.ClassDef):
        yield _prose(ast.get_docstring(node) or "")
        if members := list(_members(value)):
            yield "\n".join(members)
    elif isinstance(node, ast.FunctionDef):
        yield f"`{_signature(node)}`"
        yield _prose(ast.get_docstring(node) or "")
    else:
        yield f"`{_value(value)}`"
        if text := _following_docstring(home.body, node):
            yield _prose(text)


def _nested(kinds: list[Any]) -> list[type[BaseModel]]:
    """The models within records, and within those, that are not public themselves."""
    nested: dict[str, type[BaseModel]] = {}
    queue = [kind for kind in kinds if isinstance(kind, type) and issubclass(kind, Record)]
    while queue:
        for field in queue.pop().model_fields.values():
            for kind in _models(field.annotation):
                if kind not in kinds and kind.__name__ not in nested:
                    nested[kind.__name__] = kind
                    queue.append(kind)
    return [nested[name] for name in sorted(nested)]


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    """The models that a type is made of."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from _models(part)


def _definition(facade: str, name: str) -> tuple[ast.stmt, ast.Module]:
    """Where a name is defined, however many modules pass it on."""
    tree = _tree(facade)
    for node in tree.body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef) and node.name == name:
            return node, tree
        if isinstance(node, ast.Assign | ast.AnnAssign) and name in _targets(node):
            return node, tree
    for statement in ast.walk(tree):
        if isinstance(statement, ast.ImportFrom) and statement.module:
            for alias in statement.names:
                if (alias.asname or alias.name) == name:
                    return _definition(statement.module, alias.name)
    raise LookupError(f"{facade} does not define {name}")


def _tree(module: str) -> ast.Module:
    return ast.parse(inspect.getsource(import_module(module)))


def _targets(node: ast.Assign | ast.AnnAssign) -> list[str]:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    return [target.id for target in targets if isinstance(target, ast.Name)]


def _members(kind: type) -> Iterator[str]:
    """Fields, properties and methods of a class and of those of ours that it is made of."""
    seen: set[str] = set()
    for base in kind.__mro__:
        if not base.__module__.startswith("auditor."):
            continue
        body = ast.parse(textwrap.dedent(inspect.getsource(base))).body[0]
        assert isinstance(body, ast.ClassDef)
        for node in body.body:
            for name, head, text in _member(body.body, node):
                if not name.startswith("_") and name not in seen:
                    seen.add(name)
                    yield textwrap.indent(f"{head}\n\n{_prose(text)}".strip(), "  ").replace(
                        "  ", "- ", 1
                    )


def _member(body: list[ast.stmt], node: ast.stmt) -> Iterator[tuple[str, str, str]]:
    if isinstance(node, ast.FunctionDef):
        decorators = {ast.unparse(each) for each in node.decorator_list}
        text = ast.get_docstring(node) or ""
        if decorators & {"property", "cached_property"}:
            returns = ast.unparse(node.returns) if node.returns else "Any"
            yield node.name, f"`{node.name}: {returns}`", text
        else:
            yield node.name, f"`{_signature(node)}`", text
    elif isinstance(node, ast.AnnAssign) and "ClassVar" not in ast.unparse(node.annotation):
        for name in _targets(node):
            default = f" = {ast.unparse(node.value)}" if node.value is not None else ""
            if re.search(r"[(]|\n", default):
                default = ""
            head = f"`{name}: {_type(node.annotation)}{default}`"
            yield name, head, _following_docstring(body, node)
    elif isinstance(node, ast.Assign):
        for name in _targets(node):
            if name.isupper():
                text = _following_docstring(body, node)
                yield name, f"`{name} = {ast.unparse(node.value)}`", text


def _type(annotation: ast.expr) -> str:
    """A type without what only says how nulls are read."""
    text = re.sub(r"Annotated\[(\w+), NullAs\w+\]", r"\1", ast.unparse(annotation))
    return text.replace("Strings", "tuple[str, ...]")


def _following_docstring(body: list[ast.stmt], node: ast.stmt) -> str:
    """The string right behind a field or constant, which is its documentation."""
    at = body.index(node) + 1
    if at < len(body):
        following = body[at]
        if isinstance(following, ast.Expr) and isinstance(following.value, ast.Constant):
            return inspect.cleandoc(str(following.value.value))
    return ""


def _signature(node: ast.FunctionDef) -> str:
    arguments = re.sub(r"^(self|cls)(, |$)", "", ast.unparse(node.args))
    returns = ast.unparse(node.returns) if node.returns else "None"
    return f"{node.name}({arguments}) -> {returns}"


def _value(value: Any) -> str:
    if isinstance(value, frozenset):
        return "{" + ", ".join(sorted(map(repr, value))) + "}"
    text = repr(value)
    return text if len(text) < 200 else type(value).__name__  # noqa: PLR2004


def _prose(text: str) -> str:
    """A docstring as Markdown: its sections become lists."""

    def bullets(match: re.Match[str]) -> str:
        items = re.split(r"\n(?=\S)", textwrap.dedent(match[2]).strip())
        lines = "\n".join(f"- {' '.join(item.split())}" for item in items)
        return f"{_TITLES[match[1]]}:\n\n{lines}\n"

    return _SECTION.sub(bullets, text + "\n").strip()


def main(folder: Path) -> None:
    """Write the pages."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in pages().items():
        (folder / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
