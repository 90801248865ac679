"""How a snapshot is laid out as JSON: to be read by people, and line by line in a git diff.

Lists that are packed are laid out as they are, without values being made of them where that can be.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from json.encoder import encode_basestring
from typing import Any

from auditor.snapshot.packed_values import IdList, RecordList, is_packed_way, kept

Json = dict[str, Any]

_WIDTH = 100
_NESTED = frozenset({dict, list})
_FIRST = ("id", "name", "label", "status", "type", "priority")
"""Members that identify an object; they come first."""
_PLAIN = re.compile(r"[ !#-\[\]-~\n]*+")
"""Ids of which JSON escapes nothing."""
_ALPHANUMERIC = re.compile("[0-9A-Za-z\n]*+")
"""Ids that no terminal and no CI system takes for anything else, so that nothing is escaped."""
_WAY = frozenset({"scope", "status", "ids"})
_FEW = _WIDTH // 3
"""Members that may fit on a line: each takes three characters or more."""

Order = Callable[[tuple[str, ...]], tuple[str, ...]]

_line = json.JSONEncoder(ensure_ascii=False).encode


@lru_cache(maxsize=10_000)
def _name(name: str) -> str:
    """The name of a member as it stands before its value."""
    return f"{_line(name)}: "


@lru_cache(maxsize=10_000)
def _identity_first(names: tuple[str, ...]) -> tuple[str, ...]:
    """The names of members: those that identify an object first, and links last."""
    return tuple(sorted(names, key=_rank))


def _as_given(names: tuple[str, ...]) -> tuple[str, ...]:
    return names


def _rank(key: str) -> tuple[int, str]:
    if key in _FIRST:
        return _FIRST.index(key), ""
    return (len(_FIRST) + 1 if key.startswith("_") else len(_FIRST)), key


def layout_pieces(body: Json, resources: Mapping[str, Any]) -> Iterator[str | bytes]:
    """The document but for its last member and its end, in pieces of records or a list of ids.

    Args:
        body: the members before `resources`.
        resources: what each API path answered.

    Yields:
        Texts; bytes where it is certain that nothing has to be escaped that may be misread.
    """
    yield "{\n" + "".join(
        f"  {_line(key)}: {_laid_out(body[key], 1, _as_given)},\n" for key in body
    )
    yield '  "resources": {'
    start = "\n"
    for path in sorted(resources):
        yield f"{start}    {_line(path)}: "
        yield from _resource(kept(resources, path))
        start = ",\n"
    yield "\n  }" if resources else "}"


def _resource(value: Any) -> Iterator[str | bytes]:
    if isinstance(value, (list, RecordList)) and len(value) > _WIDTH and not _flat(value):
        start = "[\n"
        for item in value:
            yield f"{start}      {_laid_out(item, 3)}"
            start = ",\n"
        yield "\n    ]"
        return
    text = _laid_out(list(value) if isinstance(value, RecordList) else value, 2)
    yield text.encode() if _alphanumeric(value) else text


def _laid_out(value: Any, depth: int, order: Order = _identity_first) -> str:
    """JSON in which a value stands on one line if it fits, and one member a line if not."""
    kind = type(value)
    if kind is str:
        return encode_basestring(value)
    if isinstance(value, IdList) and len(value) <= _FEW:
        value = value.listed()
    if not isinstance(value, (dict, list, IdList)) or not value:
        return _line(value)
    inner, outer = "  " * (depth + 1), "  " * depth
    if isinstance(value, dict):
        ends = "{}"
        members = [
            _name(name)
            + (
                encode_basestring(item)
                if type(item := value[name]) is str
                else _laid_out(item, depth + 1, order)
            )
            for name in order(tuple(value))
        ]
    else:
        ends = "[]"
        if len(value) > _FEW and (rows := _rows(value, inner)):
            return f"[\n{inner}{rows}\n{outer}]"
        members = [_laid_out(item, depth + 1, order) for item in value]
    # A member that takes several lines is longer than a line by itself.
    if depth > 1 and sum(map(len, members)) + 2 * len(members) <= _WIDTH - 2 * depth:
        return ends[0] + ", ".join(members) + ends[1]
    return f"{ends[0]}\n{inner}" + f",\n{inner}".join(members) + f"\n{outer}{ends[1]}"


def _rows(value: list[Any] | IdList, inner: str) -> str | None:
    """A long list of plain values in one call, since a large tenant's snapshot has millions."""
    if isinstance(value, IdList):
        if _PLAIN.fullmatch(value.text):
            rows = value.text.replace("\n", f'",\n{inner}"')
            return f'"{rows}"'
        value = value.listed()
    if not _flat(value):
        return None
    return json.dumps(value, ensure_ascii=False, separators=(f",\n{inner}", ": "))[1:-1]


def _flat(value: list[Any] | RecordList) -> bool:
    """Whether no item of a list has members of its own."""
    return isinstance(value, list) and _NESTED.isdisjoint(map(type, value))


def _alphanumeric(value: Any) -> bool:
    """Whether a list of ids, or of assignments, holds nothing but letters and digits."""
    if isinstance(value, IdList):
        return _ALPHANUMERIC.fullmatch(value.text) is not None
    return isinstance(value, list) and all(
        is_packed_way(way)
        and way.keys() == _WAY
        and _alphanumeric(way["ids"])
        and all(_ALPHANUMERIC.fullmatch(way[name] or "") for name in ("scope", "status"))
        for way in value
    )
