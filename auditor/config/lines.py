"""In which line of a TOML document a key stands; the parser of the standard library forgets it.

The document is cut into statements with that same parser as the judge: a statement ends with
the first line at which what has come since the last one parses. So whatever TOML allows is
understood: quoted and dotted keys, inline tables, values of many lines.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from typing import Any

Key = tuple[str, ...]

_LONGEST = 400
"""Lines of one statement. Each is tried anew, so a longer one would take too long."""


def key_lines(document: str) -> dict[Key, int]:
    """The line of each key and table of a valid TOML document, counted from 1.

    Nothing is said of what follows a value of more than 400 lines.
    """
    lines = document.replace("\r\n", "\n").split("\n")
    found: dict[Key, int] = {}
    table: Key = ()
    start = 0
    for end in range(1, len(lines) + 1):
        statement = "\n".join(lines[start:end])
        try:
            parsed = tomllib.loads(statement)
        except tomllib.TOMLDecodeError:
            if end - start > _LONGEST:
                break
            continue
        header = statement.lstrip().startswith("[")
        keys = list(_keys(parsed))
        for key in keys:
            found.setdefault(key if header else table + key, start + 1)
        if header:
            table = keys[-1]
        start = end
    return found


def line_of(lines: dict[Key, int], key: Key) -> int | None:
    """The line of a key, or of the innermost table around it that has one."""
    return next((lines[key[:size]] for size in range(len(key), 0, -1) if key[:size] in lines), None)


def _keys(table: dict[str, Any], above: Key = ()) -> Iterator[Key]:
    """The keys of a table and of the tables in it, outer ones first."""
    for name, value in table.items():
        key = (*above, name)
        yield key
        if isinstance(value, dict):
            yield from _keys(value, key)
