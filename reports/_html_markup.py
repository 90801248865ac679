"""Values of the HTML report as markup: every one is cleaned of what tricks readers, and escaped."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import Any

from markupsafe import Markup, escape

from auditor import one_line, printable, without_commands

_CODE = re.compile(r"`([^`\n]+)`")


def harmless(value: object) -> object:
    """What every value in the template goes through before it is escaped."""
    if not isinstance(value, str) or isinstance(value, Markup):
        return value
    return without_commands(one_line(value))


def prose(text: str) -> Markup:
    """One line of escaped text in which `this` becomes code."""
    # Escaping leaves backticks alone, so what is between them is escaped already.
    marked = _CODE.sub(r"<code>\1</code>", str(escape(without_commands(one_line(text)))))
    return Markup(marked)  # noqa: S704 - escaped in the line above


def paragraphs(text: str) -> Markup:
    """As `prose`; a blank line begins a paragraph."""
    return Markup("").join(
        Markup("<p>{}</p>").format(prose(part.strip())) for part in text.split("\n\n")
    )


def lines(text: str) -> Markup:
    """Escaped text whose line breaks stay."""
    return escape(without_commands(printable(text)))


def example(example: dict[str, Any]) -> Markup:
    """An example of a rule's page as JSON, one record a line."""
    parts = []
    for path, value in example.items():
        shown = json.dumps(value, ensure_ascii=False)
        if isinstance(value, list) and value:
            rows = ",\n".join(f"    {json.dumps(row, ensure_ascii=False)}" for row in value)
            shown = f"[\n{rows}\n  ]"
        parts.append(f"  {json.dumps(path)}: {shown}")
    return lines("{\n" + ",\n".join(parts) + "\n}")


def utc(moment: datetime) -> str:
    """A moment to the second, without the zone."""
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")
