"""The JSON value in the body of an answer, where one odd item of a list costs only itself.

Nearly every body is read at once. Where that fails or would lose something, the items of a list
are taken apart first and read one by one: an item that is nested too deeply, or holds a number
that nothing can hold, becomes an `UnreadableItem`, and the others are as they are.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NoReturn

from auditor import exact_json
from auditor.collect.fetch.bounds import DEEPEST_VALUE, LONGEST_NUMBER

# A string as a whole, or one of the characters that structure a value.
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*+"|[\[\]{},]', re.DOTALL)
_ID = re.compile(r'\s*:\s*("(?:[^"\\]|\\.)*+")', re.DOTALL)
_OPENING, _CLOSING = "[{", "]}"
_OF_AN_ITEM = 2
"""How deep the members of an item of a list are."""


@dataclass(frozen=True, slots=True)
class UnreadableItem:
    """An item of a list that cannot be read."""

    identity: str | None
    """Its id, if it shows one."""
    reason: str


@dataclass(slots=True)
class _Item:
    """An item of a list, as it stands in the text."""

    start: int
    end: int = 0
    depth: int = 0
    identity: str | None = None


class _OddNumberError(ValueError):
    """A number that nothing can hold."""


def value_of(body: bytes) -> Any:
    """The JSON value in a body.

    Raises:
        ValueError: it is not JSON in UTF-8.
    """
    try:
        return exact_json.loads(body)
    except ValueError:
        text = body.decode()
    start = len(text) - len(text.lstrip())
    if text[start : start + 1] != "[":
        return _read(text)
    return [_read_item(text, item) for item in _items(text, start)]


def _read_item(text: str, item: _Item) -> Any:
    if item.depth > DEEPEST_VALUE:
        return UnreadableItem(item.identity, f"it is nested more than {DEEPEST_VALUE} levels deep")
    try:
        return _read(text[item.start : item.end])
    except _OddNumberError as error:
        return UnreadableItem(item.identity, str(error))


def _read(text: str) -> Any:
    try:
        return json.loads(
            text, parse_int=_integer, parse_float=_float, parse_constant=_not_a_number
        )
    except RecursionError:
        raise ValueError("it is nested too deeply") from None


def _items(text: str, start: int) -> Iterator[_Item]:
    """The items of the list that begins at a place of a text.

    Raises:
        ValueError: it does not end, or something comes after it.
    """
    depth, item = 0, _Item(start + 1)
    for token in _TOKEN.finditer(text, start):
        mark = token[0]
        if mark in _OPENING:
            depth += 1
            item.depth = max(item.depth, depth - 1)
        elif mark in _CLOSING:
            depth -= 1
        elif mark == '"id"' and depth == _OF_AN_ITEM and (found := _ID.match(text, token.end())):
            item.identity = json.loads(found[1], strict=False)
        if depth == 0:
            item.end = token.start()
            if text[token.end() :].strip():
                raise ValueError("something comes after the list")
            if item.start != start + 1 or text[item.start : item.end].strip():
                yield item
            return
        if mark == "," and depth == 1:
            item.end = token.start()
            yield item
            item = _Item(token.end())
    raise ValueError("the list does not end")


def _integer(digits: str) -> int:
    if len(digits) > LONGEST_NUMBER:
        raise _OddNumberError(f"it holds a number of more than {LONGEST_NUMBER} digits")
    return int(digits)


def _float(digits: str) -> float:
    number = float(digits)
    if math.isinf(number):
        raise _OddNumberError("it holds a number that is too large")
    return number


def _not_a_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")
