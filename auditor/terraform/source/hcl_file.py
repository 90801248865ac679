"""One file of HCL as blocks and attributes with their places.

Parsed by tree-sitter, which goes on after an error: a file that an editor left half-way still has
its other blocks.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING

from auditor.snapshot.resource_text import TextRegion

if TYPE_CHECKING:
    from tree_sitter import Node, Parser

LARGEST_FILE = 5_000_000
"""Bytes of a file that is read."""

_NESTED = 3
"""How deep blocks are read: of a resource, its blocks, and the content of a dynamic one."""


@dataclass(frozen=True)
class HclAttribute:
    """An attribute of a block."""

    name: str
    region: TextRegion
    """From its name to the end of its value."""
    expression: Node
    """What it is set to."""


@dataclass(frozen=True)
class HclBlock:
    """A block: `resource "okta_group" "staff" { … }`."""

    kind: str
    labels: tuple[str, ...]
    region: TextRegion
    """Of its header."""
    attributes: Mapping[str, HclAttribute]
    blocks: tuple[HclBlock, ...]
    comments: tuple[tuple[int, str], ...]
    """Line and text of each comment right above it, from top to bottom."""


class HclFile:
    """A parsed file.

    Args:
        text: its content.
    """

    def __init__(self, text: str) -> None:
        self._bytes = text.encode()
        self._lines = self._bytes.split(b"\n")

    @cached_property
    def blocks(self) -> tuple[HclBlock, ...]:
        """The blocks at the top of the file."""
        root = _parser().parse(self._bytes).root_node
        comments = {
            node.start_point.row: self.source(node)
            for node in _within(root, {"comment"})
            if node.start_point.row == node.end_point.row
        }
        return tuple(self._block(node, comments, 1) for node in _within(root, {"block"}))

    def source(self, node: Node) -> str:
        """The text of a node."""
        return self._bytes[node.start_byte : node.end_byte].decode(errors="replace")

    @property
    def text(self) -> str:
        """Its content."""
        return self._bytes.decode()

    def with_replaced(self, node: Node, text: str) -> str:
        """Its content with a node replaced."""
        return self._spliced(node.start_byte, node.end_byte, text)

    def with_line_below(self, line: int, text: str) -> str:
        """Its content with a line more, below one that is counted from 1."""
        lines = self.text.split("\n")
        return "\n".join([*lines[:line], text, *lines[line:]])

    def without_member(self, member: Node, before: Node | None, after: Node | None) -> str:
        """Its content without a member of a list, nor the comma that goes with it."""
        if after is not None:
            return self._spliced(member.start_byte, after.start_byte, "")
        start = before.end_byte if before is not None else member.start_byte
        return self._spliced(start, member.end_byte, "")

    def _spliced(self, start: int, end: int, text: str) -> str:
        return (self._bytes[:start] + text.encode() + self._bytes[end:]).decode()

    def _block(self, node: Node, comments: Mapping[int, str], depth: int) -> HclBlock:
        head = [child for child in node.children if child.type in {"identifier", "string_lit"}]
        kind, *labels = (self.source(child).strip('"') for child in head)
        attributes: dict[str, HclAttribute] = {}
        blocks: list[HclBlock] = []
        for child in _within(node, {"attribute", "block"}):
            if child.type == "block":
                if depth < _NESTED:
                    blocks.append(self._block(child, {}, depth + 1))
                continue
            attribute = self._attribute(child)
            if attribute is not None:
                attributes[attribute.name] = attribute
        return HclBlock(
            kind,
            tuple(labels),
            self._region(node, head[-1]),
            attributes,
            tuple(blocks),
            tuple(_above(comments, node.start_point.row)),
        )

    def _attribute(self, node: Node) -> HclAttribute | None:
        parts = {child.type: child for child in node.children}
        if "identifier" not in parts or "expression" not in parts:
            return None
        name = self.source(parts["identifier"])
        return HclAttribute(name, self._region(node, node), parts["expression"])

    def _region(self, first: Node, last: Node) -> TextRegion:
        start, end = first.start_point, last.end_point
        return TextRegion(
            start.row + 1,
            self._column(start.row, start.column),
            end.row + 1,
            self._column(end.row, end.column),
        )

    def _column(self, row: int, byte: int) -> int:
        """The column, from 1 in code points, of a place that tree-sitter counts in bytes."""
        line = self._lines[row] if row < len(self._lines) else b""
        return len(line[:byte].decode(errors="replace")) + 1


def _within(node: Node, types: set[str]) -> Iterator[Node]:
    """The nodes of some types in a node or its body."""
    for child in node.children:
        if child.type in types:
            yield child
        elif child.type in {"body", "ERROR"}:
            yield from (inner for inner in child.children if inner.type in types)


def _above(comments: Mapping[int, str], row: int) -> list[tuple[int, str]]:
    """The comments on the lines before one, without a gap, from top to bottom."""
    found: list[tuple[int, str]] = []
    while (row := row - 1) in comments:
        found.append((row + 1, comments[row]))
    return found[::-1]


@cache
def _parser() -> Parser:
    import tree_sitter_hcl  # noqa: PLC0415 - only those who name a configuration pay for it
    from tree_sitter import Language, Parser  # noqa: PLC0415

    return Parser(Language(tree_sitter_hcl.language()))
