"""What is written in a list of HCL: its texts and its references, if it is nothing but those.

A plan says what a list refers to and not what stands beside that. Here it is read from the
configuration: `["EVERYONE", okta_group.staff.id]`, also within `toset`, `concat` and the like, and
all instances of a resource: `okta_group.staff[*].id`, `values(okta_group.staff)[*].id` and
`[for group in okta_group.staff : group.id]`.
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
    splat: bool = False
    """Whether that of all instances is meant: `x.id` stands for `x[*].id`."""


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
            case "expression" | "collection_value" | "literal_value" | "for_expr" if (
                len(inner) == 1
            ):
                waiting.append(inner[0])
            case "function_call":
                waiting.extend(_arguments(file, inner))
            case _:
                yield _item(file, current, inner)


def _item(file: HclFile, node: Node, inner: list[Node]) -> ListItem:
    """What is a member, or all members of a resource."""
    match node.type, inner[0].type if inner else "", inner[-1].type if inner else "":
        case "string_lit", _, _:
            return _text(file, node)
        case "for_tuple_expr", _, _:
            return _for(file, inner)
        case "expression", _, "splat":
            return _splat(file, inner)
        case "expression", "variable_expr", _:
            return _reference(file, node, inner)
        case _:
            raise _Other


def _arguments(file: HclFile, inner: list[Node]) -> list[Node]:
    """The arguments of a function whose result holds their members, the last first."""
    name, *arguments = inner
    if file.source(name) not in _KEEPING:
        raise _Other
    expressions = [one for argument in arguments for one in argument.named_children]
    return [one for one in reversed(expressions) if one.type == "expression"]


def _reference(file: HclFile, node: Node, inner: list[Node]) -> ListItem:
    if any(child.type not in {"variable_expr", "get_attr", "index"} for child in inner):
        raise _Other
    return ListItem(reference=file.source(node))


def _splat(file: HclFile, inner: list[Node]) -> ListItem:
    """`x[*].id`, `x.*.id` or `values(x)[*].id`."""
    *base, splat = inner
    kinds = [child.type for child in splat.named_children]
    if kinds not in (["full_splat"], ["attr_splat"]):
        raise _Other
    ways = splat.named_children[0].named_children
    if [child.type for child in ways] != ["get_attr"]:
        raise _Other
    if [child.type for child in base] == ["function_call"]:
        name, *arguments = base[0].named_children
        expressions = [one for argument in arguments for one in argument.named_children]
        if file.source(name) != "values" or len(expressions) != 1:
            raise _Other
        base = expressions[0].named_children
    return _of_all(file, base, file.source(ways[0]))


def _for(file: HclFile, inner: list[Node]) -> ListItem:
    """`[for key, one in x : one.id]`, which no condition leaves anything out of."""
    if [child.type for child in inner] != ["tuple_start", "for_intro", "expression", "tuple_end"]:
        raise _Other
    *names, values = inner[1].named_children
    one, *ways = inner[2].named_children
    if not names or [child.type for child in (one, *ways)] != ["variable_expr", "get_attr"]:
        raise _Other
    if file.source(one) != file.source(names[-1]):
        raise _Other
    return _of_all(file, values.named_children, file.source(ways[0]))


def _of_all(file: HclFile, base: list[Node], way: str) -> ListItem:
    if not base or any(child.type not in {"variable_expr", "get_attr"} for child in base):
        raise _Other
    text = "".join(map(file.source, base))
    return ListItem(reference=f"{text}{way}", splat=True)


def _text(file: HclFile, node: Node) -> ListItem:
    parts = [child for child in node.named_children if child.type.startswith("template")]
    if any(part.type != "template_literal" for part in parts):
        raise _Other
    text = file.source(node)[1:-1]
    if "\\" in text:
        raise _Other
    return ListItem(text=text)
