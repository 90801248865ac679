"""What is written in a list of HCL: its texts and its references, if it is nothing but those.

A plan says what a list refers to and not what stands beside that. Here it is read from the
configuration: `["EVERYONE", okta_group.staff.id]`, also within `toset`, `concat` and the like.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from auditor.terraform.source.hcl_file import HclFile

if TYPE_CHECKING:
    from tree_sitter import Node

_KEEPING = frozenset(
    {"toset", "tolist", "sort", "distinct", "compact", "concat", "flatten", "setunion"}
)
"""Functions whose result holds the members of their arguments, and no others."""


@dataclass(frozen=True, slots=True)
class ListItem:
    """A member of a list."""

    text: str = ""
    """A literal."""
    reference: str = ""
    """What is referred to, as it is written."""


class _Other(Exception):  # noqa: N818 - a reason, not an error
    """Something else than texts and references stands in a list."""


def list_items(file: HclFile, expression: Node) -> tuple[ListItem, ...] | None:
    """The members of a list; None if something else is in it, so that they cannot be told.

    Args:
        file: that the expression is of.
        expression: the value of an attribute.
    """
    try:
        return tuple(_items(file, expression))
    except _Other:
        return None


def _items(file: HclFile, node: Node) -> Iterator[ListItem]:
    """Without recursion: what is nested is put on a list of what is still to be read."""
    waiting = [node]
    while waiting:
        current = waiting.pop()
        inner = [child for child in current.named_children if child.type != "comment"]
        match current.type:
            case "tuple":
                members = [child for child in inner if child.type == "expression"]
                waiting.extend(reversed(members))
            case "expression" | "collection_value" | "literal_value" if len(inner) == 1:
                waiting.append(inner[0])
            case "expression" if inner and inner[0].type == "variable_expr":
                yield _reference(file, current, inner)
            case "string_lit":
                yield _text(file, current)
            case "function_call":
                name, *arguments = inner
                if file.source(name) not in _KEEPING:
                    raise _Other
                for argument in reversed(arguments):
                    waiting.extend(
                        reversed(
                            [one for one in argument.named_children if one.type == "expression"]
                        )
                    )
            case _:
                raise _Other


def _reference(file: HclFile, node: Node, inner: list[Node]) -> ListItem:
    if any(child.type not in {"variable_expr", "get_attr", "index"} for child in inner):
        raise _Other
    return ListItem(reference=file.source(node))


def _text(file: HclFile, node: Node) -> ListItem:
    parts = [child for child in node.named_children if child.type.startswith("template")]
    if any(part.type != "template_literal" for part in parts):
        raise _Other
    text = file.source(node)[1:-1]
    if "\\" in text:
        raise _Other
    return ListItem(text=text)
