"""Addresses and references of Terraform, taken apart.

`module.apps["web"].okta_app_oauth.this[0]` is an instance; references in a configuration name
resources, instances and attributes relative to their module: `okta_group.staff.id`.
"""

from __future__ import annotations

from dataclasses import dataclass

import orjson

Index = str | int | None


@dataclass(frozen=True, slots=True)
class Step:
    """A name with the index behind it: `this[0]`."""

    name: str
    index: Index = None


@dataclass(frozen=True, slots=True)
class Reference:
    """What a reference of a configuration names."""

    resource: str = ""
    """`okta_group.staff`, or `data.okta_group.all`; empty if it names no resource."""
    index: Index = None
    attribute: str = ""
    variable: str = ""
    module: Step | None = None
    output: str = ""
    each: bool = False
    """Whether it is `each.key` or `count.index`."""


def steps(address: str) -> tuple[Step, ...]:
    """The parts of an address between dots, with indexes.

    >>> steps('module.a["x.y"].okta_group.g[0]')
    (Step(name='module', index=None), Step(name='a', index='x.y'), \
Step(name='okta_group', index=None), Step(name='g', index=0))
    """
    found: list[Step] = []
    name = ""
    position = 0
    while position < len(address):
        character = address[position]
        if character == "[":
            end = _index_end(address, position)
            index = _index(address[position + 1 : end])
            found.append(Step(name, index))
            name = ""
            position = end + 1
            if address[position : position + 1] == ".":
                position += 1
            continue
        if character == ".":
            found.append(Step(name))
            name = ""
        else:
            name += character
        position += 1
    if name:
        found.append(Step(name))
    return tuple(found)


def module_of(address: str) -> str:
    """The address of the module instance that an instance is in; empty for the root.

    >>> module_of('module.a["x"].module.b.data.okta_group.g')
    'module.a["x"].module.b'
    """
    end = 0
    position = 0
    while address.startswith("module.", position):
        position += len("module.")
        while position < len(address) and address[position] not in ".[":
            position += 1
        if address[position : position + 1] == "[":
            position = _index_end(address, position) + 1
        end = position
        position += 1
    return address[:end]


def parse_reference(text: str) -> Reference:
    """Take a reference apart; one that names nothing that can be followed is empty."""
    parts = steps(text)
    match [part.name for part in parts]:
        case ["each" | "count", "key" | "index"]:
            return Reference(each=True)
        case ["var", name, *_]:
            return Reference(variable=name)
        case ["module", _, output, *_]:
            return Reference(module=parts[1], output=output)
        case ["data", kind, name, *rest]:
            return Reference(f"data.{kind}.{name}", parts[2].index, rest[0] if rest else "")
        case [kind, name, *rest] if "_" in kind:
            return Reference(f"{kind}.{name}", parts[1].index, rest[0] if rest else "")
        case _:
            return Reference()


def _index_end(address: str, start: int) -> int:
    """Where the bracket at `start` closes; the end of the address if it never does."""
    position = start + 1
    inside = False
    while position < len(address):
        character = address[position]
        if character == "\\" and inside:
            position += 1
        elif character == '"':
            inside = not inside
        elif character == "]" and not inside:
            return position
        position += 1
    return len(address)


def _index(text: str) -> Index:
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError:
        return text
    return value if isinstance(value, (str, int)) and not isinstance(value, bool) else text
