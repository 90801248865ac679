"""How a snapshot is laid out as JSON: to be read by people, and line by line in a git diff."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

Json = dict[str, Any]

_WIDTH = 100
_NESTED = frozenset({dict, list})
_FIRST = ("id", "name", "label", "status", "type", "priority")
"""Members that identify an object; they come first."""

_line = json.JSONEncoder(ensure_ascii=False).encode


def _ordered(value: Any) -> Any:
    """The same value with what identifies an object first and links last."""
    if isinstance(value, list):
        return value if _flat(value) else [_ordered(item) for item in value]
    if isinstance(value, dict):
        return {key: _ordered(value[key]) for key in sorted(value, key=_rank)}
    return value


def _rank(key: str) -> tuple[int, str]:
    if key in _FIRST:
        return _FIRST.index(key), ""
    return (len(_FIRST) + 1 if key.startswith("_") else len(_FIRST)), key


def layout_pieces(body: Json, resources: Mapping[str, Any]) -> Iterator[str]:
    """The document but for its last member and its end, in pieces of a record or a list of ids.

    Args:
        body: the members before `resources`.
        resources: what each API path answered.
    """
    yield "{\n" + "".join(f"  {_line(key)}: {_laid_out(body[key], 1)},\n" for key in body)
    yield '  "resources": {'
    start = "\n"
    for path in sorted(resources):
        yield f"{start}    {_line(path)}: "
        yield from _resource(resources[path])
        start = ",\n"
    yield "\n  }" if resources else "}"


def _resource(value: Any) -> Iterator[str]:
    if not isinstance(value, list) or len(value) <= _WIDTH or _flat(value):
        yield _laid_out(_ordered(value), 2)
        return
    start = "[\n"
    for item in value:
        yield f"{start}      {_laid_out(_ordered(item), 3)}"
        start = ",\n"
    yield "\n    ]"


def _laid_out(value: Any, depth: int) -> str:
    """JSON in which a value stands on one line if it fits, and one member a line if not."""
    if not value or not isinstance(value, (dict, list)):
        return _line(value)
    room = _WIDTH - 2 * depth
    # Each member takes three characters or more, and lines are made to be thrown away.
    if depth > 1 and 3 * len(value) <= room and len(line := _line(value)) <= room:
        return line
    inner, outer = "  " * (depth + 1), "  " * depth
    if isinstance(value, dict):
        members = (
            f"{inner}{_line(key)}: {_laid_out(item, depth + 1)}" for key, item in value.items()
        )
        return "{\n" + ",\n".join(members) + f"\n{outer}}}"
    if _flat(value):
        # In one call, because a large tenant's snapshot has millions of ids.
        rows = json.dumps(value, ensure_ascii=False, separators=(f",\n{inner}", ": "))[1:-1]
        return f"[\n{inner}{rows}\n{outer}]"
    items = (f"{inner}{_laid_out(item, depth + 1)}" for item in value)
    return "[\n" + ",\n".join(items) + f"\n{outer}]"


def _flat(value: list[Any]) -> bool:
    """Whether no item of a list has members of its own."""
    return _NESTED.isdisjoint(map(type, value))
