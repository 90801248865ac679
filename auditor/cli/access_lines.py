"""The rows of `access` as lines of a table, of JSON and of CSV, each made when it is asked for."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from itertools import chain, islice
from textwrap import wrap

from auditor import exact_json
from auditor.snapshot.models.clients import App
from auditor.text import counted, csv_cell, escaped, one_line
from auditor.tokens.reach.access_rows import AccessRow

_COLUMNS = (
    "server",
    "server_id",
    "client",
    "client_id",
    "clients",
    "grant",
    "scope",
    "people",
    "uncertain",
    "policy",
    "policy_id",
    "rule",
    "rule_id",
    "access_token_minutes",
    "refresh_token",
)
_HEAD = ("server", "client", "grant", "scope", "people", "policy", "rule", "access", "refresh")
_WIDEST = 36
_GRANT, _PEOPLE, _LIFETIME = map(len, ("authorization_code", "1,000 or more", "1440 min"))
"""Widths of cells that are the same in every tenant."""
_MEASURED = 1_000
"""Rows that say how wide the columns of a table are."""


def table_lines(rows: Iterator[AccessRow], width: int) -> Iterator[str]:
    """A table for a terminal, and under it how much is in it; nothing if there are no rows.

    It is as wide as its first rows; what is wider further down moves the rest of its line.

    Args:
        rows: what is in it.
        width: columns that a line may have. Where they are too few, a row has two lines.
    """
    first = list(islice(rows, _MEASURED))
    if not first:
        return
    widths = [max(map(len, column)) for column in zip(_HEAD, *map(_cells, first), strict=True)]
    wide = sum(widths) + 2 * (len(widths) - 1) <= width
    lines = partial(_one_line, widths) if wide else partial(_two_lines, width)
    cells = partial(_cells, client_width=_WIDEST if wide else _above(width)[1])
    yield from lines(_HEAD)
    many, servers, clients = 0, set[str](), _Clients()
    for row in chain(first, rows):
        yield from lines(cells(row))
        yield from _people_lines(row, width)
        many += 1
        servers.add(row.server_id)
        clients.add(row.clients)
    yield (
        f"{counted(many, 'row')}: {counted(len(servers), 'server')}, "
        f"{counted(len(clients.ids), 'client')}"
    )


def json_lines(rows: Iterator[AccessRow]) -> Iterator[str]:
    """One JSON list."""
    before = "["
    for row in rows:
        yield before
        *lines, last = escaped(exact_json.indented(_values(row))).removesuffix("\n").split("\n")
        yield from (f"  {line}" for line in lines)
        before = f"  {last},"
    yield "[]" if before == "[" else before.removesuffix(",")
    if before != "[":
        yield "]"


def csv_lines(rows: Iterator[AccessRow], *, logins: bool) -> Iterator[str]:
    """CSV with a head, as reports write it: with a byte order mark, and CRLF at each line's end.

    Args:
        rows: what is in it.
        logins: whether a last column names the people, with spaces between them.
    """
    yield f"\ufeff{','.join([*_COLUMNS, *(['logins'] if logins else [])])}\r"
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\r")
    for row in rows:
        values = _values(row) | {"people": "no user" if row.people is None else row.people}
        if logins:
            values["logins"] = " ".join(row.logins or ())
        writer.writerow([_csv_cell(value) for value in values.values()])
        yield file.getvalue()
        file.seek(0)
        file.truncate()


class _Clients:
    """Ids of clients. Rows share the tuples that they are in, so that each is looked at once."""

    def __init__(self) -> None:
        self.ids = set[str]()
        self._last: tuple[App, ...] = ()

    def add(self, clients: tuple[App, ...]) -> None:
        """Add those of a row."""
        if clients is not self._last:
            self.ids.update(client.client_id for client in clients)
            self._last = clients


def _values(row: AccessRow) -> dict[str, object]:
    values: dict[str, object] = {name: vars(row)[name] for name in _COLUMNS}
    values["clients"] = len(row.clients)
    if row.logins is not None:
        values["logins"] = row.logins
    return values


def _people_lines(row: AccessRow, width: int) -> list[str]:
    """The logins beneath a row, if they were asked for."""
    if not row.logins:
        return []
    words = ", ".join(one_line(login) for login in row.logins)
    indent = " " * 4
    return wrap(
        words,
        width,
        initial_indent=indent,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _one_line(widths: Sequence[int], cells: Iterable[str]) -> Iterator[str]:
    line = (f"{cell:{width}}" for cell, width in zip(cells, widths, strict=True))
    yield "  ".join(line).rstrip()


def _above(width: int) -> list[int]:
    """Widths of server, client, scope and people on the first of two lines."""
    room = width - 3 * len("  ") - _PEOPLE
    return [room // 4, room - room // 4 - room * 3 // 8, room * 3 // 8, _PEOPLE]


def _two_lines(width: int, cells: tuple[str, ...]) -> Iterator[str]:
    """Who obtains what, and beneath it by which rule and for how long."""
    server, client, grant, scope, people, policy, rule, access, refresh = cells
    widths = _above(width)
    yield from _one_line(widths, map(_cut, (server, client, scope, people), widths))
    last = [_LIFETIME, len(_HEAD[-1])]
    room = width - len("    ") - 4 * len("  ") - sum(last)
    room -= _GRANT
    widths = [_GRANT, room - room // 2, room // 2, *last]
    below = (grant, policy, rule, access, refresh)
    yield from (f"    {line}" for line in _one_line(widths, map(_cut, below, widths)))


def _cells(row: AccessRow, client_width: int = _WIDEST) -> tuple[str, ...]:
    people = "no user" if row.people is None else f"{row.people:,}"
    if row.uncertain:
        people = f"{people} or more" if row.people else "not known"
    minutes = row.access_token_minutes
    return (
        _cut(row.server),
        _clients(row, client_width),
        _cut(re.split("[:/]", row.grant)[-1]),
        _cut(row.scope),
        people,
        _cut(row.policy or "-"),
        _cut(row.rule or "-"),
        "-" if minutes is None else f"{minutes} min",
        {None: "-", True: "yes", False: "no"}[row.refresh_token],
    )


def _clients(row: AccessRow, width: int) -> str:
    """As `row.client`; how many there are is never cut off."""
    others = len(row.clients) - 1
    more = f" and {others:,} more" if others else ""
    return _cut(row.clients[0].title, width - len(more)) + more


def _cut(text: str, most: int = _WIDEST) -> str:
    clean = one_line(text)
    return clean if len(clean) <= most else clean[: most - 1] + "…"


def _csv_cell(value: object) -> object:
    """A value as a spreadsheet shows it; truth as JSON writes it."""
    return str(value).lower() if isinstance(value, bool) else csv_cell(value)
