"""The comparison as Markdown, for a pull request: the answer, then folded tables."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import partial

from auditor.comparison.result import AccessChange, DiffResult, LifetimeChange
from auditor.comparison.revocations import IN_FLIGHT
from auditor.comparison.wording import (
    carried_over_notes,
    clients_words,
    headline,
    rules_lifetimes_words,
    scopes_words,
    server_words,
    whom,
)
from auditor.lint.object_types import type_name
from auditor.text import listed, one_line

_MOST = 100
_SPECIAL = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>~&@:/])")


def render(result: DiffResult, most: int = _MOST, remarks: Iterable[str] = ()) -> str:
    """The document; a tenant's words are text in it and never markup, mentions or links.

    Args:
        result: the comparison.
        most: rows of a table that are shown; the others are counted.
        remarks: sentences beneath the answer.
    """
    lines = ["## okta-auditor diff", "", f"**{safe(headline(result))}**", ""]
    lines += [line for note in carried_over_notes(result) for line in (safe(note), "")]
    if result.failing:
        patterns = safe(listed(result.gain_patterns))
        lines += [
            f"{len(result.failing)} failing: scopes that must not be gained ({patterns}).",
            "",
        ]
    if shown := [f"- {safe(remark)}" for remark in remarks]:
        lines += [*shown, ""]
    table = partial(_table, most)
    lines += table("Gained", _ACCESS, (_access(item) for item in result.gained))
    lines += table("Lost", _ACCESS, (_access(item) for item in result.lost))
    lines += table("Lifetimes", _LIFETIMES, (_lifetime(item) for item in result.lifetimes))
    lines += table(
        "Tokens that end",
        ("object", "what", "source"),
        ((i.object.name or i.object.type, i.what, i.source) for i in result.revocations),
    )
    for title, findings in (
        ("New findings", result.new_findings),
        ("Fixed findings", result.fixed_findings),
    ):
        rows = (
            (i.severity, f"{i.code} {i.name}", i.message, i.accepted and f"by {i.accepted}")
            for i in findings or ()
        )
        lines += table(title, ("severity", "rule", "finding", "accepted"), rows)
    lines += table(
        "Objects",
        ("change", "object", "server", "what"),
        (
            (
                i.change,
                f"{type_name(i.object.type)} {i.object.name}",
                i.server.name if i.server else "",
                f"was {i.old_name}" if i.old_name else listed(i.fields, most=6, empty=""),
            )
            for i in result.objects
        ),
    )
    lines += table(
        "Could not compare",
        ("what", "why", "remedy", "accepted"),
        ((i.what, i.why, i.remedy, i.accepted) for i in result.uncompared),
    )
    if result.gained or result.lost or result.lifetimes:
        lines += [safe(IN_FLIGHT), ""]
    return "\n".join(lines)


_ACCESS = ("server", "who", "scopes", "rule", "clients", "for example", "other side")
_LIFETIMES = ("server", "who", "scopes", "was", "is", "clients")


def _access(item: AccessChange) -> tuple[str, ...]:
    return (
        server_words(item.server),
        whom(item),
        scopes_words(item.scopes),
        item.rule.rule.name if item.rule else "",
        clients_words(item.clients),
        listed(item.sample, empty=""),
        item.otherwise,
    )


def _lifetime(item: LifetimeChange) -> tuple[str, ...]:
    return (
        server_words(item.server),
        whom(item),
        scopes_words(item.scopes),
        rules_lifetimes_words(item.old),
        rules_lifetimes_words(item.new),
        clients_words(item.clients),
    )


def _table(
    most: int, title: str, head: tuple[str, ...], rows: Iterable[tuple[str, ...]]
) -> list[str]:
    all_rows = list(rows)
    if not all_rows:
        return []
    more = len(all_rows) - most
    return [
        f"<details><summary>{title}: {len(all_rows):,}</summary>",
        "",
        f"| {' | '.join(head)} |",
        f"|{'---|' * len(head)}",
        *(f"| {' | '.join(map(safe, row))} |" for row in all_rows[:most]),
        *([f"| … and {more:,} more |{' |' * (len(head) - 1)}"] if more > 0 else []),
        "",
        "</details>",
        "",
    ]


def safe(text: str) -> str:
    """Text in which nothing is markup: one line, every special character escaped."""
    return _SPECIAL.sub(_entity, one_line(text))


def _entity(character: re.Match[str]) -> str:
    # References rather than backslashes: GitHub reads @mentions and links after unescaping.
    return f"&#{ord(character[0])};"
