"""An expectations file as YAML: read as data only, and the line of every key is known."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, TypeAlias

import yaml  # type: ignore[import-untyped] # no stubs among the pinned requirements

from auditor.errors import UsageError
from auditor.input_files import LARGEST_YAML, read_input
from auditor.text import one_line

Node: TypeAlias = Any
"""A node of PyYAML's tree: it knows the line where it stands."""

_NUMBERS = frozenset({"tag:yaml.org,2002:int", "tag:yaml.org,2002:float"})
_LONGEST_NUMBER = 100
_LARGEST_TREE = 200_000
"""Values that a file may hold once its aliases are written out."""


def read_list(path: Path, data: bytes | None = None) -> list[tuple[Node, Any]]:
    """The entries of the list that a file holds: nodes and values.

    Args:
        path: the file.
        data: its content, if it was read elsewhere.

    Raises:
        UsageError: the file holds no list, or cannot be read.
    """
    root = _tree(path, read_input(path, LARGEST_YAML) if data is None else data)
    _check_tree(path, root)
    values = _values(path, root)
    if not isinstance(values, list) or not values:
        raise unusable(path, 1, "it must be a list of expectations, with one at least.")
    return list(zip(root.value, values, strict=True))


def line_of(node: Node) -> int:
    """The line where a node stands, from 1."""
    return int(node.start_mark.line) + 1


def key_line(node: Node, key: str) -> int:
    """The line of a key, or of the expectation where it is not given."""
    pairs: Iterable[tuple[Node, Node]] = node.value
    return next((line_of(name) for name, _ in pairs if name.value == key), line_of(node))


def unusable(path: Path, line: int, sentence: str, remedy: str = "") -> UsageError:
    """The error for a file that cannot be used because of one of its lines."""
    return UsageError(
        f"{path}:{line}: {sentence}",
        remedy=remedy or "`okta-auditor schema expectations` describes every key.",
    )


def _tree(path: Path, data: bytes) -> Node:
    """The file as nodes that know their lines."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UsageError(f"{path} is not UTF-8 text.") from None
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise unusable(path, mark.line + 1 if mark else 1, f"{error.problem}.") from None
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise unusable(path, line, "it holds a character that YAML does not allow.") from None
    except RecursionError:
        raise unusable(path, 1, "it is nested too deeply.") from None
    if root is None:
        raise unusable(path, 1, "it is empty; a list of expectations is needed.")
    return root


def _values(path: Path, root: Node) -> Any:
    loader = yaml.SafeLoader("")
    try:
        return loader.construct_document(root)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise unusable(path, mark.line + 1 if mark else 1, f"{error.problem}.") from None
    except (ValueError, TypeError, OverflowError, RecursionError) as error:
        # A date such as 2026-13-45 is one to PyYAML until it tries to build it.
        raise unusable(path, line_of(root), f"{one_line(str(error))}.") from None
    except (LookupError, AttributeError):
        # As `!!bool maybe` and `!!timestamp soon` do, of which PyYAML checks nothing.
        raise unusable(path, line_of(root), "a value is not what its tag says.") from None
    finally:
        loader.dispose()


def _check_tree(path: Path, root: Node) -> None:
    """Refuse keys that are given twice, and aliases that repeat without reason or end."""
    sizes: dict[int, int] = {}
    under_way: set[int] = set()

    def size(node: Node) -> int:
        if id(node) in under_way:
            raise unusable(path, line_of(node), "an anchor must not contain itself.")
        if id(node) not in sizes:
            under_way.add(id(node))
            _check_number(path, node)
            _check_keys(path, node)
            sizes[id(node)] = 1 + sum(map(size, _children(node)))
            under_way.remove(id(node))
            if sizes[id(node)] > _LARGEST_TREE:
                raise unusable(path, line_of(node), "its aliases repeat too much.")
        return sizes[id(node)]

    try:
        size(root)
    except RecursionError:
        raise unusable(path, 1, "it is nested too deeply.") from None


def _check_number(path: Path, node: Node) -> None:
    """Refuse numbers that take time to work out, such as `1:1:1:…`, which has the base 60."""
    is_number = isinstance(node, yaml.ScalarNode) and node.tag in _NUMBERS
    if is_number and len(node.value) > _LONGEST_NUMBER:
        raise unusable(path, line_of(node), "a number is too long.")


def _children(node: Node) -> Iterator[Node]:
    if isinstance(node, yaml.MappingNode):
        for pair in node.value:
            yield from pair
    elif isinstance(node, yaml.SequenceNode):
        yield from node.value


def _check_keys(path: Path, node: Node) -> None:
    if not isinstance(node, yaml.MappingNode):
        return
    seen = set()
    for key, _ in node.value:
        if not isinstance(key, yaml.ScalarNode):
            raise unusable(path, line_of(key), "a key must be a plain word.")
        if key.value in seen:
            raise unusable(path, line_of(key), f"{one_line(key.value)}: the key is given twice.")
        seen.add(key.value)
