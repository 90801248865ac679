"""Something that is to be said about a token."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TokenRemark:
    """Something about a token."""

    text: str
    wrong: bool = True
    """Whether it makes the token useless; otherwise it is for information."""
    source: str = ""
    """The input that the token is of; empty if there is one only."""
