"""How a reader wants a result to look. It changes no word of what was found."""

from __future__ import annotations

from dataclasses import dataclass

DEFAULT_WIDTH = 80
PROGRAM = "okta-auditor"


@dataclass(frozen=True, slots=True)
class Presentation:
    """For whom a text is laid out."""

    width: int = DEFAULT_WIDTH
    """Columns that lines of a text may have; only a word that is longer exceeds them."""
    show_ids: bool = False
    """Whether each finding is followed by its object's id and its fingerprint, by which
    `okta-auditor suppress` takes it."""
    program: str = PROGRAM
    """How the reader's shell calls okta-auditor, in commands to copy."""
    taken: int = 0
    """Characters (UTF-16 units) that something else takes of a document of limited length."""
