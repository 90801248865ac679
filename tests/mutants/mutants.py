"""Small faults to plant in the code: those of a list, and those that a seed picks.

The list is `mutants.toml`. What a seed picks depends on the mutated expressions only, so that
most of it stays the same when a module changes.
"""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from itertools import accumulate
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
LIST = Path(__file__).with_name("mutants.toml")
SEED = "okta-auditor"


@dataclass(frozen=True, kw_only=True)
class Mutant:
    """One change of one file."""

    name: str
    file: str
    """Relative to the checkout."""
    original: str
    replacement: str
    start: int
    """Where the original stands, in characters."""
    tests: tuple[str, ...]
    """What should fail: files or folders of tests, relative to the checkout."""
    survives: str | None = None
    """Why no test can fail."""

    def applied(self, source: str) -> str:
        """The file's text with the fault."""
        end = self.start + len(self.original)
        assert source[self.start : end] == self.original
        return source[: self.start] + self.replacement + source[end:]


def listed() -> Iterator[Mutant]:
    """The mutants of the list.

    Raises:
        ValueError: what should be changed does not occur in its file exactly once.
    """
    for entry in _document()["mutant"]:
        source = (ROOT / entry["file"]).read_text()
        original = entry["original"]
        if source.count(original) != 1:
            raise ValueError(
                f"{entry['name']}: occurs {source.count(original)} times in {entry['file']}"
            )
        yield Mutant(
            name=entry["name"],
            file=entry["file"],
            original=original,
            replacement=entry["replacement"],
            start=source.index(original),
            tests=tuple(entry["tests"]),
            survives=entry.get("survives"),
        )


def picked() -> Iterator[Mutant]:
    """The mutants that the seed picks.

    Raises:
        ValueError: an argued mutant is not among them.
    """
    argued: dict[str, str] = {item["name"]: item["survives"] for item in _document()["argued"]}
    for entry in _document()["pick"]:
        source = (ROOT / entry["file"]).read_text()
        mutants = [
            Mutant(
                name=name,
                file=entry["file"],
                original=source[start:end],
                replacement=replacement,
                start=start,
                tests=tuple(entry["tests"]),
                survives=argued.pop(name, None),
            )
            for name, start, end, replacement in _lowest(entry["file"], source, entry["count"])
        ]
        yield from sorted(mutants, key=lambda mutant: mutant.start)
    if argued:
        raise ValueError(f"argued, but not picked: {', '.join(argued)}")


def _document() -> dict[str, Any]:
    return {"mutant": [], "pick": [], "argued": [], **tomllib.loads(LIST.read_text())}


_Change = tuple[str, int, int, str]
"""Name, start, end and replacement."""


def _lowest(file: str, source: str, count: int) -> list[_Change]:
    """So many changes of a file, by the hash of their names."""
    changes: dict[str, _Change] = {}
    for node, function in _nodes(ast.parse(source), ""):
        for part, replacement in _replacements(node, source):
            start, end = _span(part, source)
            original = source[start:end]
            name = f"{file}, {function}: {_short(original)} → {_short(replacement)}"
            changes.setdefault(name, (name, start, end, replacement))
    return sorted(changes.values(), key=lambda change: _hash(change[0]))[:count]


def _hash(name: str) -> bytes:
    return sha256(f"{SEED} {name}".encode()).digest()


def _nodes(node: ast.AST, function: str) -> Iterator[tuple[ast.AST, str]]:
    """All nodes inside functions, each with the function's name."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef)):
            for statement in child.body:
                yield statement, child.name
                yield from _nodes(statement, child.name)
            continue
        if function:
            yield child, function
        yield from _nodes(child, function)


_FLIPPED: dict[type[ast.cmpop], str] = {
    ast.Lt: "<=",
    ast.LtE: "<",
    ast.Gt: ">=",
    ast.GtE: ">",
    ast.Eq: "!=",
    ast.NotEq: "==",
    ast.In: "not in",
    ast.NotIn: "in",
    ast.Is: "is not",
    ast.IsNot: "is",
}


def _replacements(node: ast.AST, source: str) -> Iterator[tuple[ast.AST, str]]:
    """Parts of a node, and what may stand in their place."""

    def text(part: ast.AST) -> str:
        start, end = _span(part, source)
        return source[start:end]

    match node:
        case ast.Compare(left, [op], [right]):
            yield node, f"{text(left)} {_FLIPPED[type(op)]} {text(right)}"
        case ast.BoolOp(op, values):
            joint = " or " if isinstance(op, ast.And) else " and "
            yield node, "(" + joint.join(f"({text(value)})" for value in values) + ")"
            yield node, f"({text(values[0])})"
        case ast.UnaryOp(ast.Not(), operand):
            yield node, f"({text(operand)})"
        case ast.IfExp(_, body, orelse):
            yield node, f"({text(body)})"
            yield node, f"({text(orelse)})"
        case ast.If(test, [ast.Return() | ast.Continue() | ast.Raise()], []):
            yield test, "False"
        case ast.Call(ast.Name("min" | "max" as name), [first, second], []):
            yield node, f"{'max' if name == 'min' else 'min'}({text(first)}, {text(second)})"
            yield node, f"({text(first)})"
        case ast.Constant(bool(value)):
            yield node, str(not value)
        case ast.Constant(int(value)):
            yield node, str(value + 1)


def _span(node: Any, source: str) -> tuple[int, int]:
    """Start and end of a node in the source, in characters."""
    lines, starts = _lines(source)

    def offset(line: int, column: int) -> int:
        return starts[line - 1] + len(lines[line - 1].encode()[:column].decode())

    return offset(node.lineno, node.col_offset), offset(node.end_lineno, node.end_col_offset)


@lru_cache(maxsize=1)
def _lines(source: str) -> tuple[list[str], list[int]]:
    """The lines, and where each begins."""
    lines = source.splitlines(keepends=True)
    return lines, [0, *accumulate(map(len, lines))]


def _short(text: str) -> str:
    """The text on one line."""
    return " ".join(text.split())
