"""Ways to spoil a file: as a tree of JSON values, as lines of text, as bytes."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

_RAW = "\0raw:"
"""A text that begins so stands in the file without its quotation marks: what is not JSON."""

ODD: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1.5, 2**53 + 1, 2**64, -(2**63) - 1, 10**400),
    *("", " ", "x", "\0", "\ud800", "\udfff\ud800", "\u202e", "\u3164", "a\nb", "\r::error::x"),
    *("##vso[task.complete result=Failed]x", "../..", "a/b", "%2e%2e", "=1+1", "{{ 7 * 7 }}"),
    *("2026-13-45T99:99:99Z", "9999-12-31T23:59:59Z", "0000-00-00", "é" * 300, "x" * 100_000),
    *([], {}, [[]], [{}], [None], {"": None}, {"a": {"a": {}}}, ["x"] * 5000),
    *(f"{_RAW}{token}" for token in ("NaN", "1e999", "-0", "01", "9" * 5000, "1e-400", "'x'")),
    *(_RAW + "[" * depth + "]" * depth for depth in (200, 2000, 100_000)),
    *(_RAW + '{"a":' * depth + "1" + "}" * depth for depth in (300, 50_000)),
)
LITERALS = (
    *("", "''", '""', "0", "-1", "1e999", "nan", "inf", "0x", "9" * 5000, "true", "null", "~"),
    *("[" * 3000, "{" * 3000, "[[]]", "{}", "[{}]", "2026-13-45", "9999-12-31T23:59:59.9Z"),
    *("'''", '"""', '"\\ud800"', '"\\u0000"', "!!python/name:os.system", "&a [*a]", "*a", "<<: 1"),
    *("a." * 2000 + "a = 1", "[a]\n[a]", "{{", "{% for x in", "{{ [0] * 10**9 }}", "../../etc/x"),
    *("/dev/zero", "::error::x", "\r::error::x", "\u202e", "\ufeff", "\0", "é" * 300, "x" * 50_000),
)
_BYTES = (b"\0", b"\xff\xfe", b"\xed\xa0\x80", b"\xef\xbb\xbf", b"\x1f\x8b", b"PK\x03\x04", b"\r")


@dataclass(frozen=True, slots=True)
class Mutation:
    """One change; the same numbers spoil the same file in the same way."""

    way: int
    place: int
    what: int


mutations = st.lists(
    st.builds(
        Mutation,
        st.integers(0, 2**16),
        st.integers(0, 2**32),
        st.integers(0, 2**32),
    ),
    min_size=1,
    max_size=3,
)


def spoiled_json(data: bytes, changes: Sequence[Mutation], under: str = "") -> bytes:
    """A JSON file with values changed by structure.

    Args:
        data: the file.
        changes: what is done, one after the other.
        under: only below this key of the top, if given.
    """
    top = json.loads(data)
    for change in changes:
        root = top[under] if under else top
        if not (places := list(_places(root))):
            break
        container, key = places[change.place % len(places)]
        _TREE[change.way % len(_TREE)](container, key, change.what, root)
    text = json.dumps(top, ensure_ascii=True, default=str)
    text = text.replace(json.dumps("\0twice:")[1:-1], "")
    return re.sub(r'"\\u0000raw:((?:[^"\\]|\\.)*)"', _unquoted, text).encode()


def spoiled_text(data: bytes, changes: Sequence[Mutation]) -> bytes:
    """A file of lines with lines and values changed."""
    lines = data.decode("utf-8", "replace").splitlines()
    for change in changes:
        place = change.place % max(1, len(lines))
        lines[place:] = _LINES[change.way % len(_LINES)](lines[place:], change.what)
    return "\n".join(lines).encode("utf-8", "surrogatepass")


def spoiled_bytes(data: bytes, changes: Sequence[Mutation]) -> bytes:
    """A file with bytes changed."""
    for change in changes:
        place = change.place % max(1, len(data))
        before, after = data[:place], data[place:]
        data = before + _AFTER[change.way % len(_AFTER)](after, change.what)
    return data


def _unquoted(found: re.Match[str]) -> str:
    return str(json.loads(f'"{found[1]}"'))


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    if isinstance(value, dict | list):
        for key in list(value) if isinstance(value, dict) else range(len(value)):
            yield value, key
            yield from _places(value[key])


