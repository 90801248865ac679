"""Rows of the CSV file that the admin console's System Log page downloads, as events.

Okta does not publish its columns. Files in public repositories name them after the fields of the
API, dotted and in snake case, with `timestamp` for `published` and numbered targets:
`event_type`, `outcome.reason`, `actor.alternate_id`, `target0.id`,
`debug_context.debug_data.request_uri`. They have neither `client.id` nor scopes; a file that does
is read all the same. So are names in the API's own spelling.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, TypeAlias

_TARGET = re.compile(r"target(\d{1,2})\.(\w{1,50})\Z")
_WORD_BREAK = re.compile(r"_([a-z0-9])")
_DEEPEST = 6

Row: TypeAlias = list[str]


def row_reader(columns: Row) -> Callable[[Row], dict[str, Any]] | None:
    """What makes an event of a row; None if the columns are not those of the System Log.

    Args:
        columns: the cells of the first row.
    """
    paths = [_path(column.strip()) for column in columns]
    if ("eventType",) not in paths:
        return None

    def event(row: Row) -> dict[str, Any]:
        made: dict[str, Any] = {}
        targets: dict[str, dict[str, str]] = {}
        for path, cell in zip(paths, row, strict=False):
            if not cell or not path:
                continue
            if path[0] == "target":
                targets.setdefault(path[1], {})[path[2]] = cell
                continue
            place = made
            for name in path[:-1]:
                place = place.setdefault(name, {})
                if not isinstance(place, dict):
                    break
            else:
                place[path[-1]] = cell
        made["target"] = list(targets.values())
        return made

    return event


def _path(column: str) -> tuple[str, ...]:
    if numbered := _TARGET.match(column):
        return ("target", numbered[1], _camel(numbered[2]))
    path = tuple(map(_camel, column.split(".")))
    if path == ("timestamp",):
        return ("published",)
    return path if len(path) <= _DEEPEST and path[0] != "target" else ()


def _camel(name: str) -> str:
    return _WORD_BREAK.sub(lambda letter: letter[1].upper(), name)
