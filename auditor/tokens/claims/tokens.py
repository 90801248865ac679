"""The words and marks of an expression (Spring Expression Language, on which Okta's rests)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum


class NoExpressionError(ValueError):
    """The text is no expression."""


class TokenKind(StrEnum):
    """What kind of thing a token is."""

    NAME = "name"
    TEXT = "text"
    NUMBER = "number"
    MARK = "mark"
    END = "end"


@dataclass(frozen=True, slots=True)
class Token:
    """A word or a mark of an expression."""

    kind: TokenKind
    text: str


_TOKEN = re.compile(
    r"""
    (?P<space>\s+)
  | (?P<number>0[xX][0-9a-fA-F]+[lL]?
        | \d+\.\d+(?:[eE][+-]?\d+)?[fFdD]? | \d+[eE][+-]?\d+[fFdD]? | \d+[lLfFdD]?)
  | (?P<text>'(?:[^']|'')*' | "(?:[^"]|"")*")
  | (?P<name>[^\W\d][\w$]* | \$[\w$]+)
  | (?P<mark>\?\.|\?:|\?\[|!\[|\^\[|\$\[|&&|\|\||==|!=|<=|>=|\+\+|--|[-+*/%^!=<>?:.,()\[\]{}\#@&])
    """,
    re.VERBOSE,
)


def tokens_of(text: str) -> list[Token]:
    """The tokens of an expression; the last one marks its end.

    Raises:
        NoExpressionError: a letter belongs to no token.
    """
    tokens, at = [], 0
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:
            raise NoExpressionError(text)
        at = found.end()
        if found.lastgroup != "space":
            tokens.append(Token(TokenKind(found.lastgroup or ""), found.group()))
    return [*tokens, Token(TokenKind.END, "")]
