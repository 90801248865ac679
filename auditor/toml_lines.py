"""The line of each key of a TOML document, which the parser of the standard library forgets.

The document is cut into statements by its strings and brackets, and that parser reads the keys of
each. So whatever TOML allows is understood: quoted and dotted keys, inline tables, values of
many lines, arrays of tables.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

Key = tuple[str | int, ...]
"""The path of a key: names, and numbers from 0 of the tables of an array."""

_TOKEN = re.compile(
    r'"""(?:\\.|[^\\])*?"""(?:"{0,2})'
    r"|'''.*?'''(?:'{0,2})"
    r'|"(?:\\.|[^"\\\n])*"'
    r"|'[^'\n]*'"
    r"|\#[^\n]*"
    r"|\n"
    r"|[\[\]{}]"
    r"|[^\"'\#\n\[\]{}]+",
    re.DOTALL,
)
_PLAIN = re.compile(r"[ \t]*([A-Za-z0-9_-]+)[ \t]*=[ \t]*[^{ \t]")
"""A statement that sets one key, to something else than a table."""
MOST_KEY_PARTS = 40
"""How many names a dotted key or a table's header may have."""

_KEY_ENDS = re.compile(r"[=\[\]{},]")
_DEPTH = {"[": 1, "{": 1, "]": -1, "}": -1}


@dataclass(frozen=True)
class TableLines:
    """Where one table of an array of tables stands."""

    line: int
    """Of its header, from 1."""
    keys: dict[str, int]
    """The line of each of its keys."""


@dataclass(frozen=True)
class SyntaxProblem:
    """Why a document is not valid TOML."""

    line: int
    """From 1."""
    what: str
    """In the parser's words, which may quote the document."""


def parse(document: str) -> dict[str, Any]:
    """As `tomllib.loads`, with an end to what a document can make it do.

    The standard library's parser takes time that grows with the square of a key's parts, and has
    no error of its own for values that nest too deeply or numbers with too many digits.

    Args:
        document: TOML.

    Raises:
        tomllib.TOMLDecodeError: it is no TOML, or has such a key, value or number.
    """
    if line := _long_key_line(document):
        raise _refused(f"A key has more than {MOST_KEY_PARTS} parts", line)
    try:
        return tomllib.loads(document)
    except tomllib.TOMLDecodeError:
        raise
    except RecursionError:
        raise _refused("It is nested too deeply", 1) from None
    except (ValueError, OverflowError):  # such as an integer of more digits than Python converts
        raise _refused("A value is too long", 1) from None


def _refused(what: str, line: int) -> tomllib.TOMLDecodeError:
    # In the parser's own form, which `syntax_problem` takes apart.
    return tomllib.TOMLDecodeError(f"{what} (at line {line}, column 1)")


def _long_key_line(document: str) -> int | None:
    """The line of a key with too many parts; what stands in strings and comments is no key."""
    if all(line.count(".") < MOST_KEY_PARTS for line in document.split("\n")):
        return None
    words: list[str] = []
    end = 0
    for token in _TOKEN.finditer(document):
        word = token[0]
        cut = word in {'""', "''"} and document[token.end() : token.end() + 1] == word[0]
        if token.start() != end or cut:
            break  # a string without an end, where the parser ends too
        end = token.end()
        is_text = word[0] in "\"'#"
        words.append("\n" * word.count("\n") if is_text else word)
    for number, line in enumerate("".join(words).split("\n"), 1):
        if any(piece.count(".") >= MOST_KEY_PARTS for piece in _KEY_ENDS.split(line)):
            return number
    return None


def syntax_problem(error: tomllib.TOMLDecodeError, document: str) -> SyntaxProblem:
    """The line and the reason of a parser's error.

    Before Python 3.14 the error has no attributes; its text ends with the position.

    Args:
        error: from `tomllib`.
        document: the text that it was raised for.
    """
    what, _, position = str(error).rpartition(" (at ")
    number = re.match(r"line (\d+)", position)
    return SyntaxProblem(int(number[1]) if number else document.count("\n") + 1, what)


def key_lines(document: str) -> dict[Key, int]:
    """The line of each key and table, counted from 1.

    Args:
        document: text that `tomllib` has accepted.
    """
    lines: dict[Key, int] = {}
    arrays: dict[Key, int] = {}
    table: Key = ()
    headers: dict[str, dict[str, Any]] = {}
    for line, statement in _statements(document.replace("\r\n", "\n")):
        if plain := _PLAIN.match(statement):
            lines.setdefault((*table, plain[1]), line)
            continue
        if statement.lstrip().startswith("["):
            if statement not in headers:  # most are the same, over and over
                headers[statement] = tomllib.loads(statement)
            table = _header(headers[statement], arrays)
            for size in range(1, len(table) + 1):
                lines.setdefault(table[:size], line)
        else:
            for key in _keys(tomllib.loads(statement)):
                lines.setdefault((*table, *key), line)
    return lines


def line_of(lines: dict[Key, int], key: Key) -> int | None:
    """The line of a key, or of the innermost table around it that has one."""
    return next((lines[key[:size]] for size in range(len(key), 0, -1) if key[:size] in lines), None)


def tables_of(lines: dict[Key, int], array: str) -> tuple[TableLines, ...]:
    """The tables of an array at the top level that have headers of their own.

    Args:
        lines: what `key_lines` gives.
        array: the array's name.
    """
    tables: dict[Key, TableLines] = {}
    for key, line in lines.items():
        match key:
            case (name, int()) if name == array:
                tables[key] = TableLines(line, {})
            case (name, int(), str(own)) if name == array:
                tables[key[:-1]].keys[own] = line
    return tuple(tables.values())


def _header(parsed: dict[str, Any], arrays: dict[Key, int]) -> Key:
    """The path of the table that a header begins.

    Args:
        parsed: the header as a document of its own.
        arrays: the number of tables in each array so far, which grows by a table of an array.
    """
    path: Key = ()
    value: Any = parsed
    while value:
        ((name, value),) = value.items()
        path = (*path, name)
        if isinstance(value, list):
            arrays[path] = arrays.get(path, 0) + 1
            value = value[0]
        if path in arrays:
            path = (*path, arrays[path] - 1)
    return path


def _keys(table: dict[str, Any], above: Key = ()) -> Iterator[Key]:
    """The keys of a table and of the tables in it, outer ones first."""
    for name, value in table.items():
        key = (*above, name)
        yield key
        if isinstance(value, dict):
            yield from _keys(value, key)


def _statements(text: str) -> Iterator[tuple[int, str]]:
    """The number of the first line of each statement, and its text.

    A statement begins on a line that is not inside a string or a bracket.
    """
    starts: list[tuple[int, int]] = []
    line, depth, fresh = 1, 0, True
    for token in _TOKEN.finditer(text):
        word = token[0]
        if word == "\n":
            line, fresh = line + 1, depth == 0
            continue
        if fresh and word[0] != "#" and not word.isspace():
            starts.append((line, token.start()))
            fresh = False
        depth += _DEPTH.get(word, 0)
        line += word.count("\n")
    for (number, start), (_, end) in pairwise([*starts, (line, len(text))]):
        yield number, text[start:end]
