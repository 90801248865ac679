"""Lines of TOML tables: tomllib reads values, but does not say where they stood.

Only for text that tomllib has accepted, so that nothing here need be checked again.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

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
_KEY = re.compile(r"""[ \t]*(?:(?P<bare>[A-Za-z0-9_-]+)|"(?P<basic>[^"\n]*)"|'(?P<raw>[^'\n]*)')""")
_TABLE = re.compile(r"[ \t]*\[")


@dataclass(frozen=True)
class Table:
    """Where a table of an array of tables stands."""

    line: int
    """Of its header; from 1."""

    keys: dict[str, int] = field(default_factory=dict)
    """The line of each key."""


@dataclass(frozen=True)
class Lines:
    """Where things stand in a TOML document."""

    top: Table
    """The keys before the first header."""

    tables: tuple[Table, ...]
    """The tables of the array that was asked for."""

    headers: dict[str, int]
    """The line of the first header of each other table, by the first part of its name."""


def find_lines(text: str, array: str) -> Lines:
    """Find the headers of an array of tables, and the keys beneath them.

    Args:
        text: a document that tomllib has accepted.
        array: the array's name, at the top level.
    """
    text = text.replace("\r\n", "\n")
    wanted = re.compile(rf"""[ \t]*\[\[[ \t]*(["']?){re.escape(array)}\1[ \t]*\]\]""")
    top, tables, headers = Table(1), list[Table](), dict[str, int]()
    current: Table | None = top
    for number, start in _statements(text):
        if wanted.match(text, start):
            current = Table(number)
            tables.append(current)
        elif found := _TABLE.match(text, start):
            # Keys beneath `[array.part]` belong to a part of the entry, not to the entry.
            name = _key(text, found.end() + text[found.end()].count("["))
            headers.setdefault(name, number)
            if name == array and tables:
                headers.pop(name)
                tables[-1].keys.setdefault(_second(text, found.end()), number)
            current = None
        elif current is not None and (name := _key(text, start)):
            current.keys.setdefault(name, number)
    return Lines(top, tuple(tables), headers)


def _key(text: str, start: int) -> str:
    found = _KEY.match(text, start)
    return next((part for part in found.groups() if part is not None), "") if found else ""


def _second(text: str, start: int) -> str:
    """The second part of a dotted name."""
    first = _KEY.match(text, start)
    end = first.end() if first else start
    return _key(text, end + 1) if text[end : end + 1] == "." else ""


def _statements(text: str) -> list[tuple[int, int]]:
    """Line number and offset of each line that begins a statement: in no string, no bracket."""
    found, line, depth, fresh = [], 1, 0, True
    for token in _TOKEN.finditer(text):
        word = token[0]
        if word == "\n":
            line, fresh = line + 1, depth == 0
            continue
        if fresh and word[0] != "#" and not word.isspace():
            found.append((line, text.rindex("\n", 0, token.start() + 1) + 1 if line > 1 else 0))
            fresh = False
        depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(word, 0)
        line += word.count("\n")
    return found
