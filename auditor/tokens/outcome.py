"""The three outcomes of a token request."""

from __future__ import annotations

from enum import StrEnum


class Outcome(StrEnum):
    """Three values: what cannot be known is not guessed."""

    MINTED = "minted"
    REJECTED = "rejected"
    INDETERMINATE = "indeterminate"
