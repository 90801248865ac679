r"""Reads JSON from outside so that one odd value never costs more than itself.

`orjson` refuses a whole document for one of these, or changes its value; here they are read so:

- a lone surrogate (`\ud800`), which no text can hold, becomes U+FFFD;
- what is nested more than 200 levels deep becomes the text "[nested too deeply]": nothing that
  anybody reads lies that deep, and functions that recurse would end the program;
- an integer of 2^64 and more stays the integer that it is;
- a number that no computer holds (1e400, or 4,300 digits and more) becomes its own text.

An object that has a member twice is a `RepeatedMember`, so that whoever must not believe it can
tell; the last of the values counts, as for every reader of JSON.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from typing import Any

import orjson

MOST_DEPTH = 200
TOO_DEEP = "[nested too deeply]"

_LARGE = 2.0**63
_MOST_DIGITS = 4_300
"""What Python turns into an integer at most (`sys.int_info.default_max_str_digits`)."""

_TOKEN = re.compile(rb'"(?:[^"\\]++|\\.?)*+"?|[\[\]{}]', re.DOTALL)
_ESCAPE = re.compile(
    rb"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
    rb"|(?P<lone>\\u[dD][89a-fA-F][0-9a-fA-F]{2})"
    rb"|\\."
)
_LARGE_NUMBER = re.compile(rb"(?<=[0-9])e\+?(?:1[89]|[2-9][0-9]|[0-9]{3})(?=[,\]}]|\Z)")
"""What looks like a number of 10^18 and more."""
_EXPONENT = b"e+" if b"e+" in orjson.dumps(1e30) else b"e"
"""What each of them has, and hardly anything else; versions of `orjson` differ."""


class RepeatedMember(dict[str, Any]):
    """An object that has a member more than once."""

    name: str
    """The member."""


def read_large_json(data: bytes, outer: int = 0) -> tuple[Any, bool]:
    """The value of a JSON document, and whether an object in it may have a member twice.

    Made for documents that are mostly long lists of texts. That no member is there twice is
    seen from the number of colons: each in the document belongs to a member, or stands in a
    string. If a value had been dropped for a later one of the same name, the document would have
    more of them than what is left of it. An escaped colon could make up for one.

    Args:
        data: the document, or a value in it.
        outer: in how many objects and lists of the document the value stands.

    Raises:
        orjson.JSONDecodeError: it is not valid JSON, or cut off.
    """
    try:
        value = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        return _read_or_raise(data, error, outer), True
    texts: list[list[Any]] = []
    try:
        colons = _colons(value, _LEVELS - outer, texts)
        written = _written_colons(data)
        if written != colons:
            colons += sum(orjson.dumps(part).count(b":") for part in texts)
    except (_OddError, TypeError):
        return read_odd_json(data, outer), True
    if written == colons and not (b"\\" in data and b"\\u003" in data):
        return value, False
    return read_odd_json(data, outer), True


_LEVELS = 4
"""Of objects and lists that are taken apart. In a snapshot: itself, its resources, the resource,
and a bundle of ids."""
_FEW = 16
_STRETCH = 2_048
"""Bytes that are counted at once."""


class _OddError(Exception):
    """A value that may not be what was written."""


def _written_colons(data: bytes) -> int:
    """As `data.count(b":")`, in half the time: long lists of texts are passed over by `find`."""
    colons, place = 0, data.find(b":")
    while place >= 0:
        end = place + _STRETCH
        colons += data.count(b":", place, end)
        place = data.find(b":", end)
    return colons


def _colons(value: Any, levels: int, texts: list[list[Any]]) -> int:
    """The colons in the shortest JSON of a value, which is never made of the whole at once.

    Args:
        value: as `orjson` read it.
        levels: how many levels of it may be taken apart.
        texts: gets long lists of texts, which are not counted: few of those have a colon.
    """
    if not value:
        return 0
    if type(value) is list and len(value) > _FEW and type(value[0]) is str:
        texts.append(value)
        return 0
    if levels and type(value) is dict:
        names = len(value) + "".join(value).count(":")
        return names + sum(_colons(item, levels - 1, texts) for item in value.values())
    if levels and type(value) is list and len(value) <= _FEW and any(map(_has_long_list, value)):
        return sum(_colons(item, levels - 1, texts) for item in value)
    packed = packed_json(value)
    if packed is None:
        raise _OddError
    return packed.count(b":")


def _has_long_list(value: Any) -> bool:
    return type(value) is dict and any(
        type(item) is list and len(item) > _FEW for item in value.values()
    )


def packed_json(value: Any) -> bytes | None:
    """The value in the fewest bytes; None if it may not be what was written.

    Args:
        value: as `orjson` read it.
    """
    try:
        packed = orjson.dumps(value)
    except TypeError:  # nested too deeply
        return None
    # One character is looked for ten times as fast as two.
    exponent = _EXPONENT[-1:] in packed and _EXPONENT in packed
    large = exponent and _LARGE_NUMBER.search(packed) and _has_large_number(value)
    return None if large else packed


def _has_large_number(value: Any) -> bool:
    """Whether a value has a float that `orjson` may have made of a large integer."""
    if isinstance(value, dict):
        return any(map(_has_large_number, value.values()))
    if isinstance(value, list):
        return any(map(_has_large_number, value))
    return isinstance(value, float) and abs(value) >= _LARGE


def read_odd_json(data: bytes, outer: int = 0) -> Any:
    """The value of a JSON document that has, or may have, something odd in it; slow.

    Args:
        data: the document, or a value in it.
        outer: in how many objects and lists of the document the value stands.

    Raises:
        ValueError: it is not valid JSON.
    """
    text = _ESCAPE.sub(_without_lone_surrogate, _cut(data, MOST_DEPTH - outer)).decode()
    try:
        return json.loads(
            text,
            object_pairs_hook=_object,
            parse_int=_integer,
            parse_float=_number,
            parse_constant=_refused,
        )
    except RecursionError:  # what is never closed is not cut
        raise ValueError("it is nested too deeply, and cut off") from None


def repeated_members(value: Any) -> Iterator[str]:
    """The members that an object in a value has more than once."""
    if isinstance(value, RepeatedMember):
        yield value.name
    items = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for item in items:
        if isinstance(item, (dict, list)):
            yield from repeated_members(item)


def _read_or_raise(data: bytes, error: orjson.JSONDecodeError, outer: int) -> Any:
    try:
        return read_odd_json(data, outer)
    except ValueError:
        raise error from None


def _cut(data: bytes, most: int) -> bytes:
    """The document with what is nested too deeply replaced.

    Raises:
        ValueError: what is nested too deeply never ends, so it is not valid JSON.
    """
    pieces, kept, depth, start = [], 0, 0, 0
    for token in _TOKEN.finditer(data):
        first = data[token.start()]
        if first in b"[{":
            depth += 1
            if depth == most + 1:
                start = token.start()
        elif first in b"]}":
            depth -= 1
            if depth == most:
                pieces += [data[kept:start], b'"' + TOO_DEEP.encode() + b'"']
                kept = token.end()
    if depth > most:
        raise ValueError("it is cut off, or a bracket is not closed")
    return b"".join([*pieces, data[kept:]]) if pieces else data


def _without_lone_surrogate(escape: re.Match[bytes]) -> bytes:
    return rb"\ufffd" if escape["lone"] else escape[0]


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) == len(pairs):
        return value
    repeated = RepeatedMember(value)
    names = [name for name, _ in pairs]
    repeated.name = next(name for name in names if names.count(name) > 1)
    return repeated


def _integer(digits: str) -> int | str:
    return int(digits) if len(digits) <= _MOST_DIGITS else digits


def _number(text: str) -> float | str:
    number = float(text)
    return number if math.isfinite(number) else text


def _refused(word: str) -> Any:
    raise ValueError(f"{word} is no JSON")
