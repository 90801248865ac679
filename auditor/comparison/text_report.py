"""The comparison as text: the answer first, then by server."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from auditor.comparison.result import (
    AccessChange,
    ChangeKind,
    DiffResult,
    FindingRef,
    LifetimeChange,
    ObjectChange,
    Revocation,
    Uncompared,
)
from auditor.comparison.revocations import IN_FLIGHT
from auditor.comparison.wording import (
    carried_over_notes,
    clients_words,
    headline,
    rules_lifetimes_words,
    scopes_words,
    server_words,
    through,
    whom,
)
from auditor.text import counted, fitted, listed, one_line, quoted

_MOST = 40
"""Entries of one kind that are shown; JSON has all."""


def render(result: DiffResult, width: int) -> str:
    """The text; every line is safe for a terminal.

    Args:
        result: the comparison.
        width: columns that lines may have; a word that is longer exceeds them.
    """
    lines = [headline(result)]
    if result.captured_backwards:
        lines.append("Note: OLD was captured after NEW.")
    lines += carried_over_notes(result)
    lines += _section("GAINED", _access(result.gained, "before"))
    lines += _section("LOST", _access(result.lost, "now"))
    lines += _section("LIFETIMES", _lifetimes(result.lifetimes))
    lines += _section("TOKENS THAT END", _revocations(result.revocations))
    lines += _section("NEW FINDINGS", _findings(result.new_findings or ()))
    lines += _section("FIXED FINDINGS", _findings(result.fixed_findings or ()))
    lines += _section("OBJECTS", _objects(result.objects))
    lines += _section("COULD NOT COMPARE", _uncompared(result.uncompared))
    if result.failing:
        patterns = listed(map(quoted, result.gain_patterns))
        entries = counted(len(result.failing), "gain")
        lines += ["", f"FAILED: {entries} of scopes that --fail-on-gain names ({patterns})."]
    if result.gained or result.lost or result.lifetimes:
        lines += ["", IN_FLIGHT]
    shown = (part for line in map(one_line, lines) for part in _fitted(line, width))
    return "\n".join(shown) + "\n"


def _fitted(line: str, width: int) -> list[str]:
    """The line in as many as it takes; sentences at the left stay there."""
    return fitted(line, width, further=4 if line.startswith(" ") else 0)


def _section(title: str, lines: Iterable[str]) -> list[str]:
    entries = list(lines)
    return ["", title, *entries] if entries else []


def _access(changes: tuple[AccessChange, ...], other: str) -> Iterator[str]:
    shown = changes[:_MOST]
    for server, group in groupby(shown, key=lambda item: item.server):
        yield f"  {server_words(server)}"
        for item in group:
            yield f"    {whom(item)}: {scopes_words(item.scopes)}{through(item.rule)}"
            yield f"      {clients_words(item.clients)}"
            if item.sample:
                yield f"      for example {listed(item.sample, most=3)}"
            yield f"      {other}: {item.otherwise}"
    yield from _more(len(changes))


def _lifetimes(changes: tuple[LifetimeChange, ...]) -> Iterator[str]:
    for server, group in groupby(changes[:_MOST], key=lambda item: item.server):
        yield f"  {server_words(server)}"
        for item in group:
            yield f"    {whom(item)}: {scopes_words(item.scopes)}"
            yield f"      was {rules_lifetimes_words(item.old)}"
            yield f"      is  {rules_lifetimes_words(item.new)}"
            yield f"      {clients_words(item.clients)}"
            if item.sample:
                yield f"      for example {listed(item.sample, most=3)}"
    yield from _more(len(changes))


def _revocations(changes: tuple[Revocation, ...]) -> Iterator[str]:
    for item in changes[:_MOST]:
        subject = f"{item.object.described} " if item.object.name else ""
        yield f"  {subject}{item.what}"
        if item.sample:
            yield f"    for example {listed(item.sample, most=3)}"
        yield f"    source: {item.source}"
    yield from _more(len(changes))


def _findings(findings: tuple[FindingRef, ...]) -> Iterator[str]:
    for item in findings[:_MOST]:
        yield f"  {item.severity.upper():8}  {item.code} {item.name}: {item.message}"
        if item.accepted:
            yield f"    accepted by {one_line(item.accepted)}"
    yield from _more(len(findings))


def _objects(changes: tuple[ObjectChange, ...]) -> Iterator[str]:
    for item in changes[:_MOST]:
        of = f" of {server_words(item.server)}" if item.server else ""
        name = f"{item.object.described}{of}"
        if item.change is ChangeKind.RENAMED:
            yield f"  renamed  {name}, was {quoted(item.old_name or '')}"
        else:
            fields = f": {listed(item.fields, most=6)}" if item.fields else ""
            yield f"  {item.change:8} {name}{fields}"
    yield from _more(len(changes))


def _uncompared(items: tuple[Uncompared, ...]) -> Iterator[str]:
    for item in items[:_MOST]:
        yield f"  could not compare: {item.what}"
        yield f"    {item.why}"
        if item.accepted:
            yield f"    covered by: {item.accepted}"
        if item.remedy:
            yield f"    To compare it next time: {item.remedy}"
    yield from _more(len(items))


def _more(number: int) -> Iterator[str]:
    if number > _MOST:
        yield f"  … and {number - _MOST:,} more; --format json has all"