def _replace(container: Any, key: Any, what: int, _root: Any) -> None:
    container[key] = deepcopy(ODD[what % len(ODD)])


def _alike(container: Any, key: Any, what: int, root: Any) -> None:
    """An odd value of the same type, which gets further."""
    same = [odd for odd in ODD if type(odd) is type(container[key])]
    same = [odd for odd in same if not (isinstance(odd, str) and odd.startswith(_RAW))]
    if same and not isinstance(container[key], list | dict):
        container[key] = same[what % len(same)]
    else:
        _swap(container, key, what, root)


def _delete(container: Any, key: Any, _what: int, _root: Any) -> None:
    del container[key]


def _again(container: Any, key: Any, what: int, _root: Any) -> None:
    """The same entry once more: of a list beside it, of an object under a key that is there."""
    if isinstance(container, list):
        container.insert(key, deepcopy(container[key]))
    else:
        container[f"\0twice:{key}"] = deepcopy(ODD[what % len(ODD)] if what % 2 else container[key])


def _swap(container: Any, key: Any, what: int, root: Any) -> None:
    """The value of another place, which is of another type most of the time."""
    places = list(_places(root))
    other, other_key = places[what % len(places)]
    container[key] = deepcopy(other[other_key])


def _wrap(container: Any, key: Any, what: int, _root: Any) -> None:
    container[key] = [container[key]] if what % 2 else {"value": container[key]}


def _rename(container: Any, key: Any, what: int, _root: Any) -> None:
    if isinstance(container, dict):
        container[str(ODD[what % 30])] = container.pop(key)
    else:
        container.reverse()


def _as_text(container: Any, key: Any, _what: int, _root: Any) -> None:
    container[key] = str(container[key])


_TREE: tuple[Callable[[Any, Any, int, Any], None], ...] = (
    *(_alike, _alike, _alike, _alike, _replace, _replace, _delete, _again),
    *(_swap, _wrap, _rename, _as_text),
)


def _value(lines: list[str], what: int) -> list[str]:
    found = re.match(r"[^=:]*[=:]\s*", lines[0]) if lines else None
    head = found[0] if found else ""
    return [head + LITERALS[what % len(LITERALS)], *lines[1:]]


def _alike_value(lines: list[str], what: int) -> list[str]:
    """A text or a number of the first line replaced by another one, which gets further."""
    texts = [odd for odd in ODD if isinstance(odd, str) and not odd.startswith(_RAW)]
    odd = json.dumps(texts[what % len(texts)], ensure_ascii=bool(what % 2))
    line = re.sub(r'"[^"]*"|(?<=: )[a-z]\w*$', lambda _found: odd, lines[0]) if lines else ""
    line = re.sub(r"(?<=[=:] )\d+$", str((0, 1, 2**31, 2**64)[what % 4]), line)
    return [line, *lines[1:]]


_LINES: tuple[Callable[[list[str], int], list[str]], ...] = (
    _alike_value,
    _alike_value,
    _alike_value,
    _alike_value,
    _value,
    _value,
    lambda lines, what: [LITERALS[what % len(LITERALS)], *lines],
    lambda lines, what: lines[1 + what % 3 :],
    lambda lines, _what: lines[:1] * 2 + lines[1:],
    lambda lines, what: lines[:1] * (what % 3000) + lines[1:],
    lambda lines, what: [" " * (what % 9) + line for line in lines[:1]] + lines[1:],
    lambda lines, _what: lines[1:2] + lines[:1] + lines[2:],
    lambda lines, what: [line[: what % (len(line) + 1)] for line in lines[:1]] + lines[1:],
    lambda _lines, _what: [],
)
_AFTER: tuple[Callable[[bytes, int], bytes], ...] = (
    lambda after, what: bytes([after[0] ^ (1 << what % 8)]) + after[1:] if after else b"\0",
    lambda after, what: bytes([what % 256]) + after[1:],
    lambda after, what: _BYTES[what % len(_BYTES)] + after,
    lambda after, what: after[what % 40 :],
    lambda after, what: after[: what % 200] * 2 + after[what % 200 :],
    lambda after, what: b"\0" * (what % 5000) + after,
    lambda _after, _what: b"",
)
