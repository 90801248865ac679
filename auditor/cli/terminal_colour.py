"""Colour on a terminal. It repeats what the text says and never adds to it."""

from __future__ import annotations

import re
from typing import Any

import click

_STYLES: dict[str, dict[str, Any]] = {
    "CRITICAL": {"fg": "red", "bold": True},
    "HIGH": {"fg": "red"},
    "MEDIUM": {"fg": "yellow"},
    "LOW": {"fg": "cyan"},
    "INFO": {"dim": True},
}
# A severity at the margin, as headings have it. Tenants' words are always indented.
_HEADING = re.compile(rf"^({'|'.join(_STYLES)})(?=  )", re.MULTILINE)


def coloured(text: str) -> str:
    """The text with its severities in colour.

    The colour is taken out again where it is printed, if there is to be none.
    """
    return _HEADING.sub(lambda severity: click.style(severity[0], **_STYLES[severity[0]]), text)
