"""Small changes of HCL: one attribute of a block set, or one text taken out of a list."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from auditor.terraform.source.source_tree import PlacedBlock

if TYPE_CHECKING:
    from tree_sitter import Node

_LITERAL = frozenset({"literal_value"})
_INDENT = "  "


def with_value(placed: PlacedBlock, name: str, value: str) -> str | None:
    """The file's text with an attribute set to a literal.

    Args:
        placed: the block.
        name: the attribute; it is added right below the header if it is not there.
        value: HCL of a literal: `true`, `"DISABLED"`.

    Returns:
        The text; None if the attribute is set to something else than a literal, which may mean
        more than this block.
    """
    file = placed.file
    attribute = placed.block.attributes.get(name)
    if attribute is None:
        return file.with_line_below(placed.block.region.end_line, f"{_INDENT}{name} = {value}")
    if not all(child.type in _LITERAL for child in attribute.expression.named_children):
        return None
    return file.with_replaced(attribute.expression, value)


def without_text(placed: PlacedBlock, name: str, text: str) -> str | None:
    """The file's text with one text less in a list.

    Args:
        placed: the block.
        name: the attribute that is a list.
        text: what it holds.

    Returns:
        The text; None if the list does not hold it as a literal of its own.
    """
    attribute = placed.block.attributes.get(name)
    if attribute is None:
        return None
    for members in _tuples(attribute.expression):
        for position, member in enumerate(members):
            if placed.file.source(member) == f'"{text}"':
                after = members[position + 1] if position + 1 < len(members) else None
                before = members[position - 1] if position else None
                return placed.file.without_member(member, before, after)
    return None


def _tuples(expression: Node) -> Iterator[list[Node]]:
    """The members of each list that is written in an expression, without recursion."""
    waiting = [expression]
    while waiting:
        node = waiting.pop()
        if node.type == "tuple":
            yield [child for child in node.named_children if child.type == "expression"]
        waiting.extend(node.named_children)
